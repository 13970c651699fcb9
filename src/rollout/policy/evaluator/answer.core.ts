import type { CompiledPolicy, PolicyState } from './compile-policy.core.ts';
import type { Outcome } from './outcome.core.ts';

/**
 * What is said about one sign-in. `partial`: in some cases only, depending on what the question left open; `unknown`:
 * something needed was not read or not understood.
 */
export type Answer = 'yes' | 'no' | 'partial' | 'unknown';

type PolicyResult = {
  readonly policyId: string;
  readonly state: PolicyState;
  readonly result: 'applies' | 'notApplies' | 'conditional' | 'unknown';
  /** The facts that decided, in plain words. */
  readonly reasons: readonly string[];
};

export type SignInResult = {
  readonly applies: readonly PolicyResult[];
  readonly mfaRequired: Answer;
  readonly blocked: Answer;
  readonly why: string;
};

/** A policy and what it says about one sign-in. */
export type Finding = {
  readonly policy: CompiledPolicy;
  readonly outcome: Outcome;
  readonly reasons: readonly string[];
};
