/**
 * How dear the master list is: its CPU against a bare Map join of the same rows in the same process, its growth, and
 * first of all whether it is right. What the reference does, and what it leaves out, stands at `bareJoin`.
 * Wall time says nothing on a shared machine: the figures are the least CPU of many interleaved repetitions.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { reconcile } from '../src/rollout/roster/roster.core.ts';
import {
  type LabelledAccount,
  type LabelledEmployee,
  type LabelledPeople,
  type LabelledRegistration,
  labelledPeople,
  pairOf,
  shuffled,
} from './labelled-people.ts';

export type BenchLine = {
  name: string;
  value: number;
  limit: number;
  peer: string;
  ratio: number;
  /** Null where nothing is demanded. */
  target: number | null;
};

const SEED = 20_261_102;
const SIZES = [200, 20_000, 200_000] as const;
const REPETITIONS: Readonly<Record<number, number>> = { 200: 60, 20000: 16, 200000: 6 };
const RATIO_TARGET = 2.2;
const GROWTH_TARGET = 14;
const PEER = 'bare Map join by exact keys, same process';

/** Runs the bench and gives one line per figure; `ratio` of a correctness line is the share that is right. */
export function benchReconcile(): BenchLine[] {
  const lines: BenchLine[] = [];
  const cost = new Map<number, number>();
  const bareCost = new Map<number, number>();
  for (const size of SIZES) {
    const people = shuffled(labelledPeople(size, SEED), SEED);
    const parse = asFromTheWire(people);
    lines.push(...correctness(people, parse(), size));
    const { first, again } = measure(parse, REPETITIONS[size] as number);
    cost.set(size, first.own);
    bareCost.set(size, first.bare);
    const target = size < 20_000 ? null : RATIO_TARGET;
    for (const [name, { own, bare }] of [
      [`reconcile-${size}-cpu-ms`, first],
      [`reconcile-${size}-cpu-ms-same-rows-again`, again],
    ] as const) {
      lines.push(line(name, own, { limit: bare, ratio: own / bare, target }));
    }
  }
  // Both grow faster than their rows: at the smaller size most of the data stays in the processor's caches.
  lines.push(growthLine('reconcile-growth-20k-200k', cost, GROWTH_TARGET));
  lines.push(growthLine('reconcile-growth-20k-200k-bare', bareCost, null));
  return lines;
}

function growthLine(name: string, cost: ReadonlyMap<number, number>, target: number | null): BenchLine {
  const growth = (cost.get(200_000) as number) / (cost.get(20_000) as number);
  return line(name, growth, { limit: 10, ratio: growth, target });
}

function line(name: string, value: number, of: { limit: number; ratio: number; target: number | null }): BenchLine {
  return { name, value: round(value), limit: round(of.limit), peer: PEER, ratio: round(of.ratio), target: of.target };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

type Rows = Omit<LabelledPeople, 'certain' | 'suggestible'>;

/** Makes the rows as they come from the wire or the store, flat strings and plain objects, anew each time. */
function asFromTheWire({ certain: _certain, suggestible: _suggestible, ...rows }: LabelledPeople): () => Rows {
  const text = JSON.stringify(rows);
  return () => JSON.parse(text) as Rows;
}

function correctness(labelled: LabelledPeople, rows: Rows, size: number): BenchLine[] {
  const found = reconcile(rows).people.map((person) => pairOf(person.employeeId, person.accountId));
  const right = found.filter((pair) => labelled.certain.has(pair)).length;
  const falsePairs = found.length - right;
  const recall = right / labelled.certain.size;
  return [
    line(`reconcile-${size}-recall`, right, { limit: labelled.certain.size, ratio: recall, target: 1 }),
    line(`reconcile-${size}-false-pairs`, falsePairs, { limit: 0, ratio: falsePairs, target: 0 }),
  ];
}

type Cost = { own: number; bare: number };

/**
 * Least CPU in ms of both, run in turns so that the machine's other work falls on both alike. `first` joins rows that
 * were parsed for this very run, as each join of the product does: it reads its rows from the store and joins them
 * once. `again` joins the same rows a second time, which no customer ever asks for and which favours the bare join
 * alone: a string keeps its hash once a Map has asked for it, so that the Maps need not read the ids any more.
 */
function measure(parse: () => Rows, repetitions: number): { first: Cost; again: Cost } {
  const first = { own: Number.POSITIVE_INFINITY, bare: Number.POSITIVE_INFINITY };
  const again = { ...first };
  const joins = { own: (rows: Rows) => reconcile(rows).people.length, bare: (rows: Rows) => bareJoin(rows).length };
  for (let run = 0; run < repetitions; run += 1) {
    for (const side of ['own', 'bare'] as const) {
      const rows = parse();
      collectGarbage();
      for (const least of [first, again])
        least[side] = Math.min(
          least[side],
          cpuOf(() => joins[side](rows)),
        );
    }
  }
  return { first, again };
}

/** What parsing left behind is not charged to whichever join comes next. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function cpuOf(work: () => number): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * What a reader would write who has no mess in his data: accounts by employee id and registration by account id in two
 * Maps, one pass over HR, the manager by a second look-up, and rows of the same columns as a person of the master list.
 * Nothing is normalised, no second key is tried, nothing is compared, explained, counted, ordered or left over.
 */
function bareJoin(people: Rows): object[] {
  const accounts = new Map<string, LabelledAccount>();
  for (const account of people.accounts) if (account.employeeId !== null) accounts.set(account.employeeId, account);
  const registration = new Map<string, LabelledRegistration>();
  for (const row of people.registration) registration.set(row.id, row);
  const rows: object[] = [];
  for (const employee of people.employees) {
    const account = accounts.get(employee.employeeId);
    if (account === undefined) continue;
    const manager = employee.managerEmployeeId === null ? undefined : accounts.get(employee.managerEmployeeId);
    rows.push(bareRow(people.hrSource, { employee, account, manager, registered: registration.get(account.id) }));
  }
  return rows;
}

type Joined = {
  employee: LabelledEmployee;
  account: LabelledAccount;
  manager: LabelledAccount | undefined;
  registered: LabelledRegistration | undefined;
};

const NOTHING: readonly string[] = [];

function bareRow(hrSource: string, { employee, account, manager, registered }: Joined): object {
  return {
    personId: `${hrSource}:${employee.employeeId}`,
    accountId: account.id,
    employeeId: employee.employeeId,
    displayName: employee.displayName,
    department: employee.department,
    managerAccountId: manager?.id ?? null,
    managerWhy: null,
    accountStatus: account.accountEnabled ? 'enabled' : 'disabled',
    enrolment: registered?.isMfaCapable ?? null,
    enrolmentWhy: null,
    class: 'employee',
    matchedBy: 'employeeId',
    differences: NOTHING,
    hrStatus: employee.status,
    returnDate: employee.returnDate,
    jobTitle: employee.jobTitle,
    userPrincipalName: account.userPrincipalName,
    mail: account.mail,
    methods: registered?.methodsRegistered ?? NOTHING,
  };
}

if (import.meta.main) for (const result of benchReconcile()) process.stdout.write(`${JSON.stringify(result)}\n`);
