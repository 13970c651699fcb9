import { type CompiledPolicies, evaluateSignIn } from '../evaluate.core.ts';
import type { Answer } from './answer.core.ts';
import type { SignIn } from './sign-in.core.ts';

/**
 * The answer of `what-if`: one row per sign-in. A stored interface: fields may be added, none renamed.
 */
export type WhatIfResult = {
  readonly userId: string | null;
  /** Ids of the enabled and report-only policies that apply for certain, as Graph's evaluate lists them. */
  readonly applies: readonly string[];
  /** Ids of policies that apply depending on something the sign-in left open. */
  readonly conditional: readonly string[];
  /** Ids of policies that could not be judged. */
  readonly unknown: readonly string[];
  readonly mfaRequired: Answer;
  readonly blocked: Answer;
  readonly why: string;
};

/**
 * Judges each sign-in by the policies. Only enabled policies (and drafts compiled with `treatAsEnabled`) make
 * `mfaRequired` yes; report-only policies are listed.
 */
export function whatIf(policies: CompiledPolicies, signIns: readonly SignIn[]): readonly WhatIfResult[] {
  return signIns.map((signIn) => {
    const { applies, mfaRequired, blocked, why } = evaluateSignIn(policies, signIn);
    const idsOf = (result: string) => applies.filter((entry) => entry.result === result).map((entry) => entry.policyId);
    return {
      userId: signIn.userId ?? null,
      applies: idsOf('applies'),
      conditional: idsOf('conditional'),
      unknown: idsOf('unknown'),
      mfaRequired,
      blocked,
      why,
    };
  });
}
