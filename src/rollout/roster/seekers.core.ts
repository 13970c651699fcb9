/** People who look for the account with their address: what counts for a pair, what against it, and when it is settled. */
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

export type Seeker = {
  row: number;
  /** The account already joined by employee id, which does not carry the address; NONE for a row without account. */
  joined: number;
  /** Two people in HR have this address. */
  isShared: boolean;
  /** Something spoke against an account that carries the address. */
  isDoubted: boolean;
  /** The address stands at somebody else's account: nothing weaker may decide. */
  isBlocked: boolean;
  found: readonly number[];
  /** Accounts found by a stronger property, amongst which a weaker one may only choose. */
  amongst: readonly number[] | null;
  /** People who left and had the same address. */
  leavers: readonly number[];
};

/** Address -> who looks for it. */
export type Seekers = Map<string, Seeker>;

const NOBODY: readonly number[] = [];

/** Adds a seeker; of two with one address the first stays, and the address is known to be shared. */
export function addSeeker(seekers: Seekers, address: string, who: { row: number; joined: number }): void {
  const other = seekers.get(address);
  if (other !== undefined) {
    other.isShared = true;
    return;
  }
  seekers.set(address, {
    row: who.row,
    joined: who.joined,
    isShared: false,
    isDoubted: false,
    isBlocked: false,
    found: NOBODY,
    amongst: null,
    leavers: NOBODY,
  });
}

/** Decides what an account that carries a seeker's address is to it: an answer, a conflict or a doubt. */
export function weigh(state: MatchState, seeker: Seeker, account: number): void {
  if (account === seeker.joined || state.isCopy[account] === 1) return;
  if (seeker.joined !== NONE) {
    if (!isGuest(accountAt(state, account))) state.conflicts.push({ row: seeker.row, account });
    return;
  }
  const code = objectionTo(state, seeker, account);
  if (code === null) {
    seeker.found = seeker.found.length === 0 ? [account] : [...seeker.found, account];
    return;
  }
  seeker.isDoubted = true;
  if (code === 'takenByAnother') seeker.isBlocked = true;
  state.doubts.push({ row: seeker.row, account, code });
}

function objectionTo(state: MatchState, seeker: Seeker, account: number): DoubtCode | null {
  if (isGuest(accountAt(state, account))) return 'guest';
  if (state.employeeOf[account] !== NONE) return 'takenByAnother';
  const doubt = doubtAbout(state, seeker.row, account);
  if (doubt !== null) return doubt;
  return looksLikeLeaver(state, seeker, account) ? 'leaversAddress' : null;
}

/** The address was a leaver's, and the account bears the leaver's name and not the seeker's. */
function looksLikeLeaver(state: MatchState, seeker: Seeker, account: number): boolean {
  if (seeker.leavers.length === 0 || bearsName(accountAt(state, account), employeeAt(state, seeker.row))) return false;
  return seeker.leavers.some((row) => bearsName(accountAt(state, account), employeeAt(state, row)));
}

/**
 * Joins every seeker that found exactly one account which nobody else found, takes it out, and keeps the others for
 * the next stage. `keyOf` says by which property the account was found.
 */
export function settle(state: MatchState, seekers: Seekers, keyOf: (account: number) => number): void {
  const finders = countFinders(seekers);
  for (const [address, seeker] of seekers) {
    const { row, found, amongst } = seeker;
    if (found.length === 0) continue;
    seeker.found = NOBODY;
    const chosen = amongst === null ? found : found.filter((account) => amongst.includes(account));
    const account = chosen[0] ?? NONE;
    if (chosen.length === 1 && !seeker.isShared && !seeker.isBlocked && finders.get(account) === 1) {
      join(state, { row, account, key: keyOf(account) });
      seekers.delete(address);
      continue;
    }
    seeker.isDoubted = true;
    seeker.amongst = chosen;
    const code = seeker.isShared ? 'sharedAddress' : 'severalAccounts';
    for (const doubted of found) state.doubts.push({ row, account: doubted, code });
  }
}

function countFinders(seekers: Seekers): Map<number, number> {
  const finders = new Map<number, number>();
  for (const { found } of seekers.values()) {
    for (const account of found) finders.set(account, (finders.get(account) ?? 0) + 1);
  }
  return finders;
}
