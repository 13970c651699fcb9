/** What changed between two master lists, person by person: the cause of every later effect. */
import type { Person, Roster } from './roster-types.core.ts';

/** The fields whose change matters to somebody; `differences` counts as one. */
const FIELDS = [
  'accountId',
  'employeeId',
  'displayName',
  'department',
  'managerAccountId',
  'managerWhy',
  'accountStatus',
  'enrolment',
  'enrolmentWhy',
  'class',
  'matchedBy',
  'differences',
  'hrStatus',
  'returnDate',
  'jobTitle',
  'userPrincipalName',
  'mail',
  'methods',
] as const satisfies readonly (keyof Person)[];

export type PersonChange = {
  personId: string;
  fields: (typeof FIELDS)[number][];
  before: Person;
  after: Person;
};

export type RosterDiff = { added: Person[]; removed: Person[]; changed: PersonChange[] };

/** Compares two lists by person; every part is in the order of the list it comes from. */
export function diffRosters(before: Pick<Roster, 'people'>, after: Pick<Roster, 'people'>): RosterDiff {
  const left = new Map(before.people.map((person) => [person.personId, person]));
  const diff: RosterDiff = { added: [], removed: [], changed: [] };
  for (const person of after.people) {
    const former = left.get(person.personId);
    if (former === undefined) {
      diff.added.push(person);
      continue;
    }
    left.delete(person.personId);
    const fields = FIELDS.filter((field) => !isEqual(former[field], person[field]));
    if (fields.length > 0) diff.changed.push({ personId: person.personId, fields, before: former, after: person });
  }
  diff.removed = [...left.values()];
  return diff;
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return Array.isArray(a) && Array.isArray(b) && listKey(a) === listKey(b);
}

/** Graph lists methods in no fixed order, so order is no change. */
function listKey(list: readonly unknown[]): string {
  return JSON.stringify(list.map((item) => JSON.stringify(item)).sort());
}
