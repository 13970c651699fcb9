/**
 * What an account's sign-ins say about who signs in: a person at a screen, or a program with a stored password.
 * Microsoft shows a client that cannot do MFA as ROPC, as a legacy protocol or as background sign-ins without any
 * interactive one.
 */

/** The properties of a Graph `signIn` that are read here; the beta form says more than v1.0. */
export type SignIn = {
  userId?: string | null | undefined;
  createdDateTime?: string | null | undefined;
  clientAppUsed?: string | null | undefined;
  isInteractive?: boolean | null | undefined;
  signInEventTypes?: readonly string[] | null | undefined;
  authenticationProtocol?: string | null | undefined;
  authenticationRequirement?: string | null | undefined;
};

export type SignInProfile = {
  total: number;
  /** Sign-ins at a browser or app with somebody present. */
  interactive: number;
  /** Sign-ins that satisfied or asked for MFA: a program cannot answer. */
  withMfa: number;
  background: number;
  ropc: number;
  /** Legacy protocols by Graph's name for them. */
  legacy: readonly string[];
  legacyCount: number;
  /** Days (UTC) on which the account signed in. */
  days: number;
};

/** `clientAppUsed` of the clients that can do modern authentication; every other name is a legacy protocol. */
const MODERN_CLIENTS = new Set(['', 'browser', 'mobile apps and desktop clients']);

type Draft = Omit<SignInProfile, 'legacy' | 'days'> & { legacy: Set<string>; days: Set<string> };

/** Counts the sign-ins of every account by their kind. Sign-ins without a user (of service principals) are left out. */
export function profileSignIns(signIns: Iterable<SignIn>): Map<string, SignInProfile> {
  const drafts = new Map<string, Draft>();
  for (const signIn of signIns) {
    if (signIn.userId === null || signIn.userId === undefined || signIn.userId === '') continue;
    let draft = drafts.get(signIn.userId);
    if (draft === undefined) {
      draft = newDraft();
      drafts.set(signIn.userId, draft);
    }
    count(draft, signIn);
  }
  return new Map(
    [...drafts].map(([id, draft]) => [id, { ...draft, legacy: [...draft.legacy].sort(), days: draft.days.size }]),
  );
}

function newDraft(): Draft {
  return {
    total: 0,
    interactive: 0,
    withMfa: 0,
    background: 0,
    ropc: 0,
    legacyCount: 0,
    legacy: new Set(),
    days: new Set(),
  };
}

function count(draft: Draft, signIn: SignIn): void {
  draft.total += 1;
  draft.days.add(signIn.createdDateTime?.slice(0, 10) ?? '');
  if (signIn.authenticationRequirement === 'multiFactorAuthentication') draft.withMfa += 1;
  const client = signIn.clientAppUsed?.trim() ?? '';
  if (signIn.authenticationProtocol?.toLowerCase() === 'ropc') draft.ropc += 1;
  else if (!MODERN_CLIENTS.has(client.toLowerCase())) {
    draft.legacyCount += 1;
    draft.legacy.add(client);
  } else if (isBackground(signIn)) draft.background += 1;
  else draft.interactive += 1;
}

function isBackground(signIn: SignIn): boolean {
  const types = signIn.signInEventTypes;
  if (types !== null && types !== undefined && types.length > 0) return !types.includes('interactiveUser');
  return signIn.isInteractive === false;
}

export type ServiceEvidenceLimits = {
  /** Sign-ins below which nothing is concluded. */
  signInsMin: number;
  /** Days with sign-ins that background traffic alone must span, since a person's devices refresh tokens as well. */
  backgroundDaysMin: number;
};

export const SERVICE_EVIDENCE_LIMITS: ServiceEvidenceLimits = { signInsMin: 5, backgroundDaysMin: 3 };

export type ServiceEvidence = { strength: 'strong' | 'weak'; sentence: string };

/**
 * What the sign-ins prove about an enabled account that belongs to nobody in HR: strong when a program alone signs
 * in, weak when a program does beside somebody, or too rarely to be sure; null when nothing points to a program. The
 * sentence holds no running counts, so that it changes only when the fact does.
 */
export function serviceEvidence(
  profile: SignInProfile | undefined,
  limits: ServiceEvidenceLimits = SERVICE_EVIDENCE_LIMITS,
): ServiceEvidence | null {
  if (profile === undefined) return null;
  const machine = profile.ropc + profile.legacyCount + profile.background;
  if (machine === 0) return null;
  const hasOldProtocol = profile.ropc + profile.legacyCount > 0;
  if (profile.interactive > 0 || profile.withMfa > 0) {
    return hasOldProtocol ? { strength: 'weak', sentence: `${meansOf(profile)} beside interactive sign-ins` } : null;
  }
  const isOften = machine >= limits.signInsMin && (hasOldProtocol || profile.days >= limits.backgroundDaysMin);
  return isOften
    ? {
        strength: 'strong',
        sentence: `${meansOf(profile)}, at least ${limits.signInsMin} times, and never interactively`,
      }
    : { strength: 'weak', sentence: `${meansOf(profile)}, and never interactively, but too rarely to be sure` };
}

/** "signs in by ROPC, IMAP4 and in the background". */
function meansOf(profile: SignInProfile): string {
  const means = [...(profile.ropc > 0 ? ['ROPC'] : []), ...profile.legacy];
  const named = means.length > 0 ? `signs in by ${means.join(', ')}` : '';
  if (profile.background === 0) return named;
  return named === '' ? 'signs in in the background' : `${named} and in the background`;
}
