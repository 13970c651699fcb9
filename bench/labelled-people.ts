/**
 * HR rows and accounts whose pairs are known, for measuring the join and for testing it: every kind of mess that the
 * join has to survive, mixed by a seed. The labels are made together with the rows, so they owe nothing to the code
 * that is judged by them. All names are invented; domains are reserved for examples.
 */

export type LabelledEmployee = {
  employeeId: string;
  displayName: string | null;
  firstName: string | null;
  lastName: string | null;
  workEmail: string | null;
  department: string | null;
  jobTitle: string | null;
  managerEmployeeId: string | null;
  status: 'active' | 'onLeave' | 'inactive';
  hireDate: string | null;
  terminationDate: string | null;
  returnDate: string | null;
};

export type LabelledAccount = {
  id: string;
  displayName: string;
  givenName: string | null;
  surname: string | null;
  userPrincipalName: string;
  mail: string | null;
  proxyAddresses: string[];
  employeeId: string | null;
  department: string | null;
  accountEnabled: boolean;
  userType: string;
  manager?: { id: string };
};

export type LabelledRegistration = {
  id: string;
  isMfaCapable: boolean;
  isMfaRegistered: boolean;
  methodsRegistered: string[];
  lastUpdatedDateTime: string;
};

/** `employeeId|accountId`. */
export type Pair = string;

export type LabelledPeople = {
  today: string;
  hrSource: string;
  verifiedDomains: string[];
  employees: LabelledEmployee[];
  accounts: LabelledAccount[];
  registration: LabelledRegistration[];
  /** Pairs of somebody at work and his account that the keys settle: all of them must be found. */
  certain: Set<Pair>;
  /** Pairs that are right, and that only a person may confirm. */
  suggestible: Set<Pair>;
};

/** The pair of an employee and an account, as the labels write it. */
export function pairOf(employeeId: string, accountId: string): Pair {
  return `${employeeId}|${accountId}`;
}

/** Random numbers in [0, 1) from a seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const FIRST = 'Ada,Bruno,Chloé,Dário,Elif,Søren,Greta,Håkon,Inés,Jörg,Kaja,Łucja,Mårten,Noor,Óscar,Petra'.split(',');
const LAST = 'Abelló,Bäcker,Çelik,Dvořák,Ekström,Fontão,Gómez,Holm,Ibsen,Jansen,Krüger,Lindqvist,Müller,Nyström'.split(
  ',',
);
const DEPARTMENTS = ['IT', 'Sales', 'Engineering', 'Operations', 'Finance'];
const MAIN = 'contoso.example';
const ALIAS = 'contoso-group.example';
const INITIAL = 'contoso.onmicrosoft.example';
const TODAY = '2026-11-02';

/** How the pair of one person is told; the numbers are shares of all people. */
const KINDS = {
  id: 0.66,
  idMessy: 0.04,
  mail: 0.16,
  mailMessy: 0.04,
  signInName: 0.02,
  proxy: 0.02,
  plusTag: 0.005,
  idOverMail: 0.003,
  secondAccount: 0.005,
  aliasDomain: 0.006,
  foldedAddress: 0.004,
  swappedName: 0.004,
  sharedMail: 0.002,
  undecidedId: 0.002,
  rehire: 0.003,
  reusedAddress: 0.004,
  leaver: 0.005,
  hrOnly: 0.007,
  accountOnly: 0.007,
  guest: 0.001,
} as const;

type Kind = keyof typeof KINDS;

type Draft = { people: LabelledPeople; random: () => number; next: number };

/** Makes about `size` people of every kind from a seed: equal arguments, equal people. */
export function labelledPeople(size: number, seed: number): LabelledPeople {
  const people: LabelledPeople = {
    today: TODAY,
    hrSource: 'bamboohr',
    verifiedDomains: [MAIN, ALIAS, INITIAL],
    employees: [],
    accounts: [],
    registration: [],
    certain: new Set(),
    suggestible: new Set(),
  };
  const draft: Draft = { people, random: createRandom(seed), next: 0 };
  for (let made = 0; made < size; made += 1) MAKE[kindAt(draft.random())](draft);
  setManagers(draft);
  for (const account of people.accounts) register(draft, account);
  return people;
}

function kindAt(share: number): Kind {
  let left = share;
  for (const [kind, part] of Object.entries(KINDS)) {
    left -= part;
    if (left < 0) return kind as Kind;
  }
  return 'id';
}

