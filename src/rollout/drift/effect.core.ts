/**
 * What a difference does to people, by our own evaluator over the tenant as it would be without it and as it is: who
 * loses cover, who gains it, who cannot sign in any more. Where something needed was not read it says so (S31).
 */

import { type EffectInput, type EffectRow, effectOf, type Level } from '../policy/draft/draft-effect.core.ts';
import { compilePolicies } from '../policy/evaluate.core.ts';
import type { TenantInput } from '../policy/evaluator/tenant.core.ts';
import { type CompiledTenant, compileTenant } from '../policy/evaluator/tenant.core.ts';
import type { GraphObject } from '../policy/graph-json.core.ts';
import { effectSentence } from './drift-texts.core.ts';
import type { DriftEffect, DriftSeen } from './drift-types.core.ts';
import { inOneRespect } from './respect.core.ts';

/** A tenant at one moment, as far as cover depends on it. */
export type CoverWorld = TenantInput & {
  policies?: readonly GraphObject[] | null | undefined;
  registration?: EffectInput['registration'];
  authenticationMethods?: EffectInput['authenticationMethods'];
  perUserMfa?: EffectInput['perUserMfa'];
};

const RANK: Readonly<Record<Exclude<Level, 'unknown'>, number>> = { never: 0, partly: 1, everywhere: 2 };

/** Compares the cover of every enabled account. Promises ids in the order of the users. */
export function driftEffect(before: CoverWorld, after: CoverWorld): DriftEffect {
  const was = rowsOf(before, after, before);
  const is = rowsOf(before, after, after);
  const pairs = was.flatMap((row, index) => {
    const now = is[index];
    return now === undefined || !row.isEnabled ? [] : [{ id: row.accountId, row, now }];
  });
  const moved = (isWanted: (step: number) => boolean) =>
    pairs.filter(({ row, now }) => isWanted(stepOf(row, now) ?? 0)).map(({ id }) => id);
  const lost = moved((step) => step < 0);
  const gained = moved((step) => step > 0);
  const blocked = pairs.filter(({ now }) => now.change === 'blocked').map(({ id }) => id);
  const unknown = pairs.filter(({ row, now }) => isDoubtful(row, now)).length;
  const nowhere = new Set(pairs.filter(({ now }) => now.after === 'never').map(({ id }) => id));
  const toNothing = lost.filter((id) => nowhere.has(id));
  return { lost, toNothing, gained, blocked, unknown, sentence: effectSentence({ lost, gained, blocked, unknown }) };
}

function stepOf(row: EffectRow, now: EffectRow): number | null {
  if (row.before === 'unknown' || now.after === 'unknown') return null;
  return RANK[now.after] - RANK[row.before];
}

/** What was not known before either is no news. */
function isDoubtful(row: EffectRow, now: EffectRow): boolean {
  return (row.before === 'unknown') !== (now.after === 'unknown');
}

/** Per-user MFA is the same on both sides of a comparison, so that each side is asked with its own. */
function rowsOf(before: CoverWorld, after: CoverWorld, perUserOf: CoverWorld): EffectRow[] {
  const tenant: CompiledTenant = compileTenant(before);
  const input: EffectInput = {
    ...{ tenant, users: after.users ?? [], live: before.policies ?? null, draft: { id: '' } },
    roleAssignments: after.roleAssignments,
    registration: after.registration,
    authenticationMethods: after.authenticationMethods,
    perUserMfa: perUserOf.perUserMfa,
  } as EffectInput;
  const judged = {
    before: (before.policies ?? null) === null ? null : compilePolicies(tenant, before.policies ?? []),
    after: compilePolicies(compileTenant(after), after.policies ?? []),
    draftId: '',
  };
  return effectOf(input, judged);
}

/** What stood where the difference is: the policy, or who was in the group. */
export type Had = { policy: GraphObject | null; members: readonly string[] };

