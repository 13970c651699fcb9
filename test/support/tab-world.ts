/** An invented customer as the tab's API would tell it; every value the tab shows can be set by a test. */
import type {
  AppPackage,
  Decision,
  DraftReview,
  ExceptionReview,
  ExceptionRow,
  Me,
  Overview,
  PersonDetail,
  PersonRow,
  PublishOutcome,
} from '../../src/contract.ts';

import { type MoreWorld, moreWorld } from './tab-more.ts';
import { type RolloutWorld, rolloutWorld } from './tab-rollout.ts';

export const CUSTOMER_ID = '0c0a50de-0000-4000-8000-000000000001';
export const OTHER_CUSTOMER_ID = '0c0a50de-0000-4000-8000-000000000002';
export const VIEWER_ID = 'aaaaaaaa-0000-4000-8000-000000000001';
export const TENANT_ID = 'bbbbbbbb-0000-4000-8000-000000000001';
const APP_ID = 'dddddddd-0000-4000-8000-000000000001';
export const NOW = '2026-11-20T09:30:00Z';

type Role = Me['customers'][number]['roles'][number];

/** What one customer's data are in a test. */
export type TabWorld = {
  me: Me;
  people: readonly PersonRow[];
  details: ReadonlyMap<string, PersonDetail>;
  leftovers: {
    hrWithoutAccount: readonly object[];
    accountWithoutHr: readonly object[];
    suggestions: readonly object[];
  };
  sources: Overview['sources'];
  takenAt: string | null;
  exceptions: Omit<ExceptionReview, 'revision'>;
  draft: Omit<DraftReview, 'revision'>;
  appPackage: Omit<AppPackage, 'revision'>;
  /** Null: no rollout was begun. */
  rollout: RolloutWorld | null;
  /** What becomes of the next package, and every package that came, as base64. */
  publishing: PublishOutcome | { status: number; code: string; message: string };
  published: string[];
  /** Of the pages about drift, the helpdesk, old MFA, requests, classes and the push. */
  more: MoreWorld;
};

/** Names as they come: with mark-up, right-to-left marks, pictures and no shame about length. */
export const STRANGE_NAMES = [
  '<img src=x onerror="document.title=1">',
  'Noor \u202Eطارق\u202C Example',
  '🦊 Emoji Example',
  `${'Very'.repeat(30)} Long Example`,
  'مريم مثال',
] as const;

const DEPARTMENTS = ['Sales', 'Engineering', 'Operations', 'Finance', 'Customer Support', null] as const;
const GIVEN = ['Ada', 'Bela', 'Carla', 'Dmitri', 'Émile', 'Fatima', 'Greta', 'Hugo', 'Ines', 'Jonas'];

/** The id of the person at a place of the list. */
export function accountId(index: number): string {
  return `cccccccc-0000-4000-8000-${index.toString().padStart(12, '0')}`;
}

/** A person of the list; what does not matter follows from the place. */
export function personRow(index: number, changes: Partial<PersonRow> = {}): PersonRow {
  return {
    accountId: accountId(index),
    name: STRANGE_NAMES[index - 3] ?? `${GIVEN[index % GIVEN.length]} Example ${String(index).padStart(5, '0')}`,
    department: DEPARTMENTS[index % DEPARTMENTS.length] ?? null,
    enrolment: index % 10 === 9 ? 'unknown' : index % 3 === 0 ? 'not' : 'capable',
    accountStatus: index % 17 === 16 ? 'disabled' : 'enabled',
    class: index % 23 === 22 ? 'guest' : 'employee',
    differences: index % 11 === 10 ? ['department', 'manager'] : index % 7 === 6 ? ['department'] : [],
    ...changes,
  };
}

/** Everything known about a person of the list. */
export function personDetail(row: PersonRow): PersonDetail {
  const department = row.department;
  return {
    revision: '1',
    accountId: row.accountId,
    displayName: row.name,
    userPrincipalName: `person.${row.accountId.slice(-5)}@contoso.example`,
    mail: `person.${row.accountId.slice(-5)}@contoso.example`,
    accountStatus: row.accountStatus,
    class: row.class,
    classWhy: null,
    enrolment: row.enrolment,
    enrolmentWhy: 'The registration report of 20 November says so.',
    methods: row.enrolment === 'capable' ? ['microsoftAuthenticatorPush', 'mobilePhone'] : [],
    hr: {
      employeeId: `E-${row.accountId.slice(-5)}`,
      status: 'active',
      returnDate: null,
      jobTitle: 'Specialist',
      department,
      matchedBy: 'employeeId',
      manager: { accountId: accountId(0), name: 'Ada Example 00000' },
      managerWhy: null,
      compared: [
        {
          field: 'department',
          hr: department,
          entra: row.differences.includes('department') ? 'Old Department' : department,
          differs: row.differences.includes('department'),
        },
        {
          field: 'manager',
          hr: 'Ada Example 00000',
          entra: row.differences.includes('manager') ? null : 'Ada Example 00000',
          differs: row.differences.includes('manager'),
        },
      ],
    },
    reports: 0,
    exception: null,
  };
}

