/**
 * A row of Graph's sign-in log, read for what it proves. A row that failed is no use of the account by its owner: a
 * stranger who tries passwords leaves failures under the owner's name and with a client of the stranger's choice. A row
 * without a user belongs to a service principal, which a policy for users never reaches. The results of report-only
 * policies are passed over: they are somebody else's evaluation of another policy.
 */
import { type JsonObject, objectOf, textOf } from '../graph-json.core.ts';

/** A row of the log as Graph gave it. */
export type LogRow = JsonObject;

/** Why a row says nothing about how a person signs in. */
export type Unused = 'failed' | 'notAPerson' | 'elsewhere';

/** Whether the sign-in was satisfied by MFA, by what the log says; v1.0 does not say it. */
export type Satisfied = 'yes' | 'no' | 'untold';

/** Why a client shows nobody a prompt. */
export type Speechless = 'legacy' | 'ropc' | 'deviceCode';

const NO_USER = '00000000-0000-0000-0000-000000000000';

/** Why the row is not used; null when it is the sign-in of a person to this tenant. */
export function whyUnused(row: LogRow, tenantId: string): Unused | null {
  const userId = textOf(row.userId);
  if (userId === null || userId === NO_USER || isOfPrincipal(row.signInEventTypes)) return 'notAPerson';
  const code = objectOf(row.status)?.errorCode;
  if (typeof code === 'number' && code !== 0) return 'failed';
  return isElsewhere(row, tenantId) ? 'elsewhere' : null;
}

function isOfPrincipal(types: unknown): boolean {
  if (!Array.isArray(types)) return false;
  return types.includes('servicePrincipal') || types.includes('managedIdentity');
}

/** One of ours who signs in to a partner's tenant meets the partner's policies. */
function isElsewhere({ homeTenantId, resourceTenantId }: LogRow, tenantId: string): boolean {
  const [home, resource] = [textOf(homeTenantId)?.toLowerCase(), textOf(resourceTenantId)?.toLowerCase()];
  return home === tenantId && resource !== undefined && resource !== tenantId;
}

/** Methods that are two factors by themselves, as `authenticationDetails` writes them. */
const STRONG_METHOD = /fido2|passkey|windows hello|platform credential/i;
const CLAIM_IN_TOKEN = /mfa requirement satisfied|mfa completed|multifactor authentication.*satisfied/i;

/** Reads what the log says of MFA at a sign-in that succeeded. */
export function satisfiedBy(row: LogRow): Satisfied {
  if (row.authenticationRequirement === 'multiFactorAuthentication') return 'yes';
  const details = row.authenticationDetails;
  if (Array.isArray(details) && details.length > 0 && details.some(isSecondFactor)) return 'yes';
  return row.authenticationRequirement === 'singleFactorAuthentication' ? 'no' : 'untold';
}

function isSecondFactor(step: unknown): boolean {
  const { succeeded, authenticationMethod, authenticationStepResultDetail } = objectOf(step) ?? {};
  if (succeeded === false) return false;
  return (
    STRONG_METHOD.test(textOf(authenticationMethod) ?? '') ||
    CLAIM_IN_TOKEN.test(textOf(authenticationStepResultDetail) ?? '')
  );
}

/** `clientAppUsed` in Conditional Access's terms. Any name not listed is an older protocol: the list of those grows. */
const CLIENT_TYPES: ReadonlyMap<string, string | null> = new Map([
  ['', null],
  ['unknown', null],
  ['browser', 'browser'],
  ['mobile apps and desktop clients', 'mobileAppsAndDesktopClients'],
  ['exchange activesync', 'exchangeActiveSync'],
]);

/** The client type, or null when the log does not tell it. */
export function clientTypeOf(clientAppUsed: string | null): string | null {
  const type = CLIENT_TYPES.get((clientAppUsed ?? '').trim().toLowerCase());
  return type === undefined ? 'other' : type;
}

const TRANSFERS: ReadonlyMap<string, string> = new Map([
  ['devicecode', 'deviceCodeFlow'],
  ['devicecodeflow', 'deviceCodeFlow'],
  ['authenticationtransfer', 'authenticationTransfer'],
]);

const ORDINARY_PROTOCOLS: ReadonlySet<string> = new Set(['oauth2', 'ropc', 'saml20', 'wsfederation', 'nativeauth']);

/** By which flow the session began, which stays with it through its refreshes; null when the log does not tell. */
export function flowOf(row: LogRow): string | null {
  const protocol = textOf(row.authenticationProtocol)?.toLowerCase() ?? '';
  const original = textOf(row.originalTransferMethod)?.toLowerCase() ?? '';
  const transfer = TRANSFERS.get(original) ?? TRANSFERS.get(protocol);
  if (transfer !== undefined) return transfer;
  if (original === 'none') return 'none';
  // A token refreshed in the background may come from a device code entered long ago.
  if (protocol === 'oauth2' && isBackground(row)) return null;
  if (ORDINARY_PROTOCOLS.has(protocol)) return 'none';
  const client = clientTypeOf(textOf(row.clientAppUsed));
  return client === 'other' || client === 'exchangeActiveSync' ? 'none' : null;
}

/** Whether nobody was present. */
export function isBackground(row: LogRow): boolean {
  const types = row.signInEventTypes;
  if (Array.isArray(types) && types.length > 0) return !types.includes('interactiveUser');
  return row.isInteractive === false;
}

/** Why nobody can answer a prompt in this client; null when somebody can. */
export function speechlessOf(row: LogRow): Speechless | null {
  if (textOf(row.authenticationProtocol)?.toLowerCase() === 'ropc') return 'ropc';
  const client = clientTypeOf(textOf(row.clientAppUsed));
  if (client === 'other' || client === 'exchangeActiveSync') return 'legacy';
  // A person answers in a browser when the code is entered; a device that later refreshes its token shows nothing.
  return isBackground(row) && flowOf(row) === 'deviceCodeFlow' ? 'deviceCode' : null;
}

const PLATFORM_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^windows ?phone/i, 'windowsPhone'],
  [/^windows/i, 'windows'],
  [/^(ios|ipad|iphone)/i, 'iOS'],
  [/^(mac|os ?x)/i, 'macOS'],
  [/^android/i, 'android'],
  [/^linux/i, 'linux'],
];

/** The platform by the name of the operating system; a system of no known name is an unsupported platform. */
export function platformOf(operatingSystem: string | null): string | null {
  if (operatingSystem === null) return null;
  return PLATFORM_NAMES.find(([pattern]) => pattern.test(operatingSystem))?.[1] ?? operatingSystem;
}

const RISKS: ReadonlySet<string> = new Set(['none', 'low', 'medium', 'high']);

/** The risk at the sign-in; null where the licence hides it. The risk of the user is not recorded with a sign-in. */
export function riskOf(row: LogRow): string | null {
  const risk = textOf(row.riskLevelDuringSignIn)?.toLowerCase() ?? '';
  return RISKS.has(risk) ? risk : null;
}
