import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LabelledPeople, labelledPeople, pairOf, shuffled } from '../../bench/labelled-people.ts';
import { type ReconcileInput, reconcile } from '../../src/rollout/roster/roster.core.ts';
import type { Account, Employee } from '../../src/rollout/roster/roster-types.core.ts';

/** Few enough values that rows collide in every way: ids, addresses and names drawn from small pools. */
const id = fc.constantFrom('1', '2', '3', '4', ' 2', 'a', 'A');
const address = fc.constantFrom(
  ...['ann@x.example', 'ANN@x.example', 'ann+t@x.example', 'bo@x.example', 'bo@y.example', 'ann@y.example', 'none', ''],
);
const name = fc.constantFrom('Ann Berg', 'Berg Ann', 'Bo Holm', 'Bo');
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });

const employee: fc.Arbitrary<Employee> = fc.record({
  employeeId: id,
  displayName: name,
  firstName: fc.constant(null),
  lastName: fc.constantFrom('Berg', 'Holm', null),
  workEmail: orNull(address),
  department: orNull(fc.constantFrom('IT', 'Sales')),
  jobTitle: fc.constant(null),
  managerEmployeeId: orNull(id),
  status: fc.constantFrom('active' as const, 'active' as const, 'onLeave' as const, 'inactive' as const),
  hireDate: fc.constantFrom('2020-01-01', '2027-01-01', null),
  terminationDate: fc.constant(null),
  returnDate: fc.constant(null),
});

const accountBody = fc.record({
  displayName: name,
  userPrincipalName: orNull(address),
  mail: orNull(address),
  proxyAddresses: fc.array(
    address.map((text) => `smtp:${text}`),
    { maxLength: 2 },
  ),
  employeeId: orNull(id),
  accountEnabled: fc.boolean(),
  userType: fc.constantFrom('Member', 'Member', 'Guest'),
  manager: orNull(fc.constantFrom({ id: 'acc0' }, { id: 'acc1' })),
});

const accounts: fc.Arbitrary<Account[]> = fc
  .array(accountBody, { maxLength: 8 })
  .map((bodies) => bodies.map((body, at) => ({ id: `acc${at}`, ...body })));

const input: fc.Arbitrary<ReconcileInput> = fc.record({
  hrSource: fc.constant('csv'),
  employees: fc.array(employee, { maxLength: 8 }),
  accounts,
  registration: fc.constant([]),
  verifiedDomains: fc.constant(['x.example', 'y.example']),
  today: fc.constant('2026-11-02'),
});

const RUNS = { numRuns: 400 };

function reversed<T>(list: readonly T[]): T[] {
  return [...list].reverse();
}

