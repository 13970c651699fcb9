import type { Customer } from '../rollout/customers/customers.ts';
import { foldText } from '../rollout/roster/folding.core.ts';
import type { SourceReading } from '../rollout/roster/roster.ts';
import type { Person, Roster } from '../rollout/roster/roster-types.core.ts';
import type { Derived } from '../rollout/snapshots/derived.ts';
import { createPeopleIndex, type PeopleIndex, type Positions } from './people-index.ts';

/** Everything that reads of one customer stand on, made once per reading of the sources. */
export type ReadModel = {
  roster: Pick<Roster, 'people' | 'hrWithoutAccount' | 'accountWithoutHr' | 'suggestions'>;
  people: PeopleIndex;
  accountsWithoutHr: ReadonlyMap<string, Roster['accountWithoutHr'][number]>;
  /** Name by account id, as far as the account is in the list. */
  nameOf(accountId: string): string | null;
  /** Name by employee id, of people without an account. */
  employeeNameOf(employeeId: string): string | null;
  readings: readonly SourceReading[];
  counts: GroupCounts;
  /** Counts per department, in the order of the names. */
  departments: ReadonlyMap<string | null, GroupCounts>;
  /** Positions of left-over rows that hold the text, folded; kept per text. */
  leftovers: LeftoverSearch;
};

export type GroupCounts = { people: number; capable: number; not: number; unknown: number; differences: number };

export type LeftoverKind = 'hrWithoutAccount' | 'accountWithoutHr' | 'suggestions';

/** Rows of one list in which every searched word begins a word. */
export type LeftoverSearch = <K extends LeftoverKind>(kind: K, search: string) => Roster[K];

export type ReadModelsDeps = { derived(customer: Customer): Promise<Pick<Derived, 'readings' | 'roster'>> };

export type ReadModels = {
  /** The customer's model of this revision of the data; made at the first question. */
  of(customer: Customer, dataRevision: number): Promise<ReadModel>;
};

/** People of all kept models together; about 1 KB of memory each. */
const KEPT_PEOPLE_MAX = 500_000;

type Kept = { revision: number; model: Promise<ReadModel>; people: number };

/** Creates the access to read models. The ones not used for longest go when there are too many people in memory. */
export function createReadModels(deps: ReadModelsDeps): ReadModels {
  const kept = new Map<string, Kept>();
  return {
    of: async (customer, revision) => {
      const known = kept.get(customer.id);
      const entry = known?.revision === revision ? known : { revision, model: build(deps, customer), people: 0 };
      kept.delete(customer.id);
      kept.set(customer.id, entry);
      try {
        const model = await entry.model;
        entry.people = model.roster.people.length + model.roster.accountWithoutHr.length;
        shed(kept);
        return model;
      } catch (error) {
        if (kept.get(customer.id) === entry) kept.delete(customer.id);
        throw error;
      }
    },
  };
}

function shed(kept: Map<string, Kept>): void {
  let people = [...kept.values()].reduce((sum, entry) => sum + entry.people, 0);
  for (const [customerId, entry] of kept) {
    if (people <= KEPT_PEOPLE_MAX || kept.size === 1) return;
    kept.delete(customerId);
    people -= entry.people;
  }
}

async function build(deps: ReadModelsDeps, customer: Customer): Promise<ReadModel> {
  const { readings, roster: join } = await deps.derived(customer);
  const wasRead = (source: string) =>
    readings.some((reading) => reading.source === source && reading.state !== 'missing');
  // Before the first reading there is nobody to show, and the page about the sources says why.
  const roster =
    wasRead('hr') && wasRead('users')
      ? join()
      : { people: [], hrWithoutAccount: [], accountWithoutHr: [], suggestions: [] };
  return createReadModel(roster, readings);
}

/** Prepares a master list for reading. */
export function createReadModel(roster: ReadModel['roster'], readings: readonly SourceReading[]): ReadModel {
  const people = createPeopleIndex(roster.people);
  const accountsWithoutHr = new Map(roster.accountWithoutHr.map((row) => [row.accountId, row]));
  const employees = new Map(roster.hrWithoutAccount.map((row) => [row.employeeId, row.displayName]));
  const nameOf = (accountId: string) => {
    const position = people.positionOf(accountId);
    const person = position === undefined ? accountsWithoutHr.get(accountId) : roster.people[position];
    return person?.displayName ?? null;
  };
  const employeeNameOf = (employeeId: string) => employees.get(employeeId) ?? null;
  return {
    roster,
    people,
    accountsWithoutHr,
    nameOf,
    employeeNameOf,
    readings,
    counts: countGroup(roster.people, roster.people.keys()),
    departments: new Map(
      [...people.departments].map(([name, positions]) => [name, countGroup(roster.people, positions)]),
    ),
    leftovers: createLeftoverSearch(roster, { nameOf, employeeNameOf }),
  };
}

/** Counts the people at these positions. */
export function countGroup(people: readonly Person[], positions: Positions | Iterable<number>): GroupCounts {
  const counts: GroupCounts = { people: 0, capable: 0, not: 0, unknown: 0, differences: 0 };
  for (const position of positions as Iterable<number>) {
    const person = people[position] as Person;
    counts.people += 1;
    counts[person.enrolment] += 1;
    if (person.differences.length > 0) counts.differences += 1;
  }
  return counts;
}

type Names = Pick<ReadModel, 'nameOf' | 'employeeNameOf'>;

/** One search per list is kept: pages of one search follow each other. */
function createLeftoverSearch(roster: ReadModel['roster'], names: Names): LeftoverSearch {
  const last = new Map<LeftoverKind, { search: string; rows: unknown }>();
  const texts = new Map<LeftoverKind, readonly string[]>();
  return <K extends LeftoverKind>(kind: K, search: string): Roster[K] => {
    if (search.trim() === '') return roster[kind] as Roster[K];
    const known = last.get(kind);
    if (known?.search === search) return known.rows as Roster[K];
    const folded = texts.get(kind) ?? foldedTexts(roster, kind, names);
    texts.set(kind, folded);
    const words = foldText(search)
      .split(/\s+/u)
      .filter((word) => word !== '');
    const isHit = (_row: unknown, index: number) => words.every((word) => (folded[index] ?? '').includes(word));
    const rows = (roster[kind] as readonly unknown[]).filter(isHit) as Roster[K];
    last.set(kind, { search, rows });
    return rows;
  };
}

function foldedTexts(roster: ReadModel['roster'], kind: LeftoverKind, names: Names): string[] {
  const join = (...parts: (string | null)[]) => foldText(parts.map((part) => part ?? '').join(' '));
  switch (kind) {
    case 'hrWithoutAccount':
      return roster.hrWithoutAccount.map((row) => join(row.displayName, row.workEmail, row.employeeId));
    case 'accountWithoutHr':
      return roster.accountWithoutHr.map((row) => join(row.displayName, row.userPrincipalName));
    case 'suggestions':
      return roster.suggestions.map(({ employeeId, accountId }) =>
        join(employeeId, names.employeeNameOf(employeeId), names.nameOf(accountId)),
      );
  }
}
