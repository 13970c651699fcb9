/**
 * The rows of the master list. HR's department and manager stand, and Entra's differing value is shown beside them;
 * a manager who left or has no account is said to be so, and Entra's is never put in his place.
 */
import type { EnrolmentTable } from './enrolment.core.ts';
import { TIER } from './hr-rows.core.ts';
import { idKey } from './match-keys.core.ts';
import { accountAt, employeeAt, isGuest, MATCH_KEYS, type MatchState, NONE } from './match-state.core.ts';
import type {
  Account,
  AccountStatus,
  Difference,
  Employee,
  FutureHire,
  ManagerWhy,
  MatchedBy,
  Person,
  PersonWithoutAccount,
} from './roster-types.core.ts';

/** What every row of one list has in common. */
export type RowContext = {
  state: MatchState;
  /** What every person's id begins with: the HR system, and a colon. */
  idPrefix: string;
  /** False when the accounts were read without their managers: then nothing can differ. */
  isManagerRead: boolean;
  enrolment: EnrolmentTable;
  /** Rows that share their employee id -> their place amongst those that do. */
  places: ReadonlyMap<number, number>;
};

/** The row of an employee at work whose account is certain. */
export function personRow(context: RowContext, row: number): Person {
  const { state } = context;
  const employee = employeeAt(state, row);
  const position = state.accountOf[row] as number;
  const account = accountAt(state, position);
  const enrolment = context.enrolment.answerOf(position);
  const manager = managerOf(state, row, employee);
  const managerId = accountIdOf(state, manager);
  const managerWhy = managerWhyOf(state, manager, managerId);
  const department = textOf(employee.department);
  const isElsewhere = !isSameText(department, account.department ?? null);
  const isUnderAnother = context.isManagerRead && managerId !== (account.manager?.id ?? null);
  return {
    personId: personIdOf(context, row),
    accountId: account.id,
    employeeId: employee.employeeId,
    displayName: nameOf(employee),
    department,
    managerAccountId: managerWhy === null ? managerId : null,
    managerWhy,
    accountStatus: statusOf(account),
    enrolment: enrolment.enrolment,
    enrolmentWhy: enrolment.why,
    class: isGuest(account) ? 'guest' : 'employee',
    matchedBy: MATCH_KEYS[state.keyOf[row] as number] as MatchedBy,
    // Most rows have none, and share the empty list.
    differences:
      isElsewhere || isUnderAnother
        ? differencesOf(account, {
            department: isElsewhere ? { hr: department } : null,
            manager: isUnderAnother ? { hr: managerId ?? employeeRef(manager, employee) } : null,
          })
        : NO_DIFFERENCES,
    hrStatus: hrStatusOf(employee),
    returnDate: employee.returnDate,
    jobTitle: employee.jobTitle,
    userPrincipalName: account.userPrincipalName ?? null,
    mail: account.mail ?? null,
    methods: context.enrolment.methodsOf(position),
  };
}

/** The row of an employee at work for whom no account is certain. */
export function rowWithoutAccount(context: RowContext, row: number, why: string): PersonWithoutAccount {
  const employee = employeeAt(context.state, row);
  return {
    personId: personIdOf(context, row),
    employeeId: employee.employeeId,
    displayName: nameOf(employee),
    department: textOf(employee.department),
    hrStatus: hrStatusOf(employee),
    workEmail: employee.workEmail,
    why,
  };
}

/** The row of somebody whose first day is to come, with the account that was made ahead for him. */
export function futureHireRow(context: RowContext, row: number): FutureHire {
  const { state } = context;
  const employee = employeeAt(state, row);
  const account = state.accountOf[row] as number;
  return {
    personId: personIdOf(context, row),
    employeeId: employee.employeeId,
    displayName: nameOf(employee),
    department: textOf(employee.department),
    hireDate: employee.hireDate,
    accountId: account === NONE ? null : accountAt(state, account).id,
    matchedBy: account === NONE ? null : (MATCH_KEYS[state.keyOf[row] as number] as MatchedBy),
  };
}

