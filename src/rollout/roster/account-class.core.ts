/**
 * What an account is when it belongs to nobody at work. Break-glass accounts are what the customer declares, never
 * what looks like one; every other class rests on a fact of the directory, of HR or of the sign-in logs.
 */
import {
  SERVICE_EVIDENCE_LIMITS,
  type ServiceEvidenceLimits,
  type SignInProfile,
  serviceEvidence,
} from '../exceptions/sign-in-profile.core.ts';
import { DIRECTORY_SYNC_ROLE } from '../policy/evaluator/role-templates.core.ts';
import { type AddressFilter, addressHash, createAddressFilter } from './address-table.core.ts';
import { nameTokens } from './folding.core.ts';
import { compareEmployees, TIER } from './hr-rows.core.ts';
import { addressKey, isSmtp, localPart, proxyKey, SMTP_LENGTH } from './match-keys.core.ts';
import { accountAt, employeeAt, isGuest, type MatchState, NONE, sharesSurname } from './match-state.core.ts';
import type { Account, AccountClass, Declared, Mailbox, RegistrationRow, RoleAssignment } from './roster-types.core.ts';

/** What is known about accounts besides the directory object; a part that is absent says nothing. */
export type AccountFacts = {
  mailboxes?: readonly Mailbox[] | null | undefined;
  declared?: Declared | null | undefined;
  roleAssignments?: readonly RoleAssignment[] | null | undefined;
  signInProfiles?: ReadonlyMap<string, SignInProfile> | null | undefined;
  registration?: readonly RegistrationRow[] | null | undefined;
  serviceLimits?: ServiceEvidenceLimits | undefined;
};

export type ClassAnswer = { class: AccountClass; why: string; row: number };

/** Prepares the classing of accounts without an employee. */
export function createClassing(state: MatchState, facts: AccountFacts): (account: number) => ClassAnswer {
  const ownClassOf = createOwnClassing(facts);
  const hrRowOf = createHrLookup(state);
  return (position) => {
    const account = accountAt(state, position);
    const behind = hrRowOf(position);
    const own = ownClassOf(account);
    if (own !== null) return { ...own, row: behind?.row ?? NONE };
    if (behind !== null) return behind;
    const evidence = account.accountEnabled === false ? null : signInEvidence(facts, account.id);
    return evidence === null
      ? { class: 'unclassified', why: 'no HR row, mailbox, role, sign-in or declaration says what it is', row: NONE }
      : { class: 'serviceAccount', why: evidence, row: NONE };
  };
}

type OwnClass = { class: AccountClass; why: string };

/** What the account is by itself, whoever stands behind it in HR. */
function createOwnClassing(facts: AccountFacts): (account: Account) => OwnClass | null {
  const breakGlass = new Set(facts.declared?.breakGlass ?? []);
  const declared = new Set(facts.declared?.serviceAccounts ?? []);
  const syncing = syncAccounts(facts.roleAssignments ?? []);
  const purposes = new Map((facts.mailboxes ?? []).map((mailbox) => [mailbox.id, mailbox.userPurpose ?? null]));
  return (account) => {
    if (breakGlass.has(account.id)) return { class: 'breakGlass', why: 'declared by the customer' };
    if (isGuest(account)) return { class: 'guest', why: 'user type Guest in Entra' };
    const purpose = purposes.get(account.id);
    const device = deviceClass(account, purpose);
    if (device !== null) return device;
    if (declared.has(account.id)) return { class: 'serviceAccount', why: 'declared by the customer' };
    if (syncing.has(account.id)) return { class: 'serviceAccount', why: 'holds the directory synchronisation role' };
    return purpose === 'shared' ? { class: 'sharedMailbox', why: 'mailbox purpose shared in Exchange' } : null;
  };
}

/** The accounts that hold the directory synchronisation role now. */
export function syncAccounts(assignments: readonly RoleAssignment[]): Set<string> {
  const active = assignments.filter(
    (one) => one.roleDefinitionId.toLowerCase() === DIRECTORY_SYNC_ROLE && one.eligible !== true,
  );
  return new Set(active.map((one) => one.principalId));
}

function deviceClass(
  account: Account,
  purpose: string | null | undefined,
): { class: AccountClass; why: string } | null {
  if (purpose === 'room') return { class: 'room', why: 'mailbox purpose room in Exchange' };
  if (purpose === 'equipment') return { class: 'equipment', why: 'mailbox purpose equipment in Exchange' };
  const isPackage = account.userPrincipalName?.toLowerCase().startsWith('package_') ?? false;
  return isPackage ? { class: 'equipment', why: 'bulk-enrolment account (package_…)' } : null;
}

