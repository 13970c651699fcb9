import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createManualClock } from '../../src/lib/clock.ts';
import { VendorBrokenError, VendorRefusedError } from '../../src/lib/errors.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createBambooSource } from '../../src/services/hr/bamboohr/provider.ts';
import type { BambooSettings } from '../../src/services/hr/bamboohr/settings.ts';
import { employeesOf } from '../../src/services/hr/bamboohr/transform.ts';
import { createHttpClient } from '../../src/services/http.ts';
import { createPacers } from '../../src/services/limits.ts';
import { testAuthority } from '../support/graph-bench.ts';
import { type Arrived, type Reply, startVendorDouble, type VendorDouble } from '../support/vendor-double.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const NOON = Date.parse('2026-11-20T12:00:00Z');

async function start(answer: (request: Arrived, index: number) => Reply, settings: Partial<BambooSettings> = {}) {
  const double: VendorDouble = await startVendorDouble(answer, testAuthority());
  const clock = createManualClock(NOON);
  const http = createHttpClient({
    clock: { ...clock, sleep: pausesAtOnce(clock.sleep) },
    log: silentLog,
    caFile: testAuthority().caFile,
    random: () => 0,
  });
  closing.push(
    () => double.close(),
    () => http.close(),
  );
  const source = createBambooSource(
    { http, clock, pacer: createPacers(clock).bamboohr },
    { baseUrl: double.url, company: 'contoso', access: { kind: 'apiKey', apiKey: 'key-1' }, ...settings },
  );
  return { double, source };
}

/** Pauses take no time; deadlines sleep on the clock, which nobody moves. */
function pausesAtOnce(sleep: (ms: number, signal?: AbortSignal) => Promise<void>) {
  return (ms: number, signal?: AbortSignal) => (ms < 60_000 ? Promise.resolve() : sleep(ms, signal));
}

const person = (id: string, changed: Record<string, string | null> = {}) => ({
  id,
  employeeNumber: `N${id}`,
  displayName: `Person ${id}`,
  preferredName: null,
  firstName: 'Person',
  lastName: id,
  workEmail: `person${id}@contoso.example`,
  department: 'Sales',
  jobTitle: '',
  supervisorEId: null,
  supervisorId: null,
  status: 'Active',
  employmentHistoryStatus: 'Full-Time',
  hireDate: '2020-01-31',
  terminationDate: '0000-00-00',
  ...changed,
});

type People = ReturnType<typeof person>[];
const report = (employees: People): Reply => ({ json: { title: 'MFA rollout', fields: [], employees } });
const answers =
  (employees: People, absences: unknown[] = []) =>
  ({ path }: Arrived) =>
    path.endsWith('/whos_out') ? { json: absences } : report(employees);

describe('the custom report', () => {
  it('is asked for as the vendor demands, on the route that names the company', async () => {
    const { double, source } = await start(answers([person('1')]));
    await source.readEmployees();
    const [first, second] = double.arrived;
    expect(first).toMatchObject({ method: 'POST', path: '/api/gateway.php/contoso/v1/reports/custom' });
    expect(first?.query.get('format')).toBe('json');
    expect(first?.headers['content-type']).toBe('application/json');
    expect(first?.headers.accept).toBe('application/json');
    expect(first?.headers.authorization).toBe(`Basic ${Buffer.from('key-1:x').toString('base64')}`);
    expect(second).toMatchObject({ method: 'GET', path: '/api/gateway.php/contoso/v1/time_off/whos_out' });
    expect(Object.fromEntries(second?.query ?? [])).toEqual({ start: '2026-11-20', end: '2027-11-20', filter: 'off' });
  });

  it('is asked for on the company route when told so', async () => {
    const { double, source } = await start(answers([person('1')]), { route: 'company' });
    await source.readEmployees();
    expect(double.arrived[0]?.path).toBe('/api/v1/reports/custom');
  });

  it('becomes employees: unset dates and empty texts are null, managers are found by id', async () => {
    const people = [
      person('74', { employeeNumber: '72', displayName: null }),
      person('72', { employeeNumber: '74' }),
      person('109', { supervisorEId: '74', supervisorId: '72' }),
      person('110', { supervisorEId: null, supervisorId: '74' }),
      person('111', { supervisorEId: '999', employeeNumber: null }),
    ];
    const { source } = await start(answers(people));
    const employees = await source.readEmployees();
    expect(employees[0]).toEqual({
      employeeId: '72',
      displayName: 'Person 74',
      firstName: 'Person',
      lastName: '74',
      workEmail: 'person74@contoso.example',
      department: 'Sales',
      jobTitle: null,
      managerEmployeeId: null,
      status: 'active',
      hireDate: '2020-01-31',
      terminationDate: null,
      returnDate: null,
    });
    expect(employees.map(({ employeeId, managerEmployeeId }) => [employeeId, managerEmployeeId])).toEqual([
      ['72', null],
      ['74', null],
      ['N109', '72'],
      ['N110', '74'],
      ['id:111', null],
    ]);
  });

  it('gives ids where the customer matches by id', async () => {
    const { source } = await start(answers([person('1'), person('2', { supervisorEId: '1' })]), {
      employeeIdField: 'id',
    });
    expect(
      (await source.readEmployees()).map(({ employeeId, managerEmployeeId }) => [employeeId, managerEmployeeId]),
    ).toEqual([
      ['1', null],
      ['2', '1'],
    ]);
  });

  it('counts future hires and leavers as inactive, told apart by their dates', async () => {
    const people = [
      person('1', { status: 'Inactive', hireDate: '2027-01-04' }),
      person('2', { status: 'Inactive', terminationDate: '2026-06-30' }),
    ];
    const { source } = await start(answers(people));
    expect(await source.readEmployees()).toMatchObject([
      { status: 'inactive', hireDate: '2027-01-04', terminationDate: null },
      { status: 'inactive', terminationDate: '2026-06-30' },
    ]);
  });
});

