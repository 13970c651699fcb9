/** What a reading writes: the rows that say something else than before, and no others. */
import { sql } from 'drizzle-orm';
import { beforeAll, expect, it } from 'vitest';
import type { PeopleReading } from '../../src/rollout/roster/read-sources.ts';
import { readReadings } from '../../src/rollout/roster/roster.store.ts';
import { type SaveRules, savePeople } from '../../src/rollout/roster/save-sources.ts';
import type { GraphRegistration, GraphUser } from '../../src/services/graph/wire.ts';
import type { Database } from '../../src/store/database.ts';
import { addCustomer, describeStore } from '../support/store.ts';

const NOT_READ = { ok: false, code: 'graph_unreachable', why: 'nobody answered' } as const;
const MONDAY = '2026-11-02T06:00:00Z';
const TUESDAY = '2026-11-03T06:00:00Z';

function rowOf(n: number, wishes: Partial<GraphRegistration> = {}): GraphRegistration {
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const says = { isMfaRegistered: false, isMfaCapable: false, methodsRegistered: [] };
  return { id, ...says, lastUpdatedDateTime: MONDAY, ...wishes };
}

function readingOf(parts: Partial<PeopleReading>): PeopleReading {
  const others = { hr: NOT_READ, users: NOT_READ, registration: NOT_READ, policies: NOT_READ };
  return { ...others, securityDefaults: NOT_READ, legacySignIns: NOT_READ, ...parts };
}

function reportOf(rows: GraphRegistration[]): PeopleReading {
  return readingOf({ registration: { ok: true, value: { kind: 'rows', rows } } });
}

describeStore('a reading of people', (store) => {
  let database: Database;
  let id: string;
  beforeAll(async () => {
    database = await store.open();
    id = await addCustomer(database);
  });

  const save = (reading: PeopleReading, at: string, expectedMark?: string) => {
    const limits = { shrinkPercentMax: 20, shrinkRowsMax: 20 };
    const rules: SaveRules = { at: new Date(at), acceptShrunk: true, expectedMark, ...limits };
    return database.withCustomer(id, (tx) => savePeople(tx, reading, rules));
  };
  /** Which transaction wrote each row: another number, or another place, is another writing. */
  const writings = (table: string) =>
    database.withCustomer(id, async (tx) => {
      const { rows } = await tx.execute(
        sql`SELECT account_id, concat_ws(' ', xmin, ctid) AS written FROM ${sql.identifier(table)} ORDER BY account_id`,
      );
      return rows;
    });
  const registrations = () =>
    database.withCustomer(id, async (tx) => {
      const { rows } = await tx.execute<{ registration: GraphRegistration }>(
        sql`SELECT registration FROM tenant_registrations ORDER BY account_id`,
      );
      return rows.map(({ registration }) => registration);
    });

  it('rewrites no registration when the report is as it was, nor when its date alone moved, and notes the time', async () => {
    const report = [rowOf(1), rowOf(2, { isMfaCapable: true, methodsRegistered: ['fido2SecurityKey'] }), rowOf(3)];
    expect(await save(reportOf(report), MONDAY)).toBe(3);
    const before = await writings('tenant_registrations');
    expect(await save(reportOf(report), MONDAY)).toBe(0);
    expect(await save(reportOf(report.map((row) => ({ ...row, lastUpdatedDateTime: TUESDAY }))), TUESDAY)).toBe(0);
    expect(await writings('tenant_registrations')).toEqual(before);
    const readings = await database.withCustomer(id, readReadings);
    const registration = readings.find(({ source }) => source === 'registration');
    expect(registration).toMatchObject({ state: 'read', rows: 3, readAt: new Date(TUESDAY) });
  });

  it('writes the one registration that says something else, with the date it says it of', async () => {
    await save(reportOf([rowOf(1), rowOf(2), rowOf(3)]), MONDAY);
    const before = await writings('tenant_registrations');
    const enrolled = { isMfaRegistered: true, isMfaCapable: true, methodsRegistered: ['fido2SecurityKey'] };
    const later = [1, 2, 3].map((n) => rowOf(n, { lastUpdatedDateTime: TUESDAY, ...(n === 2 ? enrolled : {}) }));
    expect(await save(reportOf(later), TUESDAY)).toBe(1);
    const after = await writings('tenant_registrations');
    expect(after.map((row, index) => row.written === before[index]?.written)).toEqual([true, false, true]);
    expect((await registrations())[1]).toEqual(later[1]);
  });

  it('stores of two registrations of one account the later, in either order', async () => {
    const [old, late] = [rowOf(1, { isMfaCapable: true }), rowOf(1, { lastUpdatedDateTime: TUESDAY })];
    for (const report of [
      [old, late],
      [late, old],
    ]) {
      await save(reportOf([]), MONDAY);
      expect(await save(reportOf(report), TUESDAY)).toBe(1);
      expect(await registrations()).toEqual([late]);
    }
  });

  it('stores an account that came on two pages once, as the later page has it', async () => {
    const user = (displayName: string) => ({ id: rowOf(7).id, displayName }) as GraphUser;
    const users = [user('Before'), user('After')];
    const reading = readingOf({ users: { ok: true, value: { kind: 'all', users, mark: 'mark' } } });
    expect(await save(reading, MONDAY)).toBe(1);
    expect(await save(reading, MONDAY, 'mark')).toBe(0);
    const stored = await database.withCustomer(id, (tx) => tx.execute(sql`SELECT account FROM tenant_accounts`));
    expect(stored.rows).toEqual([{ account: user('After') }]);
  });
});