/** Enabled unless Entra says that sign-in is blocked. */
export function statusOf(account: Account): AccountStatus {
  return account.accountEnabled === false ? 'disabled' : 'enabled';
}

function hrStatusOf(employee: Employee): 'active' | 'onLeave' {
  return employee.status === 'onLeave' ? 'onLeave' : 'active';
}

/** The same for one HR source and employee id in every run; rows that share an id carry their place as well. */
function personIdOf({ state, idPrefix, places }: RowContext, row: number): string {
  const id = idPrefix + idKey(employeeAt(state, row).employeeId);
  const place = places.size === 0 ? 1 : (places.get(row) ?? 1);
  return place === 1 ? id : `${id}#${place}`;
}

/** The places, in the order of the answer, of rows that share their employee id with others of their tier. */
export function placesOf(state: MatchState, order: Iterable<number>): Map<number, number> {
  const places = new Map<number, number>();
  if (!state.hasSharedIds) return places;
  const taken = new Map<string, number>();
  for (const row of order) {
    const id = idKey(employeeAt(state, row).employeeId);
    if (id !== '' && state.idIsShared[row] === 0) continue;
    const key = `${state.tiers[row]} ${id}`;
    const place = (taken.get(key) ?? 0) + 1;
    taken.set(key, place);
    places.set(row, place);
  }
  return places;
}

function nameOf(employee: Employee): string {
  const name = textOf(employee.displayName) ?? textOf(`${employee.firstName ?? ''} ${employee.lastName ?? ''}`);
  return name ?? employee.employeeId;
}

function textOf(raw: string | null): string | null {
  const text = raw === null ? '' : raw.trim();
  return text === '' ? null : text;
}

/** HR's manager is a row, or one of these; no object is made of it, since every person has one. */
const NO_MANAGER = -1;
const UNKNOWN_MANAGER = -2;

function managerOf(state: MatchState, row: number, { managerEmployeeId }: Employee): number {
  const manager = state.byId.get(managerEmployeeId);
  if (manager === row || (manager === NONE && idKey(managerEmployeeId) === '')) return NO_MANAGER;
  return manager === NONE || state.idIsShared[manager] === 1 ? UNKNOWN_MANAGER : manager;
}

/** The account of whoever it is, also of one who left, so that Entra can be compared. */
function accountIdOf(state: MatchState, manager: number): string | null {
  const account = manager < 0 ? NONE : (state.accountOf[manager] as number);
  return account === NONE ? null : accountAt(state, account).id;
}

function managerWhyOf(state: MatchState, manager: number, accountId: string | null): ManagerWhy {
  if (manager === NO_MANAGER) return 'noManager';
  if (manager === UNKNOWN_MANAGER) return 'unknownManager';
  const tier = state.tiers[manager];
  if (tier === TIER.inactive) return 'managerLeft';
  if (accountId === null) return 'managerWithoutAccount';
  return tier === TIER.future ? 'managerNotStarted' : null;
}

const NO_DIFFERENCES: readonly Difference[] = [];

type Differing = Record<Difference['field'], { hr: string | null } | null>;

/** Entra's values beside HR's, of the fields in which they differ. */
function differencesOf(account: Account, { department, manager }: Differing): readonly Difference[] {
  const differences: Difference[] = [];
  if (department !== null) {
    differences.push({ field: 'department', hr: department.hr, entra: textOf(account.department ?? null) });
  }
  if (manager !== null) differences.push({ field: 'manager', hr: manager.hr, entra: account.manager?.id ?? null });
  return differences;
}

/** A manager whom HR names and who has no account. */
function employeeRef(manager: number, { managerEmployeeId }: Employee): string | null {
  return manager === NO_MANAGER ? null : `employee:${managerEmployeeId ?? ''}`;
}

function isSameText(hr: string | null, entra: string | null): boolean {
  return hr === entra || foldedText(hr) === foldedText(entra);
}

function foldedText(text: string | null): string {
  return (text ?? '').trim().normalize('NFC').toLowerCase();
}
