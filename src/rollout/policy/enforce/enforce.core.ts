/**
 * The one change that makes a phase's people answer MFA, and the way back. Enforcing a phase adds its group to what
 * ENFORCE includes; the first one also switches ENFORCE from report-only to enabled, and in that same change cuts the
 * included groups to the direct group and this phase, because report-only ENFORCE names every phase (S4, S5). The last
 * phase, "everyone else", includes all users instead (S6). The way back takes out this phase alone and never touches the
 * state (S12). Nothing but includeGroups, includeUsers and, once, state is ever changed.
 */

import { digestOf } from '../../../lib/digest.ts';
import type { Sentence } from '../../phases/phase-types.core.ts';
import { type GraphObject, type JsonObject, objectOf, textOf, textsOf } from '../graph-json.core.ts';
import { groupKey, type ManagedObject, ownedId, policyFingerprint } from '../managed-objects.core.ts';
import { REPORT_ONLY } from '../managed-policies.core.ts';
import { FLIP_TEXTS } from './enforce-texts.core.ts';

/** Whose turn it is; the one for everyone else has no group. */
export type FlipPhase = { name: string; everyoneElse: boolean };

/** A phase that ENFORCE reaches. A stored shape: a change needs a migration. */
export type EnforcedPhase = FlipPhase & { groupId: string | null };

/** Which two groups ENFORCE has to leave out, by id. */
export type ExcludedGroups = { breakGlass: string; exceptions: string };

/** What is sent: conditions whole, since depth may not be merged; the state only where it changes. */
export type FlipChange = { state?: string; conditions: JsonObject; grantControls: JsonObject | null };

/** One write of ENFORCE. */
export type FlipPlan = {
  policyId: string;
  /** The group that goes in or out; null for everyone else. */
  groupId: string | null;
  /** Whether this write switches ENFORCE on. */
  isFirst: boolean;
  /** The policy as it will stand. */
  json: GraphObject;
  change: FlipChange;
};

/** What goes with an enforcement that takes the place of Security Defaults: the phases that waited for it. */
export type Switching = { phases: readonly EnforcedPhase[] };

/** Why a phase is not enforced; `message` is the English of `text`. */
export type FlipRefusal = { code: string; rule: string; message: string; text: Sentence };

export type EnforceInput = {
  /** ENFORCE as it was read. */
  live: GraphObject;
  owned: readonly ManagedObject[];
  excluded: ExcludedGroups;
  enforced: readonly EnforcedPhase[];
  phase: FlipPhase;
};

/** The key under which a phase's group is owned. */
export function phaseKey({ name }: Pick<FlipPhase, 'name'>): string {
  return groupKey({ purpose: 'phase', phase: name });
}

/** Whether both mean the same phase. */
export function isSamePhase(one: FlipPhase, other: FlipPhase): boolean {
  return phaseKey(one) === phaseKey(other) && one.everyoneElse === other.everyoneElse;
}

/**
 * Plans the enforcement of a phase. Refuses with `phase_group_missing`, `already_enforced`, `everyone_enforced`,
 * `excludes_differ`, `names_users` and `policy_state_unexpected`; what is live is judged by the gates beside it.
 */
export function planEnforce(input: EnforceInput): FlipPlan | FlipRefusal {
  const { live, owned, enforced, phase } = input;
  const refusal = refusalBefore(input);
  if (refusal !== null) return refusal;
  const direct = ownedId(owned, 'direct') ?? null;
  const groupId = phase.everyoneElse ? null : (ownedId(owned, phaseKey(phase)) ?? null);
  if (direct === null || (groupId === null && !phase.everyoneElse)) {
    return refusedBy('phase_group_missing', 'S7', FLIP_TEXTS.phase_group_missing(phase.name));
  }
  const groups = groupId === null ? [] : groupsOf(direct, [...enforced, { ...phase, groupId }]);
  const isFirst = textOf(live.state) === REPORT_ONLY;
  const json = withUsers(live, { includeUsers: phase.everyoneElse ? ['All'] : [], includeGroups: groups });
  const planned: GraphObject = isFirst ? { ...json, state: 'enabled' } : json;
  return { policyId: live.id, groupId, isFirst, json: planned, change: changeOf(planned, isFirst) };
}

function refusalBefore({ live, excluded, enforced, phase }: EnforceInput): FlipRefusal | null {
  if (enforced.some((one) => isSamePhase(one, phase)))
    return refusedBy('already_enforced', 'S5', FLIP_TEXTS.already_enforced(phase.name));
  if (enforced.some(({ everyoneElse }) => everyoneElse))
    return refusedBy('everyone_enforced', 'S6', FLIP_TEXTS.everyone_enforced());
  const users = usersOf(live);
  const named = [...(textsOf(users.includeUsers) ?? ['?']), ...(textsOf(users.excludeUsers) ?? ['?'])];
  if (named.length > 0) return refusedBy('names_users', 'S6', FLIP_TEXTS.names_users());
  const left = textsOf(users.excludeGroups) ?? [];
  const wanted = [...new Set([excluded.breakGlass.toLowerCase(), excluded.exceptions.toLowerCase()])];
  if (left.length !== wanted.length || !wanted.every((id) => left.includes(id))) {
    return refusedBy('excludes_differ', 'S1', FLIP_TEXTS.excludes_differ());
  }
  const state = textOf(live.state);
  if (state === 'enabled' || (state === REPORT_ONLY && enforced.length === 0)) return null;
  return refusedBy('policy_state_unexpected', 'S23', FLIP_TEXTS.policy_state_unexpected(state ?? 'unknown'));
}

