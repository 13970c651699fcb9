/**
 * Per-user MFA.
 * https://learn.microsoft.com/entra/identity/authentication/howto-mfa-userstates
 */
import type { Tenant } from '../world/world.ts';
import type { Subject } from './identity.ts';
import { isLegacy } from './security-defaults.ts';
import type { Circumstances } from './sign-in.ts';

export type PerUserMfaVerdict = {
  state: 'disabled' | 'enabled' | 'enforced';
  mfaRequired: boolean;
  /** The client must use an app password; the ordinary password no longer works there. */
  needsAppPassword: boolean;
};

/**
 * What the person's state does to this sign-in: enabled and enforced ask for MFA at modern sign-ins ("they perform
 * multifactor authentication each time they sign in"); legacy clients keep working while enabled and need an app
 * password once enforced.
 */
export function judgePerUserMfa(tenant: Tenant, subject: Subject, signIn: Circumstances): PerUserMfaVerdict {
  const state = subject.kind === 'user' ? stateOf(tenant, subject.person.userId) : 'disabled';
  const isOn = state !== 'disabled';
  return {
    state,
    mfaRequired: isOn && !isLegacy(signIn),
    needsAppPassword: state === 'enforced' && isLegacy(signIn),
  };
}

function stateOf(tenant: Tenant, userId: string): PerUserMfaVerdict['state'] {
  const entry = Object.entries(tenant.perUserMfa).find(([id]) => id.toLowerCase() === userId);
  return entry?.[1] ?? 'disabled';
}
