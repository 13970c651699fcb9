/** Random sign-ins for Conditional Access cases, as bodies of the evaluate request. */
import type { GraphObject, Tenant } from '../../src/sandbox/world/world.ts';
import { APPS } from './random-ca-tenant.ts';
import type { Dice } from './random-dice.ts';

/** A fact that the request has no word for, other than leaving it out. */
export type AbsentFact = 'deviceInfo' | 'devicePlatform' | 'country';

const HOME_TENANTS = ['d0000000-0000-4000-8000-00000000000a', 'd0000000-0000-4000-8000-00000000000b'];
/** Kinds of people who can sign in without an object in the directory. */
const KINDS_WITHOUT_OBJECT = ['b2bDirectConnectUser', 'serviceProvider', 'otherExternalUser'];

const ADDRESSES = [
  '198.51.100.5',
  '198.51.100.200',
  '192.0.2.130',
  '192.0.2.5',
  '203.0.113.9',
  '2001:db8:85a3:0:0:8a2e:370:7334',
  '2001:DB8:0:FF::99',
  '2001:db8::7',
  '2001:db8::8',
  // An IPv4 address as a server that speaks both families writes it.
  '::ffff:198.51.100.5',
];

export type RandomSignIn = {
  /** Body of the evaluate request. */
  signIn: GraphObject;
  /** Facts that the request cannot say and that are known to be absent: an unregistered device, no known platform. */
  absent: AbsentFact[];
  /** The country of the telephone where it is not that of the address, for which the request has one word. */
  gpsCountry?: string;
};

/** Several sign-ins of one tenant; some differ from the one before in a single fact, as those of a replayed day do. */
export function randomSignIns(dice: Dice, tenant: Tenant, count: number): RandomSignIn[] {
  const signIns = [randomSignIn(dice, tenant)];
  for (let last = signIns[0]; last !== undefined && signIns.length < count; last = signIns.at(-1)) {
    const next = randomSignIn(dice, tenant);
    signIns.push(dice.chance(0.4) ? withOneFactOf(next, last, dice) : next);
  }
  return signIns;
}

function withOneFactOf(other: RandomSignIn, last: RandomSignIn, dice: Dice): RandomSignIn {
  const facts = objectOf(other.signIn.signInConditions);
  const fact = dice.one(['signInIdentity', 'signInContext', ...Object.keys(facts)]);
  if (fact in other.signIn) return { ...last, signIn: { ...last.signIn, [fact]: other.signIn[fact] } };
  const conditions = { ...objectOf(last.signIn.signInConditions), [fact]: facts[fact] };
  return {
    ...last,
    signIn: { ...last.signIn, signInConditions: conditions },
    absent: last.absent.filter((name) => name !== fact),
  };
}

function objectOf(value: unknown): GraphObject {
  return typeof value === 'object' && value !== null ? (value as GraphObject) : {};
}

/**
 * A sign-in of a person (seldom a service principal). Some tell everything, the others leave out a fact here and there;
 * an unregistered device, an unsupported platform and an address of no country are told apart from both.
 */
function randomSignIn(dice: Dice, tenant: Tenant): RandomSignIn {
  const isPrincipal = dice.chance(0.04);
  const conditions = randomConditions(dice);
  const absent: AbsentFact[] = [
    ...dice.some<AbsentFact>(['deviceInfo'], 0.25),
    ...dice.some<AbsentFact>(['devicePlatform', 'country'], 0.05),
  ];
  const keptShare = dice.one([1, 0.9]);
  const given = Object.entries(conditions)
    .filter(([name]) => !absent.some((fact) => fact === name))
    .filter(() => dice.chance(keptShare));
  const signIn = {
    signInIdentity: isPrincipal
      ? {
          '@odata.type': '#microsoft.graph.servicePrincipalSignIn',
          servicePrincipalId: dice.one(tenant.servicePrincipals).id,
        }
      : randomIdentity(dice, tenant),
    signInContext: isPrincipal ? appContext(dice) : randomContext(dice),
    signInConditions: Object.fromEntries(given),
    appliedPoliciesOnly: dice.chance(0.5),
  };
  return { signIn, absent, ...(dice.chance(0.1) ? { gpsCountry: dice.one(['NL', 'BE', 'JP']) } : {}) };
}

