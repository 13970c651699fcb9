/** The working table of a match: rows and accounts by their position, so that no stage copies or hashes them again. */
import { accountNameKeys, employeeNameKeys, nameTokens } from './folding.core.ts';
import { type HrRows, TIER } from './hr-rows.core.ts';
import { addressKey, idKey, proxyKey } from './match-keys.core.ts';
import type { ObjectIdTable } from './object-id-table.core.ts';
import type { Account, Employee, MatchedBy } from './roster-types.core.ts';

export const MATCH_KEYS: readonly MatchedBy[] = ['employeeId', 'mail', 'userPrincipalName', 'proxyAddress'];

/** Position of nobody. */
export const NONE = -1;
/** `ownerOf` of an account whose employee id no HR row has. */
export const UNKNOWN_ID = -2;

/** Why a pair that shares a certain key was left to a person. */
export type DoubtCode =
  | 'sharedId'
  | 'sharedAddress'
  | 'undecidedId'
  | 'takenByAnother'
  | 'guest'
  | 'otherPersonsId'
  | 'unlikeName'
  | 'leaversAddress'
  | 'severalAccounts'
  | 'sharedTag';

export type Doubt = { row: number; account: number; code: DoubtCode };

export type MatchState = HrRows & {
  accounts: readonly Account[];
  /** HR row -> account, or NONE. */
  accountOf: Int32Array;
  /** Account -> HR row, or NONE. */
  employeeOf: Int32Array;
  /** HR row -> position in MATCH_KEYS. */
  keyOf: Uint8Array;
  /** Account -> the HR row that its own employee id names, NONE without an id, UNKNOWN_ID. */
  ownerOf: Int32Array;
  /** The mail of each account as a number. */
  mailHash: Float64Array;
  /** Accounts that repeat another one's object id. */
  isCopy: Uint8Array;
  /** Object id -> account. */
  byObjectId: ObjectIdTable;
  /** Rows that no later key may match: their employee id stands at several accounts and nothing decides. */
  undecided: Set<number>;
  doubts: Doubt[];
  conflicts: { row: number; account: number }[];
};

/** The HR row at a position. */
export function employeeAt(state: MatchState, row: number): Employee {
  return state.employees[row] as Employee;
}

/** The account at a position. */
export function accountAt(state: MatchState, account: number): Account {
  return state.accounts[account] as Account;
}

/** Joins an HR row and an account. */
export function join(state: MatchState, pair: { row: number; account: number; key: number }): void {
  state.accountOf[pair.row] = pair.account;
  state.employeeOf[pair.account] = pair.row;
  state.keyOf[pair.row] = pair.key;
}

/** True for an account of another organisation. */
export function isGuest(account: Account): boolean {
  return account.userType !== 'Member' && account.userType?.toLowerCase() === 'guest';
}

/** True when the account carries the address in the property that stands at `key` in MATCH_KEYS. */
export function carries(account: Account, address: string, key: number): boolean {
  if (key === 1) return addressKey(account.mail) === address;
  if (key === 2) return addressKey(account.userPrincipalName) === address;
  return account.proxyAddresses?.some((proxy) => proxyKey(proxy) === address) ?? false;
}

/** True when the account carries the address anywhere. */
export function carriesAnywhere(account: Account, address: string): boolean {
  return carries(account, address, 1) || carries(account, address, 2) || carries(account, address, 3);
}

/** Whether an account that shares an address with an HR row may be his, judged by everything else it says. */
export function doubtAbout(state: MatchState, row: number, account: number): DoubtCode | null {
  const owner = state.ownerOf[account] as number;
  if (owner === NONE || owner === row) return null;
  const [employee, candidate] = [employeeAt(state, row), accountAt(state, account)];
  if (owner === UNKNOWN_ID) return sharesSurname(employee, candidate) ? null : 'unlikeName';
  const named = employeeAt(state, owner);
  if (idKey(named.employeeId) === idKey(employee.employeeId)) return null;
  // A rehire, or a transfer that HR has entered ahead, has two rows under one name; anybody else's id is a refusal.
  return state.tiers[owner] !== TIER.current && isSameName(employee, named) ? null : 'otherPersonsId';
}

/** True when two HR rows bear the same name. */
export function isSameName(a: Employee, b: Employee): boolean {
  const keys = employeeNameKeys(a);
  return employeeNameKeys(b).some((key) => keys.includes(key));
}

/** True when an account bears the employee's name. */
export function bearsName(account: Account, employee: Employee): boolean {
  const keys = employeeNameKeys(employee);
  return accountNameKeys(account).some((key) => keys.includes(key));
}

/** True unless both have a name and no part of the employee's surname stands in the account's. */
export function sharesSurname(employee: Employee, account: Account): boolean {
  const surname = nameTokens(employee.lastName ?? employee.displayName);
  const tokens = nameTokens(account.givenName, account.surname, account.displayName);
  return surname.length === 0 || tokens.length === 0 || surname.some((token) => tokens.includes(token));
}
