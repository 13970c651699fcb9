import type { PeopleQuery } from '../contract.ts';
import { foldText, nameTokens } from '../rollout/roster/folding.core.ts';
import type { Person } from '../rollout/roster/roster-types.core.ts';

/** What a list is asked for: the filters and the order of a query, without its page. */
export type PeopleFilter = Omit<PeopleQuery, 'offset' | 'limit'>;

/**
 * The people of one master list, prepared for reading: every order and list that a page needs is made once, so that a
 * page costs the same however many people there are. A list with filters is made at its first page and kept.
 */
export type PeopleIndex = {
  /** Positions in `people` of everybody who passes, in order; of the manager's own people when one is named. */
  list(filter: PeopleFilter, managerId?: string | undefined): Positions;
  /** The person's position by account id. */
  positionOf(accountId: string): number | undefined;
  /** Positions of a manager's own people, by name. */
  reportsOf(managerId: string): Positions;
  /** Positions by department, `null` for people without one; in the order of the departments' names. */
  departments: ReadonlyMap<string | null, Positions>;
};

export type Positions = ArrayLike<number> & Iterable<number>;

/** Kept lists, and the positions in them together: 8 bytes each. */
const KEPT_LISTS_MAX = 64;
const KEPT_POSITIONS_MAX = 2_000_000;
const NOBODY: Positions = [];

/** Prepares the list. Takes time in proportion to the people, a second for 200,000. */
export function createPeopleIndex(people: readonly Person[]): PeopleIndex {
  const names = people.map((person) => foldText(person.displayName));
  const byName = orderByName(people, names);
  const words = createWordTable(people, byName);
  const departments = groupBy(byName, (position) => people[position]?.department ?? null);
  const reports = groupBy(byName, (position) => people[position]?.managerAccountId ?? null);
  const positions = new Map(people.map((person, position) => [person.accountId, position]));
  const ranks = ranksOf({ people, byName, departments });
  const kept = createKept();
  const make = (filter: PeopleFilter, managerId: string | undefined): Positions => {
    const searched = filter.search === undefined ? [] : nameTokens(filter.search);
    if (searched.length === 0 && (filter.search ?? '').trim() !== '') return NOBODY;
    const starts: Positions[] = [byName, ...searched.map((word) => words.beginning(word))];
    if (filter.department !== undefined) starts.push(departments.get(filter.department || null) ?? NOBODY);
    if (managerId !== undefined) starts.push(reports.get(managerId) ?? NOBODY);
    const shortest = starts.reduce((least, list) => (list.length < least.length ? list : least));
    const passes = (position: number) =>
      isWanted(people[position] as Person, filter, managerId) && words.matches(position, searched);
    return sorted(Array.from(shortest).filter(passes), filter.sort, ranks);
  };
  return {
    departments: inOrderOfNames(departments),
    positionOf: (accountId) => positions.get(accountId),
    reportsOf: (managerId) => reports.get(managerId) ?? NOBODY,
    list: (filter, managerId) => {
      const isEverybody = Object.keys(filter).length === 1 && filter.sort === 'name' && managerId === undefined;
      return isEverybody ? byName : kept(JSON.stringify([filter, managerId]), () => make(filter, managerId));
    },
  };
}

/** Keeps the newest results, within a bound on their number and size. */
function createKept(): (key: string, make: () => Positions) => Positions {
  const lists = new Map<string, Positions>();
  let size = 0;
  return (key, make) => {
    const known = lists.get(key);
    const list = known ?? make();
    // Put at the end: the first is then the one not used for longest.
    lists.delete(key);
    lists.set(key, list);
    if (known === undefined) size += list.length;
    for (const [oldest, { length }] of lists) {
      if (lists.size <= KEPT_LISTS_MAX && size <= KEPT_POSITIONS_MAX) break;
      lists.delete(oldest);
      size -= length;
    }
    return list;
  };
}

function orderByName(people: readonly Person[], names: readonly string[]): Uint32Array {
  return Uint32Array.from(people.keys()).sort((a, b) => {
    const [nameA, nameB] = [names[a] as string, names[b] as string];
    if (nameA !== nameB) return nameA < nameB ? -1 : 1;
    return (people[a] as Person).accountId < (people[b] as Person).accountId ? -1 : 1;
  });
}

