/**
 * Sub-addressing: `ann+hr@` and `ann@` are one mailbox to most mail systems, so they may be one person, when no other
 * row of HR (leavers included) and no other account comes down to the same address.
 */
import { TIER } from './hr-rows.core.ts';
import { addressKey, createProbe, isSmtp, type Probe, proxyKey, SMTP_LENGTH, untagged } from './match-keys.core.ts';
import { accountAt, employeeAt, isGuest, isSameName, type MatchState, NONE } from './match-state.core.ts';
import type { Account } from './roster-types.core.ts';
import { addSeeker, type Seekers, settle, weigh } from './seekers.core.ts';

type Scan = { seekers: Seekers; probe: Probe; keyOf: Map<number, number> };

/** Joins those of the seekers about whom nothing was doubtful with the one account that has their address but for a tag. */
export function matchWithoutTag(state: MatchState, exact: Seekers): void {
  const seekers: Seekers = new Map();
  for (const [address, seeker] of exact) {
    if (seeker.joined === NONE && !seeker.isShared && !seeker.isDoubted) addSeeker(seekers, untagged(address), seeker);
  }
  if (seekers.size === 0) return;
  const scan: Scan = { seekers, probe: createProbe(seekers.keys()), keyOf: new Map() };
  markShared(state, scan);
  for (let account = 0; account < state.accounts.length; account += 1) weighAccount(state, scan, account);
  settle(state, seekers, (account) => scan.keyOf.get(account) ?? 1);
}

function mayConcern(probe: Probe, text: string, from: number): boolean {
  return text.includes('+') || probe(text, from);
}

function markShared(state: MatchState, { seekers, probe }: Scan): void {
  for (let row = 0; row < state.employees.length; row += 1) {
    const { workEmail } = employeeAt(state, row);
    if (workEmail === null || !mayConcern(probe, workEmail, 0)) continue;
    const seeker = seekers.get(untagged(addressKey(workEmail)));
    if (seeker === undefined || seeker.row === row) continue;
    const isOldRow =
      state.tiers[row] === TIER.inactive && isSameName(employeeAt(state, row), employeeAt(state, seeker.row));
    if (!isOldRow) seeker.isShared = true;
  }
}

function weighAccount(state: MatchState, { seekers, probe, keyOf }: Scan, account: number): void {
  const found = addressesLike(accountAt(state, account), probe);
  if (found === null || isGuest(accountAt(state, account))) return;
  for (const [address, key] of found) {
    const seeker = seekers.get(address);
    if (seeker === undefined) continue;
    keyOf.set(account, Math.min(key, keyOf.get(account) ?? key));
    weigh(state, seeker, account);
  }
}

/** The account's addresses without tag that may concern a seeker, each with the strongest property that carries it. */
function addressesLike(account: Account, probe: Probe): Map<string, number> | null {
  const { mail, userPrincipalName, proxyAddresses } = account;
  let found: Map<string, number> | null = null;
  const add = (address: string, key: number) => {
    found ??= new Map();
    if (!found.has(address)) found.set(address, key);
  };
  if (typeof mail === 'string' && mayConcern(probe, mail, 0)) add(untagged(addressKey(mail)), 1);
  if (typeof userPrincipalName === 'string' && mayConcern(probe, userPrincipalName, 0))
    add(untagged(addressKey(userPrincipalName)), 2);
  for (const proxy of proxyAddresses ?? []) {
    if (mayConcern(probe, proxy, SMTP_LENGTH) && isSmtp(proxy)) add(untagged(proxyKey(proxy)), 3);
  }
  return found;
}
