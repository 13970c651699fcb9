import { AppError } from '../../lib/errors.ts';
import type { Customer } from '../customers/customers.ts';
import type { GraphObject } from '../policy/graph-json.core.ts';
import { type ManagedStanding, writtenPolicy } from '../policy/managed-standing.ts';
import type { Snapshot } from '../snapshots/snapshot-file.ts';
import type { Seen } from './compare.core.ts';
import type { DriftDeps } from './drift-deps.ts';
import type { DriftEffect, DriftSeen } from './drift-types.core.ts';
import { type CoverWorld, driftEffect, type Had, worldWithOnly, worldWithout } from './effect.core.ts';
import type { DriftBaseline } from './find-others.core.ts';

/** Tells what a difference does to people. Null where the tenant was never read completely. */
export type EffectTeller = (seen: DriftSeen) => DriftEffect | null;

/** The last reading of the whole tenant; null before the first. */
export async function storedOrNull(deps: Pick<DriftDeps, 'syncs'>, customer: Customer): Promise<Snapshot | null> {
  try {
    return await deps.syncs.stored(customer);
  } catch (error) {
    if (error instanceof AppError && error.code === 'snapshot_part_missing') return null;
    throw error;
  }
}

type Teller = { seen: Seen; all: readonly DriftSeen[]; standing: ManagedStanding; baseline: DriftBaseline };

/**
 * Creates the teller over the last reading of the tenant with what was just seen in place of it. What differs of our own
 * objects is judged one by one over the tenant as it was written: a group that is deleted and taken out of the policy as
 * well would otherwise cost nobody anything, whichever of the two is looked at.
 */
export function createEffectTeller(stored: Snapshot | null, { seen, all, standing, baseline }: Teller): EffectTeller {
  if (stored === null) return () => null;
  const live = liveWorld(stored, seen);
  const had = (one: DriftSeen) => hadOf(one, standing, baseline);
  const without = (world: CoverWorld, one: DriftSeen) => worldWithout(one, world, had(one));
  // Put back once for all of them, and only where somebody asks about one.
  let written: CoverWorld | undefined;
  return (one) => {
    if (!isOurs(one)) return driftEffect(without(live, one), live);
    written ??= all.filter(isOurs).reduce(without, live);
    const asWritten = without(written, one);
    return driftEffect(asWritten, worldWithOnly(one, { asWritten, live }));
  };
}

function isOurs({ aspect }: DriftSeen): boolean {
  return aspect === 'policy' || aspect === 'members' || aspect === 'group';
}

function hadOf(seen: DriftSeen, standing: ManagedStanding, baseline: DriftBaseline): Had {
  const own = standing.owned.find(({ objectId, kind }) => kind === 'policy' && objectId === seen.objectId);
  const policy = own === undefined ? (baseline.asking[seen.objectId] ?? null) : writtenPolicy(own);
  return { policy, members: [...(standing.members.get(seen.object)?.known ?? [])] };
}

/** The last reading of the tenant with what was just seen in place of it. */
export function liveWorld(stored: Snapshot, seen: Seen): CoverWorld {
  const { securityDefaultsOn, perUserOn } = seen;
  const known = new Map((stored.groups ?? []).map((group): [string, GraphObject] => [group.id, group]));
  for (const [id, group] of seen.groups) {
    if (group === null) known.delete(id);
    else known.set(id, { ...known.get(id), ...group.group, id, members: group.members.map(memberOf) });
  }
  return {
    ...stored,
    groups: [...known.values()],
    policies: seen.policies ?? stored.policies,
    ...(securityDefaultsOn === undefined ? {} : { securityDefaults: { isEnabled: securityDefaultsOn } }),
    ...(perUserOn === undefined ? {} : { perUserMfa: statesOf(stored, perUserOn) }),
  };
}

function memberOf({ id, isGroup }: { id: string; isGroup: boolean }): { id: string; '@odata.type': string } {
  return { id, '@odata.type': isGroup ? '#microsoft.graph.group' : '#microsoft.graph.user' };
}

function statesOf({ users }: Snapshot, on: readonly string[]): { id: string; perUserMfaState: string }[] {
  const isOn = new Set(on.map((id) => id.toLowerCase()));
  return (users ?? []).map(({ id }) => ({ id, perUserMfaState: isOn.has(id.toLowerCase()) ? 'enabled' : 'disabled' }));
}

/**
 * Whether a policy of others that asked for MFA before reaches anybody more by being changed: judged alone, so that what
 * other policies ask for hides nothing. What cannot be told counts as reaching more.
 */
export function reachesMore(stored: Snapshot | null, before: GraphObject | undefined, after: GraphObject): boolean {
  if (stored === null || before === undefined) return true;
  const alone = (policy: GraphObject): CoverWorld => ({
    ...stored,
    ...{ policies: [policy], securityDefaults: { isEnabled: false }, perUserMfa: [] },
  });
  const { gained, blocked, unknown } = driftEffect(alone(before), alone(after));
  return gained.length + blocked.length + unknown > 0;
}
