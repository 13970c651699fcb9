/**
 * Which accounts are carved out of the policy, and on what evidence. Break-glass accounts are declared; service
 * accounts are declared, hold the directory synchronisation role, or sign in only as programs do; shared mailboxes
 * are what Exchange calls so; people on leave are what HR calls so. An employee at work is none of these, whatever
 * has been declared: the contradiction is shown to a person.
 */
import { syncAccounts } from '../roster/account-class.core.ts';
import type { Account, AccountClass, Person } from '../roster/roster-types.core.ts';
import { breakGlassEvidence, checkBreakGlass } from './break-glass.core.ts';
import { classRows, requestedRows } from './decided-rows.core.ts';
import { EXCEPTION_SETTINGS, type Facts, rowOf } from './exception-row.core.ts';
import type {
  ClassifyInput,
  ExceptionClasses,
  ExceptionConflict,
  ExceptionKind,
  ExceptionRow,
  ExceptionTable,
  UnknownSource,
} from './exception-types.core.ts';
import { type ServiceEvidence, serviceEvidence } from './sign-in-profile.core.ts';

/**
 * Classifies every account. Each account stands in at most one row; the table is ordered by kind and account and does
 * not depend on the order of the input. What could not be read is named in `unknown`, and nothing is concluded from it.
 */
export function classify(input: ClassifyInput): ExceptionTable {
  const facts = factsOf(input);
  const table: ExceptionTable = {
    exceptions: [],
    candidates: [],
    conflicts: conflictsOf(facts),
    classes: classesOf(facts),
    breakGlass: [],
    unknown: unknownOf(input),
  };
  for (const account of input.accounts) classifyAccount(facts, account, table);
  // What facts alone make an exception comes first: an account stands in at most one row.
  table.exceptions.push(...requestedRows(input, table.exceptions));
  table.exceptions.push(...classRows(input, table.classes, table.exceptions));
  table.exceptions.sort((a, b) => compare(`${ORDER[a.kind]} ${a.accountId}`, `${ORDER[b.kind]} ${b.accountId}`));
  table.candidates.sort((a, b) => compare(a.accountId, b.accountId));
  table.breakGlass.sort((a, b) => compare(a.accountId, b.accountId));
  return table;
}

const ORDER: Record<ExceptionKind, number> = {
  ...{ breakGlass: 0, serviceAccount: 1, sharedMailbox: 2, onLeave: 3, extension: 4, mfaOff: 5 },
  ...{ guest: 6, room: 7, equipment: 8 },
};

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

const KNOWN_PEOPLE: ReadonlySet<AccountClass> = new Set(['leaver', 'futureHire', 'secondAccount']);

function factsOf(input: ClassifyInput): Facts {
  return {
    input,
    settings: { ...EXCEPTION_SETTINGS, ...input.settings },
    people: new Map((input.roster?.people ?? []).map((person) => [person.accountId, person])),
    ofKnownPeople: new Set(
      (input.roster?.accountWithoutHr ?? []).filter((one) => KNOWN_PEOPLE.has(one.class)).map((one) => one.accountId),
    ),
    purposes: new Map((input.mailboxes ?? []).map((mailbox) => [mailbox.id, mailbox.userPurpose ?? null])),
    capable: new Set((input.registration ?? []).flatMap((row) => (row.isMfaCapable === true ? row.id : []))),
    syncing: syncAccounts(input.roleAssignments ?? []),
    breakGlass: new Set(input.declared?.breakGlass ?? []),
    declaredService: new Set(input.declared?.serviceAccounts ?? []),
    shown: new Map((input.shown ?? []).map((row) => [`${row.kind} ${row.accountId}`, row])),
  };
}

function unknownOf(input: ClassifyInput): UnknownSource[] {
  const sources = {
    hr: input.roster,
    mailboxes: input.mailboxes,
    registration: input.registration,
    roleAssignments: input.roleAssignments,
    signIns: input.signInProfiles,
  };
  return Object.entries(sources)
    .filter(([, source]) => source === null || source === undefined)
    .map(([name]) => name as UnknownSource);
}

function isGuest(account: Account): boolean {
  return account.userType?.toLowerCase() === 'guest';
}

function classesOf({ input, people, purposes }: Facts): ExceptionClasses {
  const unclaimed = input.accounts.filter((account) => !people.has(account.id));
  const guests = unclaimed.filter(isGuest);
  const members = unclaimed.filter((account) => !isGuest(account));
  const isPackage = (account: Account) => account.userPrincipalName?.toLowerCase().startsWith('package_') ?? false;
  const rooms = members.filter((account) => purposes.get(account.id) === 'room');
  const equipment = members.filter((account) => purposes.get(account.id) === 'equipment' || isPackage(account));
  const listed = (accounts: readonly Account[]) => ({
    count: accounts.length,
    accountIds: accounts.map((account) => account.id).sort(),
  });
  return { guest: listed(guests), room: listed(rooms), equipment: listed(equipment) };
}