type Made = { employee: LabelledEmployee; account: LabelledAccount; address: string };

const MAKE: Record<Kind, (draft: Draft) => void> = {
  id: (draft) => certain(draft, person(draft)),
  idMessy: (draft) => {
    const made = person(draft);
    made.account.employeeId = ` ${made.employee.employeeId.toLowerCase()} `;
    made.employee.workEmail = draft.random() < 0.5 ? null : made.employee.workEmail;
    certain(draft, made);
  },
  mail: (draft) => certain(draft, withoutId(person(draft))),
  mailMessy: (draft) => {
    const made = withoutId(person(draft, { isAccented: true }));
    made.employee.workEmail = ` ${made.address.normalize('NFD').toUpperCase()}`;
    made.account.mail = made.address.normalize('NFC');
    certain(draft, made);
  },
  signInName: (draft) => {
    const made = withoutId(person(draft));
    made.account.mail = null;
    made.account.userPrincipalName = made.address.toUpperCase();
    certain(draft, made);
  },
  proxy: (draft) => {
    const made = withoutId(person(draft));
    rename(made.account, `x${made.address}`);
    made.account.proxyAddresses.push(`smtp:${made.address}`, `SIP:${made.address}`);
    certain(draft, made);
  },
  plusTag: (draft) => {
    const made = withoutId(person(draft));
    made.employee.workEmail = made.address.replace('@', '+hr@');
    certain(draft, made);
  },
  idOverMail: (draft) => {
    const made = person(draft);
    const other = withoutId(person(draft));
    rename(made.account, `moved.${made.address}`);
    rename(other.account, made.address);
    certain(draft, made);
    draft.people.accounts.push(other.account);
  },
  secondAccount: (draft) => {
    const made = person(draft);
    const second = person(draft).account;
    second.employeeId = made.account.employeeId;
    second.mail = null;
    certain(draft, made);
    draft.people.accounts.push(second);
  },
  aliasDomain: (draft) => {
    const made = withoutId(person(draft));
    rename(made.account, made.address.replace(MAIN, ALIAS));
    suggestible(draft, made);
  },
  foldedAddress: (draft) => {
    const made = withoutId(person(draft, { isAccented: true }));
    rename(made.account, plainLetters(made.address));
    suggestible(draft, made);
  },
  swappedName: (draft) => {
    const made = withoutId(person(draft));
    const unique = `Q${draft.next}`;
    made.employee.lastName = `${made.employee.lastName ?? ''}${unique}`;
    made.account.givenName = made.employee.lastName;
    made.account.surname = made.employee.firstName;
    made.account.displayName = `${made.account.givenName} ${made.account.surname ?? ''}`;
    made.employee.displayName = `${made.employee.firstName ?? ''} ${made.employee.lastName}`;
    rename(made.account, `${unique.toLowerCase()}@${ALIAS}`);
    suggestible(draft, made);
  },
  sharedMail: (draft) => {
    const first = withoutId(person(draft));
    const second = person(draft);
    second.employee.workEmail = first.employee.workEmail;
    draft.people.employees.push(first.employee, second.employee);
    draft.people.accounts.push(first.account);
  },
  undecidedId: (draft) => {
    const made = person(draft);
    const second = person(draft).account;
    made.employee.workEmail = null;
    second.employeeId = made.account.employeeId;
    draft.people.employees.push(made.employee);
    draft.people.accounts.push(made.account, second);
  },
  rehire: (draft) => {
    const made = person(draft);
    const old = { ...made.employee, ...LEFT, employeeId: `${made.employee.employeeId}-OLD` };
    made.account.employeeId = old.employeeId;
    certain(draft, made);
    draft.people.employees.push(old);
  },
  reusedAddress: (draft) => {
    const made = withoutId(person(draft));
    const leaver = person(draft);
    Object.assign(leaver.employee, LEFT, { workEmail: made.employee.workEmail });
    certain(draft, made);
    draft.people.employees.push(leaver.employee);
    draft.people.accounts.push(leaver.account);
  },
  leaver: (draft) => {
    const made = person(draft);
    Object.assign(made.employee, LEFT);
    draft.people.employees.push(made.employee);
    draft.people.accounts.push({ ...made.account, accountEnabled: draft.random() < 0.5 });
  },
  hrOnly: (draft) => draft.people.employees.push(person(draft).employee),
  accountOnly: (draft) => draft.people.accounts.push(withoutId(person(draft)).account),
  guest: (draft) => {
    const made = withoutId(person(draft));
    made.account.userType = 'Guest';
    made.account.userPrincipalName = `${made.address.replace('@', '_')}#EXT#@${INITIAL}`;
    suggestible(draft, made);
  },
};

