/**
 * Who is locked out of a tenant and who is under MFA where, measured by a fixed set of ordinary sign-ins. The names
 * of the shapes never change with the tenant, so that two states of it can be compared.
 */
import { createHash } from 'node:crypto';
import type { GraphObject, Tenant } from '../world/world.ts';
import { AZURE_MANAGEMENT_APP } from './application-sets.ts';
import { readSubject, type Subject } from './identity.ts';
import { isEnforced, judgeSubject, policiesAbout, subjectFinding } from './judge.ts';
import { demandOfSubject, type OutcomeQuestion, outcomeOfSubject } from './outcome.ts';
import type { Circumstances } from './sign-in.ts';
import { isObject, objectAt, textAt, wordsAt } from './wire.ts';

export type Shape = { name: string; signIn: Circumstances };

/** How a shape is protected: it cannot get in, it must show MFA, or Security Defaults asks when it sees need. */
type Protection = 'blocked' | 'mfa' | 'mfaWhenNecessary';
/** User id to the protected shapes by name; a shape that gets in with the password alone is absent. */
export type Cover = Map<string, Map<string, Protection>>;
export type CoverLoss = { userId: string; shapes: string[] };

/** An address of the documentation range (RFC 5737) that no named location of a simulated office should hold. */
const STREET_ADDRESS = '203.0.113.77';
/** A country reserved for users' own purposes in ISO 3166: nobody's home. */
const COUNTRY_ABROAD = 'XX';

const APPS = {
  exchange: '00000002-0000-0ff1-ce00-000000000000',
  sharePoint: '00000003-0000-0ff1-ce00-000000000000',
  azure: AZURE_MANAGEMENT_APP,
  // Any application that no policy names: only a policy for all resources reaches it.
  unnamed: '5a0d7e55-0000-4000-8000-00000000a11e',
};

const PLAIN = { transferMethod: 'none', signInRisk: 'none', userRisk: 'none', insiderRisk: 'none' } as const;

const COMPLIANT_DEVICE = {
  deviceId: '5a0d7e55-0000-4000-8000-00000000de1c',
  isCompliant: true,
  trustType: 'AzureAD',
  operatingSystem: 'Windows',
  ownership: 'Company',
  mdmAppId: '0000000a-0000-0000-c000-000000000000',
};

const CLIENTS: Record<string, Omit<Circumstances, 'target'>> = {
  'windows browser': { clientApp: 'browser', platform: 'windows', device: null },
  'mac browser': { clientApp: 'browser', platform: 'macOS', device: null },
  'linux browser': { clientApp: 'browser', platform: 'linux', device: null },
  'windows app': { clientApp: 'mobileAppsAndDesktopClients', platform: 'windows', device: null },
  'windows app on a managed device': {
    clientApp: 'mobileAppsAndDesktopClients',
    platform: 'windows',
    device: COMPLIANT_DEVICE,
  },
  'iOS app': { clientApp: 'mobileAppsAndDesktopClients', platform: 'iOS', device: null },
  'android app': { clientApp: 'mobileAppsAndDesktopClients', platform: 'android', device: null },
  'legacy client': { clientApp: 'other', platform: null, device: null },
};

/** The ordinary sign-ins: every app by every client, from the street, from abroad and from a trusted network. */
export function ordinaryShapes(tenant: Tenant): Shape[] {
  return Object.entries(placesOf(tenant)).flatMap(([place, where]) =>
    Object.entries(CLIENTS).flatMap(([client, how]) =>
      Object.entries(APPS).map(([app, appId]) => ({
        name: `${app}, ${client}, ${place}`,
        signIn: { ...PLAIN, ...how, ...where, target: { kind: 'application' as const, appIds: [appId] } },
      })),
    ),
  );
}

type Place = Pick<Circumstances, 'ipAddress' | 'country' | 'gpsCountry'>;

function placesOf(tenant: Tenant): Record<string, Place> {
  const home = textAt(tenant.organization, 'countryLetterCode') ?? 'US';
  const trusted = tenant.namedLocations.filter((location) => location.isTrusted === true).flatMap(firstAddress)[0];
  return {
    street: { ipAddress: STREET_ADDRESS, country: home, gpsCountry: home },
    abroad: { ipAddress: STREET_ADDRESS, country: COUNTRY_ABROAD, gpsCountry: COUNTRY_ABROAD },
    'trusted network': { ipAddress: trusted ?? STREET_ADDRESS, country: home, gpsCountry: home },
  };
}

function firstAddress(location: Record<string, unknown>): string[] {
  const ranges = Array.isArray(location.ipRanges) ? location.ipRanges.filter(isObject) : [];
  return ranges
    .map((range) => textAt(range, 'cidrAddress')?.split('/')[0] ?? textAt(range, 'lowerAddress'))
    .filter((address) => typeof address === 'string');
}

/**
 * People whose account is enabled and who get in by no ordinary sign-in. Being asked for MFA without having a method
 * is a way in only while registering one is itself open to the person.
 */
export function lockedOut(tenant: Tenant): string[] {
  const shapes = ordinaryShapes(tenant);
  return tenant.users
    .filter((user) => user.accountEnabled !== false)
    .filter((user) => {
      const question = questionOf(tenant, user.id);
      return !shapes.some((shape) => getsIn(question, shape));
    })
    .map((user) => user.id);
}

function getsIn(question: OutcomeQuestion, shape: Shape): boolean {
  const { result } = outcomeOfSubject(question, shape.signIn);
  if (result === 'promptedNotRegistered') return canRegister(question.tenant, question.subject, shape);
  return result !== 'blocked';
}

/**
 * Whether a person without a method can register one in the same circumstances. Policies on the user action "register
 * security information" decide; those on all resources are what sent the person there.
 * https://learn.microsoft.com/entra/identity/conditional-access/policy-all-users-security-info-registration
 */
