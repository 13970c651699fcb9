import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { Connections } from '../../services/connections.ts';
import { listNamedLocations } from '../../services/graph/conditional-access.ts';
import { orMissing } from '../../services/graph/eventually.ts';
import { listGroups, listMembers } from '../../services/graph/groups.ts';
import { listSkus } from '../../services/graph/licences.ts';
import { readMailboxes } from '../../services/graph/mailboxes.ts';
import { getOrganization } from '../../services/graph/organization.ts';
import { readPerUserMfa } from '../../services/graph/per-user-mfa.ts';
import { readUserMethods } from '../../services/graph/registration.ts';
import { listEligibleRoles, listRoleAssignments } from '../../services/graph/roles.ts';
import { getSecurityDefaults } from '../../services/graph/security-defaults.ts';
import { listServicePrincipals } from '../../services/graph/service-principals.ts';
import {
  collectSignIns,
  readInteractiveSignInsOf,
  readNonInteractiveSignIns,
  type SignInReading,
  type SignInRows,
} from '../../services/graph/sign-ins.ts';
import type { GraphRoleAssignment, GraphSignIn } from '../../services/graph/wire.ts';
import { attempt, type Outcome } from './read-sources.ts';

export type EvidencePlan = {
  /** Every account of the tenant. */
  accountIds: readonly string[];
  /** Accounts that belong to no employee at work: only their mailbox kind can make a difference. */
  unmatchedIds: readonly string[];
  /** Accounts whose methods are read singly, since the registration report is not licensed. */
  methodsOf: readonly string[];
  /** Groups that a policy, a role or the customer file names; members are read for them and the groups within. */
  groupIds: readonly string[];
  backgroundFrom: string;
  interactiveFrom: string;
  signal: AbortSignal;
  onProgress(text: string): void;
};

/** The parts that classification and policies need beyond the people, each with its own outcome. */
export type EvidenceReading = Record<EvidencePart, Outcome<unknown>> &
  Record<'backgroundSignIns' | 'interactiveSignIns', Outcome<SignInRows>>;

export const EVIDENCE_PARTS = [
  'organization',
  'subscribedSkus',
  'securityDefaults',
  'namedLocations',
  'roleAssignments',
  'roleEligibilities',
  'servicePrincipals',
  'groups',
  'mailboxes',
  'perUserMfa',
  'authenticationMethods',
  'backgroundSignIns',
  'interactiveSignIns',
] as const;

export type EvidencePart = (typeof EVIDENCE_PARTS)[number];

/**
 * Reads the evidence, part by part, without writing anything. Paced apart from the people: a large tenant's mailboxes
 * or background sign-ins may take minutes.
 */
export async function readEvidence({ graph }: Connections, clock: Clock, plan: EvidencePlan): Promise<EvidenceReading> {
  const { signal } = plan;
  const options = { signal };
  const roles = attempt(signal, () => listRoleAssignments(graph, options));
  const eligible = attempt(signal, () => readEligible(graph, signal));
  const readers: Record<EvidencePart, () => Promise<unknown>> = {
    organization: () => getOrganization(graph, options),
    subscribedSkus: () => listSkus(graph, options),
    securityDefaults: () => getSecurityDefaults(graph, options),
    namedLocations: () => listNamedLocations(graph, options),
    roleAssignments: async () => readOrThrow(await roles),
    roleEligibilities: async () => readOrThrow(await eligible),
    servicePrincipals: () => listServicePrincipals(graph, options),
    groups: async () =>
      readGroups(graph, [...plan.groupIds, ...principalsOf(await roles), ...principalsOf(await eligible)], signal),
    mailboxes: ofAccounts(plan, () => readMailboxes({ graph, clock }, { userIds: plan.unmatchedIds, signal })),
    perUserMfa: ofAccounts(plan, () => readPerUserMfa({ graph, clock }, { userIds: plan.accountIds, signal })),
    authenticationMethods: ofAccounts(plan, () => readMethods(graph, plan)),
    backgroundSignIns: () =>
      collect(plan, 'background', (read) =>
        readNonInteractiveSignIns(graph, { ...read, window: { from: plan.backgroundFrom } }),
      ),
    interactiveSignIns: ofAccounts(plan, () =>
      collect(plan, 'interactive', (read) =>
        readInteractiveSignInsOf(graph, plan.unmatchedIds, { ...read, window: { from: plan.interactiveFrom } }),
      ),
    ),
  };
  const outcomes = await Promise.all(
    EVIDENCE_PARTS.map(async (part) => {
      const outcome = await attempt(signal, readers[part]);
      plan.onProgress(outcome.ok ? `${part} read` : `${part}: ${outcome.why}`);
      return [part, outcome] as const;
    }),
  );
  return Object.fromEntries(outcomes) as EvidenceReading;
}

