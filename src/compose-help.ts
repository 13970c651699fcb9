import type { Clock } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import type { StopPoint } from './lib/stop-point.ts';
import type { Access } from './rollout/access/access.ts';
import { type AccessPasses, createAccessPasses } from './rollout/access-pass/access-pass.ts';
import type { PassRequest } from './rollout/access-pass/access-pass-types.core.ts';
import { createConversations } from './rollout/conversations/conversations.ts';
import type { Customer, Customers } from './rollout/customers/customers.ts';
import { createStuck, type Stuck } from './rollout/helpdesk/stuck.ts';
import type { HoldoutAnswer } from './rollout/holdouts/holdout-types.core.ts';
import type { Holdouts } from './rollout/holdouts/holdouts.ts';
import { withDemandedDays } from './rollout/phases/demanded-days.ts';
import type { Phases } from './rollout/phases/phases.ts';
import { createSessions, type Sessions } from './rollout/sessions/sessions.ts';
import type { SignIns } from './rollout/sign-ins/sign-ins.ts';
import type { Syncs } from './rollout/snapshots/syncs.ts';
import type { Database } from './store/database.ts';
import type { JobKinds } from './work/job.ts';

export type HelpParts = {
  database: Database;
  customers: Customers;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
  signal: AbortSignal;
  access: Access;
  phases: Phases;
  syncs: Syncs;
  holdouts: Pick<Holdouts, 'list' | 'passRequests'>;
  signIns: Pick<SignIns, 'judgeStopLine' | 'findings'>;
};

export type HelpApp = { accessPasses: AccessPasses; sessions: Sessions; stuck: Stuck };

/** Builds what the helpdesk does in a tenant: passes, the end of sessions, and who is stuck. */
export function composeHelp(parts: HelpParts): HelpApp & { kinds: JobKinds } {
  const breakGlassOf = async (customer: Customer) => {
    const { exceptions } = await parts.syncs.exceptions(customer);
    const found = exceptions.flatMap(({ kind, accountId }) => (kind === 'breakGlass' ? [accountId.toLowerCase()] : []));
    return new Set([...customer.settings.declared.breakGlass, ...found]);
  };
  const accessPasses = createAccessPasses({
    ...parts,
    breakGlassOf,
    roleHoldersOf: (customer) => roleHoldersOf(parts, customer),
    requestsOf: (customer) => requestsOf(parts, customer),
    askersOf: async (customer, accountId) =>
      ((await parts.holdouts.passRequests(customer)).get(accountId.toLowerCase()) ?? []).map(requestIn),
    failingOf: (customer) => failingOf(parts, customer),
    conversations: createConversations(parts),
    helpersOf: async (customerId) => {
      const grants = await parts.access.list(customerId);
      const helpers = grants.filter(({ role }) => role === 'helpdesk' || role === 'engineer');
      return [...new Map(helpers.map(({ identity }) => [JSON.stringify(identity), identity])).values()];
    },
  });
  const sessions = createSessions({ ...parts, breakGlassOf });
  const stuck = createStuck({
    ...parts,
    phases: withDemandedDays({
      ...parts,
      areDefaultsOn: async (customer) =>
        (await parts.syncs.derived(customer)).snapshot.securityDefaults?.isEnabled === true,
    }),
    failingOf: (customer) => failingOf(parts, customer),
    findings: (customerId) => parts.signIns.findings.list(customerId),
    holdouts: (customer) => parts.holdouts.list(customer),
    passes: accessPasses,
  });
  return { accessPasses, sessions, stuck, kinds: { ...accessPasses.kinds, ...sessions.kinds } };
}

/** What managers asked for on their cards, as long as it stands and nothing was tried since. */
async function requestsOf(
  { holdouts }: HelpParts,
  customer: Customer,
): Promise<ReadonlyMap<string, readonly PassRequest[]>> {
  const lines = await holdouts.list(customer);
  const asked = lines.flatMap(({ accountId, standing, answer }) =>
    standing === 'open' && answer?.kind === 'tapRequest' ? [{ accountId, answer }] : [],
  );
  const requests = new Map<string, PassRequest[]>();
  for (const { accountId, answer } of asked) {
    requests.set(accountId, [requestIn(answer)]);
  }
  return requests;
}

function requestIn({ by, displayName, at }: HoldoutAnswer): PassRequest {
  return { ...by, displayName, at };
}

/** Everybody in an enforced phase who fails MFA since then (see safety rule S12). */
async function failingOf({ phases, signIns, clock }: HelpParts, customer: Customer): Promise<ReadonlySet<string>> {
  const rollout = await phases.current(customer.id);
  const enforced = (rollout?.phases ?? []).filter(
    ({ enforcedAt, state }) => state === 'enforced' && enforcedAt !== null,
  );
  if (rollout === null || enforced.length === 0) return new Set();
  const everybody = await phases.people(customer);
  const now = new Date(clock.now());
  const failing = new Set<string>();
  for (const phase of enforced) {
    const people = everybody.filter((person) => person.phase === phase.name);
    const question = { customerId: customer.id, phase, people, stopLine: rollout.procedure.stopLine, now };
    for (const id of (await signIns.judgeStopLine(question)).failing) failing.add(id);
  }
  return failing;
}

/** Whoever holds a role in the directory, himself or through a group; null where roles were not read. */
async function roleHoldersOf({ syncs }: HelpParts, customer: Customer): Promise<ReadonlySet<string> | null> {
  const { roleAssignments, groups } = (await syncs.derived(customer)).snapshot;
  if ((roleAssignments ?? null) === null) return null;
  const holders = new Set((roleAssignments ?? []).map(({ principalId }) => principalId.toLowerCase()));
  const members = (groups ?? [])
    .filter(({ id }) => holders.has(id.toLowerCase()))
    .flatMap((group) => group.members ?? []);
  return new Set([...holders, ...members.map(({ id }) => id.toLowerCase())]);
}
