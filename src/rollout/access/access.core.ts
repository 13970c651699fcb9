import type { Json } from '../../lib/canonical-json.ts';

/** What a person may be at a customer; `manager` follows from the master list and is never granted. */
export const ROLES = ['engineer', 'approver', 'helpdesk', 'manager', 'viewer'] as const;

export type Role = (typeof ROLES)[number];

/** Roles that stand in the grants table. */
export const GRANTED_ROLES = ['engineer', 'approver', 'helpdesk', 'viewer'] as const satisfies readonly Role[];

export type GrantedRole = (typeof GRANTED_ROLES)[number];

/** Who somebody is: ids of the directory in lower case, verified by whoever makes one of these. */
export type Identity = { tenantId: string; objectId: string };

/** A person at one customer, with what he may be there at this moment. */
export type Actor = { customerId: string; identity: Identity; roles: readonly Role[]; displayName: string | null };

/** What the roles allow, in one place. A right that stands here for nobody is nobody's. */
const RIGHTS = {
  /** Enrolment of everybody, by name. */
  seePeople: ['engineer', 'approver', 'helpdesk', 'viewer'],
  /** Who is on leave, who has no MFA and is carved out: the signer and the engineer alone. */
  seeExceptions: ['engineer', 'approver'],
  signExceptions: ['approver'],
  /** To propose that somebody is left out until a day; managers may for their own people. */
  requestExceptions: ['engineer', 'approver', 'helpdesk'],
  /** To enforce or leave out guests, rooms and devices as a whole. */
  decideClasses: ['approver'],
  /** To bring one person under MFA, and to take that back. */
  switchPerson: ['engineer', 'approver'],
  seePolicyDraft: ['engineer', 'approver'],
  decidePolicyDraft: ['engineer'],
  /** To write the approved draft into the tenant, report-only, and to take that back. */
  pushPolicy: ['engineer'],
  /** To start a drill of a break-glass account, and to see the accounts by name. */
  drillBreakGlass: ['engineer'],
  /** Each for one of the two sides that enforcing needs. */
  approvePhase: ['engineer', 'approver'],
  holdPhase: ['engineer', 'approver'],
  rollBackPhase: ['engineer', 'approver'],
  /** To move the deadline of a running rollout, and the day of a phase that nobody was told of. */
  moveRollout: ['engineer'],
  /** To let old MFA be taken out, each for one of two sides; to put it back. */
  approveTakeover: ['engineer', 'approver'],
  undoTakeover: ['engineer', 'approver'],
  /** To take back everything this product did in the tenant. */
  undoEverything: ['engineer', 'approver'],
  /** To say that one works on a client that cannot answer MFA; to let it go on by signature. */
  handleFindings: ['engineer', 'helpdesk'],
  waiveFindings: ['approver'],
  /** To issue a Temporary Access Pass after proof of identity (safety rule S28), and to end somebody's sessions. */
  issuePass: ['engineer', 'helpdesk'],
  /** To say whether a mail went out of which nobody could tell. */
  settleMessages: ['engineer', 'helpdesk'],
  /** To bring the app into the customer's catalogue; whether Teams lets the person is Graph's own decision. */
  publishApp: ['engineer', 'approver'],
  /** To mail the report, names and all, to the customer's approver. */
  sendReport: ['engineer', 'approver'],
  /** What somebody else changed of the rollout's own objects, with the names of whom it concerns. */
  seeDrift: ['engineer', 'approver'],
  /** To put it back, or to take it as it is. */
  decideDrift: ['engineer'],
  /** To take it as it is although it costs people their cover, or to end Security Defaults again: each for one side. */
  approveDrift: ['engineer', 'approver'],
} as const satisfies Record<string, readonly Role[]>;

export type Right = keyof typeof RIGHTS;

/** Whether one of the actor's roles allows it. */
export function may(actor: Actor, right: Right): boolean {
  const allowed: readonly Role[] = RIGHTS[right];
  return actor.roles.some((role) => allowed.includes(role));
}

/** The roles that allow it, for a sentence that says whom to ask. */
export function rolesFor(right: Right): readonly Role[] {
  return RIGHTS[right];
}

/** How a person stands in the journal. */
export function journalActor(actor: Actor): Json {
  return { kind: 'person', ...actor.identity, displayName: actor.displayName };
}
