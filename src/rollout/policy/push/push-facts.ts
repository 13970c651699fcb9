import type { Json } from '../../../lib/canonical-json.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Graph } from '../../../services/graph/client.ts';
import { listPolicies } from '../../../services/graph/conditional-access.ts';
import { listGroups, listMembers } from '../../../services/graph/groups.ts';
import { getGroup } from '../../../services/graph/groups-write.ts';
import type { ReadOptions } from '../../../services/graph/pages.ts';
import { readUserMethods } from '../../../services/graph/registration.ts';
import { listRoleAssignments } from '../../../services/graph/roles.ts';
import { getUser } from '../../../services/graph/users.ts';
import type { Database } from '../../../store/database.ts';
import type { Customer } from '../../customers/customers.ts';
import { drilledIn } from '../../emergency/drilled.ts';
import type { UsableCheck } from '../../emergency/emergency-types.core.ts';
import { usableChecks } from '../../emergency/usable.core.ts';
import { checkBreakGlass } from '../../exceptions/break-glass.core.ts';
import type { ExceptionTable } from '../../exceptions/exception-types.core.ts';
import type { Procedure } from '../../phases/phase-types.core.ts';
import { procedureIn } from '../../phases/phases.ts';
import type { Snapshot } from '../../snapshots/snapshot-file.ts';
import type { Syncs } from '../../snapshots/syncs.ts';
import type { PolicyDraft } from '../draft/draft.core.ts';
import { draftOf } from '../draft/draft-answer.ts';
import type { DraftState, PolicyDrafts } from '../draft/drafts.ts';
import type { GraphObject } from '../graph-json.core.ts';
import type { ManagedObject } from '../managed-objects.core.ts';
import { planPush } from './push.core.ts';
import { readManaged } from './push.store.ts';
import type { PushFacts } from './push-gates.core.ts';

/** What is known without asking the tenant. */
export type Known = {
  customer: Customer;
  stored: Snapshot;
  table: ExceptionTable;
  draft: PolicyDraft;
  state: DraftState;
  owned: readonly ManagedObject[];
  procedure: Procedure | null;
  /** Break-glass accounts whose drill counts now. */
  drilled: ReadonlySet<string>;
};

export type KnownDeps = {
  database: Database;
  clock: Clock;
  syncs: Pick<Syncs, 'stored' | 'exceptions'>;
  drafts: Pick<PolicyDrafts, 'draw' | 'state'>;
};

/** Reads what is known without asking the tenant. Refuses with `snapshot_part_missing` before the first sync. */
export async function readStored(deps: KnownDeps, customer: Customer, actor: Json): Promise<Known> {
  const { draft } = await deps.drafts.draw(customer, actor);
  const { owned, procedure, drilled } = await deps.database.withCustomer(customer.id, async (tx) => ({
    owned: await readManaged(tx),
    procedure: await procedureIn(tx),
    drilled: await drilledIn(tx, customer, deps.clock.now()),
  }));
  return {
    ...{ customer, draft, owned, procedure, drilled },
    stored: await deps.syncs.stored(customer),
    table: await deps.syncs.exceptions(customer),
    state: await deps.drafts.state(customer, draft),
  };
}

/** The applications that the product is in this customer's tenant. */
export function clientIdsOf({ settings }: Customer): string[] {
  return [settings.graph.clientId, settings.writer?.clientId].filter((id) => id !== undefined);
}

/** The parts of a tenant that a push rests on, read at this moment. */
export type LiveReading = { snapshot: Snapshot; breakGlass: UsableCheck[] };

/** Who has to be read again, and the day on which it is, in the customer's time zone. */
type Wanted = { known: Known; today: string; options: ReadOptions };

/**
 * Reads policies, groups, administrators and the break-glass accounts afresh and puts them in place of what is stored.
 * Every failed read is thrown: nothing here may be guessed.
 */
