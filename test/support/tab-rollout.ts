/** An invented rollout as the tab's API would tell it. */
import type {
  Finding,
  HistoryRow,
  Holdouts,
  MessageRow,
  Messages,
  PhaseDecision,
  PhaseDetail,
  PhasePeople,
  PhaseReview,
  PhaseSummary,
  RolloutAnswer,
  RolloutProgress,
  StopLine,
} from '../../src/contract.ts';

export type RolloutWorld = {
  rollout: NonNullable<RolloutAnswer['rollout']>;
  /** By the name of the phase; a phase without one has nothing to approve. */
  reviews: Map<string, PhaseReview>;
  window: PhaseDetail['window'];
  people: PhasePeople['rows'];
  messages: Messages['messages'];
  rows: Record<'sent' | 'later' | 'not', MessageRow[]>;
  findings: Finding[];
  holdouts: Holdouts['rows'];
  history: HistoryRow[];
  /** Of every enforced phase. */
  stopLine: StopLine;
  may: { settle: boolean; take: boolean; waive: boolean };
};

const NOBODY = { people: 0, capable: 0, not: 0, unknown: 0, exempt: 0 };
export const PHASE_DIGEST = `sha256:${'ab12'.repeat(16)}`;

/** A phase; what does not matter has a likely value. */
export function phaseSummary(changes: Partial<PhaseSummary> & { name: string }): PhaseSummary {
  return {
    ...{ everyoneElse: false, state: 'planned', since: '2026-11-02T08:00:00Z', resumes: null },
    ...{ announceOn: '2026-11-23', enforceOn: '2026-12-03', windowFrom: null, enforcedAt: null, revision: 3 },
    waiting: false,
    ...{ counts: NOBODY, gates: [], sight: null },
    ...changes,
  };
}

/** A decision about a phase. */
export function phaseDecision(changes: Partial<PhaseDecision> = {}): PhaseDecision {
  return {
    ...{ id: 'phase-1', verdict: 'approve', digest: PHASE_DIGEST, displayName: 'Nils Example' },
    ...{ by: { tenantId: 'bbbbbbbb-0000-4000-8000-000000000002', objectId: 'aaaaaaaa-0000-4000-8000-000000000009' } },
    ...{ at: '2026-11-20T08:05:00Z' },
    ...changes,
  };
}

/** A phase put before somebody who may decide. */
export function phaseReview(changes: Partial<PhaseReview> = {}): PhaseReview {
  return {
    ...{
      digest: PHASE_DIGEST,
      refusal: null,
      isFirst: false,
      anyway: [],
      approvals: [],
      expiresAt: null,
      latest: null,
    },
    ...{ counts: { asked: 38, already: 3, exempt: 2, notReady: 0 }, notReady: [], missing: ['msp', 'customer'] },
    ...{ mayDecide: { yes: true }, firstEnforcedSignInAt: null },
    ...changes,
  };
}

const UNREGISTERED = {
  code: 'unregistered_people',
  message: {
    en: '3 of 41 people are not registered for MFA; of 1 it is not known.',
    de: '3 von 41 Personen sind nicht für MFA registriert; von 1 ist es nicht bekannt.',
  },
  clear: {
    en: 'Wait until they register, extend them until a day, or name them in the approval.',
    de: 'Warten Sie, bis sie registriert sind, verlängern Sie ihre Frist oder nennen Sie sie in der Freigabe.',
  },
  people: [],
  peopleCount: 4,
};

const FINDINGS_OPEN = {
  code: 'findings_open',
  message: {
    en: '2 clients of 2 people cannot answer MFA and would stop working: IMAP4, Authenticated SMTP.',
    de: '2 Clients von 2 Personen können MFA nicht beantworten und würden ausfallen: IMAP4, Authenticated SMTP.',
  },
  clear: {
    en: 'Mend each; it closes by itself a day after its last sign-in. Or have it waived by signature.',
    de: 'Jeden beheben; er schließt sich einen Tag nach der letzten Anmeldung von selbst. Oder ihn mit Unterschrift dulden lassen.',
  },
  people: [{ accountId: 'cccccccc-0000-4000-8000-000000000004', name: 'Noor Example' }],
  peopleCount: 2,
};

