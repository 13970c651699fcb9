/**
 * Error codes of a sign-in that MFA stopped, kept as data since Microsoft adds to them. The password was right in each:
 * whoever tries passwords of others leaves other codes.
 * Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes, read November 2026.
 */
type MfaFailure = {
  code: number;
  name: string;
  /** Other policies give the code as well, so that it counts only where the enforcing policy itself failed. */
  isOnlyOurs: boolean;
};

export const MFA_FAILURES: readonly MfaFailure[] = [
  { code: 50072, name: 'UserStrongAuthEnrollmentRequiredInterrupt', isOnlyOurs: false },
  { code: 50074, name: 'UserStrongAuthClientAuthNRequiredInterrupt', isOnlyOurs: false },
  { code: 50076, name: 'UserStrongAuthClientAuthNRequired', isOnlyOurs: false },
  { code: 50078, name: 'UserStrongAuthExpired', isOnlyOurs: false },
  { code: 50079, name: 'UserStrongAuthEnrollmentRequired', isOnlyOurs: false },
  { code: 50087, name: 'a transient error during strong authentication', isOnlyOurs: false },
  { code: 50088, name: 'limit on telecom MFA calls reached', isOnlyOurs: false },
  { code: 50158, name: 'ExternalSecurityChallengeNotSatisfied', isOnlyOurs: false },
  { code: 53003, name: 'BlockedByConditionalAccess', isOnlyOurs: true },
  { code: 53004, name: 'ProofUpBlockedDueToRisk', isOnlyOurs: false },
  { code: 500121, name: 'authentication failed during the strong authentication request', isOnlyOurs: false },
];

const BY_CODE: ReadonlyMap<number, MfaFailure> = new Map(MFA_FAILURES.map((failure) => [failure.code, failure]));

/** What a code says of MFA; undefined when it is about something else. */
export function mfaFailureOf(code: number): MfaFailure | undefined {
  return BY_CODE.get(code);
}
