/**
 * The second key: HR's work e-mail against an account's mail, then its sign-in name, then its proxy addresses. Each
 * stage is computed only for the people whom the stages before it left, and an address decides only when it stands
 * once in HR and once among the accounts.
 */
import { addressHash, createAddressFilter, createAddressTable, NO_ADDRESS } from './address-table.core.ts';
import { TIER } from './hr-rows.core.ts';
import { addressKey, isSmtp, proxyKey, SMTP_LENGTH, untagged } from './match-keys.core.ts';
import { accountAt, carriesAnywhere, employeeAt, isGuest, type MatchState, NONE } from './match-state.core.ts';
import { matchWithoutTag, type Sighting } from './match-untagged.core.ts';
import { newSeeker, type Seeker, type Seekers, settle, shareAddress, weigh } from './seekers.core.ts';

/** Joins the rows of one tier that have no account yet with the accounts that carry their work e-mail. */
export function matchByAddress(state: MatchState, tier: number): void {
  const seekers = collectSeekers(state, tier);
  if (seekers.entries.length === 0) return;
  markShared(state, seekers, tier);
  scanMail(state, seekers);
  settle(state, seekers, () => 1);
  const left = seekers.entries.filter((seeker) => !seeker.isSettled);
  if (left.length === 0) return;
  const sightings = scanOtherAddresses(state, left);
  for (const key of [2, 3]) {
    for (const one of sightings) if (one.key === key) weighSighting(state, seekers, one);
    settle(state, seekers, () => key);
  }
  matchWithoutTag(state, left, sightings);
}

/** Rows without account, and rows whose account, joined by employee id, does not carry HR's work e-mail. */
function collectSeekers(state: MatchState, tier: number): Seekers {
  const looking: Seeker[] = [];
  const { employees, tiers, accountOf, workHash, mailHash } = state;
  for (let row = 0; row < employees.length; row += 1) {
    const hash = workHash[row] as number;
    if (tiers[row] !== tier || hash === NO_ADDRESS) continue;
    const joined = accountOf[row] as number;
    if (joined === NONE ? state.undecided.has(row) : hash === mailHash[joined]) continue;
    const address = addressKey(employeeAt(state, row).workEmail);
    if (address === '') continue;
    if (joined !== NONE && carriesAnywhere(accountAt(state, joined), address)) continue;
    looking.push(newSeeker(address, hash, { row, joined }));
  }
  return createAddressTable(looking, shareAddress);
}

/** Marks the addresses that a second row of this tier or a better one has, and notes the leavers who had them. */
function markShared(state: MatchState, seekers: Seekers, tier: number): void {
  const { workHash, employees } = state;
  const isSeeker = new Uint8Array(employees.length);
  for (const { row } of seekers.entries) isSeeker[row] = 1;
  for (let row = 0; row < employees.length; row += 1) {
    const hash = workHash[row] as number;
    if (hash === NO_ADDRESS || isSeeker[row] === 1 || !seekers.has(hash)) continue;
    const seeker = seekers.find(hash, employees[row]?.workEmail ?? '');
    if (seeker === undefined) continue;
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
  const { accounts, workHash, mailHash, employeeOf } = state;
  for (let account = 0; account < accounts.length; account += 1) {
    const hash = mailHash[account] as number;
    const row = employeeOf[account] as number;
    // An account that shows its own employee's address cannot be what another person's unshared address points to.
    if (hash === NO_ADDRESS || (row !== NONE && hash === workHash[row]) || !seekers.has(hash)) continue;
    const seeker = seekers.find(hash, accountAt(state, account).mail ?? '');
    if (seeker !== undefined) weigh(state, seeker, account);
  }
}

/** Reads sign-in names and proxy addresses once, for the exact stages and for the one without tag. */
function scanOtherAddresses(state: MatchState, left: readonly Seeker[]): Sighting[] {
  const probe = createProbe(left);
  const sightings: Sighting[] = [];
  for (let account = 0; account < state.accounts.length; account += 1) {
    const { mail, userPrincipalName: name, proxyAddresses } = accountAt(state, account);
    const mailHash = state.mailHash[account] as number;
    if (typeof name === 'string' && probe(name === mail ? mailHash : addressHash(name, 0))) {
      sightings.push({ account, key: 2, address: addressKey(name) });
    }
    const proxies = proxyAddresses ?? NO_PROXIES;
    for (let at = 0; at < proxies.length; at += 1) {
      const proxy = proxies[at] as string;
      if (!isSmtp(proxy) || !probe(proxyHash(proxy, mail, mailHash))) continue;
      sightings.push(...proxySightings(account, proxies, probe));
      break;
    }
  }
  // A guest's sign-in name and proxies belong to another tenant.
  return sightings.filter((one) => !isGuest(accountAt(state, one.account)));
}

const NO_PROXIES: readonly string[] = [];

/** The primary proxy address is the mail as a rule, and that has been read. */
function proxyHash(proxy: string, mail: string | null | undefined, mailHash: number): number {
  const isMail = typeof mail === 'string' && proxy.length === mail.length + SMTP_LENGTH && proxy.endsWith(mail);
  return isMail ? mailHash : addressHash(proxy, SMTP_LENGTH);
}

type Probe = (hash: number) => boolean;

function proxySightings(account: number, proxies: readonly string[], probe: Probe): Sighting[] {
  const seen = proxies.filter((one) => isSmtp(one) && probe(addressHash(one, SMTP_LENGTH)));
  return [...new Set(seen.map(proxyKey))].map((address) => ({ account, key: 3, address }));
}

/** Rules out, by number alone, most of the addresses that concern none of the seekers, with or without a tag. */
function createProbe(seekers: readonly Seeker[]): Probe {
  const filter = createAddressFilter(seekers.length);
  for (const { address, hash } of seekers) {
    filter.add(hash);
    if (hash < 0) filter.add(addressHash(untagged(address), 0));
  }
  return (hash) => hash < 0 || filter.mayHold(hash);
}

function weighSighting(state: MatchState, seekers: Seekers, { account, address }: Sighting): void {
  const seeker = seekers.find(addressHash(address, 0), address);
  if (seeker !== undefined) weigh(state, seeker, account);
}