const SIGHT = { countable: 41, seen: 33, neverSeen: 6, hoursPassed: 26, hours: 24, seenPercent: 60 };

function phases(): PhaseSummary[] {
  return [
    phaseSummary({
      ...{ name: 'IT', state: 'enforced', enforceOn: '2026-11-16', enforcedAt: '2026-11-16T08:30:00Z' },
      counts: { people: 12, capable: 12, not: 0, unknown: 0, exempt: 1 },
    }),
    phaseSummary({
      ...{ name: 'Sales', state: 'ready', enforceOn: '2026-11-24', windowFrom: '2026-11-19T07:00:00Z', revision: 7 },
      ...{ counts: { people: 41, capable: 37, not: 3, unknown: 1, exempt: 2 }, gates: [UNREGISTERED], sight: SIGHT },
    }),
    phaseSummary({
      ...{ name: 'Engineering', state: 'blocked', enforceOn: '2026-11-26', windowFrom: '2026-11-18T07:00:00Z' },
      counts: { people: 64, capable: 51, not: 11, unknown: 2, exempt: 0 },
      ...{ gates: [FINDINGS_OPEN, UNREGISTERED], sight: { ...SIGHT, countable: 64, seen: 30, neverSeen: 29 } },
    }),
    phaseSummary({
      ...{ name: 'Operations', state: 'announced', enforceOn: '2026-12-03' },
      counts: { people: 48, capable: 30, not: 18, unknown: 0, exempt: 0 },
    }),
    phaseSummary({ name: 'Finance', enforceOn: '2026-12-08', counts: { ...NOBODY, people: 18, capable: 9, not: 9 } }),
    phaseSummary({
      ...{ name: 'Everyone else', everyoneElse: true, enforceOn: '2026-12-15', announceOn: '2026-12-07' },
      counts: { ...NOBODY, people: 9, capable: 2, not: 7 },
    }),
  ];
}

function person(index: number, changes: Partial<PhasePeople['rows'][number]> = {}): PhasePeople['rows'][number] {
  return {
    accountId: `cccccccc-0000-4000-8000-${String(index).padStart(12, '0')}`,
    name: `Ada Example ${index}`,
    ...{ department: 'Sales', enrolment: 'capable', enrolmentWhy: 'registered: authenticator app' },
    ...{
      accountStatus: 'enabled',
      exempt: false,
      impact: 'wouldBePromptedCanAnswer',
      lastSeen: '2026-11-20T07:12:00Z',
    },
    ...changes,
  };
}

/** A client that cannot answer MFA. */
export function finding(changes: Partial<Finding> = {}): Finding {
  return {
    ...{ key: 'finding-1', accountId: person(4).accountId, accountName: 'Noor Example', phase: 'Engineering' },
    ...{ appName: 'Office 365 Exchange Online', protocol: 'IMAP4', count: 214, status: 'open', outside: null },
    ...{ firstSeen: '2026-11-12T06:00:00Z', lastSeen: '2026-11-20T08:40:00Z', takenBy: null, waiver: null },
    remedy: {
      en: 'Switch the mail program to OAuth, or to Outlook.',
      de: 'Das Mailprogramm auf OAuth oder auf Outlook umstellen.',
    },
    owner: { name: 'Noor Example', why: 'own_account' },
    ...changes,
  };
}

const SMTP_END = {
  on: '2026-12-31',
  what: {
    en: 'Microsoft switches basic authentication for SMTP AUTH off by default at the end of December 2026.',
    de: 'Microsoft schaltet die Standardauthentifizierung für SMTP AUTH Ende Dezember 2026 standardmäßig ab.',
  },
};

