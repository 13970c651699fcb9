import type { Json } from '../../lib/canonical-json.ts';
import type { Graph } from '../../services/graph/client.ts';
import { listTransitiveMembers } from '../../services/graph/groups.ts';
import { listSkus } from '../../services/graph/licences.ts';
import type { ReadOptions } from '../../services/graph/pages.ts';
import { readUserMethods } from '../../services/graph/registration.ts';
import { getSecurityDefaults } from '../../services/graph/security-defaults.ts';
import type { Customer } from '../customers/customers.ts';
import type { PhasePerson } from '../phases/phase-types.core.ts';
import type { Snapshot } from '../snapshots/snapshot-file.ts';
import { draftOf } from './draft-answer.ts';
import { compileBoth, type EffectInput, type EffectRow, effectOf } from './draft-effect.core.ts';
import {
  type EnforcedPhase,
  type ExcludedGroups,
  type FlipPhase,
  type FlipPlan,
  type FlipRefusal,
  phaseKey,
  planEnforce,
  refusedBy,
} from './enforce.core.ts';
import { newlyAsked } from './enforce-gates.core.ts';
import { type FlipScope, scopeOf } from './enforce-scope.core.ts';
import { FLIP_TEXTS } from './enforce-texts.core.ts';
import { type GraphObject, objectOf, textsOf } from './graph-json.core.ts';
import { groupKey, type ManagedObject, ownedId } from './managed-objects.core.ts';
import type { Known } from './push-facts.ts';
import { readLive } from './push-facts.ts';
import { GLOBAL_ADMINISTRATOR } from './role-templates.core.ts';
import { compileTenant } from './tenant.core.ts';

/** What is known of a phase that is to be enforced, without asking the tenant. */
export type FlipKnown = {
  known: Known;
  phase: FlipPhase;
  people: readonly PhasePerson[];
  enforced: readonly EnforcedPhase[];
  today: string;
};

/** ENFORCE as it was last written, as Graph would show it; undefined before a push. */
export function writtenEnforce(owned: readonly ManagedObject[]): (GraphObject & { state: string }) | undefined {
  const own = owned.find(({ key }) => key === 'ENFORCE');
  return own === undefined
    ? undefined
    : { ...objectOf(own.written), id: own.objectId, state: String(objectOf(own.written)?.state) };
}

/** The two groups that the policies leave out: the customer's own where he declared some, else ours. */
export function excludedGroups({ settings }: Customer, owned: readonly ManagedObject[]): ExcludedGroups | null {
  const breakGlass = settings.declared.breakGlassGroupId ?? ownedId(owned, 'breakGlass');
  const exceptions = settings.declared.exceptionGroupId ?? ownedId(owned, 'exceptions');
  return breakGlass === undefined || exceptions === undefined ? null : { breakGlass, exceptions };
}

/** The plan of a flip over a policy, with whom it is for; or why there is none. */
export type Planned = { plan: FlipPlan; scope: FlipScope; excluded: ExcludedGroups };

/** Plans over ENFORCE as given: as it was written, for a review, or as it is live, for the flip. */
export function planOver(live: GraphObject | undefined, asked: FlipKnown): Planned | FlipRefusal {
  const { known, phase, people, enforced, today } = asked;
  const { owned, customer, draft, table, stored } = known;
  const excluded = excludedGroups(customer, owned);
  if (live === undefined || excluded === null) {
    return refusedBy('policy_not_pushed', 'S4', FLIP_TEXTS.policy_not_pushed());
  }
  const plan = planEnforce({ live, owned, excluded, enforced, phase });
  if ('code' in plan) return plan;
  const scope = scopeOf({
    ...{ phase, people, today, isFirst: plan.isFirst, groups: draft.groups },
    ...{ accounts: stored.users ?? [], exceptions: table.exceptions },
    breakGlass: customer.settings.declared.breakGlass,
  });
  return { plan, scope, excluded };
}

/** The tenant read at this moment, and what the plan would do there to everybody. */
export type FlipReading = {
  snapshot: Snapshot;
  breakGlass: Awaited<ReturnType<typeof readLive>>['breakGlass'];
  planned: Planned;
  effect: EffectRow[];
  inGroup: string[];
  breakGlassInside: string[];
  leftOut: string[];
  admins: string[] | null;
  findings: ReturnType<typeof draftOf>['draft']['findings'];
};

