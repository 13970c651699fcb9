import type { Account, Facts } from './draft.ts';
import type { PolicyTemplate } from './policy-form.ts';
import type { Random } from './random.ts';
import type { GraphObject, Tenant } from './world.ts';

export type SignIn = Tenant['signIns'][number];

/** What differs from one sign-in to the next. */
export type SignInFacts = {
  account: Account;
  at: string;
  appId: string;
  appName: string;
  client: string;
  protocol: 'oAuth2' | 'ropc' | 'none';
  isInteractive: boolean;
  ip: string;
  /** From the customer's trusted office address. */
  isInside: boolean;
};

/** A policy of the tenant with what it did to past sign-ins. */
export type PastPolicy = { id: string; template: PolicyTemplate; isCapable: (account: Account) => boolean };

export const BROWSER = 'Browser';
export const DESKTOP = 'Mobile Apps and Desktop clients';
const LEGACY_BLOCKED = 53003;
const MUST_ENROL = 50079;
const OFFICE_APPS: readonly string[] = [
  '00000002-0000-0ff1-ce00-000000000000',
  '00000003-0000-0ff1-ce00-000000000000',
  '1fec8e78-bce4-4aaf-ab1b-5451cc387264',
];
const ADMIN_PORTAL_APP = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c';

/** The sign-in in beta form, complete, with what each policy made of it. */
export function graphSignIn(
  facts: Facts,
  tenantId: string,
  one: SignInFacts,
  random: Random,
  past: readonly PastPolicy[],
): SignIn {
  const applied = past.map((policy) => appliedPolicy(policy, one));
  const enforced = applied.filter(({ result }) => result === 'failure' || result === 'success');
  const errorCode = enforced.find(({ result }) => result === 'failure')?.errorCode ?? 0;
  const isMfa = enforced.some(({ result, asksMfa }) => result === 'success' && asksMfa);
  return {
    id: random.uuid(),
    createdDateTime: one.at,
    userDisplayName: one.account.displayName,
    userPrincipalName: one.account.upn.toLowerCase(),
    userId: one.account.id,
    appId: one.appId,
    appDisplayName: one.appName,
    ipAddress: one.ip,
    clientAppUsed: one.client,
    userAgent: one.client === BROWSER ? 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Edg/143.0.0.0' : null,
    correlationId: random.uuid(),
    conditionalAccessStatus: errorCode !== 0 ? 'failure' : enforced.length > 0 ? 'success' : 'notApplied',
    isInteractive: one.isInteractive,
    signInEventTypes: [one.isInteractive ? 'interactiveUser' : 'nonInteractiveUser'],
    authenticationProtocol: one.protocol,
    authenticationRequirement: isMfa ? 'multiFactorAuthentication' : 'singleFactorAuthentication',
    incomingTokenType: one.isInteractive ? 'none' : one.protocol === 'oAuth2' ? 'refreshToken' : 'none',
    ...surroundings(facts, tenantId, one),
    status: statusOf(errorCode),
    appliedConditionalAccessPolicies: applied.map(({ asksMfa: _, errorCode: __, ...policy }) => policy),
    authenticationDetails: [],
    authenticationRequirementPolicies: [],
    authenticationProcessingDetails: [],
    sessionLifetimePolicies: [],
  };
}

function surroundings(facts: Facts, tenantId: string, one: SignInFacts): GraphObject {
  const isBrowser = one.client === BROWSER;
  return {
    resourceDisplayName: 'Microsoft Graph',
    resourceId: '00000003-0000-0000-c000-000000000000',
    resourceTenantId: tenantId,
    homeTenantId: tenantId,
    crossTenantAccessType: one.account.guest ? 'b2bCollaboration' : 'none',
    userType: one.account.guest ? 'guest' : 'member',
    servicePrincipalId: '',
    tokenIssuerType: 'AzureAD',
    flaggedForReview: false,
    riskDetail: 'none',
    riskLevelAggregated: 'none',
    riskLevelDuringSignIn: 'none',
    riskState: 'none',
    riskEventTypes: [],
    riskEventTypes_v2: [],
    networkLocationDetails: one.isInside ? [{ networkType: 'trustedNamedLocation', networkNames: ['Office'] }] : [],
    location: {
      city: facts.city,
      state: '',
      countryOrRegion: facts.country,
      geoCoordinates: { altitude: null, latitude: null, longitude: null },
    },
    deviceDetail: {
      deviceId: '',
      displayName: '',
      operatingSystem: isBrowser ? 'Windows10' : '',
      browser: isBrowser ? 'Edge 143.0.0' : '',
      isCompliant: false,
      isManaged: false,
      trustType: '',
    },
  };
}

function statusOf(errorCode: number): GraphObject {
  switch (errorCode) {
    case 0:
      return { errorCode: 0, failureReason: 'Other.', additionalDetails: null };
    case LEGACY_BLOCKED:
      return {
        errorCode,
        failureReason: 'Access has been blocked by Conditional Access policies.',
        additionalDetails: null,
      };
    default:
      return {
        errorCode,
        failureReason: 'User needs to enroll for multi-factor authentication.',
        additionalDetails: null,
      };
  }
}

type Applied = {
  id: string;
  displayName: string;
  enforcedGrantControls: string[];
  enforcedSessionControls: string[];
  result: string;
  asksMfa: boolean;
  errorCode: number;
};

function appliedPolicy({ id, template, isCapable }: PastPolicy, one: SignInFacts): Applied {
  const reportOnly = template.state === 'enabledForReportingButNotEnforced';
  const effect = template.past?.effect ?? null;
  const outcome = effect !== null && reaches(template, one) ? outcomeOf(effect, isCapable(one.account)) : 'notApplied';
  return {
    id,
    displayName: template.name,
    enforcedGrantControls:
      outcome === 'notApplied' ? [] : effect === 'mfa' ? ['Mfa'] : effect === 'block' ? ['Block'] : [],
    enforcedSessionControls: outcome !== 'notApplied' && effect === 'session' ? ['SignInFrequency'] : [],
    result: reportOnly ? reportOnlyResult(outcome, one) : outcome,
    asksMfa: effect === 'mfa',
    errorCode: effect === 'block' ? LEGACY_BLOCKED : MUST_ENROL,
  };
}

function outcomeOf(effect: 'mfa' | 'block' | 'session', isCapable: boolean): 'success' | 'failure' {
  return effect === 'session' || (effect === 'mfa' && isCapable) ? 'success' : 'failure';
}

/** In report-only both who could answer and who never registered would have been interrupted. */
function reportOnlyResult(outcome: 'success' | 'failure' | 'notApplied', one: SignInFacts): string {
  if (outcome === 'notApplied') return 'reportOnlyNotApplied';
  return one.protocol === 'oAuth2' ? 'reportOnlyInterrupted' : 'reportOnlyFailure';
}

function reaches(template: PolicyTemplate, one: SignInFacts): boolean {
  const { past } = template;
  if (past === undefined || !past.covers(one.account) || !isAboutApp(template, one.appId)) return false;
  switch (past.on) {
    case 'all':
      return true;
    case 'legacy':
      return one.client !== BROWSER && one.client !== DESKTOP;
    case 'outside':
      return !one.isInside;
  }
}

function isAboutApp({ apps = ['All'] }: PolicyTemplate, appId: string): boolean {
  if (apps.includes('All') || apps.includes(appId)) return true;
  if (apps.includes('Office365') && OFFICE_APPS.includes(appId)) return true;
  return apps.includes('MicrosoftAdminPortals') && appId === ADMIN_PORTAL_APP;
}
