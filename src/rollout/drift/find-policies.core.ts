/**
 * How the policies differ from what this product wrote: edited, switched, renamed, deleted. Order, null and empty lists,
 * and members that Graph adds by itself, say nothing (policy-difference.core.ts).
 */
import { digestOf } from '../../lib/digest.ts';
import { type GraphObject, objectOf } from '../policy/graph-json.core.ts';
import { type ManagedObject, policyFingerprint } from '../policy/managed-objects.core.ts';
import { differenceOf, type PolicyDifference } from '../policy/policy-difference.core.ts';
import type { DriftKind, DriftSeen, DriftSide } from './drift-types.core.ts';

export type PoliciesInput = {
  owned: readonly ManagedObject[];
  live: readonly GraphObject[];
  /** What a policy may say besides, since a write of ours is on its way; by object id. */
  alsoOurs: ReadonlyMap<string, ReadonlySet<string>>;
  inFlight: ReadonlySet<string>;
};

/** Differences of the managed policies, one for each respect: name, state, content, or that it is gone. */
export function findPolicyDrift({ owned, live, alsoOurs, inFlight }: PoliciesInput): DriftSeen[] {
  const byId = new Map(live.map((policy) => [policy.id.toLowerCase(), policy]));
  return owned
    .filter(({ kind, key }) => kind === 'policy' && !inFlight.has(key))
    .flatMap((own) => {
      const found = byId.get(own.objectId.toLowerCase());
      if (found === undefined) return [deletedPolicy(own)];
      const fingerprint = policyFingerprint(found);
      if (fingerprint === own.fingerprint || alsoOurs.get(own.objectId)?.has(fingerprint) === true) return [];
      return changedPolicy(own, found, fingerprint);
    });
}

function deletedPolicy(own: ManagedObject): DriftSeen {
  return {
    ...seenOf(own, 'deleted'),
    before: { exists: true, state: objectOf(own.written)?.state === 'enabled' ? 'enabled' : 'report-only' },
    after: { exists: false },
    witness: null,
  };
}

function changedPolicy(own: ManagedObject, found: GraphObject, witness: string): DriftSeen[] {
  const differences = differenceOf({
    ...{ policy: own.key, live: objectOf(own.written) ?? {}, draft: found },
    nameOf: (reference) => reference,
  });
  const parts = Map.groupBy(differences, ({ path }) => kindOf(path));
  return [...parts].map(([kind, changed]) => ({ ...seenOf(own, kind), ...sidesOf(changed), witness }));
}

function kindOf(path: string): 'renamed' | 'disabled' | 'edited' {
  if (path === 'displayName') return 'renamed';
  return path === 'state' ? 'disabled' : 'edited';
}

/** What each member said and says. */
export function sidesOf(differences: readonly PolicyDifference[]): { before: DriftSide; after: DriftSide } {
  return {
    before: Object.fromEntries(differences.map(({ path, from }) => [path, from])),
    after: Object.fromEntries(differences.map(({ path, to }) => [path, to])),
  };
}

function seenOf(own: ManagedObject, kind: DriftKind): Omit<DriftSeen, 'before' | 'after' | 'witness'> {
  const { key: object, objectId, name } = own;
  return { key: `${kind}:${object}`, kind, aspect: 'policy', object, objectId, name };
}

/** What a press on a finding is bound to. */
export function driftDigest({ key, objectId, before, after, witness }: DriftSeen): string {
  return digestOf({ key, objectId, before, after, witness });
}