/** Reads the tenant afresh and judges the plan by it. Every failed read is thrown: nothing here may be guessed. */
export async function readFlip(
  reader: Graph,
  asked: FlipKnown,
  options: ReadOptions,
): Promise<FlipReading | FlipRefusal> {
  const { known, today } = asked;
  const live = await readLive(reader, { known, today, options });
  const enforceId = ownedId(known.owned, 'ENFORCE');
  const planned = planOver(
    live.snapshot.policies?.find(({ id }) => id === enforceId),
    asked,
  );
  if ('code' in planned) return planned;
  const { plan, excluded, scope } = planned;
  const membersOf = async (id: string) => {
    const members = await listTransitiveMembers(reader, id, options);
    return members.filter((member) => !member['@odata.type'].endsWith('.group')).map((member) => member.id);
  };
  const inGroup = plan.groupId === null ? [] : await membersOf(plan.groupId);
  const breakGlassInside = await membersOf(excluded.breakGlass);
  const exceptionsInside = await membersOf(excluded.exceptions);
  const current = {
    ...live.snapshot,
    subscribedSkus: await listSkus(reader, options),
    securityDefaults: await getSecurityDefaults(reader, options),
  };
  const filled = withMembers(current, plan.groupId, scope.members);
  const first = effectOver(filled, plan);
  const snapshot = await withFreshMethods(reader, filled, { effect: first, options });
  const { draft } = draftOf(snapshot, { ...known.table, breakGlass: live.breakGlass }, known);
  return {
    ...{ snapshot, planned, inGroup, breakGlassInside, breakGlass: live.breakGlass, findings: draft.findings },
    effect: snapshot === filled ? first : effectOver(snapshot, plan),
    leftOut: [...breakGlassInside, ...exceptionsInside],
    admins: adminsOf(snapshot),
  };
}

/** What a plan would do to every account of a snapshot. */
export function effectOver(snapshot: Snapshot, plan: Pick<FlipPlan, 'json'>): EffectRow[] {
  const input: EffectInput = {
    tenant: compileTenant(snapshot),
    users: snapshot.users ?? [],
    live: snapshot.policies ?? null,
    draft: plan.json,
    roleAssignments: snapshot.roleAssignments,
    registration: snapshot.registration,
    authenticationMethods: snapshot.authenticationMethods,
    perUserMfa: snapshot.perUserMfa,
  };
  return effectOf(input, compileBoth(input));
}

/** The snapshot with these accounts in the group too, as they will be before the policy is changed. */
export function withMembers(snapshot: Snapshot, groupId: string | null, members: readonly string[]): Snapshot {
  const groups = (snapshot.groups ?? []).map((group) => {
    if (group.id !== groupId) return group;
    const present = group.members ?? [];
    const ids = new Set(present.map(({ id }) => id.toLowerCase()));
    const joining = members.filter((id) => !ids.has(id.toLowerCase()));
    return {
      ...group,
      members: [...present, ...joining.map((id) => ({ id, '@odata.type': '#microsoft.graph.user' }))],
    };
  });
  return { ...snapshot, groups };
}

/** What is stored, brought up to what we wrote since it was read: our groups with who is in them, and ENFORCE. */
export function storedAsWritten({ stored, owned, draft }: Known): Snapshot {
  const ours = draft.groups.flatMap((group) => {
    const id = ownedId(owned, groupKey(group)) ?? group.id;
    const known = (stored.groups ?? []).find((one) => one.id === id);
    const members = group.members.map((member) => ({ id: member, '@odata.type': '#microsoft.graph.user' }));
    return id === null ? [] : [{ ...known, id, displayName: group.name, members }];
  });
  const ids = new Set(ours.map(({ id }) => id));
  const enforce = writtenEnforce(owned);
  const others = (stored.policies ?? []).filter(({ id }) => id !== enforce?.id);
  return {
    ...stored,
    groups: [...(stored.groups ?? []).filter(({ id }) => !ids.has(id)), ...ours],
    // Policies that were never read stay unread, and the answer unknown.
    policies: (stored.policies ?? null) === null || enforce === undefined ? stored.policies : [...others, enforce],
  };
}