function groupBy(order: Uint32Array, keyOf: (position: number) => string | null): Map<string | null, number[]> {
  const groups = new Map<string | null, number[]>();
  for (const position of order) {
    const key = keyOf(position);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [position]);
    else group.push(position);
  }
  return groups;
}

function inOrderOfNames<T>(groups: ReadonlyMap<string | null, T>): Map<string | null, T> {
  const keys = [...groups.keys()].map((key) => ({ key, folded: key === null ? null : foldText(key) }));
  keys.sort((a, b) => {
    if (a.folded === null || b.folded === null) return a.folded === null ? 1 : -1;
    if (a.folded !== b.folded) return a.folded < b.folded ? -1 : 1;
    return (a.key as string) < (b.key as string) ? -1 : 1;
  });
  return new Map(keys.map(({ key }) => [key, groups.get(key) as T]));
}

function isWanted(person: Person, filter: PeopleFilter, managerId: string | undefined): boolean {
  const { department, enrolment, accountStatus, difference } = filter;
  return (
    (department === undefined || (person.department ?? '') === department) &&
    (enrolment === undefined || person.enrolment === enrolment) &&
    (accountStatus === undefined || person.accountStatus === accountStatus) &&
    (filter.class === undefined || person.class === filter.class) &&
    (difference === undefined ||
      person.differences.some(({ field }) => difference === 'any' || field === difference)) &&
    (managerId === undefined || person.managerAccountId === managerId)
  );
}

type Ranks = { name: Uint32Array; department: Uint32Array; enrolment: Uint8Array };

const ENROLMENT_RANK = { not: 0, unknown: 1, capable: 2 } as const;

function ranksOf({
  people,
  byName,
  departments,
}: {
  people: readonly Person[];
  byName: Uint32Array;
  departments: ReadonlyMap<string | null, Positions>;
}): Ranks {
  const name = new Uint32Array(people.length);
  for (const [rank, position] of byName.entries()) name[position] = rank;
  const department = new Uint32Array(people.length);
  for (const [rank, group] of [...inOrderOfNames(departments).values()].entries())
    for (const position of group) department[position] = rank;
  return { name, department, enrolment: Uint8Array.from(people, (person) => ENROLMENT_RANK[person.enrolment]) };
}

/** `positions` stand in the order of names already. */
function sorted(positions: number[], sort: PeopleFilter['sort'], ranks: Ranks): Uint32Array {
  const direction = sort.startsWith('-') ? -1 : 1;
  const key = ranks[sort.replace('-', '') as keyof Ranks];
  const at = (list: ArrayLike<number>, position: number) => list[position] as number;
  const order = Uint32Array.from(positions);
  if (sort === 'name') return order;
  return order.sort((a, b) => direction * (at(key, a) - at(key, b)) || at(ranks.name, a) - at(ranks.name, b));
}

/** Finds people by the beginnings of the words of their names, addresses and employee ids. */
type WordTable = {
  /** People of whom some word may begin with this: all who do, and some who do not. */
  beginning(word: string): Positions;
  /** Whether each of the searched words begins some word of the person. */
  matches(position: number, searched: readonly string[]): boolean;
};

function createWordTable(people: readonly Person[], byName: Uint32Array): WordTable {
  // All words of a person, each with a blank before it.
  const texts = people.map(({ displayName, userPrincipalName, mail, employeeId }) => {
    const isSameAddress = mail?.toLowerCase() === userPrincipalName?.toLowerCase();
    return ` ${nameTokens(displayName, userPrincipalName, isSameAddress ? null : mail, employeeId).join(' ')}`;
  });
  // The first letter and the first two letters of a word -> people in the order of names.
  const buckets = new Map<string, number[]>();
  const add = (start: string, position: number) => {
    const bucket = buckets.get(start);
    if (bucket === undefined) buckets.set(start, [position]);
    else if (bucket.at(-1) !== position) bucket.push(position);
  };
  for (const position of byName) {
    const text = texts[position] as string;
    for (let blank = 0; blank >= 0; blank = text.indexOf(' ', blank + 1)) {
      add(text.slice(blank + 1, blank + 2), position);
      add(text.slice(blank + 1, blank + 3), position);
    }
  }
  return {
    beginning: (word) => buckets.get(word.slice(0, 2)) ?? NOBODY,
    matches: (position, searched) => searched.every((word) => (texts[position] as string).includes(` ${word}`)),
  };
}
