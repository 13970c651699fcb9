/**
 * Emergency accounts are declared by the customer and verified by facts, never guessed: an account that merely looks
 * like one (much excluded, seldom used) is often something else.
 */
import { GLOBAL_ADMINISTRATOR } from '../policy/evaluator/role-templates.core.ts';
import type { Account, RoleAssignment } from '../roster/roster-types.core.ts';
import type { Answer, BreakGlassCheck, ClassifyInput } from './exception-types.core.ts';

/** Methods that Microsoft's own enforcement on admin portals lets an emergency account answer with. */
const PHISHING_RESISTANT = /^(?:fido2|passkey|x509Certificate|certificate)/i;

/** Judges one declared account by the five facts that make it usable. */
export function checkBreakGlass(account: Account, input: ClassifyInput): BreakGlassCheck {
  return {
    accountId: account.id,
    enabled: answerOf(account.accountEnabled),
    cloudOnly: account.onPremisesSyncEnabled === true ? 'no' : 'yes',
    initialDomain: answerOf(isInitialDomain(account)),
    permanentGlobalAdmin: globalAdmin(account.id, input),
    phishingResistantMethod: strongMethod(account.id, input),
  };
}

/** The facts of a check as sentences, each with its source. */
export function breakGlassEvidence(check: BreakGlassCheck): string[] {
  return [
    'declared by the customer as a break-glass account (customer file)',
    `sign-in enabled: ${check.enabled} (Entra account)`,
    `cloud-only: ${check.cloudOnly} (Entra account, onPremisesSyncEnabled)`,
    `sign-in name on the tenant's onmicrosoft.com domain: ${check.initialDomain} (Entra account)`,
    `permanent active Global Administrator: ${check.permanentGlobalAdmin} (role assignments)`,
    `passkey or certificate registered: ${check.phishingResistantMethod} (registered methods)`,
  ];
}

function answerOf(fact: boolean | null | undefined): Answer {
  if (fact === null || fact === undefined) return 'unknown';
  return fact ? 'yes' : 'no';
}

/** The tenant's first domain, in the public and the national clouds: it cannot be lost with the customer's own. */
const INITIAL_DOMAIN = /@[^@.]+\.(?:onmicrosoft\.(?:com|us|de)|partner\.onmschina\.cn)$/i;

function isInitialDomain(account: Account): boolean | null {
  const name = account.userPrincipalName;
  return typeof name === 'string' ? INITIAL_DOMAIN.test(name) : null;
}

function globalAdmin(accountId: string, input: ClassifyInput): Answer {
  const assignments = input.roleAssignments;
  if (assignments === null || assignments === undefined) return 'unknown';
  return answerOf(assignments.some((one) => isActiveTenantWide(one) && holds(one.principalId, accountId, input)));
}

function isActiveTenantWide(one: RoleAssignment): boolean {
  const scope = one.directoryScopeId ?? '/';
  return one.roleDefinitionId.toLowerCase() === GLOBAL_ADMINISTRATOR && one.eligible !== true && scope === '/';
}

function holds(principalId: string, accountId: string, input: ClassifyInput): boolean {
  return principalId === accountId || (input.roleGroupMembers?.get(principalId)?.includes(accountId) ?? false);
}

function strongMethod(accountId: string, { registration, methods }: ClassifyInput): Answer {
  const reported = registration?.find((row) => row.id === accountId)?.methodsRegistered;
  const own = methods?.find((entry) => entry.id === accountId)?.methods.map((method) => method['@odata.type']);
  const names = reported ?? own?.map((type) => type.slice(type.lastIndexOf('.') + 1));
  return names === undefined ? 'unknown' : answerOf(names.some((name) => PHISHING_RESISTANT.test(name)));
}
