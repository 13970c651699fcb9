/**
 * Pairs that a person may confirm, at most a few per employee and the strongest first. Likeness of any degree ends
 * here: it never makes a match.
 */
import { accountNameKeys, employeeNameKeys, foldText, isWithinOneEdit, visitDeletionHashes } from './folding.core.ts';
import { TIER } from './hr-rows.core.ts';
import { addressKey, domainOf, idKey, localPart, proxyKey, untagged } from './match-keys.core.ts';
import {
  accountAt,
  type Doubt,
  type DoubtCode,
  employeeAt,
  isGuest,
  type MatchState,
  NONE,
} from './match-state.core.ts';
import type { Account, Employee, Suggestion } from './roster-types.core.ts';

export const SUGGESTIONS_MAX = 3;

const DOUBT_WHY: Readonly<Record<DoubtCode, string>> = {
  sharedId: 'the employee id stands at more than one person in HR',
  sharedAddress: 'the work e-mail stands at more than one person in HR',
  undecidedId: 'several accounts bear this employee id and nothing decides between them',
  takenByAnother: "conflict: HR's work e-mail stands at an account that is another employee's",
  guest: "a guest account carries HR's work e-mail",
  otherPersonsId: "conflict: the account carries HR's work e-mail and another person's employee id",
  unlikeName: "the account carries HR's work e-mail, but an employee id unknown to HR and another surname",
  leaversAddress: "the account carries HR's work e-mail, which a leaver had before, and bears the leaver's name",
  severalAccounts: "several accounts carry HR's work e-mail",
  sharedTag: 'the addresses agree but for the +tag',
};

const DOUBT_ORDER = Object.keys(DOUBT_WHY) as DoubtCode[];

/** HR row -> the gravest of the doubts that left it without account, as a sentence. */
export function firstDoubts(state: MatchState): Map<number, string> {
  const gravest = new Map<number, number>();
  for (const { row, code } of state.doubts) {
    gravest.set(row, Math.min(DOUBT_ORDER.indexOf(code), gravest.get(row) ?? DOUBT_ORDER.length));
  }
  return new Map([...gravest].map(([row, at]) => [row, DOUBT_WHY[DOUBT_ORDER[at] as DoubtCode]]));
}

/** One kind of likeness: the keys of both sides, made when first asked for, and the accounts by key. */
type Finder = {
  why: string;
  keys: () => LeftKeys;
  index: () => ReadonlyMap<Key, readonly number[]>;
  /** The last word on a pair that shares a key, where the key alone does not prove the likeness. */
  isAlike?: (employee: Employee, account: Account) => boolean;
};

type Key = string | number;

/** The keys of everybody left, by row, and all of them: an account is indexed only by a key that somebody has. */
type LeftKeys = { ofRow: ReadonlyMap<number, readonly Key[]>; all: ReadonlySet<Key> };
type LeftKeysOf = (keysOf: (employee: Employee) => readonly Key[]) => () => LeftKeys;

function createLeftKeys(state: MatchState, rows: readonly number[]): LeftKeysOf {
  return (keysOf) =>
    lazily(() => {
      const ofRow = new Map(rows.map((row) => [row, keysOf(employeeAt(state, row))]));
      const all = new Set<Key>();
      for (const keys of ofRow.values()) for (const key of keys) all.add(key);
      return { ofRow, all };
    });
}

/** Suggests accounts for everybody at work who has none. `verifiedDomains` empty: those of the members' sign-in names. */
export function suggest(
  state: MatchState,
  input: { order: Uint32Array; verifiedDomains: readonly string[]; isExcluded: (account: Account) => boolean },
): Suggestion[] {
  const rows = rowsLeft(state, input.order);
  if (rows.length === 0) return [];
  const free = freeAccounts(state, input.isExcluded);
  const finders = createFinders(
    { state, free, domains: domainsOf(state, input.verifiedDomains) },
    createLeftKeys(state, rows),
  );
  const doubts = Map.groupBy(state.doubts, (doubt) => doubt.row);
  return rows.flatMap((row) => suggestFor(state, row, { finders, doubts: doubts.get(row) ?? [] }));
}