export function canRegister(tenant: Tenant, subject: Subject, shape: Pick<Shape, 'signIn'>): boolean {
  const target = { kind: 'userAction', userAction: 'registerSecurityInformation' } as const;
  const judgement = judgeSubject(
    { tenant, subject, options: { policies: registrationPolicies(tenant) } },
    { ...shape.signIn, target },
  );
  return judgement.outcome.blocked === false && judgement.outcome.mfaRequired === false;
}

function registrationPolicies(tenant: Tenant): Tenant['conditionalAccessPolicies'] {
  return tenant.conditionalAccessPolicies.filter(
    (policy) => wordsAt(objectAt(objectAt(policy, 'conditions'), 'applications'), 'includeUserActions').length > 0,
  );
}

/** For every enabled person the ordinary sign-ins that do not get in with the password alone. */
export function coverOf(tenant: Tenant): Cover {
  const shapes = ordinaryShapes(tenant);
  const enabled = tenant.users.filter((user) => user.accountEnabled !== false);
  return new Map(enabled.map((user) => [user.id, protectedShapes(questionOf(tenant, user.id), shapes)]));
}

function questionOf(tenant: Tenant, userId: string): OutcomeQuestion {
  const subject = readSubject(tenant, { kind: 'user', userId });
  return { tenant, subject, options: { policies: policiesAbout(tenant, subject) } };
}

function protectedShapes(question: OutcomeQuestion, shapes: readonly Shape[]): Map<string, Protection> {
  const found = new Map<string, Protection>();
  for (const { name, signIn } of shapes) {
    const protection = protectionOf(question, signIn);
    if (protection !== null) found.set(name, protection);
  }
  return found;
}

function protectionOf(question: OutcomeQuestion, signIn: Circumstances): Protection | null {
  const judgement = judgeSubject(question, signIn);
  switch (demandOfSubject(question, signIn, judgement)) {
    case 'blocked':
      return 'blocked';
    case 'promptedCanAnswer':
    case 'promptedNotRegistered':
      return 'mfa';
    case 'allowedWithoutMfa':
      return judgement.securityDefaults.mfa === 'whenNecessary' ? 'mfaWhenNecessary' : null;
  }
}

type Look = { isLockedOut: boolean; cover: Map<string, Protection> };
/** What was seen of people under everything on which it depends; what did not change is not looked at again. */
export type LookMemo = Map<string, Look>;

/** `lockedOut` and `coverOf` together, for many states of one tenant that differ little from each other. */
export function lookAround(tenant: Tenant, memo: LookMemo): { lockedOut: string[]; cover: Cover } {
  const shapes = ordinaryShapes(tenant);
  const told = tellerOf(tenant, shapes);
  const looks = tenant.users
    .filter((user) => user.accountEnabled !== false)
    .map((user) => {
      const subject = readSubject(tenant, { kind: 'user', userId: user.id });
      const policies = policiesAbout(tenant, subject).filter((policy) => isEnforced(policy, {}));
      const key = told(subject, policies);
      const known = memo.get(key) ?? lookAt({ tenant, subject, options: { policies } }, shapes);
      memo.set(key, known);
      return { userId: user.id, ...known };
    });
  return {
    lockedOut: looks.filter(({ isLockedOut }) => isLockedOut).map(({ userId }) => userId),
    cover: new Map(looks.map(({ userId, cover }) => [userId, cover])),
  };
}

/**
 * Tells everything on which a look at somebody depends, so that people of whom the same can be said share one look: who
 * somebody is and in which groups matters only by what each policy's users condition makes of it.
 */
function tellerOf(tenant: Tenant, shapes: readonly Shape[]) {
  const common = JSON.stringify([
    shapes,
    tenant.allowedMethods,
    tenant.namedLocations,
    tenant.organization,
    tenant.securityDefaults,
    tenant.servicePrincipals,
  ]);
  const registration = registrationPolicies(tenant);
  const texts = new Map(tenant.conditionalAccessPolicies.map((policy) => [policy, JSON.stringify(policy)]));
  return (subject: Subject, policies: Tenant['conditionalAccessPolicies']): string => {
    if (subject.kind !== 'user') return digestOf(JSON.stringify([common, subject, [...texts.values()]]));
    const { userId, roles, externalTypes, externalTenantId } = subject.person;
    const about = [...policies, ...registration].map((policy) => [
      texts.get(policy),
      answerOf(policy, subject, tenant),
    ]);
    const methods = Object.entries(tenant.authenticationMethods).find(([id]) => id.toLowerCase() === userId)?.[1];
    const perUser = Object.entries(tenant.perUserMfa).find(([id]) => id.toLowerCase() === userId)?.[1];
    const person = [[...roles].sort(), externalTypes, externalTenantId, methods, perUser];
    return digestOf(JSON.stringify([common, about, person]));
  };
}

function answerOf(policy: GraphObject, subject: Subject, tenant: Tenant): unknown {
  return subjectFinding(objectAt(policy, 'conditions'), subject, tenant).answer;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

function lookAt(question: OutcomeQuestion, shapes: readonly Shape[]): Look {
  return {
    isLockedOut: !shapes.some((shape) => getsIn(question, shape)),
    cover: protectedShapes(question, shapes),
  };
}

/** People who can do, after, some ordinary sign-in with the password alone that was protected before. */
export function compareCover(before: Cover, after: Cover): CoverLoss[] {
  return [...before]
    .map(([userId, shapes]) => {
      const remaining = after.get(userId);
      const lost = remaining === undefined ? [] : [...shapes.keys()].filter((shape) => !remaining.has(shape));
      return { userId, shapes: lost };
    })
    .filter(({ shapes }) => shapes.length > 0);
}
