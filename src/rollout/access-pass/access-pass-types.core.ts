/**
 * Temporary Access Passes (safety rule S28): one-time, short, only after proof of identity, never by whoever asked for it.
 * The secret is no part of any type here but the answer to the issuer.
 */
import type { Sentence } from '../phases/phase-types.core.ts';

export const PROOF_KINDS = ['callback', 'inPerson', 'videoWithId'] as const;

/** How somebody's identity was proved before a pass was issued. */
export type ProofKind = (typeof PROOF_KINDS)[number];

export type Proof = { kind: ProofKind; note: string | null };

export const PASS_STATES = ['issuing', 'issued', 'used', 'expired', 'withdrawn', 'lost', 'failed'] as const;

/**
 * `issuing` Graph is being asked; `issued` it can be used until it expires; `used`, `expired`, `withdrawn` (deleted before
 * it was used) as they say; `lost` it was made, nobody learned the secret, and it was deleted; `failed` none was made.
 */
export type PassState = (typeof PASS_STATES)[number];

export type PassPerson = { tenantId: string; objectId: string; displayName: string | null };

export type PassRequest = PassPerson & { at: string };

/** Countries as the sign-in log writes them; `from` null: not known. */
export type PassRegistration = {
  at: string;
  from: string | null;
  usual: readonly string[];
  verdict: 'usual' | 'foreign' | 'unknown';
};

/** One pass as it is kept, for lists and the report. */
export type IssuedPass = {
  id: string;
  accountId: string;
  state: PassState;
  passId: string | null;
  minutes: number;
  proof: Proof;
  overrideReason: string | null;
  requests: readonly PassRequest[];
  issuedBy: PassPerson;
  askedAt: string;
  startsAt: string | null;
  expiresAt: string | null;
  endedAt: string | null;
  failure: string | null;
  registration: PassRegistration | null;
};

/** What is asked for; `minutes` null: the usual length. */
export type PassAsk = {
  accountId: string;
  proof: { kind: string; note: string | null } | null;
  minutes: number | null;
  /** An engineer's reason for a pass to somebody who has a working method. */
  override: string | null;
};

export type PassRefusal = { code: PassRefusalCode; message: Sentence };

export type PassRefusalCode =
  | 'pass_not_enabled'
  | 'pass_no_writer'
  | 'pass_not_your_part'
  | 'pass_person_unknown'
  | 'pass_own_account'
  | 'pass_requester'
  | 'pass_break_glass'
  | 'pass_admin'
  | 'pass_account_disabled'
  | 'pass_not_in_scope'
  | 'pass_proof_missing'
  | 'pass_policy_unread'
  | 'pass_policy_off'
  | 'pass_policy_not_reached'
  | 'pass_minutes'
  | 'pass_unsettled'
  | 'pass_live'
  | 'pass_methods_unread'
  | 'pass_has_method'
  | 'pass_refused_by_graph'
  | 'pass_answer_lost'
  | 'pass_none_live';

export type IssueOutcome =
  /** `secret` is for the issuer's eyes in this one answer: it is kept nowhere and cannot be asked for again. */
  | { outcome: 'issued'; secret: string; pass: IssuedPass; startsAt: string; expiresAt: string }
  | ({ outcome: 'refused' } & PassRefusal);

export type WithdrawOutcome = { outcome: 'withdrawn'; pass: IssuedPass } | ({ outcome: 'refused' } & PassRefusal);