/** Declarations that a fact contradicts, and declarations of accounts that do not exist. */
function conflictsOf({ input, people, purposes, breakGlass, declaredService }: Facts): ExceptionConflict[] {
  const known = new Set(input.accounts.map((account) => account.id));
  const conflicts: ExceptionConflict[] = [];
  const check = (accountId: string, kind: ExceptionKind, fact: string) => {
    const person = people.get(accountId);
    if (person !== undefined) conflicts.push({ accountId, kind, facts: [fact, employeeFact(person)] });
    else if (!known.has(accountId))
      conflicts.push({ accountId, kind, facts: [fact, 'the tenant has no such account'] });
  };
  for (const id of breakGlass) check(id, 'breakGlass', 'declared by the customer as a break-glass account');
  for (const id of declaredService) check(id, 'serviceAccount', 'declared by the customer as a service account');
  for (const id of people.keys()) {
    if (purposes.get(id) === 'shared') check(id, 'sharedMailbox', 'mailbox purpose shared in Exchange');
  }
  return conflicts.sort((a, b) => compare(`${a.accountId} ${a.kind}`, `${b.accountId} ${b.kind}`));
}

function employeeFact(person: Person): string {
  return `the account of employee ${person.employeeId}, who is ${person.hrStatus === 'onLeave' ? 'on leave' : 'at work'} (HR)`;
}

function classifyAccount(facts: Facts, account: Account, table: ExceptionTable): void {
  if (facts.breakGlass.has(account.id)) {
    const check = checkBreakGlass(account, facts.input);
    table.breakGlass.push(check);
    table.exceptions.push(rowOf(facts, account, { kind: 'breakGlass', evidence: breakGlassEvidence(check) }));
    return;
  }
  const person = facts.people.get(account.id);
  if (person !== undefined) {
    if (person.hrStatus === 'onLeave') table.exceptions.push(leaveRow(facts, account, person));
    return;
  }
  classifyUnclaimed(facts, account, table);
}

function classifyUnclaimed(facts: Facts, account: Account, table: ExceptionTable): void {
  const purpose = facts.purposes.get(account.id) ?? null;
  const signIns = signInEvidence(facts, account, purpose);
  const evidence = serviceFacts(facts, account);
  if (evidence.length > 0 || signIns?.strength === 'strong') {
    if (signIns !== null) evidence.push(signInSentence(signIns));
    if (purpose === 'shared') evidence.push(SHARED);
    table.exceptions.push(rowOf(facts, account, { kind: 'serviceAccount', evidence }));
  } else if (purpose === 'shared') {
    table.exceptions.push(rowOf(facts, account, { kind: 'sharedMailbox', evidence: sharedEvidence(facts, account) }));
  } else if (signIns !== null) {
    const { id, displayName, userPrincipalName } = account;
    const named = { accountId: id, displayName: displayName ?? '', userPrincipalName: userPrincipalName ?? null };
    table.candidates.push({ ...named, kind: 'serviceAccount', evidence: [signInSentence(signIns)] });
  }
}

const SHARED = 'mailbox purpose shared (Exchange mailbox settings)';
const BLOCKED = 'sign-in is blocked already (Entra account)';

function serviceFacts({ declaredService, syncing, input }: Facts, account: Account): string[] {
  const evidence: string[] = [];
  if (syncing.has(account.id)) evidence.push('holds the role Directory Synchronization Accounts (role assignments)');
  if (syncing.has(account.id) && input.isSyncByApplication === true) {
    evidence.push(
      'synchronisation runs through an application as well: this account may be unnecessary (applications)',
    );
  }
  if (declaredService.has(account.id)) evidence.push('declared by the customer as a service account (customer file)');
  if (evidence.length > 0 && account.accountEnabled === false) evidence.push(BLOCKED);
  return evidence;
}

function sharedEvidence({ input }: Facts, account: Account): string[] {
  const evidence = [SHARED];
  if (account.accountEnabled === false) evidence.push(BLOCKED);
  else if (input.signInProfiles?.has(account.id) === true) {
    evidence.push('somebody or something signs in to it directly: blocking stops that (sign-in logs)');
  }
  return evidence;
}

function signInSentence(evidence: ServiceEvidence): string {
  return `${evidence.sentence} (sign-in logs)`;
}

/**
 * What the sign-ins say about an account that could be a program's. Without HR nobody can be ruled out to be a person,
 * HR may know whose account it was, and who is able to answer MFA is a person: each leaves the evidence weak.
 */
function signInEvidence(facts: Facts, account: Account, purpose: string | null): ServiceEvidence | null {
  const { input, settings } = facts;
  const isOther = isGuest(account) || purpose === 'room' || purpose === 'equipment';
  if (account.accountEnabled === false || isOther) return null;
  const evidence = serviceEvidence(input.signInProfiles?.get(account.id), settings.service);
  if (evidence === null) return null;
  const isSomebodys = input.roster === null || facts.ofKnownPeople.has(account.id);
  const isWeakened = isSomebodys || purpose === 'shared' || facts.capable.has(account.id);
  return isWeakened ? { ...evidence, strength: 'weak' } : evidence;
}

function leaveRow(facts: Facts, account: Account, person: Person): ExceptionRow {
  const evidence = ['on leave (HR status)'];
  if (person.returnDate === null) evidence.push('no return date (HR)');
  else evidence.push(`returns on ${person.returnDate} (HR)`);
  if (person.returnDate !== null && person.returnDate < facts.input.today) {
    evidence.push('the return date has passed while HR still says on leave (HR)');
  }
  if (account.accountEnabled === false) evidence.push(BLOCKED);
  return rowOf(facts, account, { kind: 'onLeave', evidence, person });
}
