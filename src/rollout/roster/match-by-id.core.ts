/** The first key: the employee id, where it names one person in HR and can be settled on one account. */
import { addressHash, NO_ADDRESS } from './address-table.core.ts';
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
import { indexObjectIds } from './object-id-table.core.ts';
import type { Account } from './roster-types.core.ts';

/** Builds the working table and joins everybody at work or on leave whose employee id settles the account. */
export function matchById(rows: HrRows, accounts: readonly Account[]): MatchState {
  const state = emptyState(rows, accounts);
  const contests = claim(state);
  for (const [row, claimants] of contests) decide(state, row, claimants);
  return state;
}

function emptyState(rows: HrRows, accounts: readonly Account[]): MatchState {
  const isCopy = new Uint8Array(accounts.length);
  return {
    ...rows,
    accounts,
    accountOf: new Int32Array(rows.employees.length).fill(NONE),
    employeeOf: new Int32Array(accounts.length).fill(NONE),
    keyOf: new Uint8Array(rows.employees.length),
    ownerOf: new Int32Array(accounts.length).fill(NONE),
    mailHash: new Float64Array(accounts.length),
    isCopy,
    byObjectId: indexObjectIds(accounts, isCopy),
    undecided: new Set(),
    doubts: [],
    conflicts: [],
  };
}

/** Gives every account the row its id names, joins what nobody contests, and returns the contested rows. */
function claim(state: MatchState): Map<number, number[]> {
  const { accounts, byId, ownerOf, tiers, idIsShared, mailHash, isCopy } = state;
  const contests = new Map<number, number[]>();
  for (let account = 0; account < accounts.length; account += 1) {
    const { mail, employeeId } = accounts[account] as Account;
    mailHash[account] = typeof mail === 'string' ? addressHash(mail, 0) : NO_ADDRESS;
    if (isCopy[account] === 1) continue;
    const row = byId.get(employeeId);
    ownerOf[account] = row === NONE && idKey(employeeId) !== '' ? UNKNOWN_ID : row;
    if (row === NONE || idIsShared[row] === 1) continue;
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
    if (!isFree || state.isCopy[account] === 1 || state.idIsShared[row] === 1) return;
    claims.set(row, [...(claims.get(row) ?? []), account]);
  });
  for (const [row, claimants] of claims) decide(state, row, claimants);
}

/** Settles several accounts with one employee id on the one that carries HR's work e-mail, or on none. */
function decide(state: MatchState, row: number, claimants: readonly number[]): void {
  for (const account of claimants) state.employeeOf[account] = NONE;
  state.accountOf[row] = NONE;
  const winner = claimants.length === 1 ? claimants[0] : bearerOf(state, row, claimants);
  if (winner !== undefined) {
    join(state, { row, account: winner, key: 0 });
    return;
  }
  state.undecided.add(row);
  for (const account of claimants) state.doubts.push({ row, account, code: 'undecidedId' });
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
