/**
 * Who can answer MFA today: three values, and never a guess. `isMfaCapable` (registered, and allowed by the tenant's
 * authentication-methods policy) decides; without the report the person's own methods do; without either it is unknown.
 */
import type { ObjectIdTable } from './object-id-table.core.ts';
import type { Account, AccountMethods, Enrolment, RegistrationRow } from './roster-types.core.ts';

/** Why there is no registration report; null when there is one. */
export type RegistrationGap = 'notLicensed' | 'notRead';

export type EnrolmentSources = {
  registration: readonly RegistrationRow[] | null;
  registrationGap?: RegistrationGap | null | undefined;
  methods?: readonly AccountMethods[] | null | undefined;
};

export type EnrolmentAnswer = { enrolment: Enrolment; why: string };

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

/** What can be said of an account, by its position. */
export type EnrolmentTable = {
  answerOf(account: number): EnrolmentAnswer;
  methodsOf(account: number): readonly string[];
};

type Accounts = { accounts: readonly Account[]; byObjectId: ObjectIdTable };

/** Prepares the answer to "is this account enrolled?" for every account, from what could be read. */
export function createEnrolment(sources: EnrolmentSources, { accounts, byObjectId }: Accounts): EnrolmentTable {
  const report = readReport(sources.registration ?? [], { accounts, byObjectId });
  const own = new Map((sources.methods ?? []).map((entry) => [byObjectId.get(entry.id), fromMethods(entry)]));
  const withoutRow = sources.registration === null ? gapAnswer(sources.registrationGap) : null;
  const ownOf = (account: number) => (own.size === 0 ? undefined : own.get(account));
  return {
    answerOf(account) {
      const told = REPORTED[report.answers[account] as number];
      if (told !== undefined) return told;
      const missing = accounts[account]?.accountEnabled === false ? DISABLED_ANSWER : NOT_YET_ANSWER;
      return ownOf(account)?.answer ?? withoutRow ?? missing;
    },
    methodsOf(account) {
      if (report.answers[account] !== 0) return report.methods[account] ?? NO_METHODS;
      return ownOf(account)?.methods ?? NO_METHODS;
    },
  };
}

function unknown(why: string): EnrolmentAnswer {
  return { enrolment: 'unknown', why };
}

const DISABLED_ANSWER = unknown(DISABLED);
const NOT_YET_ANSWER = unknown(NOT_YET);

function gapAnswer(gap: RegistrationGap | null | undefined): EnrolmentAnswer {
  return unknown(gap === 'notLicensed' ? NOT_LICENSED : NOT_READ);
}

/** What a row of the report can say; the place is the row's `answerIn`, and none stands for an account without row. */
const REPORTED: readonly (EnrolmentAnswer | undefined)[] = [
  undefined,
  { enrolment: 'capable', why: CAPABLE },
  { enrolment: 'not', why: NOT_REGISTERED },
  { enrolment: 'not', why: NOT_CAPABLE },
  unknown(NOT_TOLD),
];

function answerIn(row: RegistrationRow): number {
  if (row.isMfaCapable === true) return 1;
  if (row.isMfaCapable !== false) return 4;
  return row.isMfaRegistered === true ? 3 : 2;
}

/** By account, the place of the answer in REPORTED, and the methods. */
type Report = { answers: Uint8Array; methods: (readonly string[] | undefined)[] };

/** Reads the rows in the order in which they lie, and keeps of each only what a person's row shows. */
function readReport(registration: readonly RegistrationRow[], { accounts, byObjectId }: Accounts): Report {
  const answers = new Uint8Array(accounts.length);
  const methods = new Array<readonly string[] | undefined>(accounts.length).fill(undefined);
  const keptAt = new Int32Array(accounts.length);
  for (let at = 0; at < registration.length; at += 1) {
    const row = registration[at] as RegistrationRow;
    const account = byObjectId.get(row.id);
    if (account === -1) continue;
    const isFirst = answers[account] === 0;
    if (!isFirst && !outranks(row, registration[keptAt[account] as number] as RegistrationRow)) continue;
    keptAt[account] = at;
    answers[account] = answerIn(row);
    methods[account] = row.methodsRegistered ?? NO_METHODS;
  }
  return { answers, methods };
}

/**
 * Whether a row of the report counts before another one of the same account: the later one does, and of two of one age
 * the one that says less.
 */
export function outranks(row: RegistrationRow, kept: RegistrationRow): boolean {
  const [at, keptAt] = [row.lastUpdatedDateTime ?? '', kept.lastUpdatedDateTime ?? ''];
  return at === keptAt ? row.isMfaCapable !== true : at > keptAt;
}

function fromMethods(own: AccountMethods): { answer: EnrolmentAnswer; methods: readonly string[] } {
  const names = own.methods.map((method) => methodName(method['@odata.type']));
  return { answer: answerFrom(names), methods: names.filter((name) => name !== 'password') };
}

function answerFrom(names: readonly string[]): EnrolmentAnswer {
  if (names.some((name) => MFA_METHODS.has(name))) return { enrolment: 'capable', why: METHODS_CAPABLE };
  if (names.some((name) => !OTHER_METHODS.has(name))) return { enrolment: 'unknown', why: METHODS_STRANGE };
  return { enrolment: 'not', why: METHODS_NONE };
}

/** `#microsoft.graph.fido2AuthenticationMethod` -> `fido2`. */
function methodName(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1).replace(/AuthenticationMethod$/, '');
}