function rowsLeft(state: MatchState, order: Uint32Array): number[] {
  const rows: number[] = [];
  for (let place = 0; place < order.length; place += 1) {
    const row = order[place] as number;
    if (state.tiers[row] === TIER.current && state.accountOf[row] === NONE) rows.push(row);
  }
  return rows;
}

/** Accounts that may still be somebody's: nobody's own, not named by another HR row, not ruled out; by object id. */
function freeAccounts(state: MatchState, isExcluded: (account: Account) => boolean): number[] {
  const free: number[] = [];
  for (let account = 0; account < state.accounts.length; account += 1) {
    if (state.employeeOf[account] !== NONE || state.isCopy[account] === 1) continue;
    const owner = state.ownerOf[account] as number;
    const isOwned = owner >= 0 && state.idIsShared[owner] === 0;
    if (!isOwned && !isExcluded(accountAt(state, account))) free.push(account);
  }
  return byObjectId(state, free);
}

function byObjectId(state: MatchState, accounts: readonly number[]): number[] {
  return [...accounts].sort((a, b) => (accountAt(state, a).id < accountAt(state, b).id ? -1 : 1));
}

function domainsOf(state: MatchState, verified: readonly string[]): ReadonlySet<string> {
  if (verified.length > 0) return new Set(verified.map((domain) => domain.toLowerCase()));
  const members = state.accounts.filter((account) => !isGuest(account));
  return new Set(members.map((account) => domainOf(addressKey(account.userPrincipalName))));
}

type Among = { state: MatchState; free: readonly number[]; domains: ReadonlySet<string> };
/** The keys of an account; those that are not wanted may be left out. */
type KeysOfAccount = (account: Account, wanted: ReadonlySet<Key>) => readonly Key[];

function createFinders({ state, free, domains }: Among, left: LeftKeysOf): Finder[] {
  const addresses = { own: remembering(ownAddress), ofAccount: remembering(accountAddresses) };
  const members = free.filter((account) => !isGuest(accountAt(state, account)));
  const guests = free.filter((account) => isGuest(accountAt(state, account)));
  const like = (why: string, keys: () => LeftKeys, keysOf: KeysOfAccount, accounts = members): Finder => ({
    why,
    keys,
    index: lazily(() => indexAccounts(state, accounts, { keysOf, wanted: keys().all })),
  });
  const names = left(employeeNameKeys);
  const typos = left((one) => typoKeys(addresses.own(one)));
  return [
    like(
      DOUBT_WHY.sharedId,
      left((one) => nonEmpty([idKey(one.employeeId)])),
      idOf,
    ),
    ...addressFinders(like, left, { addresses, domains }),
    like('the same name', names, accountNameKeys),
    {
      ...like('the addresses differ by one letter', typos, (account, wanted) =>
        typoKeys(addresses.ofAccount(account), wanted),
      ),
      isAlike: (employee, account) => hasTypo(addresses.own(employee), addresses.ofAccount(account)),
    },
    like('a guest account of the same name', names, accountNameKeys, guests),
  ];
}

type Addresses = { own: AddressReader<Employee>; ofAccount: AddressReader<Account> };

