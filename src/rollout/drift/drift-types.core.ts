/**
 * The words of the drift watch: what somebody else changed of what this product stands on, in nine kinds (mission.md,
 * "Drift watch"; S3). A finding says what we had and what is there, never why.
 */
import type { Json } from '../../lib/canonical-json.ts';
import type { Sentence } from '../phases/phase-types.core.ts';

/** The nine kinds. A stored shape: a change needs a migration. */
export const DRIFT_KINDS = [
  'edited',
  'disabled',
  'deleted',
  'renamed',
  'securityDefaults',
  'mfaElsewhere',
  'perUserMfa',
  'breakGlass',
  'membership',
] as const;

export type DriftKind = (typeof DRIFT_KINDS)[number];

/** What differs in one respect. */
export type DriftAspect = 'policy' | 'otherPolicy' | 'securityDefaults' | 'perUserMfa' | 'members' | 'group';

/** One value per thing that differs: a member of a policy, an account, a property of a group. A stored shape. */
export type DriftSide = Readonly<Record<string, Json>>;

/** A difference as it was seen once. */
export type DriftSeen = {
  /** Names the difference for as long as it stands: the same object in the same respect. */
  key: string;
  kind: DriftKind;
  aspect: DriftAspect;
  /** The managed key of the object (`ENFORCE`, `exceptions`, `phase:…`), or what it is. */
  object: string;
  /** Object id in Entra; `securityDefaults` and `perUserMfa` are no objects of their own. */
  objectId: string;
  /** Display name, for people only. */
  name: string;
  before: DriftSide;
  after: DriftSide;
  /** What the whole object says at the moment, so that nothing is written over a change that nobody saw (S23). */
  witness: string | null;
};

/** Who did it by the directory's audit log. `unnamed`: the log had an hour to say and named nobody. */
export type DriftActor =
  | { kind: 'user'; id: string; name: string | null; at: string }
  | { kind: 'app'; id: string; name: string | null; at: string }
  | { kind: 'unnamed' };

/** Whom the difference costs or brings cover, by object id; `unknown` counts those of whom it cannot be told. */
export type DriftEffect = {
  lost: readonly string[];
  /** Those of them who would have to use MFA nowhere any more. */
  toNothing?: readonly string[] | undefined;
  gained: readonly string[];
  blocked: readonly string[];
  unknown: number;
  sentence: Sentence;
};

export type DriftState = 'open' | 'restoring' | 'restored' | 'accepted' | 'gone';

/** A stored finding. */
export type DriftFinding = DriftSeen & {
  id: string;
  state: DriftState;
  /** Of what is shown: a press is bound to it. */
  digest: string;
  severity: 1 | 2;
  effect: DriftEffect | null;
  /** The last look before it was seen: it happened after this instant. ISO 8601. */
  since: string;
  firstSeen: string;
  changedAt: string;
  actor: DriftActor | null;
  decidedBy: { objectId: string; tenantId: string; displayName: string | null; at: string } | null;
  /** Why the last restore was not made, if one was asked for. */
  failure: Sentence | null;
  /** The job that puts it back. */
  job: string | null;
  /** Until when an accepted difference is not told again, where it did not become ours. ISO 8601. */
  toleratedUntil: string | null;
};

export type DriftVerdict = 'restore' | 'accept';