function signInEvidence(facts: AccountFacts, accountId: string): string | null {
  const limits = facts.serviceLimits ?? SERVICE_EVIDENCE_LIMITS;
  const evidence = serviceEvidence(facts.signInProfiles?.get(accountId), limits);
  if (evidence?.strength !== 'strong') return null;
  // Who is able to answer MFA is a person, or a program that needs no exception.
  const isCapable = facts.registration?.some((row) => row.id === accountId && row.isMfaCapable === true) ?? false;
  return isCapable ? null : evidence.sentence;
}

type HrAnswer = ClassAnswer | null;

/** The HR row behind an account that is not an employee's own: leaver, future hire or owner of a second account. */
function createHrLookup(state: MatchState): (account: number) => HrAnswer {
  const rowsByAddress = indexAddresses(state);
  const owners = indexOwners(state);
  return (position) => {
    const joined = state.employeeOf[position] as number;
    if (joined !== NONE) return { class: 'futureHire', why: HR_WHY.futureMade, row: joined };
    const owner = state.ownerOf[position] as number;
    if (owner >= 0) return fromOwner(state, owner, accountAt(state, position));
    const account = accountAt(state, position);
    const row = owner === NONE ? rowByAddress(rowsByAddress, account) : undefined;
    if (row !== undefined) return fromAddress(state, row);
    return secondOf(owners, account);
  };
}

const HR_WHY = {
  futureMade: 'made for somebody whose first day is to come',
  leaverId: 'bears the employee id of somebody who left',
  leaverMail: 'carries the work e-mail of somebody who left',
  futureId: 'bears the employee id of somebody whose first day is to come',
  secondId: 'bears the employee id of an employee who has another account',
  strangersId: 'bears the employee id of an employee who has another account, and not his name',
  secondMail: 'carries the work e-mail of an employee who has another account',
  secondName: 'named after an employee who has another account',
  unsettled: 'bears the employee id of an employee for whom no account could be settled',
};

function fromOwner(state: MatchState, row: number, account: Account): HrAnswer {
  const tier = state.tiers[row];
  if (tier === TIER.inactive) return { class: 'leaver', why: HR_WHY.leaverId, row };
  if (tier === TIER.future) return { class: 'futureHire', why: HR_WHY.futureId, row };
  if (state.accountOf[row] === NONE) return { class: 'unclassified', why: HR_WHY.unsettled, row };
  return sharesSurname(employeeAt(state, row), account)
    ? { class: 'secondAccount', why: HR_WHY.secondId, row }
    : { class: 'unclassified', why: HR_WHY.strangersId, row };
}

function fromAddress(state: MatchState, row: number): HrAnswer {
  if (state.tiers[row] === TIER.inactive) return { class: 'leaver', why: HR_WHY.leaverMail, row };
  return state.accountOf[row] === NONE ? null : { class: 'secondAccount', why: HR_WHY.secondMail, row };
}

/** Work e-mail -> HR row, for the addresses that accounts without employee carry; somebody at work before a leaver. */
function indexAddresses(state: MatchState): Map<string, number> {
  const filter = filterOfFree(state);
  const rows = new Map<string, number>();
  for (let row = 0; row < state.employees.length; row += 1) {
    if (!filter.mayHold(state.workHash[row] as number) || tierAt(state, row) === TIER.dropped) continue;
    const address = addressKey(employeeAt(state, row).workEmail);
    const other = rows.get(address);
    if (other === undefined || isRatherBy(state, row, other)) rows.set(address, row);
  }
  rows.delete('');
  return rows;
}

function filterOfFree(state: MatchState): AddressFilter {
  const free = freeAccounts(state);
  const filter = createAddressFilter(free.length * 3);
  for (const { mail, userPrincipalName, proxyAddresses } of free) {
    filter.add(addressHash(mail ?? '', 0));
    filter.add(addressHash(userPrincipalName ?? '', 0));
    for (const proxy of proxyAddresses ?? []) if (isSmtp(proxy)) filter.add(addressHash(proxy, SMTP_LENGTH));
  }
  return filter;
}

function isRatherBy(state: MatchState, row: number, other: number): boolean {
  const byTier = tierAt(state, row) - tierAt(state, other);
  return byTier === 0 ? compareEmployees(employeeAt(state, row), employeeAt(state, other)) < 0 : byTier < 0;
}

