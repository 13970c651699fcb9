/** Compares the product's answers row by row with what the generator knows to be so. */
import { expect } from 'vitest';
import type { Roster } from '../../src/rollout/roster/roster-types.core.ts';
import type { ExceptionsAnswer } from '../../src/rollout/snapshots/exception-answer.ts';
import type { CustomerTruth } from '../../src/sandbox/world/world.ts';

type TruthPerson = CustomerTruth['people'][number];

/** Every person, left-over and class of the master list equals the truth; suggestions stay suggestions. */
export function expectRoster(roster: Roster, truth: CustomerTruth): void {
  expect(roster.people.map(asTruth).sort(byEmployee)).toEqual(
    [...truth.people].map(sortedDifferences).sort(byEmployee),
  );
  expectNoForbiddenPair(roster, truth);
  const undecided = new Set(truth.undecided.map((entry) => entry.employeeId));
  const without = roster.hrWithoutAccount.map((row) => row.employeeId).filter((id) => !undecided.has(id));
  expect(without.sort()).toEqual([...truth.hrWithoutAccount].sort());
  expect(roster.futureHires.map((row) => row.employeeId).sort()).toEqual([...truth.futureHires].sort());
  expectClasses(roster, truth);
  expectSuggestions(roster, truth);
  expectLeavers(roster, truth);
}

/** Exactly the exceptions of the truth, each with evidence. */
export function expectExceptions(answer: ExceptionsAnswer, truth: CustomerTruth): void {
  const found = answer.exceptions.map(({ accountId, kind, directorySync }) => ({ accountId, kind, directorySync }));
  expect(found.sort(byAccount)).toEqual([...truth.exceptions].sort(byAccount));
  for (const row of answer.exceptions) expect(row.evidence.length).toBeGreaterThan(0);
}

function expectNoForbiddenPair(roster: Roster, truth: CustomerTruth): void {
  const forbidden = new Set(truth.forbidden.map(pairKey));
  expect(roster.people.filter((person) => forbidden.has(pairKey(person)))).toEqual([]);
}

/**
 * A second account without the employee's id, and a stranger who bears it by mistake, cannot be told apart by anything
 * that is read: the two classes count as one here, and the decidable second accounts are asked for by themselves.
 */
function expectClasses(roster: Roster, truth: CustomerTruth): void {
  const open = new Set(truth.undecided.map((entry) => entry.accountId));
  const rows = roster.accountWithoutHr.filter((row) => !open.has(row.accountId));
  expect(rows.map(foldedClass).sort(byAccount)).toEqual(truth.accountsWithoutHr.map(foldedClass).sort(byAccount));
  const second = new Set(rows.filter((row) => row.class === 'secondAccount').map((row) => row.accountId));
  const decidable = truth.traps.filter((entry) => entry.trap === 'secondAccountSameId');
  expect(decidable.filter((entry) => !second.has(entry.accountId ?? ''))).toEqual([]);
}

function foldedClass(row: { accountId: string; class: string }): { accountId: string; class: string } {
  return { accountId: row.accountId, class: row.class === 'secondAccount' ? 'unclassified' : row.class };
}

function expectSuggestions(roster: Roster, truth: CustomerTruth): void {
  const suggested = new Set(roster.suggestions.map(pairKey));
  expect(truth.suggestible.filter((pair) => !suggested.has(pairKey(pair)))).toEqual([]);
  const matched = new Set(roster.people.map(pairKey));
  expect(roster.suggestions.filter((pair) => matched.has(pairKey(pair)))).toEqual([]);
}

function expectLeavers(roster: Roster, truth: CustomerTruth): void {
  const leavers = new Map(
    roster.accountWithoutHr.filter((row) => row.class === 'leaver').map((row) => [row.accountId, row]),
  );
  for (const { employeeId, accountId } of truth.leaversWithAccount) {
    expect(leavers.get(accountId)).toMatchObject({ employeeId, accountStatus: 'enabled' });
  }
}

function asTruth(person: Roster['people'][number]): TruthPerson {
  return {
    employeeId: person.employeeId,
    accountId: person.accountId,
    department: person.department ?? '',
    managerAccountId: person.managerAccountId,
    accountStatus: person.accountStatus,
    enrolment: person.enrolment,
    onLeave: person.hrStatus === 'onLeave',
    differences: person.differences.map((difference) => difference.field).sort(),
  };
}

function sortedDifferences(person: TruthPerson): TruthPerson {
  return { ...person, differences: [...person.differences].sort() };
}

function pairKey(pair: { employeeId: string; accountId: string }): string {
  return `${pair.employeeId} ${pair.accountId}`;
}

function byEmployee(a: { employeeId: string }, b: { employeeId: string }): number {
  return a.employeeId < b.employeeId ? -1 : 1;
}

function byAccount(a: { accountId: string }, b: { accountId: string }): number {
  return a.accountId < b.accountId ? -1 : 1;
}
