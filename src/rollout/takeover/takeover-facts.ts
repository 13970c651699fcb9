import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import { dayOf } from '../../lib/local-time.ts';
import type { Log } from '../../lib/log.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Graph } from '../../services/graph/client.ts';
import type { ReadOptions } from '../../services/graph/pages.ts';
import { readPerUserMfa } from '../../services/graph/per-user-mfa.ts';
import { getSecurityDefaults } from '../../services/graph/security-defaults.ts';
import type { Access } from '../access/access.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import type { BreakGlassCheck } from '../exceptions/exception-types.core.ts';
import type { Rollout } from '../phases/phase-types.core.ts';
import type { EnforcedPhase } from '../policy/enforce/enforce.core.ts';
import { storedAsWritten, writtenEnforce } from '../policy/enforce/enforce-facts.ts';
import { compileTenant } from '../policy/evaluator/tenant.core.ts';
import { type GraphObject, objectOf, textsOf } from '../policy/graph-json.core.ts';
import { ownedId, replaceReferences } from '../policy/managed-objects.core.ts';
import { type Known, type KnownDeps, readLive, readStored } from '../policy/push/push-facts.ts';
import type { Snapshot } from '../snapshots/snapshot-file.ts';
import type { StripTenant } from './strip.core.ts';
import { planTakeover, type TakeoverInput, type TakeoverPlan, takeoverDigest } from './takeover.core.ts';
import { wasTakenOver } from './takeover.store.ts';
import { type TakeoverFacts, takeoverGates } from './takeover-gates.core.ts';

export type TakeoverDeps = KnownDeps & {
  customers: Customers;
  access: Pick<Access, 'actorOf'>;
  phases: { current(customerId: string): Promise<Rollout | null> };
  /** The phases that the enforcing policy reaches. */
  enforced(customerId: string): Promise<readonly EnforcedPhase[]>;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
  /** Aborted when the process stops. */
  signal: AbortSignal;
};

/** A tenant as it was read, once from the store and once from the tenant itself. */
export type TakeoverView = { known: Known; snapshot: Snapshot; breakGlass: readonly BreakGlassCheck[] };

/** The tenant by what is stored, brought up to what this product wrote since. Refuses with `snapshot_part_missing`. */
export async function storedView(deps: TakeoverDeps, customer: Customer, actor: Json): Promise<TakeoverView> {
  const known = await readStored(deps, customer, actor);
  const written = storedAsWritten(known);
  const observe = known.owned.find(({ key }) => key === 'OBSERVE');
  const isMissing = observe !== undefined && written.policies?.some(({ id }) => id === observe.objectId) === false;
  const policies = isMissing
    ? [...(written.policies ?? []), asPolicy(observe.objectId, observe.written)]
    : written.policies;
  return { known, snapshot: { ...written, policies }, breakGlass: known.table.breakGlass };
}

function asPolicy(id: string, written: Json): GraphObject & { state: string } {
  const policy = objectOf(written) ?? {};
  return { ...policy, id, state: String(policy.state) };
}

type Reading = { customer: Customer; actor: Json; reader: Graph; options: ReadOptions };

/** The tenant as it is at this moment. Every failed read is thrown: nothing here may be guessed. */
export async function liveView(
  deps: TakeoverDeps,
  { customer, actor, reader, options }: Reading,
): Promise<TakeoverView> {
  const known = await readStored(deps, customer, actor);
  const today = todayAt(deps, customer);
  const { snapshot, breakGlass } = await readLive(reader, { known, today, options });
  const userIds = (snapshot.users ?? []).map(({ id }) => id);
  const perUserMfa = await readPerUserMfa({ graph: reader, clock: deps.clock }, { ...options, userIds });
  const securityDefaults = await getSecurityDefaults(reader, options);
  return { known, breakGlass, snapshot: { ...snapshot, perUserMfa, securityDefaults } };
}

/** Today in the customer's time zone. */
function todayAt({ clock }: TakeoverDeps, { settings }: Customer): string {
  return dayOf(new Date(clock.now()), settings.timeZone);
}

/** A plan with everything that stands against it. */
export type JudgedPlan = {
  plan: TakeoverPlan;
  digest: string;
  facts: TakeoverFacts;
  gates: ReturnType<typeof takeoverGates>;
};

/**
 * Plans over a view and judges the plan. Before everyone is enforced it is what would be done once they are, and the
 * gates say what has to stand first.
 */