export type WithdrawInput = Omit<EnforceInput, 'excluded'>;

/**
 * Plans the way back from whatever is live, even after somebody else edited it: the phase's group goes out, everything
 * else stays. From include-All it goes back to the groups enforced before. Null when ENFORCE does not reach the phase.
 */
export function planWithdraw({ live, owned, enforced, phase }: WithdrawInput): FlipPlan | null {
  const users = usersOf(live);
  const words = listOf(users.includeUsers);
  const groups = listOf(users.includeGroups);
  const direct = ownedId(owned, 'direct');
  const groupId = phase.everyoneElse ? null : groupIdOf(enforced, owned, phase);
  const isIn = phase.everyoneElse
    ? words.some((word) => word.toLowerCase() === 'all')
    : groups.some((id) => id.toLowerCase() === groupId?.toLowerCase());
  if (!isIn) return null;
  const others = enforced.filter((one) => !isSamePhase(one, phase) && !one.everyoneElse);
  const back = phase.everyoneElse ? groupsOf(direct ?? null, others) : [];
  const includeUsers = phase.everyoneElse ? words.filter((word) => word.toLowerCase() !== 'all') : words;
  const kept = unique([...groups.filter((id) => id.toLowerCase() !== groupId?.toLowerCase()), ...back]);
  const json = withUsers(live, reachingSomething(users, { includeUsers, includeGroups: kept }, direct));
  return { policyId: live.id, groupId, isFirst: false, json, change: changeOf(json, false) };
}

/** Graph takes no policy for nobody: the direct group stays, or the word for nobody where there is none. */
function reachingSomething(users: JsonObject, reach: Reach, direct: string | undefined): Reach {
  const isEmpty = reach.includeUsers.length === 0 && reach.includeGroups.length === 0;
  if (!isEmpty || listOf(users.includeRoles).length > 0 || objectOf(users.includeGuestsOrExternalUsers) !== null)
    return reach;
  return direct === undefined ? { ...reach, includeUsers: ['None'] } : { ...reach, includeGroups: [direct] };
}

function groupIdOf(enforced: readonly EnforcedPhase[], owned: readonly ManagedObject[], phase: FlipPhase) {
  return enforced.find((one) => isSamePhase(one, phase))?.groupId ?? ownedId(owned, phaseKey(phase)) ?? null;
}

type Reach = { includeUsers: string[]; includeGroups: string[] };

function groupsOf(direct: string | null, phases: readonly EnforcedPhase[]): string[] {
  return unique([direct, ...phases.map(({ groupId }) => groupId)].filter((id) => id !== null)).sort();
}

function unique(ids: readonly string[]): string[] {
  return [...new Map(ids.map((id) => [id.toLowerCase(), id])).values()];
}

function withUsers(live: GraphObject, reach: Reach): GraphObject {
  const conditions = objectOf(live.conditions) ?? {};
  return { ...live, conditions: { ...conditions, users: { ...usersOf(live), ...reach } } };
}

function usersOf({ conditions }: GraphObject): JsonObject {
  return objectOf(objectOf(conditions)?.users) ?? {};
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? (value as unknown[]).filter((entry) => typeof entry === 'string') : [];
}

function changeOf(json: GraphObject, isFirst: boolean): FlipChange {
  const conditions = objectOf(json.conditions) ?? {};
  const change = { conditions, grantControls: objectOf(json.grantControls) };
  return isFirst ? { state: 'enabled', ...change } : change;
}

/** A refusal by a rule, told in both languages. */
export function refusedBy(code: string, rule: string, text: Sentence): FlipRefusal {
  return { code, rule, message: text.en, text };
}

/** What an approval of an enforcement is bound to (S22); any change of it asks for new approvals. */
export type Bound = {
  tenantId: string;
  phase: FlipPhase;
  plan: Pick<FlipPlan, 'policyId' | 'json'>;
  /** Whom it is for, by account id. */
  users: readonly string[];
  /** Who is left out although he is in the phase. */
  exempt: readonly string[];
  /** Who is enforced although he cannot answer, by signature. */
  anyway: readonly string[];
  /** Whether Security Defaults go off with it, and for which phases it stands; null or left out: they are off. */
  switching?: Switching | null | undefined;
};

/** The digest that two people approve. */
export function approvalDigest({ tenantId, phase, plan, users, exempt, anyway, switching }: Bound): string {
  const sorted = (ids: readonly string[]) => [...new Set(ids.map((id) => id.toLowerCase()))].sort();
  return digestOf({
    tenantId,
    phase: { name: phase.name, everyoneElse: phase.everyoneElse },
    policy: { id: plan.policyId, meaning: policyFingerprint(plan.json) },
    users: digestOf(sorted(users)),
    exempt: digestOf(sorted(exempt)),
    anyway: sorted(anyway),
    ...(switching ? { securityDefaults: 'off', phases: switching.phases.map(phaseKey).sort() } : {}),
  });
}
