import type { ExceptionRow } from '../../src/rollout/exceptions/exception-types.core.ts';
import { type DraftInput, drawDraft } from '../../src/rollout/policy/draft/draft.core.ts';
import type { KnownAccount } from '../../src/rollout/policy/draft/draft-judgement.core.ts';
import { compileTenant } from '../../src/rollout/policy/evaluator/tenant.core.ts';
import type { GraphObject } from '../../src/rollout/policy/graph-json.core.ts';
import { GLOBAL_ADMIN } from './policy-builders.ts';

/** A small customer for drafts: two break-glass accounts, people in departments, accounts beside them. */
export type Customer = {
  /** Department (null: none) of each person, by account id. */
  people: Record<string, string | null>;
  /** Accounts of nobody in HR. */
  others?: string[];
  /** People and accounts that cannot answer MFA. */
  unregistered?: string[];
  blockedInDirectory?: string[];
  live?: GraphObject[] | null;
  groups?: GraphObject[] | null;
  securityDefaultsOn?: boolean | null;
  exceptions?: Partial<ExceptionRow>[];
  admins?: string[];
  more?: Partial<DraftInput>;
};

export const BREAK_GLASS = ['bg1', 'bg2'];
export const TODAY = '2026-11-22';

/** The input of a draft; everything was read unless the test says otherwise. */
export function draftInput(customer: Customer): DraftInput {
  const ids = [...Object.keys(customer.people), ...(customer.others ?? []), ...BREAK_GLASS];
  const users = ids.map((id) => ({
    id,
    displayName: `Name of ${id}`,
    userType: 'Member',
    userPrincipalName: `${id}@contoso.example`,
    accountEnabled: customer.blockedInDirectory?.includes(id) !== true,
  }));
  const groups = customer.groups === undefined ? [] : customer.groups;
  const admins = customer.admins ?? BREAK_GLASS;
  const roleAssignments = admins.map((principalId) => ({ roleDefinitionId: GLOBAL_ADMIN, principalId }));
  const defaultsOn = customer.securityDefaultsOn === undefined ? false : customer.securityDefaultsOn;
  const securityDefaults = defaultsOn === null ? null : { isEnabled: defaultsOn };
  const isCapable = (id: string) => customer.unregistered?.includes(id) !== true;
  return {
    tenantId: '11111111-2222-4333-8444-555555555555',
    tenant: compileTenant({ users, groups, roleAssignments, securityDefaults, namedLocations: [] }),
    users,
    live: customer.live === undefined ? [] : customer.live,
    directory: groups,
    declared: { breakGlass: BREAK_GLASS, serviceAccounts: [] },
    people: Object.entries(customer.people).map(([accountId, department]) => ({
      accountId,
      department,
      jobTitle: null,
      userPrincipalName: `${accountId}@contoso.example`,
    })),
    known: new Map(ids.map((id) => [id, knownAccount(id, isCapable(id))])),
    table: { exceptions: (customer.exceptions ?? []).map(exception), breakGlass: [], unknown: [] },
    licence: { hasP1: true, seats: 500 },
    today: TODAY,
    roleAssignments,
    registration: ids.map((id) => ({ id, isMfaCapable: isCapable(id), isMfaRegistered: isCapable(id) })),
    perUserMfa: [],
    ...customer.more,
  };
}

/** Draws the draft of such a customer. */
export function drawn(customer: Customer) {
  return drawDraft(draftInput(customer));
}

/** The English sentence alone. */
export function sentence(customer: Customer): string {
  return drawn(customer).draft.sentences.en;
}

function knownAccount(id: string, isCapable: boolean): KnownAccount {
  return {
    displayName: `Name of ${id}`,
    department: null,
    enrolment: isCapable ? 'capable' : 'not',
    enrolmentWhy: isCapable ? 'a method' : 'no method',
  };
}

/** A signed exception of a service account without an end. */
export function exception(given: Partial<ExceptionRow>): ExceptionRow {
  return {
    accountId: 'x',
    displayName: 'X',
    userPrincipalName: null,
    kind: 'serviceAccount',
    directorySync: false,
    evidence: ['told'],
    owner: { accountId: null, why: 'nobody' },
    reason: 'a program',
    compensatingControl: 'a long password',
    endsAt: null,
    reviewAt: null,
    proposal: 'exclude',
    signInBlocked: false,
    signed: true,
    ...given,
  };
}