export async function readLive(reader: Graph, { known, today, options }: Wanted): Promise<LiveReading> {
  const { stored, customer } = known;
  const policies = await listPolicies(reader, options);
  const groups = await readGroups(reader, { known, options });
  const active = await listRoleAssignments(reader, options);
  const eligible = (stored.roleAssignments ?? []).filter((assignment) => assignment.eligible === true);
  const roleAssignments = [...active.map((row) => ({ ...row, eligible: false })), ...eligible];
  const { breakGlass } = customer.settings.declared;
  const users = [...(stored.users ?? [])];
  const methods: { id: string; methods: { '@odata.type': string }[] }[] = [];
  for (const id of breakGlass) {
    const user = await getUser(reader, id, options);
    const at = users.findIndex((known_) => known_.id.toLowerCase() === id);
    if (user !== null) users.splice(at === -1 ? users.length : at, at === -1 ? 0 : 1, user);
    else if (at !== -1) users.splice(at, 1);
    if (user !== null)
      methods.push({ id: user.id, methods: (await readUserMethods(reader, user.id, options)).methods });
  }
  const snapshot: Snapshot = {
    ...stored,
    takenAt: `${today}T00:00:00Z`,
    ...{ policies, groups, roleAssignments, users },
  };
  const roleGroupMembers = new Map(groups.map((group) => [group.id, (group.members ?? []).map(({ id }) => id)]));
  const checks = users
    .filter(({ id }) => breakGlass.includes(id.toLowerCase()))
    .map((user) =>
      checkBreakGlass(user, { today, accounts: users, roster: null, roleAssignments, roleGroupMembers, methods }),
    );
  return { snapshot, breakGlass: completed(known, snapshot, { checks, methods }) };
}

/** What is known of the accounts without asking the tenant. */
export function storedUsability(known: Known): UsableCheck[] {
  return completed(known, known.stored, { checks: known.table.breakGlass, methods: [] });
}

type Checked = { checks: ExceptionTable['breakGlass']; methods: NonNullable<Snapshot['authenticationMethods']> };

/** The checks with what they say nothing of: the daily administrators' methods, and the drills. */
function completed({ customer, drilled }: Known, snapshot: Snapshot, { checks, methods }: Checked): UsableCheck[] {
  const { users, roleAssignments, registration, groups } = snapshot;
  const members = new Map((groups ?? []).map((group) => [group.id, group.members?.map(({ id }) => id)]));
  return usableChecks({
    ...{ checks, drilled, roleAssignments, registration, declared: customer.settings.declared.breakGlass },
    users: users ?? [],
    membersOf: (groupId) => members.get(groupId),
    methods: [...(snapshot.authenticationMethods ?? []), ...methods],
  });
}

type GroupsWanted = Pick<Wanted, 'known' | 'options'>;

/** Every group, our own with what they are told apart by; members of those that had them in the stored reading and of our own. */
async function readGroups(reader: Graph, { known, options }: GroupsWanted) {
  const { stored, owned, customer } = known;
  const { exceptionGroupId, breakGlassGroupId } = customer.settings.declared;
  const wanted = new Set([
    ...(stored.groups ?? []).filter(({ members }) => (members ?? null) !== null).map(({ id }) => id),
    ...owned.filter(({ kind }) => kind === 'group').map(({ objectId }) => objectId),
    ...[exceptionGroupId, breakGlassGroupId].filter((id) => id !== undefined),
  ]);
  const groups = await listGroups(reader, options);
  const read: (GraphObject & { members?: { id: string }[] })[] = [];
  const ours = new Set(owned.map(({ objectId }) => objectId));
  for (const group of groups) {
    const whole = ours.has(group.id) ? ((await getGroup(reader, group.id, options)) ?? group) : group;
    read.push(wanted.has(group.id) ? { ...whole, members: await listMembers(reader, group.id, options) } : whole);
  }
  return read;
}

/** The facts that the gates judge, from a reading and from what is known. */
export function factsOf(
  known: Known,
  { snapshot, breakGlass }: LiveReading,
  asked: { digest: string; pushId: string; clientIds: readonly string[] },
): PushFacts {
  const { customer, stored, table, draft, state, owned } = known;
  const fresh = draftOf(snapshot, { ...table, breakGlass }, { owned, procedure: known.procedure }).draft;
  const live = snapshot.policies ?? [];
  const groups = snapshot.groups ?? [];
  const members = new Map(groups.map((group) => [group.id, (group.members ?? []).map(({ id }) => id)]));
  const plan = planPush({
    pushId: asked.pushId,
    policies: fresh.policies,
    groups: fresh.groups,
    owned,
    live,
    membersOf: (id) => members.get(id) ?? [],
  });
  return {
    digest: asked.digest,
    stored: { digest: draft.digest, state: state.state },
    reviewed: stored.policies ?? null,
    ...{ live, groups, fresh, breakGlass, owned, plan },
    rails: customer.settings.rails,
    principals: principalsOf(stored, asked.clientIds),
  };
}

/** The service principals of the product's own applications; null when they were not read. */
export function principalsOf({ servicePrincipals }: Snapshot, clientIds: readonly string[]): string[] | null {
  if ((servicePrincipals ?? null) === null) return null;
  return (servicePrincipals ?? [])
    .filter(({ appId }) => typeof appId === 'string' && clientIds.includes(appId.toLowerCase()))
    .map(({ id }) => id);
}
