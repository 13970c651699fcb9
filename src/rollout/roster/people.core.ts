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
  hrSource: string;
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
  const department = textOf(employee.department);
  return {
    personId: personIdOf(context, row),
    accountId: account.id,
    employeeId: employee.employeeId,
    displayName: nameOf(employee),
    department,
    managerAccountId: manager.why === null ? manager.accountId : null,
    managerWhy: manager.why,
    accountStatus: statusOf(account),
    enrolment: enrolment.enrolment,
    enrolmentWhy: enrolment.why,
    class: isGuest(account) ? 'guest' : 'employee',
    matchedBy: MATCH_KEYS[state.keyOf[row] as number] as MatchedBy,
    differences: differencesOf(context, { account, department, manager }),
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
function personIdOf({ state, hrSource, places }: RowContext, row: number): string {
  const id = `${hrSource}:${idKey(employeeAt(state, row).employeeId)}`;
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

/** HR's manager; `accountId` is the account of whoever it is, also of one who left, so that Entra can be compared. */
type Manager = { accountId: string | null; employeeId: string | null; why: ManagerWhy };

const NO_MANAGER: Manager = { accountId: null, employeeId: null, why: 'noManager' };

function managerOf(state: MatchState, row: number, employee: Employee): Manager {
  const employeeId = employee.managerEmployeeId;
  const manager = state.byId.get(employeeId);
  if (manager === row || (manager === NONE && idKey(employeeId) === '')) return NO_MANAGER;
  if (manager === NONE || state.idIsShared[manager] === 1)
    return { accountId: null, employeeId, why: 'unknownManager' };
  const account = state.accountOf[manager] as number;
  const accountId = account === NONE ? null : accountAt(state, account).id;
  return { accountId, employeeId, why: managerWhy(state.tiers[manager] as number, accountId) };
}

function managerWhy(tier: number, accountId: string | null): ManagerWhy {
  if (tier === TIER.inactive) return 'managerLeft';
  if (accountId === null) return 'managerWithoutAccount';
  return tier === TIER.future ? 'managerNotStarted' : null;
}

const NO_DIFFERENCES: readonly Difference[] = [];

function differencesOf(
  { isManagerRead }: RowContext,
  { account, department, manager }: { account: Account; department: string | null; manager: Manager },
): readonly Difference[] {
  const entraDepartment = account.department ?? null;
  const hasDepartment = department !== entraDepartment && !isSameText(department, entraDepartment);
  const entraManager = account.manager?.id ?? null;
  const hasManager = isManagerRead && entraManager !== manager.accountId && !isUnsayable(manager, entraManager);
  if (!hasDepartment && !hasManager) return NO_DIFFERENCES;
  const differences: Difference[] = [];
  if (hasDepartment) differences.push({ field: 'department', hr: department, entra: textOf(entraDepartment) });
  if (hasManager)
    differences.push({ field: 'manager', hr: manager.accountId ?? employeeRef(manager), entra: entraManager });
  return differences;
}

function employeeRef(manager: Manager): string | null {
  return manager.employeeId === null ? null : `employee:${manager.employeeId}`;
}

/** HR names a manager who has no account, and Entra names nobody: Entra could not say it. */
function isUnsayable(manager: Manager, entraManager: string | null): boolean {
  return entraManager === null && manager.accountId === null;
}

function isSameText(hr: string | null, entra: string | null): boolean {
  const fold = (text: string | null) => (text ?? '').trim().normalize('NFC').toLowerCase();
  return fold(hr) === fold(entra);
}
