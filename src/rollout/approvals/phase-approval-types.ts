import type { Json } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { Database, Tx } from '../../store/database.ts';
import type { Actor } from '../access/access.core.ts';
import type { Access } from '../access/access.ts';
import type { Customer } from '../customers/customers.ts';
import type { Gate, PhasePerson, PhaseState, Rollout, Sentence } from '../phases/phase-types.core.ts';
import type { FlipPhase, FlipRefusal } from '../policy/enforce/enforce.core.ts';
import type { GraphObject } from '../policy/graph-json.core.ts';
import type { PhaseDecision, PhaseVerdict, Side } from './phase-approval.core.ts';
import type { MayDecide } from './sign-off.ts';

/** What the approvals need of the phases. */
export type ApprovalPhases = {
  current(customerId: string): Promise<Rollout | null>;
  people(customer: Customer): Promise<readonly PhasePerson[]>;
  /** Applies an event to a phase in the deciding transaction, with everything that follows from it. */
  apply(
    tx: Tx,
    change: { rolloutId: string; phase: string; event: PhaseDecided; at: Date; actor: Json },
  ): Promise<unknown>;
};

/** What a decision means to its phase. */
export type PhaseDecided =
  | { kind: 'approved' }
  | { kind: 'hold' }
  | { kind: 'resume' }
  | { kind: 'rollBack'; why: Sentence };

/** What enforcing would do; the digest is what approvals are bound to. */
export type ApprovalPreview = {
  digest: string;
  plan: { policyId: string; groupId: string | null; isFirst: boolean; json: GraphObject };
  /** The phases that are enforced with it, where Security Defaults give way. */
  together?: readonly string[] | undefined;
  users: readonly string[];
  exempt: readonly string[];
  newlyAsked: readonly string[];
  unregistered: readonly string[];
  /** Approvals from before then were for an enforcement that was taken back; null where none was. */
  usedUpAt: string | null;
};

export type PhaseApprovalDeps = {
  database: Database;
  clock: Clock;
  access: Pick<Access, 'actorOf'>;
  stopPoint: StopPoint;
  phases: ApprovalPhases;
  preview(
    customer: Customer,
    actor: Actor,
    asked: { phase: FlipPhase; anyway: readonly string[] },
  ): Promise<ApprovalPreview | FlipRefusal>;
};

/** Somebody on the list of an approval and what would happen to him. */
export type ReviewedPerson = {
  accountId: string;
  displayName: string;
  /** `asked`: would have to use MFA from then on; `already`: has to now; `exempt`: stays carved out. */
  effect: 'asked' | 'already' | 'exempt';
  readiness: 'ready' | 'notReady';
  why: string;
  /** Named to be enforced although he is not ready. */
  anyway: boolean;
};

/** A phase as it is put before whoever decides about it. */
export type PhaseReview = {
  rolloutId: string;
  phase: string;
  state: PhaseState;
  revision: number;
  /** Null where there is nothing to approve; `refusal` says why. */
  digest: string | null;
  refusal: FlipRefusal | null;
  /** Whether this switches the enforcing policy on. */
  isFirst: boolean;
  /** Whether the phase is ready and nobody approves it by itself, because Security Defaults are on. */
  waits: boolean;
  /** The phases that are enforced in the same step, in which Security Defaults give way; empty in any other. */
  together: string[];
  people: ReviewedPerson[];
  counts: Record<ReviewedPerson['effect'] | 'notReady', number>;
  anyway: string[];
  gates: readonly Gate[];
  /** The approvals of exactly this that count now, and the sides that are still open. */
  approvals: PhaseDecision[];
  missing: Side[];
  /** When the first of them lapses; null without one. */
  expiresAt: string | null;
  /** The newest decision of any kind. */
  latest: PhaseDecision | null;
  mayDecide: MayDecide;
  /** When the enforcing policy was first applied to a sign-in of its people; null while none was read. */
  firstEnforcedSignInAt: string | null;
};

/** A press: what was shown, and the newest decision that stood beside it. */
export type PhasePress = {
  phase: string;
  verdict: PhaseVerdict;
  digest: string;
  anyway?: readonly string[] | undefined;
  seen?: string | null | undefined;
};

/**
 * How a press ended. Everything but `recorded` changed nothing; `message` says who decided and when, `text` the same in
 * both languages where it is known in both.
 */
export type PhaseDecisionOutcome =
  | { outcome: 'recorded'; decision: PhaseDecision; missing: Side[] }
  | { outcome: 'already'; decision: PhaseDecision | null; message: string; text?: Sentence }
  | { outcome: 'stale'; currentDigest: string; message: string; text?: Sentence }
  | { outcome: 'refused'; code: string; message: string; text?: Sentence };

export type PhaseApprovals = {
  /**
   * A phase as it stands, for somebody who may decide. `anyway` names people to be enforced although they are not ready;
   * left out, it is the list of the newest approval. Refuses with `not_yours_to_see`, `no_rollout`, `phase_unknown`.
   */
  review(customer: Customer, actor: Actor, asked: { phase: string; anyway?: readonly string[] }): Promise<PhaseReview>;
  /**
   * Records what somebody decided. The right is asked for again in the deciding transaction; presses wait for each other.
   * An approval of anything but the present content is `stale`; a second one of the same person, and one that comes
   * after the decision was made, `already`. Two different people, one of each side, make the phase approved.
   */
  decide(customer: Customer, actor: Actor, press: PhasePress): Promise<PhaseDecisionOutcome>;
};
