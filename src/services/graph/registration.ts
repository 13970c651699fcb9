import type { Graph } from './client.ts';
import { type NotLicensed, orNotLicensed } from './licence-refusal.ts';
import { type ReadOptions, rowsOf } from './pages.ts';
import { type GraphMethod, type GraphRegistration, methodSchema, registrationSchema } from './wire.ts';

const SELECT = [
  'id',
  'userPrincipalName',
  'userDisplayName',
  'userType',
  'isAdmin',
  'isMfaRegistered',
  'isMfaCapable',
  'isPasswordlessCapable',
  'methodsRegistered',
  'lastUpdatedDateTime',
].join(',');

/** No page size is documented; this one is in wide use and stays below the limit of every other collection. */
const PAGE_SIZE = 999;

export type Registrations = { kind: 'rows'; rows: GraphRegistration[] } | NotLicensed;

/**
 * The registration report of the tenant. A user without a row is not known, never "not enrolled": disabled and deleted
 * users are absent, and the report lags by hours. A tenant without P1 gives `notLicensed`: ask user by user with
 * `readUserMethods` then. Needs AuditLog.Read.All.
 */
export function listRegistrations(graph: Graph, options: ReadOptions = {}): Promise<Registrations> {
  return orNotLicensed('P1', async () => ({ kind: 'rows' as const, rows: await rowsOf(graph, listing(options)) }));
}

function listing(options: ReadOptions) {
  return {
    call: 'registration.list',
    row: registrationSchema,
    options: { ...options, query: { $select: SELECT, $top: PAGE_SIZE } },
  } as const;
}

export type UserMethods = {
  /** Names as the registration report writes them; an unknown type keeps its own name. */
  methodsRegistered: string[];
  /** `unknown` where the only methods are of types this product does not know. */
  mfaCapable: 'capable' | 'not' | 'unknown';
  methods: GraphMethod[];
};

/** Method types, the report's name for each, and whether it answers a request for MFA by itself. */
const METHOD_TYPES: Record<string, { name: string; mfa: boolean }> = {
  microsoftAuthenticatorAuthenticationMethod: { name: 'microsoftAuthenticatorPush', mfa: true },
  passwordlessMicrosoftAuthenticatorAuthenticationMethod: { name: 'microsoftAuthenticatorPasswordless', mfa: true },
  softwareOathAuthenticationMethod: { name: 'softwareOneTimePasscode', mfa: true },
  hardwareOathAuthenticationMethod: { name: 'hardwareOneTimePasscode', mfa: true },
  fido2AuthenticationMethod: { name: 'fido2SecurityKey', mfa: true },
  windowsHelloForBusinessAuthenticationMethod: { name: 'windowsHelloForBusiness', mfa: true },
  platformCredentialAuthenticationMethod: { name: 'macOsSecureEnclaveKey', mfa: true },
  externalAuthenticationMethod: { name: 'externalAuthMethod', mfa: true },
  // A pass is for getting in once to register; whoever has only this has not enrolled.
  temporaryAccessPassAuthenticationMethod: { name: 'temporaryAccessPass', mfa: false },
  emailAuthenticationMethod: { name: 'email', mfa: false },
  passwordAuthenticationMethod: { name: 'password', mfa: false },
};

const PHONE_NAMES: Record<string, string> = {
  mobile: 'mobilePhone',
  alternateMobile: 'alternateMobilePhone',
  office: 'officePhone',
};

/**
 * The methods of one user, as of now and without P1. `mfaCapable` follows from what is registered; whether the
 * tenant's methods policy allows it is not seen here. Needs UserAuthenticationMethod.Read.All.
 */
export async function readUserMethods(graph: Graph, userId: string, options: ReadOptions = {}): Promise<UserMethods> {
  const methods = await rowsOf(graph, {
    call: 'registration.methods',
    row: methodSchema,
    options: { ...options, ids: { id: userId } },
  });
  return userMethodsOf(methods);
}

/** Tells from a list of methods what the registration report would say. */
export function userMethodsOf(methods: GraphMethod[]): UserMethods {
  const kinds = methods.map(kindOf);
  return {
    methodsRegistered: [...new Set(kinds.map(({ name }) => name).filter((name) => name !== 'password'))],
    mfaCapable: capabilityOf(kinds.map(({ mfa }) => mfa)),
    methods,
  };
}

function capabilityOf(kinds: (boolean | null)[]): UserMethods['mfaCapable'] {
  if (kinds.includes(true)) return 'capable';
  return kinds.includes(null) ? 'unknown' : 'not';
}

function kindOf(method: GraphMethod): { name: string; mfa: boolean | null } {
  const type = method['@odata.type'].replace(/^#?microsoft\.graph\./, '');
  if (type === 'phoneAuthenticationMethod')
    return { name: PHONE_NAMES[method.phoneType ?? ''] ?? 'mobilePhone', mfa: true };
  return METHOD_TYPES[type] ?? { name: type, mfa: null };
}
