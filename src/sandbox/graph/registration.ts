/**
 * The report of registered methods, derived from what people have: it lags behind, leaves out disabled accounts, and
 * tells registered (a strong method exists) from capable (one that the tenant allows).
 */
import type { Answer } from '../http/exchange.ts';
import type { FilterRules } from '../odata/rules.ts';
import type { AuthenticationMethod } from '../state/events.ts';
import { type GraphUser, type TenantState, textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { badRequest, forbidden, needsPremium, notFound } from './errors.ts';
import { hasP1 } from './licence.ts';
import { listAnswer } from './listing.ts';
import { adminIds } from './roles.ts';

const PAGE_MAX = 1000;
const REFRESH_MS = 3_600_000;

/** Names of the report for the types of `authentication/methods`; types that are missing never show in it. */
const REPORT_NAMES: Record<string, string> = {
  '#microsoft.graph.microsoftAuthenticatorAuthenticationMethod': 'microsoftAuthenticatorPush',
  '#microsoft.graph.fido2AuthenticationMethod': 'passKeyDeviceBound',
  '#microsoft.graph.windowsHelloForBusinessAuthenticationMethod': 'windowsHelloForBusiness',
  '#microsoft.graph.softwareOathAuthenticationMethod': 'softwareOneTimePasscode',
  '#microsoft.graph.hardwareOathAuthenticationMethod': 'hardwareOneTimePasscode',
  '#microsoft.graph.emailAuthenticationMethod': 'email',
  '#microsoft.graph.temporaryAccessPassAuthenticationMethod': 'temporaryAccessPass',
  '#microsoft.graph.platformCredentialAuthenticationMethod': 'macOsSecureEnclaveKey',
};

const PHONE_NAMES: Record<string, string> = {
  mobile: 'mobilePhone',
  alternateMobile: 'alternateMobilePhone',
  office: 'officePhone',
};

/** Not strong: e-mail serves password reset only, a temporary access pass is no lasting registration. */
const WEAK_NAMES = new Set(['email', 'temporaryAccessPass']);
const PASSWORDLESS_NAMES = new Set(['passKeyDeviceBound', 'windowsHelloForBusiness', 'macOsSecureEnclaveKey']);

const FILTERS: FilterRules = {
  isMfaCapable: 'eq',
  isMfaRegistered: 'eq',
  isPasswordlessCapable: 'eq',
  isSsprCapable: 'eq',
  isSsprEnabled: 'eq',
  isSsprRegistered: 'eq',
  isSystemPreferredAuthenticationMethodEnabled: 'eq',
  methodsRegistered: 'any',
  'methodsRegistered/*': 'eq',
  systemPreferredAuthenticationMethods: 'any',
  'systemPreferredAuthenticationMethods/*': 'eq',
  userDisplayName: 'eq startswith',
  userPrincipalName: 'eq startswith',
};

/** GET /reports/authenticationMethods/usersRegisteredByFeature(…) and …ByMethod(…): 403 for an application, always. */
export function refuseCounts({ values }: GraphContext): Answer {
  const name = values.counts ?? '';
  if (/^usersRegisteredBy(Feature|Method)(\(.*\))?$/.test(name)) return forbidden();
  return badRequest(`Resource not found for the segment '${name}'.`, 'BadRequest');
}

/** GET /reports/authenticationMethods/userRegistrationDetails. */
export function listRegistrations(context: GraphContext): Answer {
  if (!hasP1(context.tenant)) return needsPremium();
  const admins = adminIds(context.tenant);
  return listAnswer(context, {
    fragment: 'reports/authenticationMethods/userRegistrationDetails',
    resource: 'userRegistrationDetails',
    items: context.tenant.tenant.users,
    only: (user) => user.accountEnabled !== false,
    view: (user) => registrationRow(context, user, admins),
    filters: FILTERS,
    orders: ['userPrincipalName', 'userDisplayName'],
    page: { default: PAGE_MAX, max: PAGE_MAX },
  });
}

/** GET /reports/authenticationMethods/userRegistrationDetails/{id}. */
export function getRegistration(context: GraphContext): Answer {
  if (!hasP1(context.tenant)) return needsPremium();
  const id = context.values.id ?? '';
  const user = context.tenant.usersById.get(id);
  if (user === undefined || user.accountEnabled === false) return notFound(id);
  const fragment = 'reports/authenticationMethods/userRegistrationDetails/$entity';
  const row = registrationRow(context, user, adminIds(context.tenant));
  return { status: 200, body: { '@odata.context': contextUrl(context, fragment), ...row } };
}

function registrationRow(context: GraphContext, user: GraphUser, admins: ReadonlySet<string>): GraphObject {
  const { tenant, now, version } = context;
  const names = reportedMethods(tenant, user.id, now);
  const strong = names.filter((name) => !WEAK_NAMES.has(name));
  const preferred = preferredMethod(strong);
  return {
    id: user.id,
    userPrincipalName: user.userPrincipalName,
    userDisplayName: user.displayName ?? '',
    isAdmin: admins.has(user.id),
    isSsprRegistered: names.length > 0,
    isSsprEnabled: false,
    isSsprCapable: false,
    isMfaRegistered: strong.length > 0,
    isMfaCapable: strong.some((name) => tenant.tenant.allowedMethods.includes(name)),
    isPasswordlessCapable: strong.some((name) => PASSWORDLESS_NAMES.has(name)),
    // When the report was made, not when the person enrolled.
    lastUpdatedDateTime: new Date(Math.floor(now / REFRESH_MS) * REFRESH_MS).toISOString(),
    methodsRegistered: names,
    isSystemPreferredAuthenticationMethodEnabled: true,
    systemPreferredAuthenticationMethods: preferred === 'none' ? [] : [preferred],
    userPreferredMethodForSecondaryAuthentication: preferred,
    userType: textOf(user, 'userType').toLowerCase() === 'guest' ? 'guest' : 'member',
    ...(version === 'beta' ? { defaultMfaMethod: defaultMethod(strong) } : {}),
  };
}

/** What the report knows at `now`: the present methods, or the older ones while it lags. */
function reportedMethods(tenant: TenantState, userId: string, now: number): string[] {
  const lag = tenant.tenant.registrationReportLag[userId];
  if (lag !== undefined && now < Date.parse(lag.knownFrom)) return [...lag.reportedBefore];
  return reportNames(tenant.tenant.authenticationMethods[userId] ?? []);
}

/** Whether somebody has a method that counts as registered for MFA. */
export function hasStrongMethod(methods: readonly AuthenticationMethod[]): boolean {
  return reportNames(methods).some((name) => !WEAK_NAMES.has(name));
}

/** The report's names of a person's methods, each once. */
export function reportNames(methods: readonly AuthenticationMethod[]): string[] {
  const names = methods.flatMap((method) => {
    const type = method['@odata.type'];
    const name =
      type === '#microsoft.graph.phoneAuthenticationMethod'
        ? (PHONE_NAMES[textOf(method, 'phoneType')] ?? 'mobilePhone')
        : REPORT_NAMES[type];
    return name === undefined ? [] : [name];
  });
  return [...new Set(names)];
}

const SECONDARY: [string, string][] = [
  ['microsoftAuthenticatorPush', 'push'],
  ['softwareOneTimePasscode', 'oath'],
  ['hardwareOneTimePasscode', 'oath'],
  ['mobilePhone', 'sms'],
  ['alternateMobilePhone', 'voiceAlternateMobile'],
  ['officePhone', 'voiceOffice'],
];

function preferredMethod(strong: readonly string[]): string {
  return SECONDARY.find(([name]) => strong.includes(name))?.[1] ?? 'none';
}

/** `defaultMfaMethod` of beta uses the method's own name, and knows no passkey. */
function defaultMethod(strong: readonly string[]): string {
  const name = SECONDARY.find(([candidate]) => strong.includes(candidate))?.[0];
  return name === undefined || name === 'hardwareOneTimePasscode' ? 'none' : name;
}