function addressFinders(
  like: (why: string, keys: () => LeftKeys, keysOf: KeysOfAccount) => Finder,
  left: LeftKeysOf,
  { addresses, domains }: { addresses: Addresses; domains: ReadonlySet<string> },
): Finder[] {
  const aliases = (all: readonly string[]) => all.filter((address) => domains.has(domainOf(address))).map(localPart);
  const alike = (why: string, keysOf: (addresses: readonly string[]) => readonly string[]) =>
    like(
      why,
      left((one) => keysOf(addresses.own(one))),
      (account) => keysOf(addresses.ofAccount(account)),
    );
  return [
    alike("the account carries HR's work e-mail, which does not stand alone", (all) => all),
    alike(DOUBT_WHY.sharedTag, (all) => all.map(untagged)),
    alike('the same name before the @ on another verified domain', aliases),
    alike('the addresses agree but for diacritics', (all) => all.map(foldText)),
  ];
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function nonEmpty(keys: readonly string[]): string[] {
  return keys.filter((key) => key !== '');
}

function idOf(account: Account): string[] {
  return nonEmpty([idKey(account.employeeId)]);
}

type AddressReader<T> = (of: T) => readonly string[];

/** Every finder asks for the addresses of everybody left. */
function remembering<T>(read: AddressReader<T>): AddressReader<T> {
  const known = new Map<T, readonly string[]>();
  return (of) => {
    const addresses = known.get(of) ?? read(of);
    known.set(of, addresses);
    return addresses;
  };
}

function ownAddress(employee: Employee): readonly string[] {
  return nonEmpty([addressKey(employee.workEmail)]);
}

function accountAddresses(account: Account): readonly string[] {
  const proxies = (account.proxyAddresses ?? []).map(proxyKey);
  return nonEmpty([...new Set([addressKey(account.mail), addressKey(account.userPrincipalName), ...proxies])]);
}

/** Shorter names before the `@` differ by one letter all the time. */
const TYPO_LENGTH_MIN = 4;

/** A text has as many keys as letters: those that nobody wants are not even collected. */
function typoKeys(addresses: readonly string[], wanted?: ReadonlySet<Key>): number[] {
  const keys: number[] = [];
  const collect = (hash: number): void => {
    if (wanted?.has(hash) ?? true) keys.push(hash);
  };
  for (const local of new Set(addresses.map((address) => localPart(foldText(address))))) {
    if (local.length >= TYPO_LENGTH_MIN) visitDeletionHashes(local, collect);
  }
  return keys;
}

function hasTypo(own: readonly string[], addresses: readonly string[]): boolean {
  return own.some((one) => addresses.some((address) => isWithinOneEdit(foldText(one), foldText(address))));
}

function indexAccounts(
  state: MatchState,
  accounts: readonly number[],
  { keysOf, wanted }: { keysOf: KeysOfAccount; wanted: ReadonlySet<Key> },
): Map<Key, number[]> {
  const index = new Map<Key, number[]>();
  for (const position of accounts) {
    for (const key of keysOf(accountAt(state, position), wanted)) {
      if (!wanted.has(key)) continue;
      const bucket = index.get(key);
      if (bucket === undefined) index.set(key, [position]);
      else if (bucket.length < BUCKET_MAX && bucket.at(-1) !== position) bucket.push(position);
    }
  }
  return index;
}

/** More accounts under one key than this are no longer a likeness that a person can use. */
const BUCKET_MAX = 50;

function suggestFor(
  state: MatchState,
  row: number,
  known: { finders: readonly Finder[]; doubts: readonly Doubt[] },
): Suggestion[] {
  const employee = employeeAt(state, row);
  const why = new Map<number, string>();
  for (const code of known.doubts.length === 0 ? [] : DOUBT_ORDER) {
    const doubted = known.doubts.filter((doubt) => doubt.account !== NONE && presentCode(state, doubt) === code);
    if (doubted.length === 0) continue;
    const accounts = doubted.map((doubt) => doubt.account);
    for (const account of byObjectId(state, accounts)) add(why, account, DOUBT_WHY[code]);
  }
  for (const finder of known.finders) {
    if (why.size >= SUGGESTIONS_MAX) break;
    for (const account of likeAccounts(state, finder, row)) add(why, account, finder.why);
  }
  const { employeeId } = employee;
  return [...why].map(([account, reason]) => ({ employeeId, accountId: accountAt(state, account).id, why: reason }));
}

/** An account in doubt may have become somebody's own since. */
function presentCode(state: MatchState, { account, code }: Doubt): DoubtCode {
  return state.employeeOf[account] === NONE ? code : 'takenByAnother';
}

function add(why: Map<number, string>, account: number, reason: string): void {
  if (why.size < SUGGESTIONS_MAX && !why.has(account)) why.set(account, reason);
}

function likeAccounts(state: MatchState, finder: Finder, row: number): readonly number[] {
  const keys = finder.keys().ofRow.get(row) ?? [];
  if (keys.length === 0) return [];
  const employee = employeeAt(state, row);
  const index = finder.index();
  const alike: number[] = [];
  for (const key of keys) {
    const bucket = index.get(key);
    if (bucket !== undefined) alike.push(...bucket);
  }
  const { isAlike } = finder;
  return isAlike === undefined ? alike : alike.filter((account) => isAlike(employee, accountAt(state, account)));
}