function tierAt(state: MatchState, row: number): number {
  return state.tiers[row] as number;
}

function freeAccounts(state: MatchState): Account[] {
  const free: Account[] = [];
  for (let account = 0; account < state.accounts.length; account += 1) {
    if (state.employeeOf[account] === NONE) free.push(accountAt(state, account));
  }
  return free;
}

function addressesOf(account: Account): string[] {
  const proxies = (account.proxyAddresses ?? []).map(proxyKey);
  return [addressKey(account.mail), addressKey(account.userPrincipalName), ...proxies];
}

function rowByAddress(rows: ReadonlyMap<string, number>, account: Account): number | undefined {
  const address = addressesOf(account).find((one) => rows.has(one));
  return address === undefined ? undefined : rows.get(address);
}

const ADMIN_AFFIX = /^(?:adm|admin|a|sa|da|ga|priv)[-._]|[-._](?:adm|admin|priv)$/;
const ADMIN_WORDS = new Set(['admin', 'adm', 'administrator', 'privileged', 'tier0', 'cloud', 'global']);

/** Local part of an employee's own account -> the employee, for the accounts named after it (`adm.ann`). */
function indexOwners(state: MatchState): { byLocal: Map<string, number>; state: MatchState } {
  const byLocal = new Map<string, number>();
  const wanted = new Set(freeAccounts(state).flatMap((account) => stemOf(account) ?? []));
  const samples = createSamples(wanted);
  for (let position = 0; wanted.size > 0 && position < state.accounts.length; position += 1) {
    const row = state.employeeOf[position] as number;
    const name = accountAt(state, position).userPrincipalName ?? '';
    if (row === NONE || !samples.mayHold(name)) continue;
    const local = localPart(addressKey(name));
    if (wanted.has(local)) byLocal.set(local, byLocal.has(local) ? NONE : row);
  }
  return { byLocal, state };
}

const SAMPLE_SLOTS = 2 ** 16;

/** Tells by the length and three letters before the `@` most of the sign-in names that cannot be among the wanted. */
function createSamples(wanted: Iterable<string>): { mayHold: (name: string) => boolean } {
  const slots = new Uint8Array(SAMPLE_SLOTS);
  const lengths = new Set<number>();
  for (const stem of wanted) {
    lengths.add(stem.length);
    slots[sampleOf(stem, stem.length) % SAMPLE_SLOTS] = 1;
  }
  return {
    mayHold(name) {
      const length = name.indexOf('@');
      const sample = sampleOf(name, length);
      return sample === UNUSUAL ? lengths.has(length) : slots[sample % SAMPLE_SLOTS] === 1;
    },
  };
}

/** Letters whose case or form cannot be told without reading the whole name. */
const UNUSUAL = -1;

function sampleOf(name: string, length: number): number {
  const first = name.charCodeAt(0);
  const middle = name.charCodeAt(length >> 1);
  const last = name.charCodeAt(length - 1);
  if ((first | middle | last) > 127 || first < 33) return UNUSUAL;
  return ((length * 31 + (first | 32)) * 31 + (middle | 32)) * 31 + (last | 32);
}

/**
 * The local part without what marks an admin account or, at an account without a mailbox, a further account; null for
 * an account that is not marked so.
 */
function stemOf(account: Account): string | null {
  const local = localPart(addressKey(account.userPrincipalName));
  const isMailless = (account.mail ?? '') === '';
  const stem = local.replace(ADMIN_AFFIX, '');
  const stripped = stem === local && isMailless ? local.replace(/\d$/, '') : stem;
  return stripped === local || stripped === '' ? null : stripped;
}

/** An account named after an employee in both sign-in name and display name. */
function secondOf(owners: ReturnType<typeof indexOwners>, account: Account): HrAnswer {
  const stem = stemOf(account);
  const row = stem === null ? undefined : owners.byLocal.get(stem);
  if (row === undefined || row === NONE) return null;
  const employee = employeeAt(owners.state, row);
  const words = nameTokens(account.displayName).filter((word) => !ADMIN_WORDS.has(word));
  const name = new Set(nameTokens(employee.firstName, employee.lastName, employee.displayName));
  const isNamedAlike = words.length > 1 && words.every((word) => name.has(word));
  return isNamedAlike ? { class: 'secondAccount', why: HR_WHY.secondName, row } : null;
}
