/** People who look for the account with their address: what counts for a pair, what against it, and when it is settled. */
import type { AddressTable } from './address-table.core.ts';
import {
  accountAt,
  bearsName,
  type DoubtCode,
  doubtAbout,
  employeeAt,
  isGuest,
  join,
  type MatchState,
  NONE,
} from './match-state.core.ts';

/** An HR row, and the account it is joined to by employee id, which does not carry the address; NONE without account. */
export type Who = { readonly row: number; readonly joined: number };

export type Seeker = Who & {
  readonly address: string;
  readonly hash: number;
  /** Further rows that look for the same address. */
  others: readonly Who[];
  /** Two people in HR have this address. */
  isShared: boolean;
  /** Something spoke against an account that carries the address. */
  isDoubted: boolean;
  /** The address stands at somebody else's account: nothing weaker may decide. */
  isBlocked: boolean;
  isSettled: boolean;
  /** The account found in this stage, or NONE. */
  found: number;
  /** Further accounts found in this stage. */
  foundMore: readonly number[];
  /** Accounts found by a stronger property, amongst which a weaker one may only choose. */
  amongst: readonly number[] | null;
  /** People who left and had the same address. */
  leavers: readonly number[];
};

export type Seekers = AddressTable<Seeker>;

const NOBODY: readonly number[] = [];
const NO_OTHERS: readonly Who[] = [];

/** Somebody who looks for the account with his address. */
export function newSeeker(address: string, hash: number, who: Who): Seeker {
  return {
    address,
    hash,
    row: who.row,
    joined: who.joined,
    others: NO_OTHERS,
    isShared: false,
    isDoubted: false,
    isBlocked: false,
    isSettled: false,
    found: NONE,
    foundMore: NOBODY,
    amongst: null,
    leavers: NOBODY,
  };
}

/** Two people in HR have one address: both look for it, and neither can have it. */
export function shareAddress(kept: Seeker, { row, joined }: Seeker): void {
  kept.isShared = true;
  kept.others = [...kept.others, { row, joined }];
}

/** Decides what an account that carries a seeker's address is to him: an answer, a conflict or a doubt. */
export function weigh(state: MatchState, seeker: Seeker, account: number): void {
  if (seeker.isSettled || state.isCopy[account] === 1) return;
  weighFor(state, seeker, { who: seeker, account });
  for (const who of seeker.others) weighFor(state, seeker, { who, account });
}

function weighFor(state: MatchState, seeker: Seeker, { who, account }: { who: Who; account: number }): void {
  if (account === who.joined) return;
  if (who.joined !== NONE) {
    if (!isGuest(accountAt(state, account))) state.conflicts.push({ row: who.row, account });
    return;
  }
  const code = objectionTo(state, seeker, { who, account });
  if (code === null) {
    if (seeker.found === NONE) seeker.found = account;
    else seeker.foundMore = [...seeker.foundMore, account];
    return;
  }
  seeker.isDoubted = true;
  if (code === 'takenByAnother') seeker.isBlocked = true;
  state.doubts.push({ row: who.row, account, code });
}

function objectionTo(
  state: MatchState,
  seeker: Seeker,
  { who, account }: { who: Who; account: number },
): DoubtCode | null {
  if (state.employeeOf[account] !== NONE) return 'takenByAnother';
  if (isGuest(accountAt(state, account))) return 'guest';
  const doubt = doubtAbout(state, who.row, account);
  if (doubt !== null) return doubt;
  if (looksLikeLeaver(state, seeker.leavers, { who, account })) return 'leaversAddress';
  return seeker.isShared ? 'sharedAddress' : null;
}

/** The address was a leaver's, and the account bears the leaver's name and not the seeker's. */
function looksLikeLeaver(
  state: MatchState,
  leavers: readonly number[],
  { who, account }: { who: Who; account: number },
): boolean {
  const bearer = accountAt(state, account);
  if (leavers.length === 0 || bearsName(bearer, employeeAt(state, who.row))) return false;
  return leavers.some((row) => bearsName(bearer, employeeAt(state, row)));
}

/**
 * Joins every seeker that found exactly one account which nobody else found; the others go on to the next stage.
 * `keyOf` says by which property the account was found.
 */
export function settle(state: MatchState, seekers: Seekers, keyOf: (account: number) => number): void {
  const finders = countFinders(state, seekers);
  for (const seeker of seekers.entries) {
    const { found, foundMore, amongst } = seeker;
    if (found === NONE) continue;
    seeker.found = NONE;
    const isSingle = foundMore.length === 0 && finders[found] === 1;
    if (isSingle && !seeker.isBlocked && (amongst === null || amongst.includes(found))) {
      join(state, { row: seeker.row, account: found, key: keyOf(found) });
      seeker.isSettled = true;
      continue;
    }
    leaveOpen(state, seeker, { found: [found, ...foundMore], finders, keyOf });
  }
}

type Open = { found: readonly number[]; finders: Uint8Array; keyOf: (account: number) => number };

/** Of several accounts one may be amongst those that a stronger property found; else a weaker one may choose. */
function leaveOpen(state: MatchState, seeker: Seeker, { found, finders, keyOf }: Open): void {
  const { row, amongst } = seeker;
  seeker.foundMore = NOBODY;
  const chosen = amongst === null ? found : found.filter((account) => amongst.includes(account));
  const account = chosen[0] ?? NONE;
  if (amongst !== null && chosen.length === 1 && finders[account] === 1 && !seeker.isBlocked) {
    join(state, { row, account, key: keyOf(account) });
    seeker.isSettled = true;
    return;
  }
  seeker.isDoubted = true;
  seeker.amongst = chosen;
  for (const doubted of found) state.doubts.push({ row, account: doubted, code: 'severalAccounts' });
}

/** How many seekers found each account; more than two count as two. */
function countFinders(state: MatchState, seekers: Seekers): Uint8Array {
  const finders = new Uint8Array(state.accounts.length);
  for (const { found, foundMore } of seekers.entries) {
    if (found === NONE) continue;
    for (const account of foundMore.length === 0 ? [found] : [found, ...foundMore]) {
      finders[account] = Math.min(2, (finders[account] as number) + 1);
    }
  }
  return finders;
}