describe('a long report', () => {
  const MEGABYTE = 'x'.repeat(1024 * 1024);
  const bodyOf = (rows: Iterable<string>) => `{"title":"x","fields":[],"employees":[${[...rows].join(',')}]}`;
  const padded = (n: number) => JSON.stringify({ ...person(String(n)), jobTitle: MEGABYTE.slice(0, 700_000) });

  it('is read although it is longer than an answer that is held whole may be', async () => {
    // A hundred rows of 0.7 MB: more than the 64 MB that other answers may have.
    const rows = Array.from({ length: 100 }, (_none, n) => padded(n));
    const { source } = await start(({ path }) =>
      path.endsWith('/whos_out')
        ? { json: [] }
        : { raw: bodyOf(rows), headers: { 'content-type': 'application/json' } },
    );
    expect(await source.readEmployees()).toHaveLength(100);
  });

  it.each([
    { what: 'an envelope of 50 MB', raw: `{"title":"${MEGABYTE.repeat(50)}","employees":[]}` },
    { what: 'one row of 50 MB', raw: bodyOf([JSON.stringify({ id: '1', jobTitle: MEGABYTE.repeat(50) })]) },
    { what: '50 MB of rows without an id', raw: bodyOf(Array.from({ length: 50 }, () => `{"a":"${MEGABYTE}"}`)) },
    { what: 'rows that are lists', raw: bodyOf(['[1]']) },
    { what: 'a list that is none', raw: '{"title":"x","employees":{}}' },
    { what: 'no list', raw: '{"title":"x"}' },
    { what: 'a list twice', raw: '{"employees":[],"employees":[]}' },
    { what: 'a cut list', raw: `{"employees":[${JSON.stringify(person('1'))},` },
    { what: '50 MB of another type', raw: MEGABYTE.repeat(50), type: 'text/html' },
  ])('refuses $what', async ({ raw, type = 'application/json' }) => {
    const { source } = await start(() => ({ raw, headers: { 'content-type': type } }));
    await expect(source.readEmployees()).rejects.toBeInstanceOf(VendorBrokenError);
  });
});

describe('leave', () => {
  const off = (employeeId: number, from: string, to: string) => ({
    id: employeeId,
    type: 'timeOff',
    employeeId,
    name: 'x',
    start: from,
    end: to,
  });

  it('is an approved absence over today that lasts longer than a holiday, or a status that says so', async () => {
    const absences = [
      off(1, '2026-11-01', '2026-12-31'),
      off(2, '2026-11-16', '2026-11-27'),
      off(3, '2026-12-01', '2027-03-31'),
      off(4, '2026-11-10', '2026-11-21'),
      off(4, '2026-11-22', '2027-01-15'),
      off(6, '2026-11-01', '2026-12-31'),
      { id: 9, type: 'holiday', name: 'Day off', start: '2026-11-20', end: '2026-11-20' },
    ];
    const people = ['1', '2', '3', '4'].map((id) => person(id));
    people.push(person('5', { employmentHistoryStatus: 'maternity leave' }), person('6', { status: 'Inactive' }));
    const { source } = await start(answers(people, absences));
    const reading = await source.read();
    expect(reading.absencesKnown).toBe(true);
    expect(reading.employees.map(({ status, returnDate }) => [status, returnDate])).toEqual([
      ['onLeave', '2027-01-01'],
      ['active', null],
      ['active', null],
      ['onLeave', '2027-01-16'],
      ['onLeave', null],
      ['inactive', null],
    ]);
  });

  it('follows the customer’s own words and length', async () => {
    const settings = { leaveStatuses: ['Auszeit'], leaveDaysMin: 5 };
    const people = [
      person('1', { employmentHistoryStatus: 'auszeit' }),
      person('2'),
      person('3', { employmentHistoryStatus: 'Sabbatical' }),
    ];
    const { source } = await start(answers(people, [off(2, '2026-11-18', '2026-11-27')]), settings);
    expect((await source.readEmployees()).map(({ status }) => status)).toEqual(['onLeave', 'onLeave', 'active']);
  });

  it('is said to be unknown where the company does not show absences', async () => {
    const { source } = await start(({ path }) =>
      path.endsWith('/whos_out') ? { status: 403 } : report([person('1')]),
    );
    expect(await source.read()).toMatchObject({ absencesKnown: false, employees: [{ status: 'active' }] });
  });

  it('is judged by the day in the company’s time zone', async () => {
    const { double, source } = await start(answers([person('1')]), { timeZone: 'Pacific/Kiritimati' });
    await source.readEmployees();
    expect(double.arrived[1]?.query.get('start')).toBe('2026-11-21');
  });
});

