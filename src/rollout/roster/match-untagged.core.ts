/**
 * Sub-addressing: `ann+hr@` and `ann@` are one mailbox to most mail systems, so they may be one person, when no other
 * row of HR (leavers included) and no other account comes down to the same address.
 */
import { addressHash, createAddressTable, NO_ADDRESS } from './address-table.core.ts';
import { TIER } from './hr-rows.core.ts';
import { addressKey, untagged } from './match-keys.core.ts';
import { accountAt, employeeAt, isGuest, isSameName, type MatchState, NONE } from './match-state.core.ts';
import { newSeeker, type Seeker, type Seekers, settle, shareAddress, weigh } from './seekers.core.ts';

/** An address of an account; `key` is the property that carries it, as in MATCH_KEYS. */
export type Sighting = { account: number; key: number; address: string };

/**
 * Joins those about whom nothing was doubtful with the one account that has their address but for a tag. `sightings`
 * are the addresses other than mails that may concern them.
 */
export function matchWithoutTag(state: MatchState, exact: readonly Seeker[], sightings: readonly Sighting[]): void {
  const seekers = collect(exact);
  if (seekers.entries.length === 0) return;
  markShared(state, seekers);
  const keyOf = new Map<number, number>();
  const weighed = new Set<string>();
  for (const { account, key, address } of [...sightMails(state, seekers), ...sightings]) {
    const bare = untagged(address);
    const seeker = seekers.find(addressHash(bare, 0), bare);
    if (seeker === undefined || weighed.has(`${account} ${bare}`)) continue;
    weighed.add(`${account} ${bare}`);
    keyOf.set(account, Math.min(key, keyOf.get(account) ?? key));
    weigh(state, seeker, account);
  }
  settle(state, seekers, (account) => keyOf.get(account) ?? 1);
}

function collect(exact: readonly Seeker[]): Seekers {
  const looking: Seeker[] = [];
  for (const { address, row, joined, isSettled, isShared, isDoubted } of exact) {
    if (isSettled || isShared || isDoubted || joined !== NONE) continue;
    const bare = untagged(address);
    looking.push(newSeeker(bare, addressHash(bare, 0), { row, joined }));
  }
  return createAddressTable(looking, shareAddress);
}

/** False when the number alone says that the text comes down to no seeker; only texts with a tag must be read for it. */
function mayConcern(seekers: Seekers, hash: number): boolean {
  return hash !== NO_ADDRESS && (hash < 0 || seekers.has(hash));
}

/** The seeker, if any, to whom a text comes down. */
function seekerOf(seekers: Seekers, hash: number, text: string): Seeker | undefined {
  if (hash > 0) return seekers.find(hash, text);
  const bare = untagged(addressKey(text));
  return seekers.find(addressHash(bare, 0), bare);
}

function markShared(state: MatchState, seekers: Seekers): void {
  for (let row = 0; row < state.employees.length; row += 1) {
    const hash = state.workHash[row] as number;
    if (!mayConcern(seekers, hash)) continue;
    const seeker = seekerOf(seekers, hash, employeeAt(state, row).workEmail ?? '');
    if (seeker === undefined || seeker.row === row || state.tiers[row] === TIER.dropped) continue;
    const isInactive = state.tiers[row] === TIER.inactive;
    const isOldRow = isInactive && isSameName(employeeAt(state, row), employeeAt(state, seeker.row));
    if (!isOldRow) seeker.isShared = true;
  }
}

function sightMails(state: MatchState, seekers: Seekers): Sighting[] {
  const sightings: Sighting[] = [];
  for (let account = 0; account < state.accounts.length; account += 1) {
    const hash = state.mailHash[account] as number;
    if (!mayConcern(seekers, hash)) continue;
    const mail = accountAt(state, account).mail ?? '';
    if (seekerOf(seekers, hash, mail) === undefined) continue;
    if (!isGuest(accountAt(state, account))) sightings.push({ account, key: 1, address: addressKey(mail) });
  }
  return sightings;
}