function randomIdentity(dice: Dice, tenant: Tenant): GraphObject {
  const type = { '@odata.type': '#microsoft.graph.userSignIn' };
  if (dice.chance(0.05)) {
    const home = dice.chance(0.8) ? { externalTenantId: dice.one(HOME_TENANTS) } : {};
    return { ...type, externalUserType: dice.one(KINDS_WITHOUT_OBJECT), ...home };
  }
  const user = dice.one(tenant.users);
  const isFromElsewhere = user.externalUserState !== null;
  return {
    ...type,
    userId: dice.chance(0.1) ? user.id.toUpperCase() : user.id,
    ...(isFromElsewhere && dice.chance(0.8) ? { externalTenantId: dice.one(HOME_TENANTS) } : {}),
  };
}

function appContext(dice: Dice): GraphObject {
  return {
    '@odata.type': '#microsoft.graph.applicationContext',
    includeApplications: [dice.one(Object.values(APPS))],
  };
}

function randomContext(dice: Dice): GraphObject {
  switch (dice.weighted({ app: 8, action: 1, context: 1 })) {
    case 'app':
      return appContext(dice);
    case 'action':
      return {
        '@odata.type': '#microsoft.graph.userActionContext',
        userAction: dice.one(['registerSecurityInformation', 'registerOrJoinDevices']),
      };
    case 'context':
      return { '@odata.type': '#microsoft.graph.authContext', authenticationContextValue: dice.one(['c1', 'c2']) };
  }
}

function randomConditions(dice: Dice): GraphObject {
  const risk = (): string => dice.weighted({ none: 4, low: 1, medium: 1, high: 1 });
  return {
    clientAppType: dice.one(['browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'easSupported', 'other']),
    devicePlatform: dice.one(['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux']),
    ipAddress: dice.chance(0.01) ? 'not an address' : dice.one(ADDRESSES),
    country: dice.one(['NL', 'BE', 'US', 'JP']),
    signInRiskLevel: risk(),
    userRiskLevel: risk(),
    servicePrincipalRiskLevel: risk(),
    insiderRiskLevel: dice.one(['none', 'minor', 'moderate', 'elevated']),
    authenticationFlow: { transferMethod: dice.weighted({ none: 4, deviceCodeFlow: 1, authenticationTransfer: 1 }) },
    deviceInfo: randomDevice(dice),
  };
}

/** A registered device; every attribute may be absent. */
function randomDevice(dice: Dice): GraphObject {
  const all: GraphObject = {
    deviceId: dice.one(['90000000-0000-4000-8000-0000000000d1', '90000000-0000-4000-8000-0000000000d2']),
    displayName: dice.one(['LAPTOP-017', 'phone of person 3']),
    isCompliant: dice.chance(0.5),
    trustType: dice.one(['AzureAD', 'ServerAD', 'Workplace']),
    operatingSystem: dice.one(['Windows', 'iOS', 'Android']),
    operatingSystemVersion: dice.one(['10.0.19045.1', '17.4']),
    ownership: dice.one(['Company', 'Personal']),
    manufacturer: dice.one(['Northwind Devices', 'Tailspin']),
    mdmAppId: dice.one(['0000000a-0000-0000-c000-000000000000', '90000000-0000-4000-8000-0000000000ee']),
    extensionAttribute1: dice.one(['SAW', 'kiosk']),
    physicalIds: ['[ZTDId]:7', '[OrderId]:north'],
    systemLabels: dice.some(['MultiUser', 'M365Managed'], 0.5),
  };
  return Object.fromEntries(Object.entries(all).filter(() => dice.chance(0.8)));
}