/** While no account is known nobody can be asked about, which is not the same as an empty answer. */
function ofAccounts(plan: EvidencePlan, read: () => Promise<unknown>): () => Promise<unknown> {
  return () => {
    if (plan.accountIds.length > 0) return read();
    const userMessage = 'The accounts of the tenant are not known yet, so nothing could be asked about them.';
    return Promise.reject(new AppError('accounts_unknown', userMessage, { userMessage }));
  };
}

function readOrThrow<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new AppError(outcome.code, outcome.why);
}

/** Whoever holds a role; some of them are groups, whose members hold it too. */
function principalsOf(roles: Outcome<{ principalId: string }[]>): string[] {
  return roles.ok ? roles.value.map((assignment) => assignment.principalId) : [];
}

/** Eligible (PIM) assignments; a tenant without P2 has none. */
async function readEligible(graph: Connections['graph'], signal: AbortSignal): Promise<GraphRoleAssignment[]> {
  const eligible = await listEligibleRoles(graph, { signal });
  return eligible.kind === 'rows' ? eligible.rows : [];
}

/** Every group; members only of those that are named somewhere and of the groups within them. */
async function readGroups(
  graph: Connections['graph'],
  groupIds: readonly string[],
  signal: AbortSignal,
): Promise<unknown> {
  const groups = await listGroups(graph, { signal });
  const known = new Set(groups.map((group) => group.id));
  const members = new Map<string, { id: string }[]>();
  const queue = [...new Set(groupIds)].filter((id) => known.has(id));
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (members.has(next)) continue;
    const rows = await listMembers(graph, next, { signal });
    members.set(next, rows);
    for (const row of rows) if (known.has(row.id) && !members.has(row.id)) queue.push(row.id);
  }
  return groups.map((group) => {
    const rows = members.get(group.id);
    return rows === undefined ? group : { ...group, members: rows };
  });
}

async function readMethods(graph: Connections['graph'], plan: EvidencePlan): Promise<unknown> {
  const rows: { id: string; methods: unknown[] }[] = [];
  for (const id of plan.methodsOf) {
    // Deleted since the listing: nobody's methods are left to be read, and the others' are.
    const found = await orMissing(() => readUserMethods(graph, id, { signal: plan.signal }));
    if (found === null) continue;
    rows.push({ id, methods: found.methods });
    if (rows.length % 50 === 0) plan.onProgress(`methods of ${rows.length} of ${plan.methodsOf.length} accounts read`);
  }
  return rows;
}

/** The rows of a sign-in log, told as they come. */
function collect(
  plan: EvidencePlan,
  kind: string,
  readLog: (read: { onRows(page: GraphSignIn[]): void; signal: AbortSignal }) => Promise<SignInReading>,
): Promise<SignInRows> {
  let count = 0;
  return collectSignIns((keep) => {
    const onRows = (page: GraphSignIn[]) => {
      keep(page);
      count += page.length;
      plan.onProgress(`${count} ${kind} sign-ins read`);
    };
    return readLog({ onRows, signal: plan.signal });
  });
}