function messageRow(changes: Partial<MessageRow> = {}): MessageRow {
  return {
    ...{ message: 'reminder', accountId: person(1).accountId, name: 'Ada Example 1', scope: '', state: 'accepted' },
    ...{ at: '2026-11-20T07:00:00Z', reason: null, about: 0 },
    ...changes,
  };
}

const LOST = {
  en: 'The mail system’s answer was lost and it cannot say whether the mail was sent.',
  de: 'Die Antwort des Mailsystems ging verloren, und es kann nicht sagen, ob die Mail versendet wurde.',
};
const ENROLLED = { en: 'Has enrolled already.', de: 'Ist schon registriert.' };

/** Nineteen days, each a little better than the one before. */
function progress(): RolloutProgress {
  const days = Array.from({ length: 19 }, (_, n) => {
    const capable = Math.round(192 - 90 * 0.94 ** n - 22);
    return { day: `2026-11-${String(n + 2).padStart(2, '0')}`, people: 192, capable };
  });
  return {
    days,
    plan: [
      { day: '2026-11-09', people: 12 },
      { day: '2026-11-20', people: 55 },
      { day: '2026-12-02', people: 110 },
      { day: '2026-12-16', people: 192 },
    ],
    forecast: {
      ...{ kind: 'expected', by: '2026-12-31', percent: { low: 88, expected: 95, high: 98 } },
      ...{ atRisk: { low: 3, expected: 8, high: 22 }, perHundredADay: 4.1 },
      basis: { from: '2026-11-06', to: '2026-11-20', enrolled: 31 },
    },
    sentence: {
      en: 'Expected: 95 % by Thursday 31 December, 8 people at risk (3 to 22).',
      de: 'Erwartet: 95 % bis Donnerstag, 31. Dezember, 8 Personen gefährdet (3 bis 22).',
    },
  };
}

/** Under the line, and known. */
export function stopLine(changes: Partial<StopLine> = {}): StopLine {
  return {
    ...{ seen: 12, failing: 1, limit: 2, over: false, known: true, until: '2026-11-21T10:00:00Z', days: 3 },
    why: {
      en: '1 of 12 people seen failed MFA without a success within ten minutes.',
      de: '1 von 12 gesehenen Personen scheiterte an der MFA, ohne dass in zehn Minuten ein Erfolg folgte.',
    },
    ...changes,
  };
}

function history(): HistoryRow[] {
  const row = { phase: 'IT', by: 'Mara Example', why: null };
  return [
    {
      ...{ ...row, seq: 9, at: '2026-11-18T10:00:00Z', kind: 'stopLine', by: null, phase: 'Sales' },
      why: {
        en: '5 of 41 people seen failed MFA without a success within ten minutes.',
        de: '5 von 41 gesehenen Personen scheiterten an der MFA, ohne dass in zehn Minuten ein Erfolg folgte.',
      },
    },
    { ...row, seq: 8, at: '2026-11-16T08:30:00Z', kind: 'enforced', by: null },
    { ...row, seq: 7, at: '2026-11-15T16:00:00Z', kind: 'approve' },
    { ...row, seq: 6, at: '2026-11-15T15:00:00Z', kind: 'approve', by: 'Nils Example' },
    { ...row, seq: 3, at: '2026-11-03T15:00:00Z', kind: 'pushed', phase: null },
    { ...row, seq: 1, at: '2026-11-02T08:00:00Z', kind: 'rolloutBegun', phase: null },
  ];
}

