import type { Department } from './name-tables.ts';
import { fullName, type Names, type PersonName } from './names.ts';
import type { Random } from './random.ts';
import type { AccountClass } from './world.ts';

/** What is settled about a tenant before anybody lives in it. */
export type Facts = {
  size: number;
  startsAtMs: number;
  company: string;
  domain: string;
  /** A second verified domain, for aliases. */
  aliasDomain: string;
  initialDomain: string;
  /** The field of the HR record that the directory carries as `employeeId`. */
  employeeKey: 'employeeNumber' | 'id';
  premium: boolean;
  country: string;
  city: string;
};

/** A row of the HR system, before it is written in the vendor's fields. */
export type Employee = {
  recordId: string;
  employeeNumber: string | null;
  /** What the directory should carry as `employeeId`. */
  key: string;
  name: PersonName;
  department: Department;
  jobTitle: string;
  location: string;
  active: boolean;
  employmentStatus: string;
  /** Days from the start of the world; negative is the past. */
  hiredDay: number;
  endsDay: number | null;
  supervisor: Employee | null;
  workEmail: string | null;
};

/** How an account signs in. */
export type Habit =
  | { kind: 'person' }
  | { kind: 'smtp' | 'imap' | 'ropc'; appId: string; appName: string; ip: string }
  | { kind: 'rare' }
  | { kind: 'none' };

/** An account of the directory, before it is written as Graph's `user`. */
export type Account = {
  id: string;
  name: PersonName;
  displayName: string;
  upn: string;
  mail: string | null;
  /** Further addresses of the mailbox. */
  aliases: string[];
  employeeId: string | null;
  department: Department;
  jobTitle: string;
  enabled: boolean;
  guest: boolean;
  synced: boolean;
  licensed: boolean;
  purpose: 'user' | 'shared' | 'room' | 'equipment' | null;
  /** Registered methods by the report's names, the password not among them. */
  methods: string[];
  lag: { knownFrom: string; reportedBefore: string[] } | null;
  createdDay: number;
  manager: Account | null;
  /** The employee to whom it belongs in truth. */
  owner: Employee | null;
  /** `certain`: provably its active owner's; `undecided`: its owner's, but no evidence decides; else what it is. */
  standing: 'certain' | 'undecided' | AccountClass;
  habit: Habit;
};

export type Pair = { employee: Employee; account: Account };

export type Absence = { employee: Employee; firstDay: number; lastDay: number };

/** One story the world tells on purpose, findable by its name. */
type Trap = { trap: string; employee: Employee | null; account: Account | null };

/** A tenant while it is being peopled. */
export type Stage = {
  facts: Facts;
  random: Random;
  names: Names;
  employees: Employee[];
  accounts: Account[];
  /** Active people about whom nothing is special yet; drawn from the end. */
  plain: Pair[];
  /** Managers: always ordinary, so that the manager of everybody else is known. */
  leads: Pair[];
  absences: Absence[];
  suggestible: (Pair & { why: string })[];
  forbidden: (Pair & { why: string })[];
  traps: Trap[];
  /** Hands out HR record ids and employee numbers. */
  nextRecord(): { recordId: string; employeeNumber: string };
};

const MS_PER_DAY = 86_400_000;

/** The calendar date `day` days from the start of the world. */
export function dateOf(facts: Facts, day: number): string {
  return new Date(facts.startsAtMs + day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** The instant `days` (fractions allowed) from the start of the world, in whole seconds. */
export function instantOf(facts: Facts, days: number): string {
  const ms = Math.floor((facts.startsAtMs + days * MS_PER_DAY) / 1000) * 1000;
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Notes that the story `trap` is told by this employee or account. */
export function noteTrap(stage: Stage, trap: string, who: { employee?: Employee; account?: Account }): void {
  stage.traps.push({ trap, employee: who.employee ?? null, account: who.account ?? null });
}

/** Takes one ordinary person out of the pool; refuses when the pool holds nobody who fits. */
export function takePlain(stage: Stage, fits: (pair: Pair) => boolean = () => true): Pair {
  for (let index = stage.plain.length - 1; index >= 0; index--) {
    const pair = stage.plain[index] as Pair;
    if (!fits(pair)) continue;
    stage.plain.splice(index, 1);
    return pair;
  }
  throw new RangeError('the world is too small for its stories: nobody ordinary is left');
}

/** The person takes this name in HR and in the directory, with an address made of it. */
export function renamePair(stage: Stage, pair: Pair, name: PersonName): void {
  pair.employee.name = name;
  renameAccount(stage, pair.account, name);
  pair.employee.workEmail = pair.account.mail;
}

/** The account takes this name and an address made of it; a sign-in name that was another stays as it was. */
function renameAccount(stage: Stage, account: Account, name: PersonName): void {
  const address = `${stage.names.localPart(name)}@${stage.facts.domain}`;
  account.name = name;
  account.displayName = fullName(name);
  if (account.upn === account.mail) account.upn = address;
  account.mail = account.mail === null ? null : address;
  account.aliases = [];
}
