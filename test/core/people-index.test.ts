import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leftoversPage, peoplePage } from '../../src/api/people-answers.ts';
import { createReadModel } from '../../src/api/read-models.ts';
import { shortText } from '../../src/api/short-text.ts';
import { LEFTOVER_PAGE_ROWS, PEOPLE_PAGE_ROWS, type PeopleQuery, peopleQuerySchema } from '../../src/contract.ts';
import { nameTokens } from '../../src/rollout/roster/folding.core.ts';
import type { Person } from '../../src/rollout/roster/roster-types.core.ts';

const PAGE_BYTES_MAX = 8 * 1024;
const actor = {
  customerId: 'x',
  identity: { tenantId: 'x', objectId: 'x' },
  roles: ['engineer' as const],
  displayName: null,
};
const NOTHING = { hrWithoutAccount: [], accountWithoutHr: [], suggestions: [] };

/** A valid person; a test names only what matters to it. */
function person(index: number, given: Partial<Person> = {}): Person {
  const accountId = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  return {
    personId: `bamboohr:${index}`,
    accountId,
    employeeId: String(index),
    displayName: `Person ${index}`,
    department: 'Sales',
    managerAccountId: null,
    managerWhy: 'noManager',
    accountStatus: 'enabled',
    enrolment: 'capable',
    enrolmentWhy: 'a method',
    class: 'employee',
    matchedBy: 'employeeId',
    differences: [],
    hrStatus: 'active',
    returnDate: null,
    jobTitle: null,
    userPrincipalName: `person${index}@contoso.example`,
    mail: null,
    methods: [],
    ...given,
  };
}

function modelOf(people: Person[]) {
  return createReadModel({ ...NOTHING, people }, []);
}

const anyPerson = fc.record({
  displayName: fc.constantFrom(
    'Zoë Müller',
    'zoe mueller',
    'Łukasz Ørsted',
    'Ana Lopez',
    'Ana-Maria López',
    '李 明',
    '',
  ),
  department: fc.constantFrom('Sales', 'sales', 'Ärzte', null),
  enrolment: fc.constantFrom('capable', 'not', 'unknown'),
  accountStatus: fc.constantFrom('enabled', 'disabled'),
  class: fc.constantFrom('employee', 'guest'),
  managerAccountId: fc.constantFrom(null, 'm1', 'm2'),
  differences: fc.constantFrom(
    [],
    [{ field: 'department', hr: 'a', entra: 'b' }],
    [{ field: 'manager', hr: null, entra: 'b' }],
  ),
}) satisfies fc.Arbitrary<Partial<Person>>;

const anyQuery = fc
  .record(
    {
      search: fc.constantFrom('zoe', 'MÜ', 'ana l', 'ørs łu', 'a', '明', 'contoso', '7', '', '-'),
      department: fc.constantFrom('Sales', 'Ärzte', '', 'nowhere'),
      enrolment: fc.constantFrom('capable', 'not', 'unknown'),
      accountStatus: fc.constantFrom('enabled', 'disabled'),
      class: fc.constantFrom('employee', 'guest'),
      difference: fc.constantFrom('department', 'manager', 'any'),
      sort: fc.constantFrom('name', '-name', 'department', '-department', 'enrolment', '-enrolment'),
    },
    { requiredKeys: [] },
  )
  .map((query) => peopleQuerySchema.parse(query));

/** The filters read plainly, without any index. */
function passes(one: Person, { search, department, difference, ...query }: PeopleQuery): boolean {
  const words = nameTokens(one.displayName, one.userPrincipalName, one.mail, one.employeeId);
  const searched = nameTokens(search);
  return (
    ((search ?? '').trim() === '' || searched.length > 0) &&
    searched.every((start) => words.some((word) => word.startsWith(start))) &&
    (department === undefined || (one.department ?? '') === department) &&
    (query.enrolment === undefined || one.enrolment === query.enrolment) &&
    (query.accountStatus === undefined || one.accountStatus === query.accountStatus) &&
    (query.class === undefined || one.class === query.class) &&
    (difference === undefined || one.differences.some(({ field }) => difference === 'any' || difference === field))
  );
}