/** So many people are read one by one; whoever stands beyond counts as he did at the last sync. */
const READ_MAX = 100;
const PASS = /temporaryAccessPass/i;

/** Reads again those who could not answer at the last sync: they may have enrolled, or hold a pass to do so with. */
export async function withFreshMethods(
  reader: Graph,
  snapshot: Snapshot,
  { effect, options }: { effect: readonly EffectRow[]; options: ReadOptions },
): Promise<Snapshot> {
  const asked = new Set(newlyAsked(effect));
  const stuck = effect.filter((row) => asked.has(row.accountId) && row.canAnswer !== 'yes').slice(0, READ_MAX);
  // Registered and yet not capable: the tenant does not allow the method, which the list of methods does not tell.
  const notAllowed = new Set(
    (snapshot.registration ?? [])
      .filter(({ isMfaRegistered, isMfaCapable }) => isMfaRegistered === true && isMfaCapable === false)
      .map(({ id }) => id),
  );
  const fresh = new Map<string, { id: string; methods: { '@odata.type': string }[] }>();
  for (const { accountId: id } of stuck) {
    const { mfaCapable, methods } = await readUserMethods(reader, id, options);
    const hasPass = methods.some((method) => PASS.test(method['@odata.type']) && method.isUsable !== false);
    if ((mfaCapable === 'capable' && !notAllowed.has(id)) || hasPass) fresh.set(id, { id, methods });
  }
  if (fresh.size === 0) return snapshot;
  const others = <T extends { id: string }>(rows: readonly T[] | null | undefined) =>
    (rows ?? []).filter(({ id }) => !fresh.has(id));
  return {
    ...snapshot,
    registration: others(snapshot.registration),
    authenticationMethods: [...others(snapshot.authenticationMethods), ...fresh.values()],
  };
}

/** The accounts that are active Global Administrators; null when that was not read. */
export function adminsOf({ roleAssignments, groups, users }: Snapshot): string[] | null {
  if ((roleAssignments ?? null) === null) return null;
  const members = new Map((groups ?? []).map((group) => [group.id, group.members ?? []]));
  const accounts = new Set((users ?? []).map(({ id }) => id));
  const holders = (roleAssignments ?? [])
    .filter((row) => row.eligible !== true && row.roleDefinitionId.toLowerCase() === GLOBAL_ADMINISTRATOR)
    .flatMap(({ principalId }) => members.get(principalId)?.map(({ id }) => id) ?? [principalId]);
  return [...new Set(holders)].filter((id) => accounts.has(id));
}

/** The objects that ENFORCE consists of once this phase is in it. */
export function ownedBy(plan: FlipPlan, phase: FlipPhase, owned: readonly ManagedObject[]): ManagedObject[] {
  const users = objectOf(objectOf(plan.json.conditions)?.users) ?? {};
  const named = new Set([...(textsOf(users.includeGroups) ?? []), ...(textsOf(users.excludeGroups) ?? [])]);
  const isPart = ({ key, objectId }: ManagedObject) =>
    key === 'ENFORCE' || (!phase.everyoneElse && key === phaseKey(phase)) || named.has(objectId.toLowerCase());
  return owned.filter(isPart);
}

/** What stands in the tenant before the write: the whole policy, every other one, and who is in its groups (S24). */
export function beforeOf({ snapshot, inGroup, leftOut, planned }: FlipReading): Json {
  const named = new Set(
    [planned.plan.groupId, planned.excluded.breakGlass, planned.excluded.exceptions].filter((id) => id !== null),
  );
  const kept = {
    policies: snapshot.policies ?? [],
    groups: (snapshot.groups ?? []).filter(({ id }) => named.has(id)),
    securityDefaults: snapshot.securityDefaults ?? null,
    perUserMfa: snapshot.perUserMfa ?? null,
    ...{ inGroup, leftOut },
  };
  return JSON.parse(JSON.stringify(kept)) as Json;
}
