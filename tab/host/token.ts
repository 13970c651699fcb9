/** The person's token, asked of Teams for every call and kept nowhere: Teams holds it and renews it in time. */
import { authentication } from '@microsoft/teams-js';

/** Why Teams gave no token: somebody has to agree first, the person closed the window, or anything else. */
export type TokenProblem = 'consent' | 'cancelled' | 'failed';

/** Thrown by `readToken`; `detail` is Teams' own word for it. */
export class TokenError extends Error {
  readonly problem: TokenProblem;
  readonly detail: string;

  constructor(detail: string) {
    super(`Teams gave no token: ${detail}`);
    this.name = 'TokenError';
    this.detail = detail;
    this.problem = problemOf(detail);
  }
}

const CONSENT = /consent|invalid_grant|interaction_required|invalid_resource|resourceRequiresConsent|resourceDisabled/i;

function problemOf(detail: string): TokenProblem {
  if (/cancel/i.test(detail)) return 'cancelled';
  return CONSENT.test(detail) ? 'consent' : 'failed';
}

/** A token for our own server; refuses with a `TokenError` that says what the person can do about it. */
export async function readToken(): Promise<string> {
  try {
    return await authentication.getAuthToken();
  } catch (error) {
    throw new TokenError(error instanceof Error ? error.message : String(error));
  }
}
