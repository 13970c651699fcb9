/**
 * The second key: HR's work e-mail against an account's mail, then its sign-in name, then its proxy addresses. Each
 * stage is computed only for the people whom the stages before it left, and an address decides only when it stands
 * once in HR and once among the accounts.
 */
import { TIER } from './hr-rows.core.ts';
import { addressKey, createProbe, isSmtp, type Probe, proxyKey, SMTP_LENGTH } from './match-keys.core.ts';
import { accountAt, carriesAnywhere, employeeAt, isGuest, type MatchState, NONE } from './match-state.core.ts';
import { matchWithoutTag } from './match-untagged.core.ts';
import { addSeeker, type Seeker, type Seekers, settle, weigh } from './seekers.core.ts';

/** Joins the rows of one tier that have no account yet with the accounts that carry their work e-mail. */
export function matchByAddress(state: MatchState, tier: number): void {
  const seekers = collectSeekers(state, tier);
  if (seekers.size === 0) return;
  markShared(state, seekers, tier);
  scanMail(state, seekers);
  settle(state, seekers, () => 1);
  scanSignInName(state, seekers);
  settle(state, seekers, () => 2);
  scanProxies(state, seekers);
  settle(state, seekers, () => 3);
  matchWithoutTag(state, seekers);
}

/** Rows without account, and rows whose account, joined by employee id, does not carry HR's work e-mail. */
function collectSeekers(state: MatchState, tier: number): Seekers {
  const seekers: Seekers = new Map();
  const { employees, tiers, accountOf } = state;
  for (let row = 0; row < employees.length; row += 1) {
    if (tiers[row] !== tier) continue;
    const joined = accountOf[row] as number;
    const { workEmail } = employeeAt(state, row);
    if (workEmail === null) continue;
    if (joined === NONE ? state.undecided.has(row) : workEmail === accountAt(state, joined).mail) continue;
    const address = addressKey(workEmail);
    if (address === '' || (joined !== NONE && carriesAnywhere(accountAt(state, joined), address))) continue;
    addSeeker(seekers, address, { row, joined });
  }
  return seekers;
}

/** Marks the addresses that a second row of this tier or a better one has, and notes the leavers who had them. */
function markShared(state: MatchState, seekers: Seekers, tier: number): void {
  for (let row = 0; row < state.employees.length; row += 1) {
    const seeker = seekers.get(addressKey(employeeAt(state, row).workEmail));
    if (seeker === undefined || seeker.row === row) continue;
    const other = state.tiers[row] as number;
    if (other <= tier) noteShared(state, seeker, row);
    else if (other === TIER.inactive) seeker.leavers = [...seeker.leavers, row];
  }
}

function noteShared(state: MatchState, seeker: Seeker, other: number): void {
  seeker.isShared = true;
  for (const row of [seeker.row, other]) {
    if (state.accountOf[row] === NONE) state.doubts.push({ row, account: NONE, code: 'sharedAddress' });
  }
}

function scanMail(state: MatchState, seekers: Seekers): void {
  const { accounts, employees, employeeOf } = state;
  for (let account = 0; account < accounts.length; account += 1) {
    const mail = accounts[account]?.mail;
    const row = employeeOf[account] as number;
    // An account that shows its own employee's address cannot be what another person's unshared address points to.
    if (mail === null || mail === undefined || (row !== NONE && mail === employees[row]?.workEmail)) continue;
    const seeker = seekers.get(addressKey(mail));
    if (seeker !== undefined) weigh(state, seeker, account);
  }
}

function scanSignInName(state: MatchState, seekers: Seekers): void {
  if (seekers.size === 0) return;
  const probe = createProbe(seekers.keys());
  for (let account = 0; account < state.accounts.length; account += 1) {
    const name = accountAt(state, account).userPrincipalName;
    if (name === null || name === undefined || !probe(name, 0)) continue;
    const seeker = seekers.get(addressKey(name));
    if (seeker !== undefined && !isGuest(accountAt(state, account))) weigh(state, seeker, account);
  }
}

function scanProxies(state: MatchState, seekers: Seekers): void {
  if (seekers.size === 0) return;
  const probe = createProbe(seekers.keys());
  for (let account = 0; account < state.accounts.length; account += 1) {
    for (const key of proxiesLike(state, account, probe)) {
      const seeker = seekers.get(key);
      if (seeker !== undefined) weigh(state, seeker, account);
    }
  }
}

const NO_KEYS: readonly string[] = [];

/** The account's proxy addresses that the probe cannot rule out; none for a guest, whose proxies are another tenant's. */
function proxiesLike(state: MatchState, account: number, probe: Probe): readonly string[] {
  const { proxyAddresses } = accountAt(state, account);
  if (proxyAddresses === null || proxyAddresses === undefined) return NO_KEYS;
  let keys: string[] | null = null;
  for (const proxy of proxyAddresses) {
    if (!probe(proxy, SMTP_LENGTH) || !isSmtp(proxy) || isGuest(accountAt(state, account))) continue;
    const key = proxyKey(proxy);
    keys ??= [];
    if (!keys.includes(key)) keys.push(key);
  }
  return keys ?? NO_KEYS;
}