describe('reconcile', () => {
  it('gives one account to one person, and lists every account and every employee at work once', () => {
    fc.assert(
      fc.property(input, (given) => {
        const roster = reconcile(given);
        const listed = [...roster.people, ...roster.accountWithoutHr].map((row) => row.accountId);
        expect(listed.toSorted()).toEqual(given.accounts.map((account) => account.id).toSorted());
        const personIds = [...roster.people, ...roster.hrWithoutAccount].map((row) => row.personId);
        expect(new Set(personIds).size).toBe(personIds.length);
        const made = roster.futureHires.flatMap((hire) => hire.accountId ?? []);
        expect(new Set(made).size).toBe(made.length);
      }),
      RUNS,
    );
  });

  it('does not depend on the order of its input', () => {
    fc.assert(
      fc.property(input, (given) => {
        const turned = { ...given, employees: reversed(given.employees), accounts: reversed(given.accounts) };
        expect(reconcile(turned)).toEqual(reconcile(given));
      }),
      RUNS,
    );
  });

  it('changes no row when an unrelated employee and an unrelated account are added', () => {
    const stranger: Employee = {
      employeeId: 'zz9',
      displayName: 'Quite Different',
      firstName: 'Quite',
      lastName: 'Different',
      workEmail: 'unheard.of@x.example',
      department: null,
      jobTitle: null,
      managerEmployeeId: null,
      status: 'active',
      hireDate: null,
      terminationDate: null,
      returnDate: null,
    };
    const other: Account = { id: 'zz', displayName: 'Some Machinery', userPrincipalName: 'machinery@x.example' };
    fc.assert(
      fc.property(input, (given) => {
        const before = reconcile(given);
        const after = reconcile({
          ...given,
          employees: [stranger, ...given.employees],
          accounts: [other, ...given.accounts],
        });
        expect(after.people).toEqual(before.people);
        expect(after.suggestions).toEqual(before.suggestions);
        expect(after.hrWithoutAccount.filter((row) => row.employeeId !== 'zz9')).toEqual(before.hrWithoutAccount);
        expect(after.accountWithoutHr.filter((row) => row.accountId !== 'zz')).toEqual(before.accountWithoutHr);
      }),
      RUNS,
    );
  });

  it('makes no match without a certain key, however alike the names are', () => {
    fc.assert(
      fc.property(input, (given) => {
        const keyless = given.accounts.map((account) => ({ id: account.id, displayName: account.displayName ?? null }));
        expect(reconcile({ ...given, accounts: keyless }).people).toEqual([]);
      }),
      RUNS,
    );
  });

  it('never matches a pair that shares neither id nor address', () => {
    const key = (text: string | null | undefined) => (text ?? '').trim().toLowerCase();
    const bare = (text: string) => key(text).replace(/\+[^@]*@/, '@');
    fc.assert(
      fc.property(input, (given) => {
        for (const person of reconcile(given).people) {
          const own = given.accounts.find((account) => account.id === person.accountId);
          const rows = given.employees.filter((row) => key(row.employeeId) === key(person.employeeId));
          const addresses = [
            own?.mail,
            own?.userPrincipalName,
            ...(own?.proxyAddresses ?? []).map((one) => one.slice(5)),
          ];
          const sharesAddress = rows.some(
            (row) =>
              key(row.workEmail) !== '' && addresses.some((one) => bare(one ?? '') === bare(row.workEmail ?? '')),
          );
          expect(key(own?.employeeId) === key(person.employeeId) || sharesAddress).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('suggests at most three accounts for one employee, none of them matched unless it explains a conflict', () => {
    fc.assert(
      fc.property(input, (given) => {
        const roster = reconcile(given);
        const taken = new Set(roster.people.map((person) => person.accountId));
        const perEmployee = Map.groupBy(roster.suggestions, (one) => one.employeeId);
        const rowsOf = (employeeId: string) => given.employees.filter((row) => row.employeeId === employeeId).length;
        for (const [employeeId, all] of perEmployee) expect(all.length).toBeLessThanOrEqual(3 * rowsOf(employeeId));
        for (const one of roster.suggestions) if (taken.has(one.accountId)) expect(one.why).toContain('conflict');
      }),
      RUNS,
    );
  });
});

describe('reconcile against labelled people', () => {
  const judge = (people: LabelledPeople) => {
    const roster = reconcile(people);
    const found = new Set(roster.people.map((person) => pairOf(person.employeeId, person.accountId)));
    const suggested = new Set(roster.suggestions.map((one) => pairOf(one.employeeId, one.accountId)));
    return {
      falsePairs: [...found].filter((pair) => !people.certain.has(pair)),
      missed: [...people.certain].filter((pair) => !found.has(pair)),
      unsuggested: [...people.suggestible].filter((pair) => !suggested.has(pair)),
    };
  };

  it('finds every certain pair, no false one, and suggests what only a person may confirm, over many seeds', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      expect(judge(labelledPeople(400, seed))).toEqual({ falsePairs: [], missed: [], unsuggested: [] });
    }
  });

  it('gives the same list for shuffled input', () => {
    const people = labelledPeople(600, 7);
    expect(reconcile(shuffled(people, 3))).toEqual(reconcile(people));
  });

  it('loses the pair, and makes no other, when the keys of a certain pair are taken away', () => {
    const people = labelledPeople(300, 11);
    const before = reconcile(people);
    const bearers = Map.groupBy(people.accounts, (account) => account.employeeId);
    const single = before.people.filter((person) => (bearers.get(person.employeeId)?.length ?? 0) <= 1);
    for (const { accountId } of single.slice(0, 60)) {
      const rest = people.accounts.map((account) =>
        account.id === accountId ? { id: accountId, displayName: account.displayName } : account,
      );
      const kept = before.people.filter((person) => person.accountId !== accountId).map((person) => person.accountId);
      expect(reconcile({ ...people, accounts: rest }).people.map((person) => person.accountId)).toEqual(kept);
    }
  });
});
