import { VendorRefusedError } from '../../lib/errors.ts';
import type { Graph } from './client.ts';
import { type KnownPage, readKnownPages } from './known-pages.ts';
import { type NotLicensed, orNotLicensed } from './licence-refusal.ts';
import { type ReadOptions, rowsOf } from './pages.ts';
import { type GraphMethod, type GraphRegistration, methodSchema, registrationSchema } from './wire.ts';

/** Names and kind of account are columns of the users' listing already. */
const SELECT = ['id', 'isMfaRegistered', 'isMfaCapable', 'methodsRegistered', 'lastUpdatedDateTime'].join(',');

/**
 * No page size is documented. The other reports give pages of 1,000; where that is refused, the size that other tools
 * are seen to use is asked for.
 */
const PAGE_SIZE = 1_000;
const PAGE_SIZE_WHEN_REFUSED = 999;

export type Registrations = { kind: 'rows'; rows: GraphRegistration[] } | NotLicensed;

/**
 * The registration report of the tenant. A user without a row is not known, never "not enrolled": disabled and deleted
 * users are absent, and the report lags by hours. A tenant without P1 gives `notLicensed`: ask user by user with
 * `readUserMethods` then. Needs AuditLog.Read.All.
 */
export function listRegistrations(graph: Graph, options: ReadOptions = {}): Promise<Registrations> {
  return orNotLicensed('P1', async () => ({ kind: 'rows' as const, rows: await readReport(graph, options) }));
}

export type RegistrationPages = { kind: 'pages'; pages: KnownPage<GraphRegistration>[] } | NotLicensed;

/**
 * The same report page by page, for a caller who knows what he took over before: the report can neither be filtered by
 * change nor does it have a delta, so that it is read whole, and pages that say the same as then are not parsed again.
 */
export function listRegistrationPages(
  graph: Graph,
  { known = new Set(), ...options }: ReadOptions & { known?: ReadonlySet<string> | undefined } = {},
): Promise<RegistrationPages> {
  const knowledge = { known, version: PAGES_VERSION, aside: 'lastUpdatedDateTime' };
  return orNotLicensed('P1', async () => ({
    kind: 'pages' as const,
    pages: await withPageSize((size) => readKnownPages(graph, listing(options, size), knowledge)),
  }));
}

/** Another number wherever rows are checked or stored in another form. */
const PAGES_VERSION = `registration/1 ${SELECT}`;

function readReport(graph: Graph, options: ReadOptions): Promise<GraphRegistration[]> {
  return withPageSize((size) => rowsOf(graph, listing(options, size)));
}

async function withPageSize<T>(read: (size: number) => Promise<T>): Promise<T> {
  try {
    return await read(PAGE_SIZE);
  } catch (error) {
    if (!(error instanceof VendorRefusedError) || error.call.status !== 400) throw error;
    return read(PAGE_SIZE_WHEN_REFUSED);
  }
}

function listing(options: ReadOptions, pageSize: number) {
  return {
    call: 'registration.list',
    row: registrationSchema,
    options: { ...options, query: { $select: SELECT, $top: pageSize } },
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