const LEFT = { status: 'inactive', terminationDate: '2026-03-31' } as const;

function certain({ people }: Draft, { employee, account }: Made): void {
  people.employees.push(employee);
  people.accounts.push(account);
  people.certain.add(pairOf(employee.employeeId, account.id));
}

function suggestible({ people }: Draft, { employee, account }: Made): void {
  people.employees.push(employee);
  people.accounts.push(account);
  people.suggestible.add(pairOf(employee.employeeId, account.id));
}

function withoutId(made: Made): Made {
  made.account.employeeId = null;
  return made;
}

/** Gives an account other addresses everywhere. */
function rename(account: LabelledAccount, address: string): void {
  account.mail = address;
  account.userPrincipalName = address;
  account.proxyAddresses = [`SMTP:${address}`];
}

function person(draft: Draft, { isAccented } = { isAccented: false }): Made {
  const { random } = draft;
  const number = draft.next;
  draft.next += 1;
  const firstName = pick(FIRST, random);
  const lastName = pick(LAST, random);
  const local = `${firstName}.${lastName}.${number.toString(36)}`.toLowerCase();
  const address = `${isAccented ? `é${local}` : plainLetters(local)}@${MAIN}`;
  const displayName = `${firstName} ${lastName}`;
  const department = pick(DEPARTMENTS, random);
  return {
    address,
    employee: {
      employeeId: `E${String(100_000 + number)}`,
      displayName,
      firstName,
      lastName,
      workEmail: address,
      department,
      jobTitle: 'Specialist',
      managerEmployeeId: null,
      status: random() < 0.02 ? 'onLeave' : 'active',
      hireDate: '2019-04-01',
      terminationDate: null,
      returnDate: null,
    },
    account: {
      id: accountId(random, number),
      displayName: random() < 0.1 ? `${lastName}, ${firstName}` : displayName,
      givenName: firstName,
      surname: lastName,
      userPrincipalName: address,
      mail: random() < 0.1 ? address.toUpperCase() : address,
      proxyAddresses: [`SMTP:${address}`, `smtp:${address.replace(MAIN, INITIAL)}`],
      employeeId: `E${String(100_000 + number)}`,
      department: random() < 0.03 ? 'Elsewhere' : department,
      accountEnabled: random() > 0.01,
      userType: 'Member',
    },
  };
}

function plainLetters(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('ø', 'o').replaceAll('ł', 'l');
}

function accountId(random: () => number, number: number): string {
  const hex = (length: number) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${number.toString(16).padStart(12, '0')}`;
}

function pick<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** Everybody reports to one of the people before him; Entra agrees but for a few. */
function setManagers({ people, random }: Draft): void {
  const { employees, accounts } = people;
  const accountOf = new Map(accounts.map((account) => [account.employeeId, account]));
  employees.forEach((employee, at) => {
    if (at === 0) return;
    const manager = employees[Math.floor(random() * Math.min(at, 1 + employees.length / 8))];
    employee.managerEmployeeId = manager?.employeeId ?? null;
    const own = accountOf.get(employee.employeeId);
    const boss = accountOf.get(manager?.employeeId ?? null);
    if (own !== undefined && boss !== undefined && random() > 0.02) own.manager = { id: boss.id };
  });
}

function register({ people, random }: Draft, account: LabelledAccount): void {
  if (!account.accountEnabled || random() < 0.002) return;
  const isMfaCapable = random() < 0.4;
  people.registration.push({
    id: account.id,
    isMfaCapable,
    isMfaRegistered: isMfaCapable || random() < 0.02,
    methodsRegistered: isMfaCapable ? ['microsoftAuthenticatorPush'] : [],
    lastUpdatedDateTime: '2026-11-01T06:00:00Z',
  });
}

/** The same people in another order of every list. */
export function shuffled(people: LabelledPeople, seed: number): LabelledPeople {
  const random = createRandom(seed);
  const mix = <T>(list: readonly T[]): T[] =>
    list
      .map((item) => ({ item, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  return {
    ...people,
    employees: mix(people.employees),
    accounts: mix(people.accounts),
    registration: mix(people.registration),
  };
}