describe('a member that nobody asked for', () => {
  it('is passed over, whatever it is, and one that was asked for is looked at', async () => {
    const strange = { ...person('1'), photoUploaded: true, links: { self: 'x' } } as unknown as People[number];
    const { source } = await start(answers([strange]));
    expect(await source.readEmployees()).toHaveLength(1);
    const broken = { ...person('1'), workEmail: { address: 'x' } } as unknown as People[number];
    const other = await start(answers([broken]));
    await expect(other.source.readEmployees()).rejects.toBeInstanceOf(VendorBrokenError);
  });
});

describe('the dataset query', () => {
  it('counts its pages and never follows a link', async () => {
    const other = await startVendorDouble(() => ({ json: {} }), testAuthority());
    closing.push(() => other.close());
    const asked = z.object({ page: z.number(), pageSize: z.number(), fields: z.array(z.string()) });
    const { double, source } = await start(
      ({ path, body }): Reply => {
        if (path.endsWith('/whos_out')) return { json: [] };
        const { page } = asked.parse(JSON.parse(body));
        const meta = { page, pageSize: 1_000, totalPages: 2, totalItems: 2 };
        return {
          json: { data: [{ fields: person(String(page)) }], links: { next: `${other.url}/next`, prev: null }, meta },
        };
      },
      { readBy: 'dataset', route: 'company' },
    );
    expect((await source.readEmployees()).map(({ employeeId }) => employeeId)).toEqual(['N1', 'N2']);
    expect(double.arrived.slice(0, 2).map(({ path }) => path)).toEqual([
      '/api/v2/datasets/employee/data',
      '/api/v2/datasets/employee/data',
    ]);
    expect(other.arrived).toEqual([]);
  });

  it.each([
    { hidden: 'employee_department', property: 'department' },
    { hidden: 'employeeNumber', property: 'employeeNumber' },
    { hidden: 'employee_jobTitle', property: null },
  ])('is refused where it hides of one person what is needed: $hidden', async ({ hidden, property }) => {
    const rows = [{ fields: person('1') }, { fields: person('2', { department: '' }), _restrictedFields: [hidden] }];
    const { source } = await start(
      ({ path }) =>
        path.endsWith('/whos_out')
          ? { json: [] }
          : { json: { data: rows, meta: { page: 1, pageSize: 1_000, totalPages: 1, totalItems: 2 } } },
      { readBy: 'dataset' },
    );
    const reading = source.readEmployees();
    if (property === null) expect((await reading)[1]).toMatchObject({ employeeId: 'N2', jobTitle: null });
    else await expect(reading).rejects.toMatchObject({ code: 'vendor_broken', facts: { property } });
  });

  it('is read again where people came or went between two pages, and not for ever', async () => {
    const ask = z.object({ page: z.number(), orderBy: z.literal('id asc') });
    let rounds = 0;
    const pageOf = (page: number, until: number) => {
      if (page === 1) rounds += 1;
      // Somebody before the boundary left, so the second page begins one too late.
      const ids = page === 1 ? ['1', '2'] : rounds < until ? ['4'] : ['3', '4'];
      const meta = { page, pageSize: 2, totalPages: 2, totalItems: 4 };
      return { json: { data: ids.map((id) => ({ fields: person(id) })), links: {}, meta } };
    };
    const moving = (until: number) =>
      start(
        ({ path, body }) =>
          path.endsWith('/whos_out') ? { json: [] } : pageOf(ask.parse(JSON.parse(body)).page, until),
        { readBy: 'dataset' },
      );
    const { source } = await moving(2);
    expect(await source.readEmployees()).toHaveLength(4);
    expect(rounds).toBe(2);
    const { source: restless } = await moving(99);
    await expect(restless.readEmployees()).rejects.toBeInstanceOf(VendorBrokenError);
  });

  it.each([
    { what: 'the same page again', meta: { page: 1, totalPages: 3 }, requests: 2 },
    { what: 'no paging facts', meta: {}, requests: 1 },
  ])('refuses $what as broken', async ({ meta, requests }) => {
    const { double, source } = await start(() => ({ json: { data: [{ fields: person('1') }], meta } }), {
      readBy: 'dataset',
    });
    await expect(source.readEmployees()).rejects.toBeInstanceOf(VendorBrokenError);
    expect(double.arrived).toHaveLength(requests);
  });
});