const KINDS = ['breakGlass', 'serviceAccount', 'sharedMailbox', 'onLeave'] as const;
const EVIDENCE: Record<ExceptionRow['kind'], string> = {
  breakGlass: 'declared by the customer as a break-glass account (customer file)',
  serviceAccount: 'signs in only as a program, from one address (sign-in log)',
  sharedMailbox: 'mailbox purpose shared (Exchange)',
  onLeave: 'on leave until 1 March 2027 (BambooHR)',
  extension: 'asked by Nora Feld on 2027-02-01 (request R1)',
  mfaOff: 'asked by Nora Feld on 2027-02-01 (request R2)',
  guest: 'user type guest (Entra account)',
  room: 'mailbox purpose room (Exchange mailbox settings)',
  equipment: 'mailbox purpose equipment (Exchange mailbox settings)',
};

/** One row of the exception table. */
export function exceptionRow(index: number, changes: Partial<ExceptionRow> = {}): ExceptionRow {
  const kind = KINDS[index % KINDS.length] ?? 'serviceAccount';
  return {
    accountId: accountId(90_000 + index),
    displayName: index === 0 ? STRANGE_NAMES[0] : `Account Example ${index}`,
    userPrincipalName: `account.${index}@contoso.example`,
    kind,
    directorySync: index === 1,
    evidence: [EVIDENCE[kind], 'has not signed in interactively for 90 days (sign-in log)'],
    owner: {
      accountId: accountId(1),
      name: 'Bela Example 00001',
      why: 'the approver answers for accounts without an owner',
    },
    reason: 'A program signs in without a person who could answer MFA.',
    compensatingControl: 'Sign-in only from the office network; password rotated every 90 days.',
    endsAt: kind === 'breakGlass' ? null : '2027-01-31',
    reviewAt: kind === 'breakGlass' ? '2027-02-15' : null,
    proposal: kind === 'sharedMailbox' ? 'blockSignIn' : kind === 'onLeave' ? 'extendDeadline' : 'exclude',
    signInBlocked: false,
    signed: false,
    ...changes,
  };
}

/** A decision by the person who looks. */
export function decision(changes: Partial<Decision> = {}): Decision {
  return {
    id: 'decision-1',
    subject: 'exceptions',
    digest: 'a'.repeat(64),
    verdict: 'signed',
    by: { tenantId: TENANT_ID, objectId: VIEWER_ID },
    displayName: 'Mara Example',
    at: '2026-11-19T14:05:00Z',
    ...changes,
  };
}

/** The exceptions, unsigned and the viewer's to sign. */
export function exceptionReview(count = 14): TabWorld['exceptions'] {
  const rows = Array.from({ length: count }, (_, index) => exceptionRow(index));
  const byKind: Record<string, number> = {};
  for (const row of rows) byKind[row.kind] = (byKind[row.kind] ?? 0) + 1;
  return {
    digest: 'a1b2c3d4e5f6'.padEnd(64, '0'),
    counts: { total: count, byKind },
    rows,
    markdown: '| account | kind |',
    signature: { state: 'unsigned' },
    mayDecide: { yes: true },
  };
}