describe('the list of people', () => {
  it('holds exactly those who pass the filters, in every combination and for every manager', () => {
    fc.assert(
      fc.property(
        fc.array(anyPerson, { maxLength: 40 }),
        fc.array(fc.tuple(anyQuery, fc.constantFrom(undefined, 'm1', 'm3')), { minLength: 1, maxLength: 6 }),
        (given, questions) => {
          const people = given.map((one, index) => person(index, one));
          const model = modelOf(people);
          for (const [query, managerId] of questions) {
            const { limit: _limit, offset: _offset, ...filter } = query;
            const expected = people.flatMap((one, position) =>
              passes(one, query) && (managerId === undefined || one.managerAccountId === managerId) ? [position] : [],
            );
            expect([...model.people.list(filter, managerId)].sort((a, b) => a - b)).toEqual(expected);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('stays in the order asked for, equal rows by name', () => {
    fc.assert(
      fc.property(fc.array(anyPerson, { maxLength: 25 }), (given) => {
        const model = modelOf(given.map((one, index) => person(index, one)));
        const ids = (sort: PeopleQuery['sort']) =>
          peoplePage(model, peopleQuerySchema.parse({ sort }), { revision: '', managerId: undefined }).rows;
        const byName = ids('name').map(({ accountId }) => accountId);
        expect(ids('-name').map(({ accountId }) => accountId)).toEqual([...byName].reverse());
        for (const sort of ['enrolment', '-enrolment'] as const) {
          const order = sort === 'enrolment' ? ['not', 'unknown', 'capable'] : ['capable', 'unknown', 'not'];
          const expected = order.flatMap((value) => ids('name').filter(({ enrolment }) => enrolment === value));
          expect(ids(sort)).toEqual(expected);
        }
      }),
    );
  });

  it('gives the same page whether or not the list was asked for before', () => {
    const model = modelOf(Array.from({ length: 60 }, (_, index) => person(index)));
    const ask = () =>
      peoplePage(model, peopleQuerySchema.parse({ search: 'pers', offset: 25 }), {
        revision: '',
        managerId: undefined,
      });
    const first = ask();
    for (let index = 0; index < 200; index += 1)
      peoplePage(model, peopleQuerySchema.parse({ search: `person ${index}` }), { revision: '', managerId: undefined });
    expect(ask()).toEqual(first);
  });
});

describe('a page', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.constantFrom(
      'x'.repeat(100_000),
      '\u0001'.repeat(300),
      '明'.repeat(300),
      '🧑‍🚀'.repeat(99),
      '"\\'.repeat(200),
      '\ud800'.repeat(90),
    ),
  );

  it('stays below 8 KB whatever names and departments hold', () => {
    fc.assert(
      fc.property(hostile, hostile, (displayName, department) => {
        const differences: Person['differences'] = [
          { field: 'department', hr: null, entra: null },
          { field: 'manager', hr: null, entra: null },
        ];
        const given: Partial<Person> = { displayName, department, differences, accountStatus: 'disabled' };
        const model = modelOf(Array.from({ length: PEOPLE_PAGE_ROWS }, (_, index) => person(index, given)));
        const page = peoplePage(model, peopleQuerySchema.parse({}), {
          revision: 'W/"0123456789012345678901"',
          managerId: undefined,
        });
        expect(page.rows).toHaveLength(PEOPLE_PAGE_ROWS);
        expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThanOrEqual(PAGE_BYTES_MAX);
      }),
      { numRuns: 60 },
    );
  });

  it('of left-overs does as well', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const rows = Array.from({ length: LEFTOVER_PAGE_ROWS }, (_, index) => person(index).accountId);
        const model = createReadModel(
          {
            people: [],
            hrWithoutAccount: rows.map((employeeId) => ({
              ...{
                personId: employeeId,
                employeeId: text,
                displayName: text,
                department: text,
                workEmail: text,
                why: text,
              },
              hrStatus: 'active',
            })),
            accountWithoutHr: rows.map((accountId) => ({
              ...{ accountId, displayName: text, userPrincipalName: text, why: text, enrolmentWhy: text },
              ...{ accountStatus: 'disabled', class: 'serviceAccount', enrolment: 'capable' },
            })),
            suggestions: rows.map((accountId) => ({ employeeId: text, accountId, why: text })),
          },
          [],
        );
        for (const kind of ['hrWithoutAccount', 'accountWithoutHr', 'suggestions'] as const) {
          const page = leftoversPage(
            model,
            { kind, offset: 0, limit: LEFTOVER_PAGE_ROWS },
            { revision: 'W/"0123456789012345678901"', actor },
          );
          expect(page.rows).toHaveLength(LEFTOVER_PAGE_ROWS);
          expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThanOrEqual(PAGE_BYTES_MAX);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leaves short texts as they are and cuts long ones between letters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 10, max: 80 }),
        (text, bytesMax) => {
          const short = shortText(text, bytesMax);
          const bytes = Buffer.byteLength(JSON.stringify(short)) - 2;
          expect(bytes).toBeLessThanOrEqual(bytesMax);
          expect(short.isWellFormed()).toBe(true);
          if (Buffer.byteLength(JSON.stringify(text)) - 2 <= bytesMax) expect(short).toBe(text);
          else expect(short.endsWith('…')).toBe(true);
        },
      ),
    );
  });
});