export async function judgedPlan(deps: TakeoverDeps, customer: Customer, view: TakeoverView): Promise<JudgedPlan> {
  const rollout = await deps.phases.current(customer.id);
  const enforced = await deps.enforced(customer.id);
  const isFirst = !(await deps.database.withCustomer(customer.id, wasTakenOver));
  const input = inputOf(deps, customer, view);
  const plan = planTakeover(input);
  const facts: TakeoverFacts = {
    ...{ rollout, plan, isFirst, rails: customer.settings.rails, owned: view.known.owned },
    everyoneEnforced: enforced.some(({ everyoneElse }) => everyoneElse),
    enforce: view.snapshot.policies?.find(({ id }) => id === ownedId(view.known.owned, 'ENFORCE')),
    securityDefaultsOn: view.snapshot.securityDefaults?.isEnabled ?? null,
    unread: unreadOf(view.snapshot),
    breakGlass: view.breakGlass,
    breakGlassInside: insideOf(input, view),
    cover: { tenant: input.tenant, policies: input.policies, perUserMfa: input.perUserMfa ?? [] },
    accounts: (view.snapshot.users ?? []).filter(({ accountEnabled }) => accountEnabled !== false).length,
  };
  return { plan, digest: takeoverDigest(customer.id, plan), facts, gates: takeoverGates(facts) };
}

const PARTS = ['policies', 'groups', 'roleAssignments', 'perUserMfa', 'securityDefaults', 'namedLocations'] as const;

function unreadOf(snapshot: Snapshot): string[] {
  return PARTS.filter((part) => (snapshot[part] ?? null) === null);
}

function inputOf(deps: TakeoverDeps, customer: Customer, { known, snapshot }: TakeoverView): TakeoverInput {
  const { owned, table } = known;
  const enforceId = ownedId(owned, 'ENFORCE');
  const live = snapshot.policies?.find(({ id }) => id === enforceId);
  const isWhole =
    live?.state === 'enabled' &&
    textsOf(objectOf(objectOf(live.conditions)?.users)?.includeUsers)?.includes('all') === true;
  const enforce = isWhole ? live : enforcedOnAll(known);
  const groups = [...(snapshot.groups ?? []), ...plannedGroups(known)];
  const tenant = withStrangers(
    { ...snapshot, groups: (snapshot.groups ?? null) === null ? null : groups, users: snapshot.users ?? [] },
    enforce,
  );
  return {
    tenantId: customer.id,
    tenant,
    policies: [...(snapshot.policies ?? []).filter(({ id }) => id !== enforce.id), enforce],
    enforce,
    observeId: ownedId(owned, 'OBSERVE') ?? null,
    ownIds: new Set(owned.filter(({ kind }) => kind === 'policy').map(({ objectId }) => objectId)).add(enforce.id),
    exceptions: table.exceptions,
    breakGlass: customer.settings.declared.breakGlass,
    today: todayAt(deps, customer),
    perUserMfa: snapshot.perUserMfa,
  };
}

/** The enforcing policy as it would stand once everyone else is enforced. */
function enforcedOnAll({ owned, draft }: Known): GraphObject {
  const references = new Map(
    draft.groups.flatMap((group) => (group.id === null ? [] : [[group.reference, group.id] as const])),
  );
  const drawn = draft.policies.find(({ name }) => name === 'ENFORCE');
  const policy =
    writtenEnforce(owned) ??
    ({ ...objectOf(replaceReferences(drawn?.json ?? {}, references)), id: 'enforce' } as GraphObject);
  const conditions = objectOf(policy.conditions) ?? {};
  const users = { ...objectOf(conditions.users), includeUsers: ['All'], includeGroups: [] };
  return { ...policy, state: 'enabled', conditions: { ...conditions, users } };
}

/** Groups that the draft still has to make, under the names by which it speaks of them. */
function plannedGroups({ draft }: Known): GraphObject[] {
  return draft.groups
    .filter(({ id }) => id === null)
    .map(({ reference, name, members }) => ({
      id: reference,
      displayName: name,
      members: members.map((id) => ({ id, '@odata.type': '#microsoft.graph.user' })),
    }));
}

/** Whoever stands in a group that the enforcing policy leaves out is judged, though the list of accounts is older. */
function withStrangers(tenant: StripTenant, enforce: GraphObject): StripTenant {
  const compiled = compileTenant(tenant);
  const excluded = textsOf(objectOf(objectOf(enforce.conditions)?.users)?.excludeGroups) ?? [];
  const inside = new Set(excluded.flatMap((id) => [...compiled.membersOf(id).ids]));
  const strangers = [...inside].filter((id) => compiled.subjects?.has(id) === false);
  return { ...tenant, users: [...tenant.users, ...strangers.sort().map((id) => ({ id }))] };
}

function insideOf({ tenant, enforce, breakGlass }: TakeoverInput, { snapshot }: TakeoverView): string[] {
  if ((snapshot.groups ?? null) === null) return [];
  const compiled = compileTenant(tenant);
  const excluded = textsOf(objectOf(objectOf(enforce.conditions)?.users)?.excludeGroups) ?? [];
  const inside = new Set(excluded.flatMap((id) => [...compiled.membersOf(id).ids]));
  return breakGlass.filter((id) => inside.has(id.toLowerCase()));
}
