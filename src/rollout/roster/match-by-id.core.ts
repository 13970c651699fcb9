/** The first key: the employee id, where it names one person in HR and can be settled on one account. */
import { type HrRows, TIER } from './hr-rows.core.ts';
import { addressKey, idKey } from './match-keys.core.ts';
import {
  accountAt,
  carries,
  carriesAnywhere,
  employeeAt,
  join,
  type MatchState,
  NONE,
  UNKNOWN_ID,
} from './match-state.core.ts';
import type { Account } from './roster-types.core.ts';

/** Builds the working table and joins everybody at work or on leave whose employee id settles the account. */
export function matchById(rows: HrRows, accounts: readonly Account[]): MatchState {
  const state = emptyState(rows, accounts);
  const contests = claim(state);
  for (const [row, claimants] of contests) decide(state, row, claimants);
  return state;
}

function emptyState(rows: HrRows, accounts: readonly Account[]): MatchState {
  const idIsShared = new Uint8Array(rows.employees.length);
  return {
    ...rows,
    accounts,
    accountOf: new Int32Array(rows.employees.length).fill(NONE),
    employeeOf: new Int32Array(accounts.length).fill(NONE),
    keyOf: new Uint8Array(rows.employees.length),
    ownerOf: new Int32Array(accounts.length).fill(NONE),
    idIsShared,
    isCopy: new Uint8Array(accounts.length),
    byId: indexById(rows, idIsShared),
    undecided: new Set(),
    doubts: [],
    conflicts: [],
  };
}

/** Employee id -> HR row; the better tier wins, and two rows of one tier are marked as sharing it. */
function indexById({ employees, tiers }: HrRows, idIsShared: Uint8Array): Map<string, number> {
  const byId = new Map<string, number>();
  for (let row = 0; row < employees.length; row += 1) {
    const key = idKey(employees[row]?.employeeId);
    if (key === '') continue;
    const other = byId.get(key);
    if (other === undefined) {
      byId.set(key, row);
      continue;
    }
    const [tier, otherTier] = [tiers[row] as number, tiers[other] as number];
    if (tier < otherTier) byId.set(key, row);
    if (tier === otherTier) {
      idIsShared[row] = 1;
      idIsShared[other] = 1;
    }
  }
  return byId;
}

/** Gives every account the row its id names, joins what nobody contests, and returns the contested rows. */
function claim(state: MatchState): Map<number, number[]> {
  const { accounts, byId, ownerOf, tiers, idIsShared } = state;
  const contests = new Map<number, number[]>();
  for (let account = 0; account < accounts.length; account += 1) {
    const key = idKey(accounts[account]?.employeeId);
    if (key === '') continue;
    const row = byId.get(key) ?? UNKNOWN_ID;
    ownerOf[account] = row;
    if (row < 0 || idIsShared[row] === 1) continue;
    if (tiers[row] === TIER.current) claimFor(state, contests, { row, account });
    else if (tiers[row] === TIER.inactive) noteLeaver(state, row, account);
  }
  return contests;
}

function claimFor(state: MatchState, contests: Map<number, number[]>, pair: { row: number; account: number }): void {
  const { row, account } = pair;
  const other = state.accountOf[row] as number;
  if (other === NONE) {
    state.accountOf[row] = account;
    state.employeeOf[account] = row;
    return;
  }
  const claimants = contests.get(row);
  if (claimants === undefined) contests.set(row, [other, account]);
  else claimants.push(account);
}

/** The account that a leaver had, so that Entra's manager can be recognised as him; no join. */
function noteLeaver(state: MatchState, row: number, account: number): void {
  const other = state.accountOf[row] as number;
  if (other === NONE || accountAt(state, account).id < accountAt(state, other).id) state.accountOf[row] = account;
}

/** Joins the people whose first day is to come with the accounts that were made ahead for them and are nobody's yet. */
export function matchFutureById(state: MatchState): void {
  const claims = new Map<number, number[]>();
  state.ownerOf.forEach((row, account) => {
    const isFree = row >= 0 && state.tiers[row] === TIER.future && state.employeeOf[account] === NONE;
    if (!isFree || state.idIsShared[row] === 1) return;
    claims.set(row, [...(claims.get(row) ?? []), account]);
  });
  for (const [row, claimants] of claims) decide(state, row, claimants);
}

/** Settles several accounts with one employee id on the one that carries HR's work e-mail, or on none. */
function decide(state: MatchState, row: number, claimants: readonly number[]): void {
  for (const account of claimants) state.employeeOf[account] = NONE;
  state.accountOf[row] = NONE;
  const distinct = withoutCopies(state, claimants);
  const winner = distinct.length === 1 ? distinct[0] : bearerOf(state, row, distinct);
  if (winner !== undefined) {
    join(state, { row, account: winner, key: 0 });
    return;
  }
  state.undecided.add(row);
  for (const account of distinct) state.doubts.push({ row, account, code: 'undecidedId' });
}

function withoutCopies(state: MatchState, claimants: readonly number[]): number[] {
  const seen = new Set<string>();
  return claimants.filter((account) => {
    const { id } = accountAt(state, account);
    if (seen.has(id)) state.isCopy[account] = 1;
    return state.isCopy[account] === 0 && seen.add(id).has(id);
  });
}

/** The only account that carries the work e-mail, in the order mail, sign-in name, proxy address. */
function bearerOf(state: MatchState, row: number, claimants: readonly number[]): number | undefined {
  const address = addressKey(employeeAt(state, row).workEmail);
  if (address === '') return undefined;
  let left = claimants.filter((account) => carriesAnywhere(accountAt(state, account), address));
  for (const key of [1, 2, 3]) {
    if (left.length === 1) return left[0];
    const bearing = left.filter((account) => carries(accountAt(state, account), address, key));
    if (bearing.length > 0) left = bearing;
  }
  return left.length === 1 ? left[0] : undefined;
}
