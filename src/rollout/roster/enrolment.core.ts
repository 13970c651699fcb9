/**
 * Who can answer MFA today: three values, and never a guess. `isMfaCapable` (registered, and allowed by the tenant's
 * authentication-methods policy) decides; without the report the person's own methods do; without either it is unknown.
 */
import type { Account, AccountMethods, Enrolment, RegistrationRow } from './roster-types.core.ts';

/** Why there is no registration report; null when there is one. */
export type RegistrationGap = 'notLicensed' | 'notRead';

export type EnrolmentSources = {
  registration: readonly RegistrationRow[] | null;
  registrationGap?: RegistrationGap | null | undefined;
  methods?: readonly AccountMethods[] | null | undefined;
};

export type EnrolmentAnswer = { enrolment: Enrolment; why: string; methods: readonly string[] };

const NO_METHODS: readonly string[] = [];

const CAPABLE = 'the registration report shows a usable MFA method';
const NOT_REGISTERED = 'the registration report shows no MFA method';
const NOT_CAPABLE = 'a method is registered, but the authentication-methods policy does not allow it';
const NOT_TOLD = 'the registration report has a row without an answer';
const DISABLED = 'the account is disabled: the registration report leaves such accounts out';
const NOT_YET = 'the account is not in the registration report yet';
const NOT_LICENSED = 'the registration report needs an Entra ID P1 licence that the tenant does not have';
const NOT_READ = 'the registration report could not be read';
const METHODS_CAPABLE = "the account's own list of methods shows an MFA method";
const METHODS_NONE = "the account's own list of methods shows no MFA method";
const METHODS_STRANGE = "the account's own list of methods shows only methods that this product does not know";

/** Methods that answer an MFA request; a Temporary Access Pass does so for hours only, and is not counted as enrolled. */
const MFA_METHODS = new Set([
  'microsoftAuthenticator',
  'phone',
  'fido2',
  'passkey',
  'softwareOath',
  'hardwareOath',
  'windowsHelloForBusiness',
  'x509Certificate',
  'platformCredential',
  'external',
]);

const OTHER_METHODS = new Set(['password', 'email', 'temporaryAccessPass', 'qrCodePin', 'securityQuestions']);

/** The answers for accounts by their position. */
export type EnrolmentTable = { answerOf(account: number): EnrolmentAnswer };

type Accounts = { accounts: readonly Account[]; byObjectId: ReadonlyMap<string, number> };

/** Prepares the answer to "is this account enrolled?" for every account, from what could be read. */
export function createEnrolment(sources: EnrolmentSources, { accounts, byObjectId }: Accounts): EnrolmentTable {
  const rowOf = indexRows(sources.registration ?? [], { accounts, byObjectId });
  const own = new Map((sources.methods ?? []).map((entry) => [byObjectId.get(entry.id), entry]));
  const withoutRow = sources.registration === null ? gapAnswer(sources.registrationGap) : null;
  return {
    answerOf(account) {
      const row = rowOf[account];
      if (row !== undefined) return fromRow(row);
      const methods = own.size === 0 ? undefined : own.get(account);
      if (methods !== undefined) return fromMethods(methods);
      return withoutRow ?? (accounts[account]?.accountEnabled === false ? ANSWERS.disabled : ANSWERS.notYet);
    },
  };
}

function unknown(why: string): EnrolmentAnswer {
  return { enrolment: 'unknown', why, methods: NO_METHODS };
}

const ANSWERS = { notYet: unknown(NOT_YET), disabled: unknown(DISABLED) };

function gapAnswer(gap: RegistrationGap | null | undefined): EnrolmentAnswer {
  return unknown(gap === 'notLicensed' ? NOT_LICENSED : NOT_READ);
}

/** Of two rows for one account the later one counts, and of two of one age the one that says less. */
function indexRows(
  registration: readonly RegistrationRow[],
  { accounts, byObjectId }: Accounts,
): (RegistrationRow | undefined)[] {
  const rows = new Array<RegistrationRow | undefined>(accounts.length).fill(undefined);
  for (const row of registration) {
    const account = byObjectId.get(row.id);
    if (account === undefined) continue;
    const kept = rows[account];
    if (kept === undefined || isBetter(row, kept)) rows[account] = row;
  }
  return rows;
}

function isBetter(row: RegistrationRow, kept: RegistrationRow): boolean {
  const [at, keptAt] = [row.lastUpdatedDateTime ?? '', kept.lastUpdatedDateTime ?? ''];
  return at === keptAt ? row.isMfaCapable !== true : at > keptAt;
}

function fromRow(row: RegistrationRow): EnrolmentAnswer {
  const methods = row.methodsRegistered ?? NO_METHODS;
  if (row.isMfaCapable === true) return { enrolment: 'capable', why: CAPABLE, methods };
  if (row.isMfaCapable !== false) return { enrolment: 'unknown', why: NOT_TOLD, methods };
  return { enrolment: 'not', why: row.isMfaRegistered === true ? NOT_CAPABLE : NOT_REGISTERED, methods };
}

function fromMethods(own: AccountMethods): EnrolmentAnswer {
  const names = own.methods.map((method) => methodName(method['@odata.type']));
  const methods = names.filter((name) => name !== 'password');
  if (names.some((name) => MFA_METHODS.has(name))) return { enrolment: 'capable', why: METHODS_CAPABLE, methods };
  if (names.some((name) => !OTHER_METHODS.has(name))) return { enrolment: 'unknown', why: METHODS_STRANGE, methods };
  return { enrolment: 'not', why: METHODS_NONE, methods };
}

/** `#microsoft.graph.fido2AuthenticationMethod` -> `fido2`. */
function methodName(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1).replace(/AuthenticationMethod$/, '');
}
