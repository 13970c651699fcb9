/**
 * What asks for MFA beside the managed policies and should not begin to: Security Defaults that are on again, another
 * policy that asks for MFA now and did not, per-user MFA of somebody for whom it was off. What stops asking is noted and
 * no drift: other administrators may take their own policies away, and the takeover does.
 */
import { digestOf } from '../../lib/digest.ts';
import { grantsForMfa } from '../policy/evaluator/grant-controls.core.ts';
import type { GraphObject } from '../policy/graph-json.core.ts';
import { canonicalMeaning, differenceOf } from '../policy/policy-difference.core.ts';
import type { DriftSeen } from './drift-types.core.ts';
import { sidesOf } from './find-policies.core.ts';

/** What stood beside the managed policies when it was last looked at and found right. A stored shape. */
export type DriftBaseline = {
  securityDefaultsOn: boolean;
  /** Every policy that asked for MFA then, by id. */
  asking: Readonly<Record<string, GraphObject>>;
  /** Accounts whose own switch was on; null while it was never read. */
  perUserOn: readonly string[] | null;
};

/** Whether a policy asks anybody for MFA: it is enabled, and MFA or a strength is among what it grants by. */
export function asksForMfa(policy: GraphObject): boolean {
  return policy.state === 'enabled' && grantsForMfa(policy.grantControls, false);
}

/** Security Defaults that are on although they were off. */
export function findDefaultsDrift(wereOn: boolean, isOn: boolean): DriftSeen[] {
  if (wereOn || !isOn) return [];
  const object = 'securityDefaults';
  return [
    {
      ...{ key: object, kind: 'securityDefaults', aspect: 'securityDefaults', object, objectId: object },
      ...{ name: 'Security Defaults', before: { isEnabled: false }, after: { isEnabled: true }, witness: null },
    },
  ];
}

/**
 * Policies of others that ask for MFA and did not, or that ask in another way than before. Whether the other way reaches
 * anybody more is for the evaluator to say; the texts of a policy mean nothing.
 */
export function findMfaElsewhere(input: {
  baseline: Pick<DriftBaseline, 'asking'>;
  live: readonly GraphObject[];
  ownIds: ReadonlySet<string>;
}): DriftSeen[] {
  const others = input.live.filter((policy) => !input.ownIds.has(policy.id.toLowerCase()) && asksForMfa(policy));
  return others.flatMap((policy): DriftSeen[] => {
    const known = input.baseline.asking[policy.id];
    if (known !== undefined && meaning(known) === meaning(policy)) return [];
    const sides = sidesOf(
      differenceOf({
        ...{ policy: policy.id, live: known === undefined ? null : nameless(known), draft: nameless(policy) },
        nameOf: (reference) => reference,
      }),
    );
    const before = known === undefined ? { asksForMfa: false } : sides.before;
    return [
      {
        ...{ key: `mfaElsewhere:${policy.id}`, kind: 'mfaElsewhere', aspect: 'otherPolicy', object: policy.id },
        ...{ objectId: policy.id, name: String(policy.displayName), witness: meaning(policy) },
        ...{ before, after: sides.after },
      },
    ];
  });
}

function nameless(policy: GraphObject): GraphObject {
  return { ...policy, displayName: null };
}

function meaning(policy: GraphObject): string {
  return digestOf(canonicalMeaning(nameless(policy)));
}

/** Accounts whose own MFA switch is on and was off. */
export function findPerUserDrift(wereOn: readonly string[] | null, on: readonly string[] | null): DriftSeen[] {
  if (wereOn === null || on === null) return [];
  const known = new Set(wereOn.map((id) => id.toLowerCase()));
  const news = [...new Set(on.map((id) => id.toLowerCase()))].filter((id) => !known.has(id)).sort();
  if (news.length === 0) return [];
  const object = 'perUserMfa';
  return [
    {
      ...{ key: object, kind: 'perUserMfa', aspect: 'perUserMfa', object, objectId: object, name: 'per-user MFA' },
      before: Object.fromEntries(news.map((id) => [id, 'off'])),
      after: Object.fromEntries(news.map((id) => [id, 'on'])),
      witness: null,
    },
  ];
}

/** The baseline once these policies and switches were seen and are right; `keep` names what stays as it was known. */
export function nextBaseline(
  before: DriftBaseline,
  seen: { live: readonly GraphObject[]; ownIds: ReadonlySet<string>; on: readonly string[] | null; isOn: boolean },
  open: { policies: ReadonlySet<string>; accounts: ReadonlySet<string>; defaults: boolean },
): DriftBaseline {
  const asking: Record<string, GraphObject> = {};
  for (const policy of seen.live) {
    if (isOwn(seen.ownIds, policy) || !asksForMfa(policy)) continue;
    const known = before.asking[policy.id];
    if (!open.policies.has(policy.id)) asking[policy.id] = policy;
    else if (known !== undefined) asking[policy.id] = known;
  }
  const on = seen.on?.map((id) => id.toLowerCase()).filter((id) => !open.accounts.has(id)) ?? before.perUserOn;
  return { asking, perUserOn: on, securityDefaultsOn: open.defaults ? before.securityDefaultsOn : seen.isOn };
}

function isOwn(ownIds: ReadonlySet<string>, { id }: GraphObject): boolean {
  return ownIds.has(id.toLowerCase());
}
