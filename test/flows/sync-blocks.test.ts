/** A later reading, of which only blocks that did not come before are compared, leaves what a first one would. */
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { PeopleReading } from '../../src/rollout/roster/read-sources.ts';
import { readRows } from '../../src/rollout/roster/roster.store.ts';
import { type SaveRules, savePeople } from '../../src/rollout/roster/save-sources.ts';
import type { GraphRegistration } from '../../src/services/graph/wire.ts';
import type { HrEmployee } from '../../src/services/hr/hr.ts';
import type { Database } from '../../src/store/database.ts';
import { addCustomer, describeStore } from '../support/store.ts';

const NOT_READ = { ok: false, code: 'graph_unreachable', why: 'nobody answered' } as const;
const NONE = { policies: NOT_READ, securityDefaults: NOT_READ, legacySignIns: NOT_READ, users: NOT_READ };

type Row = { n: number; says: number };
type Step = { rows: Row[]; pageSize: number; hour: number };

const employeeOf = ({ n, says }: Row): HrEmployee => ({
  ...{ employeeId: `E${n}`, displayName: `Person ${n}`, firstName: 'Person', lastName: String(n), workEmail: null },
  ...{ department: `Department ${says}`, jobTitle: null, managerEmployeeId: null, hireDate: null },
  ...{ status: says === 0 ? 'inactive' : 'active', terminationDate: null, returnDate: null },
});

const registrationOf = ({ n, says }: Row, hour: number): GraphRegistration => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  ...{ isMfaRegistered: says > 1, isMfaCapable: says > 2, methodsRegistered: says > 1 ? [`method ${says}`] : [] },
  lastUpdatedDateTime: `2026-11-02T${String(hour).padStart(2, '0')}:00:00Z`,
});

/** Pages as the service gives them: the digest of a page does not tell the hour of the report. */
function pagesOf({ rows, pageSize, hour }: Step) {
  return Array.from({ length: Math.ceil(rows.length / pageSize) }, (_none, n) => {
    const own = rows.slice(n * pageSize, (n + 1) * pageSize);
    return { digest: JSON.stringify(own), rows: () => own.map((row) => registrationOf(row, hour)) };
  });
}

const step = fc.record({
  // A row may come twice, as from a list that moves while its pages are read.
  rows: fc.array(fc.record({ n: fc.nat(12), says: fc.nat(3) }), { maxLength: 14 }),
  pageSize: fc.integer({ min: 1, max: 5 }),
  hour: fc.nat(23),
});

describeStore('readings one after the other', (store) => {
  let database: Database;
  beforeAll(async () => {
    database = await store.open();
  });

  const save = (id: string, reading: PeopleReading) => {
    const rules: SaveRules = {
      ...{ at: new Date('2026-11-02T06:00:00Z'), acceptShrunk: true, expectedMark: undefined },
      ...{ shrinkPercentMax: 20, shrinkRowsMax: 20 },
    };
    return database.withCustomer(id, (tx) => savePeople(tx, reading, rules));
  };
  const readingOf = (taken: Step): PeopleReading => ({
    ...NONE,
    hr: {
      ok: true,
      value: { employees: taken.rows.map(employeeOf), absencesKnown: true, digest: JSON.stringify(taken.rows) },
    },
    registration: { ok: true, value: { kind: 'pages', pages: pagesOf(taken) } },
  });
  const stored = (id: string) =>
    database.withCustomer(id, async (tx) => ({
      hr: await readRows(tx, 'hr_employees'),
      // The hour of a report that says the same as before is left as it was.
      registrations: ((await readRows(tx, 'tenant_registrations')) as GraphRegistration[]).map(
        ({ lastUpdatedDateTime: _hour, ...row }) => row,
      ),
    }));

  it('leave what the last of them alone would have left, whatever came before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 4 }), fc.nat(3), async (own, repeated) => {
        // One of the readings comes a second time, right after itself.
        const steps = own.flatMap((taken, place) => (place === repeated ? [taken, taken] : [taken]));
        const [followed, afresh] = [await addCustomer(database), await addCustomer(database)];
        for (const taken of steps) await save(followed, readingOf(taken));
        await save(afresh, readingOf(steps.at(-1) as Step));
        expect(await stored(followed)).toEqual(await stored(afresh));
      }),
      { numRuns: 25 },
    );
  });

  it('look at no row of a page that came before, and write the row that changed alone', async () => {
    const id = await addCustomer(database);
    const rows = Array.from({ length: 20 }, (_none, n) => ({ n, says: 3 }));
    const first = { rows, pageSize: 5, hour: 1 };
    expect(await save(id, readingOf(first))).toBe(40);
    const asked: number[] = [];
    const pages = pagesOf({ ...first, rows: rows.map((row) => (row.n === 7 ? { ...row, says: 1 } : row)) });
    const watched = pages.map((page, place) => ({
      ...page,
      rows: () => {
        asked.push(place);
        return page.rows();
      },
    }));
    const reading = { ...NONE, hr: NOT_READ, registration: { ok: true, value: { kind: 'pages', pages: watched } } };
    expect(await save(id, reading as PeopleReading)).toBe(1);
    expect(new Set(asked)).toEqual(new Set([1]));
  });

  it('compare no employee where the system said what it said before, and each where it did not', async () => {
    const id = await addCustomer(database);
    const rows = Array.from({ length: 6 }, (_none, n) => ({ n, says: 2 }));
    const says = (digest: string, says: number): PeopleReading => ({
      ...NONE,
      hr: {
        ok: true,
        value: { employees: rows.map(({ n }) => employeeOf({ n, says })), absencesKnown: true, digest },
      },
      registration: NOT_READ,
    });
    expect(await save(id, says('monday', 2))).toBe(6);
    // Employees that differ under one digest do not occur: here they show that nobody looks.
    expect(await save(id, says('monday', 1))).toBe(0);
    expect(await save(id, says('tuesday', 1))).toBe(6);
    expect(await save(id, says('monday', 1))).toBe(0);
    expect(await save(id, says('tuesday', 2))).toBe(6);
    expect(await save(id, { ...says('', 2), hr: NOT_READ })).toBe(0);
    expect(await save(id, says('tuesday', 3))).toBe(0);
  });

  it('compare whole where the rows are not those that the blocks tell of', async () => {
    const id = await addCustomer(database);
    const taken = { rows: Array.from({ length: 6 }, (_none, n) => ({ n, says: 2 })), pageSize: 3, hour: 1 };
    await save(id, readingOf(taken));
    const before = await stored(id);
    await database.withCustomer(id, async (tx) => {
      await tx.execute(sql`DELETE FROM hr_employees WHERE employee_key = 'E1'`);
      await tx.execute(sql`UPDATE source_readings SET rows = 5 WHERE source = 'hr'`);
    });
    expect(await save(id, readingOf(taken))).toBe(1);
    expect(await stored(id)).toEqual(before);
  });
});