describe('limits and errors of BambooHR', () => {
  it.each<{ what: string; reply: Reply }>([
    { what: '429', reply: { status: 429, headers: { 'retry-after': '2' } } },
    { what: '429 with a date', reply: { status: 429, headers: { 'retry-after': 'Fri, 20 Nov 2026 12:00:05 GMT' } } },
    { what: '503, as before September 2026', reply: { status: 503, headers: { 'retry-after': '2' } } },
    { what: '200 with 429 inside', reply: { json: { error: { code: 429, message: 'slow down' } } } },
  ])('asks again after $what', async ({ reply }) => {
    const { source } = await start((request, index) => (index === 0 ? reply : answers([person('1')])(request)));
    expect(await source.readEmployees()).toHaveLength(1);
  });

  it.each<{ what: string; reply: Reply; code: string | undefined }>([
    {
      what: 'a header',
      reply: { status: 400, headers: { 'x-bamboohr-error-message': 'Malformed XML' } },
      code: undefined,
    },
    { what: 'a number', reply: { status: 400, json: { error: { code: 400, message: 'x' } } }, code: '400' },
    { what: 'a word', reply: { status: 400, json: { error: { code: 'BadPage' } } }, code: 'BadPage' },
    {
      what: 'a problem document',
      reply: {
        status: 422,
        headers: { 'content-type': 'application/problem+json' },
        raw: '{"status":422,"code":"INVALID_FILTER"}',
      },
      code: 'INVALID_FILTER',
    },
  ])('tells a refusal given as $what', async ({ reply, code }) => {
    const { source } = await start(() => reply);
    const error: unknown = await source.readEmployees().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(VendorRefusedError);
    expect((error as VendorRefusedError).call.vendorCode).toBe(code);
  });

  it('says what the key’s user must be allowed to see, and never the key', async () => {
    const { source } = await start(() => ({ status: 401 }));
    const error: unknown = await source.readEmployees().catch((caught: unknown) => caught);
    expect((error as VendorRefusedError).userMessage).toContain('API key');
    expect(JSON.stringify(error)).not.toContain('key-1');
  });

  it('refuses a reading in which a needed field is hidden from the key', async () => {
    const people = [person('1'), person('2')].map(({ status: _hidden, ...rest }) => rest);
    const { source } = await start(({ path }) =>
      path.endsWith('/whos_out') ? { json: [] } : { json: { employees: people } },
    );
    await expect(source.readEmployees()).rejects.toMatchObject({
      code: 'vendor_broken',
      facts: { property: 'status' },
    });
  });

  it.each([
    { what: 'an unknown status', people: [person('1', { status: 'Paused' })] },
    { what: 'a date that is none', people: [person('1', { hireDate: '31/01/2020' })] },
  ])('refuses $what', async ({ people }) => {
    const { source } = await start(answers(people));
    await expect(source.readEmployees()).rejects.toBeInstanceOf(VendorBrokenError);
  });

  it('gives an empty list for an empty company', async () => {
    const { source } = await start(answers([]));
    expect(await source.readEmployees()).toEqual([]);
  });
});

const captured = new URL(
  '../../../shared/contracts/vendors/bamboohr.employee.fields-captured.redacted.json',
  import.meta.url,
);

describe('employeesOf', () => {
  it.skipIf(!existsSync(captured))('takes a row as a real account gave it (skipped without the contracts)', () => {
    const row = z
      .looseObject({ id: z.string() })
      .and(z.record(z.string(), z.string().nullable()))
      .parse(JSON.parse(readFileSync(captured, 'utf8')));
    const rules = { employeeIdField: 'employeeNumber', leaveStatuses: [], leaveDaysMin: 14 } as const;
    expect(employeesOf({ rows: [row], absences: null }, rules, '2026-11-20')).toMatchObject([
      {
        employeeId: '10000000',
        status: 'active',
        hireDate: '2020-11-11',
        terminationDate: null,
        managerEmployeeId: null,
      },
    ]);
  });
});