/** The tenant without a difference: as it would be, had nobody made it. */
export function worldWithout(seen: DriftSeen, live: CoverWorld, had: Had): CoverWorld {
  switch (seen.aspect) {
    case 'policy':
    case 'otherPolicy': {
      const rest = others(live.policies, seen.objectId);
      return { ...live, policies: had.policy === null ? rest : [...rest, had.policy] };
    }
    case 'securityDefaults':
      return { ...live, securityDefaults: { ...live.securityDefaults, isEnabled: false } };
    case 'perUserMfa':
      return { ...live, perUserMfa: withStates(live.perUserMfa, seen) };
    case 'members':
      return { ...live, groups: (live.groups ?? []).map((group) => withoutChange(group, seen)) };
    case 'group':
      return seen.after.exists === false ? { ...live, groups: withGroup(live.groups, seen.objectId, had) } : live;
  }
}

/** The tenant as it was written, with nothing but this difference of an object of ours. */
export function worldWithOnly(
  { aspect, kind, objectId, after }: DriftSeen,
  { asWritten, live }: { asWritten: CoverWorld; live: CoverWorld },
): CoverWorld {
  const isIt = ({ id }: GraphObject) => id.toLowerCase() === objectId.toLowerCase();
  if (aspect === 'policy') {
    const now = live.policies?.find(isIt);
    const policies = (asWritten.policies ?? []).flatMap((policy) =>
      isIt(policy) ? (now === undefined ? [] : [inOneRespect(policy, now, kind)]) : [policy],
    );
    return { ...asWritten, policies };
  }
  if (aspect === 'group' && after.exists !== false) return asWritten;
  const there = (live.groups ?? []).filter(isIt);
  return { ...asWritten, groups: [...(asWritten.groups ?? []).filter((group) => !isIt(group)), ...there] };
}

function others(policies: CoverWorld['policies'], id: string): GraphObject[] {
  return (policies ?? []).filter((policy) => policy.id.toLowerCase() !== id.toLowerCase());
}

function withGroup(groups: CoverWorld['groups'], id: string, { members }: Had): GraphObject[] {
  const rest = (groups ?? []).filter((group) => group.id !== id);
  return [...rest, { id, members: members.map(memberOf) }];
}

function memberOf(id: string): { id: string; '@odata.type': string } {
  return { id, '@odata.type': '#microsoft.graph.user' };
}

function withStates(perUserMfa: CoverWorld['perUserMfa'], { before }: DriftSeen): CoverWorld['perUserMfa'] {
  const rows = (perUserMfa ?? []).filter(({ id }) => before[String(id).toLowerCase()] === undefined);
  return [...rows, ...Object.keys(before).map((id) => ({ id, perUserMfaState: 'disabled' }))];
}

function withoutChange(group: GraphObject, { objectId, before, after }: DriftSeen): GraphObject {
  if (group.id.toLowerCase() !== objectId.toLowerCase()) return group;
  const members = (Array.isArray(group.members) ? group.members : []) as { id: string }[];
  const kept = members.filter(({ id }) => after[id.toLowerCase()] === undefined || before[id.toLowerCase()] === 'in');
  const present = new Set(kept.map(({ id }) => id.toLowerCase()));
  const back = Object.keys(before).filter((id) => before[id] === 'in' && !present.has(id));
  return { ...group, members: [...kept, ...back.map(memberOf)] };
}

/** Whether a difference costs somebody cover, or that cannot be ruled out. */
export function mayCostCover(effect: DriftEffect | null): boolean {
  return effect === null || effect.lost.length > 0 || effect.unknown > 0;
}

/** How urgent it is: 1 where somebody lost cover or is locked out, or where the guard itself was touched (S3). */
export function severityOf(seen: DriftSeen, effect: DriftEffect | null): 1 | 2 {
  const isGuard = ['breakGlass', 'membership', 'deleted', 'disabled', 'securityDefaults'].includes(seen.kind);
  if (isGuard || mayCostCover(effect)) return 1;
  return (effect?.blocked.length ?? 0) > 0 ? 1 : 2;
}