/** A rollout with a phase in every stage; Sales waits for a decision. */
export function rolloutWorld(): RolloutWorld {
  return {
    rollout: {
      ...{ name: 'Reference', state: 'running', startsOn: '2026-11-02', deadline: '2026-12-31', today: '2026-11-20' },
      ...{ timeZone: 'Europe/Berlin', counts: { people: 192, capable: 141, not: 48, unknown: 3, exempt: 3 } },
      mayMove: true,
      phases: phases(),
      progress: progress(),
    },
    reviews: new Map([
      [
        'Sales',
        phaseReview({
          counts: { asked: 38, already: 3, exempt: 2, notReady: 2 },
          notReady: [
            { accountId: person(7).accountId, name: 'Émile Example', why: 'no method registered', anyway: false },
            { accountId: person(8).accountId, name: 'Ines Example', why: 'methods could not be read', anyway: false },
          ],
        }),
      ],
      ['Engineering', phaseReview({ missing: [] })],
    ]),
    window: {
      ...{ readTo: '2026-11-20T09:15:00Z', problem: null },
      counts: {
        ...{ wouldBePromptedCanAnswer: 28, wouldBePromptedNotRegistered: 3, wouldFail: 1 },
        ...{ neverSeen: 6, notAsked: 4, unknown: 1 },
      },
    },
    people: [
      person(7, { enrolment: 'not', enrolmentWhy: 'no method registered', impact: 'wouldBePromptedNotRegistered' }),
      person(8, {
        enrolment: 'unknown',
        enrolmentWhy: 'methods could not be read',
        impact: 'neverSeen',
        lastSeen: null,
      }),
      person(2, { exempt: true, impact: 'notAsked', name: 'Scanner Floor 2' }),
      person(1),
      person(3, { name: '<img src=x onerror="document.title=1">', accountStatus: 'disabled' }),
    ],
    messages: [
      {
        message: 'announcement',
        dueAt: '2026-11-16T08:00:00Z',
        states: { accepted: 39, fellOver: 2 },
        later: 0,
        not: 2,
      },
      { message: 'reminder', dueAt: '2026-11-20T07:00:00Z', states: { accepted: 3, unknown: 1 }, later: 0, not: 37 },
      { message: 'lastCall', dueAt: '2026-11-23T07:00:00Z', states: {}, later: 4, not: 37 },
      { message: 'allClear', dueAt: null, states: {}, later: 41, not: 0 },
    ],
    rows: {
      sent: [
        messageRow(),
        messageRow({ accountId: person(7).accountId, name: 'Émile Example', state: 'unknown', reason: LOST }),
      ],
      later: [messageRow({ message: 'lastCall', state: null, at: '2026-11-23T07:00:00Z', name: 'Émile Example' })],
      not: [messageRow({ state: null, reason: ENROLLED, name: 'Ada Example 2' })],
    },
    findings: [
      finding(),
      finding({
        ...{
          key: 'finding-2',
          protocol: 'Authenticated SMTP',
          appName: 'Scanner',
          accountName: 'svc-scan',
          phase: null,
        },
        ...{ status: 'inWork', takenBy: 'Kim Example', outside: SMTP_END, owner: { name: null, why: 'nobody_known' } },
      }),
      finding({
        ...{ key: 'finding-3', protocol: 'Resource owner password', status: 'waived', count: 1 },
        waiver: { by: 'Mara Example', until: '2026-12-31', why: 'The vendor delivers in December.' },
      }),
      finding({ key: 'finding-4', protocol: 'POP3', status: 'gone' }),
    ],
    holdouts: [
      {
        ...{ accountId: person(7).accountId, name: 'Émile Example', department: 'Sales', phase: 'Sales' },
        ...{ enforceOn: '2026-11-24', enrolment: 'not', enrolmentWhy: 'no method registered', manager: 'Ada Example' },
        lastMessage: { message: 'reminder', state: 'unknown', at: '2026-11-20T07:00:00Z' },
      },
      {
        ...{ accountId: person(9).accountId, name: 'Jonas Example', department: null, phase: 'Everyone else' },
        ...{ enforceOn: '2026-12-15', enrolment: 'unknown', enrolmentWhy: 'methods could not be read', manager: null },
        lastMessage: null,
      },
    ],
    history: history(),
    stopLine: stopLine(),
    may: { settle: true, take: true, waive: true },
  };
}
