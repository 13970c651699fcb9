import type { Json } from '../../../lib/canonical-json.ts';
import type { Graph } from '../../../services/graph/client.ts';
import { orMissing } from '../../../services/graph/eventually.ts';
import { listTransitiveMembers } from '../../../services/graph/groups.ts';
import { listSkus } from '../../../services/graph/licences.ts';
import type { ReadOptions } from '../../../services/graph/pages.ts';
import { readUserMethods } from '../../../services/graph/registration.ts';
import { getSecurityDefaults } from '../../../services/graph/security-defaults.ts';
import type { Customer } from '../../customers/customers.ts';
import type { PhasePerson } from '../../phases/phase-types.core.ts';
import type { Snapshot } from '../../snapshots/snapshot-file.ts';
import { draftOf, licenceOf } from '../draft/draft-answer.ts';
import { compileBoth, type EffectInput, type EffectRow, effectOf } from '../draft/draft-effect.core.ts';
import type { LicenceFacts } from '../draft/draft-finding.core.ts';
import { carvedOut } from '../draft/draft-groups.core.ts';
import { GLOBAL_ADMINISTRATOR } from '../evaluator/role-templates.core.ts';
import { compileTenant } from '../evaluator/tenant.core.ts';
import { type GraphObject, objectOf, textsOf } from '../graph-json.core.ts';
import { groupKey, type ManagedObject, ownedId } from '../managed-objects.core.ts';
import type { Known } from '../push/push-facts.ts';
import { clientIdsOf, principalsOf, readLive } from '../push/push-facts.ts';
import { areDefaultsOn, type ParityGap, parityGaps } from '../security-defaults/security-defaults.core.ts';
import { SWITCH_TEXTS } from '../security-defaults/security-defaults-texts.core.ts';
import { ownIdentityFindings } from '../watch-findings.core.ts';
import {
  type EnforcedPhase,
  type ExcludedGroups,
  type FlipPhase,
  type FlipPlan,
  type FlipRefusal,
  phaseKey,
  planEnforce,
  refusedBy,
  type Switching,
} from './enforce.core.ts';
import { newlyAsked } from './enforce-gates.core.ts';
import { type FlipScope, scopeOf } from './enforce-scope.core.ts';
import { FLIP_TEXTS } from './enforce-texts.core.ts';