/** The draft, open and the viewer's to decide. */
export function draftReview(): TabWorld['draft'] {
  return {
    digest: 'd1d2d3d4d5d6'.padEnd(64, '0'),
    policies: [
      {
        name: 'MFA Rollout: ENFORCE',
        json: '{\n  "state": "enabledForReportingButNotEnforced"\n}',
        digest: 'e'.repeat(64),
      },
      {
        name: 'MFA Rollout: OBSERVE',
        json: '{\n  "state": "enabledForReportingButNotEnforced"\n}',
        digest: 'f'.repeat(64),
      },
    ],
    sentence: 'These 38 people must use MFA everywhere; these 4 accounts not, until 31 January; nobody else changes.',
    sentences: {
      en: 'These 38 people must use MFA everywhere; these 4 accounts not, until 31 January; nobody else changes.',
      de: 'Diese 38 Personen müssen überall MFA verwenden, diese 4 Konten bis zum 31. Januar nicht; für alle anderen ändert sich nichts.',
    },
    difference: [
      {
        policy: 'MFA Rollout: ENFORCE',
        path: '',
        change: 'added',
        live: null,
        draft: '{}',
        words: 'The policy ENFORCE is new.',
      },
      {
        policy: 'MFA Rollout: OBSERVE',
        path: 'conditions.users.excludeGroups',
        change: 'changed',
        live: '[]',
        draft: '["0c0a50de-1111-4000-8000-000000000001"]',
        words: 'The break-glass group is excluded now.',
      },
    ],
    stuckCounts: { no: 1, unknown: 1 },
    stuck: [
      {
        accountId: accountId(3),
        name: STRANGE_NAMES[0],
        department: 'Sales',
        canAnswer: 'no',
        why: 'No method is registered.',
      },
      {
        accountId: accountId(9),
        name: 'Jonas Example 00009',
        department: null,
        canAnswer: 'unknown',
        why: 'The methods could not be read.',
      },
    ],
    findings: [
      {
        code: 'legacyClient',
        message: 'One person uses a mail program that cannot do MFA.',
        blocks: 'enforcement',
        clear: 'Move the person to Outlook.',
        people: [{ accountId: accountId(4), name: STRANGE_NAMES[1] }],
        peopleCount: 1,
      },
      {
        code: 'serviceAccounts',
        message: 'A user-scoped policy never reaches service principals.',
        blocks: 'nothing',
        clear: null,
        people: [],
        peopleCount: 0,
      },
    ],
    notes: ['The policies are created in report-only.'],
    state: { state: 'open' },
    mayDecide: { yes: true },
  };
}

/** A customer with this many people, looked at by somebody with these roles. */
export function tabWorld(people = 200, roles: readonly Role[] = ['engineer', 'approver']): TabWorld {
  const rows = Array.from({ length: people }, (_, index) => personRow(index));
  return {
    me: {
      identity: { tenantId: TENANT_ID, objectId: VIEWER_ID, displayName: 'Mara Example' },
      customers: [{ id: CUSTOMER_ID, name: 'Contoso Example', roles: [...roles] }],
    },
    people: rows,
    details: new Map(rows.slice(0, 400).map((row) => [row.accountId, personDetail(row)])),
    leftovers: {
      hrWithoutAccount: [
        {
          employeeId: 'E-77001',
          name: 'Kim Example',
          department: 'Sales',
          hrStatus: 'active',
          workEmail: null,
          why: 'no account bears the employee id, and HR has no work e-mail',
        },
      ],
      accountWithoutHr: Array.from({ length: 30 }, (_, index) => ({
        accountId: accountId(90_000 + index),
        name: `Account Example ${index}`,
        userPrincipalName: `account.${index}@contoso.example`,
        accountStatus: 'enabled',
        class: index % 2 === 0 ? 'serviceAccount' : 'leaver',
        enrolment: 'unknown',
        why: 'no employee at work bears the id or the address of this account',
      })),
      suggestions: [
        {
          employeeId: 'E-77002',
          employeeName: 'Lou Example',
          accountId: accountId(90_100),
          accountName: 'L. Example',
          userPrincipalName: 'l.example@contoso.example',
          why: 'the same name, but nothing certain',
        },
      ],
    },
    sources: [
      { source: 'hr', readAt: '2026-11-20T09:00:00Z', ok: true },
      { source: 'users', readAt: '2026-11-20T09:01:00Z', ok: true },
      {
        source: 'registration',
        readAt: '2026-11-18T09:01:00Z',
        ok: false,
        why: 'Graph refused the report: the tenant has no Premium licence.',
        code: 'refused',
      },
    ],
    takenAt: '2026-11-20T09:01:00Z',
    exceptions: exceptionReview(),
    draft: draftReview(),
    appPackage: { appId: APP_ID, consentPath: `/consent/${CUSTOMER_ID}`, may: { yes: true } },
    rollout: rolloutWorld(),
    publishing: { outcome: 'published', change: 'added', appId: 'cat-1', version: '1.2.0' },
    published: [],
    more: moreWorld(),
  };
}
