/**
 * Security Defaults.
 * https://learn.microsoft.com/entra/fundamentals/security-defaults
 */
import type { Tenant } from '../world/world.ts';
import { AZURE_MANAGEMENT_APPS } from './application-sets.ts';
import type { Subject } from './identity.ts';
import type { Circumstances } from './sign-in.ts';

export type SecurityDefaultsVerdict = {
  isEnabled: boolean;
  /** Older protocols, Exchange ActiveSync with basic authentication included. */
  blocked: boolean;
  /** `whenNecessary`: Microsoft decides "based on factors such as location, device, role, and task". */
  mfa: 'never' | 'whenNecessary' | 'always';
  /** Everybody must register; without that the person cannot sign in once the grace period is over. */
  mustRegister: boolean;
};

/**
 * Roles that must do MFA at every sign-in: the list of includes/conditional-access-admin-roles and the two that the
 * page adds to it; ids by
 * https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
 */
export const ALWAYS_MFA_ROLES: readonly string[] = [
  '62e90394-69f5-4237-9190-012177145e10', // Global Administrator
  '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', // Application Administrator
  'c4e39bd9-1100-46d3-8c65-fb160da0071f', // Authentication Administrator
  'b0f54661-2d74-4c50-afa3-1ec803f12efe', // Billing Administrator
  '158c047a-c907-4556-b7ef-446551a6b5f7', // Cloud Application Administrator
  'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9', // Conditional Access Administrator
  '29232cdf-9323-42fd-ade2-1d097af3e4de', // Exchange Administrator
  '729827e3-9c14-49f7-bb1b-9608f156bbb8', // Helpdesk Administrator
  '966707d0-3269-4727-9be2-8c3a10f19b9d', // Password Administrator
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13', // Privileged Authentication Administrator
  'e8611ab8-c189-46e8-94e1-60213ab1f814', // Privileged Role Administrator
  '194ae4cb-b126-40b2-bd5b-6091b380977d', // Security Administrator
  'f28a1f50-f6e7-4571-818b-6a12f2af6b6c', // SharePoint Administrator
  '69091246-20e8-4a56-aa4d-066075b2a7a8', // Teams Administrator
  'fe930be7-5e62-47db-91af-98c3a49a38b1', // User Administrator
  '0526716b-113d-4c15-b2c8-68e3c22b9f80', // Authentication Policy Administrator
  '45d8d3c5-c802-45c6-b32a-1d70b5e1e86e', // Identity Governance Administrator
];

/** Directory Synchronization Accounts: "excluded from security defaults". */
const SYNC_ACCOUNT_ROLE = 'd29b2b05-8046-44ba-8758-1e26182fcf32';

const LEGACY_CLIENTS: readonly string[] = ['exchangeActiveSync', 'easSupported', 'other'];

const UNTOUCHED = { blocked: false, mfa: 'never', mustRegister: false } as const;

/**
 * What Security Defaults does to this sign-in. Guests are "treated the same as your organization's users"; service
 * principals and the directory synchronization account are left alone.
 */
export function judgeSecurityDefaults(
  tenant: Tenant,
  subject: Subject,
  signIn: Circumstances,
): SecurityDefaultsVerdict {
  const isEnabled = tenant.securityDefaults.isEnabled;
  if (!isEnabled || subject.kind !== 'user') return { isEnabled, ...UNTOUCHED };
  const { roles } = subject.person;
  if (roles.has(SYNC_ACCOUNT_ROLE)) return { isEnabled, ...UNTOUCHED };
  const isAdmin = ALWAYS_MFA_ROLES.some((role) => roles.has(role));
  return {
    isEnabled,
    blocked: isLegacy(signIn),
    mfa: isAdmin || reachesAzureManagement(signIn) ? 'always' : 'whenNecessary',
    mustRegister: true,
  };
}

/** "Clients that don't use modern authentication" and "older mail protocols such as IMAP, SMTP, or POP3". */
export function isLegacy(signIn: Circumstances): boolean {
  return typeof signIn.clientApp === 'string' && LEGACY_CLIENTS.includes(signIn.clientApp);
}

/** "This policy applies to all users who are accessing Azure Resource Manager services." */
function reachesAzureManagement(signIn: Circumstances): boolean {
  if (signIn.target.kind !== 'application') return false;
  return signIn.target.appIds.some((appId) => AZURE_MANAGEMENT_APPS.has(appId.toLowerCase()));
}