/** What is known of a phase that is to be enforced, without asking the tenant. */
export type FlipKnown = {
  known: Known;
  phase: FlipPhase;
  people: readonly PhasePerson[];
  enforced: readonly EnforcedPhase[];
  /** The phases of the rollout, where one runs. */
  phases: readonly FlipPhase[];
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
export type Planned = {
  plan: FlipPlan;
  scope: FlipScope;
  excluded: ExcludedGroups;
  /** Null where Security Defaults are off already. */
  switching: Switching | null;
};

/** ENFORCE as given, as it was written, for a review, or as it is live, for the flip; and Security Defaults beside it. */
export type PlanBasis = { live: GraphObject | undefined; securityDefaults: unknown };

/**
 * Plans an enforcement. With Security Defaults on only the last phase can be enforced: it takes their place, for the
 * people of every phase; any other waits for it. Refuses with `waits_for_switch` and what `planEnforce` refuses with.
 */
export function planOver({ live, securityDefaults }: PlanBasis, asked: FlipKnown): Planned | FlipRefusal {
  const { known, phase, people, enforced, today } = asked;
  const isSwitch = areDefaultsOn(securityDefaults) === true;
  if (isSwitch && !phase.everyoneElse) {
    return refusedBy('waits_for_switch', 'S14', SWITCH_TEXTS.waits());
  }
  if (isSwitch && enforced.length > 0) {
    return refusedBy('security_defaults_on_again', 'S14', SWITCH_TEXTS.onAgain());
  }
  const { owned, customer, draft, table, stored } = known;
  const excluded = excludedGroups(customer, owned);
  if (live === undefined || excluded === null) {
    return refusedBy('policy_not_pushed', 'S4', FLIP_TEXTS.policy_not_pushed());
  }
  const plan = planEnforce({ live, owned, excluded, enforced, phase });
  if ('code' in plan) return plan;
  const scope = scopeOf({
    ...{ phase, people, today, isFirst: plan.isFirst, isWhole: isSwitch, groups: draft.groups },
    ...{ accounts: stored.users ?? [], exceptions: table.exceptions },
    breakGlass: customer.settings.declared.breakGlass,
  });
  return { plan, scope, excluded, switching: isSwitch ? switchingOf(asked) : null };
}

/** Every other phase of the rollout with its group: they waited for this step. */
function switchingOf({ phases, known: { owned } }: FlipKnown): Switching {
  const others = phases.filter((one) => !one.everyoneElse);
  return {
    phases: others.map(({ name, everyoneElse }) => ({
      ...{ name, everyoneElse },
      groupId: ownedId(owned, phaseKey({ name })) ?? null,
    })),
  };
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
  /** Whom the switch would leave with less than Security Defaults give; null where they do not go off. */
  parity: ParityGap[] | null;
  licence: LicenceFacts;
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
  const securityDefaults = await getSecurityDefaults(reader, options);
  const planned = planOver(
    { live: live.snapshot.policies?.find(({ id }) => id === enforceId), securityDefaults },
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
    securityDefaults,
  };
  const filled = withMembers(current, plan.groupId, scope.members);
  const first = effectOver(filled, plan);
  const snapshot = await withFreshMethods(reader, filled, { effect: first, options });
  const { draft } = draftOf(snapshot, { ...known.table, breakGlass: live.breakGlass }, known);
  const principals = principalsOf(known.stored, clientIdsOf(known.customer));
  const identity = ownIdentityFindings(snapshot.policies ?? [], principals);
  const effect = snapshot === filled ? first : effectOver(snapshot, plan);
  return {
    ...{
      snapshot,
      planned,
      inGroup,
      breakGlassInside,
      breakGlass: live.breakGlass,
      findings: [...identity, ...draft.findings],
    },
    ...{ effect, licence: licenceOf(snapshot) },
    parity: planned.switching === null ? null : parityOver(snapshot, { plan, effect, released: releasedBy(asked) }),
    leftOut: [...breakGlassInside, ...exceptionsInside],
    admins: adminsOf(snapshot),
  };
}

/** Who may be left out of what Security Defaults gave: signed exceptions, and the break-glass accounts. */
function releasedBy({ known: { table, customer }, today }: FlipKnown): string[] {
  const signed = carvedOut(table.exceptions, today).map(({ accountId }) => accountId);
  return [...signed, ...customer.settings.declared.breakGlass];
}

type Parity = { plan: Pick<FlipPlan, 'json'>; effect: readonly EffectRow[]; released: readonly string[] };

function parityOver(snapshot: Snapshot, { plan, effect, released }: Parity): ParityGap[] {
  const { after } = compileBoth(effectInput(snapshot, plan));
  const names = new Map((snapshot.users ?? []).map(({ id, displayName }) => [id, displayName]));
  return parityGaps({ after, effect, released, nameOf: (id) => names.get(id) ?? id });
}

/** What a plan would do to every account of a snapshot. */
export function effectOver(snapshot: Snapshot, plan: Pick<FlipPlan, 'json'>): EffectRow[] {
  const input = effectInput(snapshot, plan);
  return effectOf(input, compileBoth(input));
}

function effectInput(snapshot: Snapshot, plan: Pick<FlipPlan, 'json'>): EffectInput {
  return {
    tenant: compileTenant(snapshot),
    users: snapshot.users ?? [],
    live: snapshot.policies ?? null,
    draft: plan.json,
    roleAssignments: snapshot.roleAssignments,
    registration: snapshot.registration,
    authenticationMethods: snapshot.authenticationMethods,
    perUserMfa: snapshot.perUserMfa,
  };
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
  const stuck = stuckIn(effect, new Set(adminsOf(snapshot) ?? [])).slice(0, READ_MAX);
  // Registered and yet not capable: the tenant does not allow the method, which the list of methods does not tell.
  const notAllowed = new Set(
    (snapshot.registration ?? [])
      .filter(({ isMfaRegistered, isMfaCapable }) => isMfaRegistered === true && isMfaCapable === false)
      .map(({ id }) => id),
  );
  const fresh = new Map<string, { id: string; methods: { '@odata.type': string }[] }>();
  for (const { accountId: id } of stuck) {
    const found = await orMissing(() => readUserMethods(reader, id, options));
    // Deleted since the last sync: he counts as he did then, and keeps nobody else from being read.
    if (found === null) continue;
    const { mfaCapable, methods } = found;
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

/**
 * Who will be asked and is not known to be able to answer, administrators first: of them nobody may be locked out, also
 * where Security Defaults ask them already.
 */
function stuckIn(effect: readonly EffectRow[], admins: ReadonlySet<string>): EffectRow[] {
  const asked = new Set(newlyAsked(effect));
  const isAdmin = ({ accountId }: EffectRow) => admins.has(accountId);
  const isAsked = (row: EffectRow) => asked.has(row.accountId) || (isAdmin(row) && row.isEnabled && row.reach === 'in');
  return effect
    .filter((row) => isAsked(row) && row.canAnswer !== 'yes')
    .sort((one, other) => Number(isAdmin(other)) - Number(isAdmin(one)));
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
