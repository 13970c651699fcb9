import { type Account, instantOf, type Stage } from './draft.ts';
import type { Random } from './random.ts';

/**
 * Names as `methodsRegistered` writes them, each with the type that `/authentication/methods` lists. A password is in
 * every list and is no method of the report; e-mail serves password resets only.
 */
const GRAPH_TYPES = {
  microsoftAuthenticatorPush: '#microsoft.graph.microsoftAuthenticatorAuthenticationMethod',
  softwareOneTimePasscode: '#microsoft.graph.softwareOathAuthenticationMethod',
  mobilePhone: '#microsoft.graph.phoneAuthenticationMethod',
  passKeyDeviceBound: '#microsoft.graph.fido2AuthenticationMethod',
  windowsHelloForBusiness: '#microsoft.graph.windowsHelloForBusinessAuthenticationMethod',
  email: '#microsoft.graph.emailAuthenticationMethod',
} as const;

export type MethodName = keyof typeof GRAPH_TYPES;

export type GraphMethod = { id: string; '@odata.type': string; [property: string]: unknown };

const PASSWORD_METHOD_ID = '28c10230-6103-485e-b985-444c60001490';
const MOBILE_PHONE_METHOD_ID = '3179e48a-750b-4051-897c-87b9720928f7';
const NOT_STRONG: readonly string[] = ['email', 'securityQuestion'];
const STRONG_SETS: readonly MethodName[][] = [
  ['microsoftAuthenticatorPush'],
  ['microsoftAuthenticatorPush', 'mobilePhone'],
  ['microsoftAuthenticatorPush', 'softwareOneTimePasscode', 'mobilePhone'],
  ['microsoftAuthenticatorPush', 'email'],
  ['passKeyDeviceBound', 'microsoftAuthenticatorPush'],
  ['microsoftAuthenticatorPush', 'windowsHelloForBusiness'],
];

/** Whether a registered method counts as a second factor at all. */
export function isStrong(method: string): boolean {
  return !NOT_STRONG.includes(method);
}

/** What a row of the registration report says about MFA for these methods under the tenant's methods policy. */
export function registrationOf(methods: readonly string[], allowed: readonly string[]) {
  const strong = methods.filter(isStrong);
  return { isMfaRegistered: strong.length > 0, isMfaCapable: strong.some((method) => allowed.includes(method)) };
}

/** The name in `methodsRegistered` of what `/authentication/methods` lists; null for a password. */
export function methodNameOf(method: { '@odata.type': string }): MethodName | null {
  const known = Object.entries(GRAPH_TYPES).find(([, type]) => type === method['@odata.type']);
  return known === undefined ? null : (known[0] as MethodName);
}

/** Which methods the tenant allows: with the premium plan one of two weak ones is off, else all are on. */
export function drawAllowedMethods(
  random: Random,
  premium: boolean,
): { allowed: MethodName[]; off: MethodName | null } {
  const names = (Object.keys(GRAPH_TYPES) as MethodName[]).filter((name) => name !== 'email');
  const off = premium ? random.pick<MethodName>(['mobilePhone', 'softwareOneTimePasscode']) : null;
  return { allowed: names.filter((name) => name !== off), off };
}

/**
 * Enrols the people: more than half are capable, some are registered with a method that the tenant does not allow,
 * the rest is not registered; a few enrolled so lately that the report does not know yet.
 */
export function enrolPeople(stage: Stage, off: MethodName | null): void {
  const random = stage.random.fork('enrolment');
  let late = 0;
  for (const account of stage.accounts) {
    if (!mayEnrol(account)) continue;
    account.methods = drawMethods(random, off);
    const isLate = account.methods.some(isStrong) && account.enabled && (random.chance(0.03) || late === 0);
    if (!isLate || !stage.facts.premium) continue;
    late += 1;
    account.lag = {
      knownFrom: instantOf(stage.facts, 0.04 + random.next() * 0.2),
      reportedBefore: random.chance(0.8) || off === null ? [] : [off],
    };
  }
}

function mayEnrol(account: Account): boolean {
  const never: readonly string[] = ['serviceAccount', 'sharedMailbox', 'room', 'equipment', 'breakGlass', 'futureHire'];
  return !never.includes(account.standing);
}

function drawMethods(random: Random, off: MethodName | null): MethodName[] {
  const roll = random.next();
  if (roll < 0.55) return [...random.pick(STRONG_SETS)];
  if (roll < 0.62 && off !== null) return random.chance(0.5) ? [off] : [off, 'email'];
  return random.chance(0.15) ? ['email'] : [];
}

/** What `/users/{id}/authentication/methods` lists for the account. */
export function graphMethods(stage: Stage, account: Account, random: Random): GraphMethod[] {
  const created = instantOf(stage.facts, Math.min(-1, account.createdDay + 7));
  const list: GraphMethod[] = [
    {
      '@odata.type': '#microsoft.graph.passwordAuthenticationMethod',
      id: PASSWORD_METHOD_ID,
      password: null,
      createdDateTime: instantOf(stage.facts, account.createdDay),
    },
  ];
  for (const method of account.methods as MethodName[]) {
    list.push({ '@odata.type': GRAPH_TYPES[method], id: random.uuid(), ...details(method, account, random, created) });
  }
  return list;
}

function details(
  method: MethodName,
  account: Account,
  random: Random,
  createdDateTime: string,
): Record<string, unknown> {
  switch (method) {
    case 'microsoftAuthenticatorPush':
      return {
        displayName: 'Phone',
        deviceTag: 'SoftwareTokenActivated',
        phoneAppVersion: '6.2511.7533',
        createdDateTime,
      };
    case 'softwareOneTimePasscode':
      return { secretKey: null, createdDateTime };
    case 'mobilePhone': {
      const phoneNumber = `+1 5550${String(100000 + random.int(900000))}`;
      return {
        id: MOBILE_PHONE_METHOD_ID,
        phoneNumber,
        phoneType: 'mobile',
        smsSignInState: 'notAllowedByPolicy',
        createdDateTime,
      };
    }
    case 'passKeyDeviceBound':
      return {
        displayName: 'Security key',
        aaGuid: '2fc0579f-8113-47ea-b116-555a8db9202a',
        model: 'NFC key',
        attestationCertificates: [random.hex(40)],
        attestationLevel: 'attested',
        passkeyType: 'deviceBound',
        createdDateTime,
      };
    case 'windowsHelloForBusiness':
      return { displayName: 'Laptop', keyStrength: 'normal', createdDateTime };
    case 'email':
      return {
        id: '3ddfcfc8-9383-446f-83cc-3ab9be4be18f',
        emailAddress: `${account.name.latinLast}@mail.example`,
        createdDateTime,
      };
  }
}
