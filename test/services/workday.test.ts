import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { VendorBrokenError, VendorRefusedError, VendorUnreachableError } from '../../src/lib/errors.ts';
import { createWorkdaySource } from '../../src/services/hr/workday/provider.ts';
import { checkReport } from '../../src/services/hr/workday/report.ts';
import type { WorkdaySettings } from '../../src/services/hr/workday/settings.ts';
import { startGraphBench } from '../support/graph-bench.ts';
import { startVendorBench, UNBELIEVABLE, type VendorBench } from '../support/vendor-bench.ts';
import type { Arrived, Reply } from '../support/vendor-double.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const REPORT_PATH = '/ccx/service/customreport2/contoso/isu_owner/MFA_Rollout';

async function start(answer: (request: Arrived, index: number) => Reply, settings: Partial<WorkdaySettings> = {}) {
  const bench: VendorBench = await startVendorBench(answer);
  closing.push(() => bench.close());
  const source = createWorkdaySource(
    { http: bench.http, clock: bench.clock, pacer: bench.pacers.workday },
    { reportUrl: `${bench.double.url}${REPORT_PATH}`, username: 'ISU_MFA', password: 'pass-1', ...settings },
  );
  return { ...bench, source };
}

type Row = Record<string, unknown>;
/** A worker with every needed column; undefined takes one away, as Workday does with empty ones. */
const worker = (id: string, changed: Row = {}): Row => ({
  Employee_ID: id,
  Worker_Status: 'Active',
  On_Leave: '0',
  First_Name: 'Worker',
  Last_Name: id,
  Work_Email: `worker${id}@contoso.example`,
  Department: 'Sales',
  Business_Title: 'Clerk',
  Manager_Employee_ID: '1',
  Hire_Date: '2020-01-31',
  ...changed,
});
const report = (rows: readonly Row[]): Reply => ({ json: { Report_Entry: rows } });
const employeesOf = async (rows: readonly Row[], settings: Partial<WorkdaySettings> = {}) =>
  (await (await start(() => report(rows), settings)).source.read()).employees;
const caughtFrom = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

describe('the request', () => {
  it('asks for JSON with Basic auth, whatever format was pasted, and keeps the prompts', async () => {
    const { double, clock, http, pacers } = await start(() => report([worker('1'), worker('2')]));
    const source = createWorkdaySource(
      { http, clock, pacer: pacers.workday },
      {
        reportUrl: `${double.url}${REPORT_PATH}?Format=simplexml&Country!WID=abc`,
        username: 'ISU_MFA',
        password: 'pässword',
        prompts: { 'Worker_Type!WID': 'd588' },
      },
    );
    await source.readEmployees();
    const [request] = double.arrived;
    expect(request).toMatchObject({ method: 'GET', path: REPORT_PATH });
    expect(Object.fromEntries(request?.query ?? [])).toEqual({
      'Country!WID': 'abc',
      'Worker_Type!WID': 'd588',
      format: 'json',
    });
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('ISU_MFA:pässword').toString('base64')}`);
  });

  it.each(['not an address', 'https://isu:secret@wd5.example/ccx/service/customreport2/a/b/c'])(
    'is refused for the address %s',
    async (reportUrl) => {
      await expect(start(() => report([]), { reportUrl })).rejects.toMatchObject({ code: 'bad_report_url' });
    },
  );

  it('waits far longer than an ordinary call for the report', async () => {
    const { source, clock, double } = await start(() => 'silence');
    void caughtFrom(source.read());
    await double.arrival(1);
    clock.advance(10 * 60_000);
    expect(clock.sleepers()).toBe(1);
  });
});

describe('a row', () => {
  it('becomes an employee; absent optional columns are null', async () => {
    const [first] = await employeesOf([
      worker('2', { Business_Title: undefined, Work_Email: ' ', Department: undefined }),
      worker('1', { Manager_Employee_ID: undefined }),
    ]);
    expect(first).toEqual({
      employeeId: '2',
      displayName: 'Worker 2',
      firstName: 'Worker',
      lastName: '2',
      workEmail: null,
      department: null,
      jobTitle: null,
      managerEmployeeId: '1',
      status: 'active',
      hireDate: '2020-01-31',
      terminationDate: null,
      returnDate: null,
    });
  });

  it('finds the manager by id, else by a mail address that one worker alone has', async () => {
    const byMail = (mail: string) => ({ Manager_Employee_ID: undefined, Manager_Work_Email: mail });
    const employees = await employeesOf([
      worker('1', { Manager_Employee_ID: '900' }),
      worker('2', byMail('WORKER1@contoso.example')),
      worker('3', { Work_Email: 'shared@contoso.example' }),
      worker('4', { Work_Email: 'shared@contoso.example' }),
      worker('5', byMail('shared@contoso.example')),
    ]);
    expect(employees.map(({ managerEmployeeId }) => managerEmployeeId)).toEqual(['900', '1', '1', '1', null]);
  });

  it.each<{ what: string; row: Row; status: string; returnDate?: string | null }>([
    { what: 'an active worker', row: {}, status: 'active' },
    { what: 'a status of leave', row: { Worker_Status: 'on leave', On_Leave: undefined }, status: 'onLeave' },
    { what: 'the leave flag', row: { On_Leave: '1' }, status: 'onLeave' },
    { what: 'the leave flag as JSON', row: { On_Leave: true }, status: 'onLeave' },
    { what: 'a leaver', row: { Worker_Status: 'Terminated', On_Leave: '1' }, status: 'inactive' },
    { what: 'a future hire', row: { Hire_Date: '2026-11-21' }, status: 'inactive' },
    { what: 'somebody who begins today', row: { Hire_Date: '2026-11-20' }, status: 'active' },
    { what: 'a leaver of next month', row: { Termination_Date: '2026-12-31' }, status: 'active' },
    {
      what: 'a leave with a day of return',
      row: { On_Leave: '1', Return_Date: '2027-02-01' },
      status: 'onLeave',
      returnDate: '2027-02-01',
    },
    {
      what: 'a leave with its last day',
      row: {
        On_Leave: '1',
        Leave_groups: [
          { First_Day_of_Leave: '2025-01-01', Estimated_Last_Day_of_Leave: '2025-02-01' },
          { First_Day_of_Leave: '2026-10-05', Estimated_Last_Day_of_Leave: '2026-12-31' },
        ],
      },
      status: 'onLeave',
      returnDate: '2027-01-01',
    },
    {
      what: 'a leave whose group came as one object',
      row: {
        On_Leave: '1',
        Leave_groups: { First_Day_of_Leave: '2026-10-05', Estimated_Last_Day_of_Leave: '2026-11-20' },
      },
      status: 'onLeave',
      returnDate: '2026-11-21',
    },
    {
      what: 'a leave whose days are columns of the row',
      row: { On_Leave: '1', First_Day_of_Leave: '2026-10-05', Estimated_Last_Day_of_Leave: '2026-12-31' },
      status: 'onLeave',
      returnDate: '2027-01-01',
    },
    {
      what: 'a leave of long ago in columns of the row',
      row: { On_Leave: '1', First_Day_of_Leave: '2020-10-05', Estimated_Last_Day_of_Leave: '2020-12-31' },
      status: 'onLeave',
    },
    {
      what: 'a leave that only begins',
      row: { Leave_groups: [{ First_Day_of_Leave: '2026-12-01', Estimated_Last_Day_of_Leave: '2026-12-31' }] },
      status: 'active',
    },
  ])('tells $what', async ({ row, status, returnDate = null }) => {
    const [employee] = await employeesOf([worker('2', row), worker('1')]);
    expect(employee).toMatchObject({ status, returnDate });
  });

  it('reads dates with a zone and drops the end of an employment before this one', async () => {
    const [rehired, leaver] = await employeesOf([
      worker('2', { Hire_Date: '2024-05-01-07:00', Termination_Date: '2020-01-01' }),
      worker('1', { Worker_Status: 'Terminated', Termination_Date: '2026-08-31-07:00' }),
    ]);
    expect(rehired).toMatchObject({ status: 'active', hireDate: '2024-05-01', terminationDate: null });
    expect(leaver).toMatchObject({ status: 'inactive', terminationDate: '2026-08-31' });
  });

  it('counts the day in the company’s time zone', async () => {
    const [employee] = await employeesOf([worker('2', { Hire_Date: '2026-11-21' }), worker('1')], {
      timeZone: 'Pacific/Kiritimati',
    });
    expect(employee?.status).toBe('active');
  });

  it('counts once where a second job gives the same row again', async () => {
    expect(await employeesOf([worker('2'), worker('2'), worker('1')])).toHaveLength(2);
  });
});

describe('absences', () => {
  it('are unknown where no row shows a leave, in either column', async () => {
    const rows = [worker('1', { On_Leave: undefined }), worker('2', { On_Leave: undefined })];
    const { source } = await start(() => report(rows));
    expect((await source.read()).absencesKnown).toBe(false);
  });

  it('are known where the flag is shown, even as no', async () => {
    const { source } = await start(() => report([worker('1'), worker('2')]));
    expect((await source.read()).absencesKnown).toBe(true);
  });
});

describe('the report contract', () => {
  it('follows the customer’s aliases and words', async () => {
    const rows = ['1', '2'].map((id) => {
      const { Employee_ID: _id, Worker_Status: _status, ...rest } = worker(id);
      return { ...rest, 'Personal-Nr.': id, Zustand: id === '1' ? 'Aktiv' : 'Elternzeit' };
    });
    const employees = await employeesOf(rows, {
      columns: { employeeId: 'Personal-Nr.', workerStatus: 'Zustand' },
      statusWords: { active: ['aktiv'], onLeave: ['Elternzeit'] },
    });
    expect(employees.map(({ employeeId, status }) => [employeeId, status])).toEqual([
      ['1', 'active'],
      ['2', 'onLeave'],
    ]);
  });

  it('names needed columns that no row shows, and optional ones apart', () => {
    const rows = ['1', '2'].map((id) =>
      worker(id, { Department: undefined, Worker_Status: undefined, On_Leave: undefined }),
    );
    const check = checkReport({ Report_Entry: rows });
    expect(check).toMatchObject({ rows: 2, missing: ['Worker_Status', 'Department'], unusable: [] });
    expect(check.neverSeen).toContain('On_Leave');
    expect(check.neverSeen).not.toContain('First_Day_of_Leave');
  });

  it('lets a report do without a column that the customer file says it has not', () => {
    const rows = ['1', '2'].map((id) => worker(id, { Manager_Employee_ID: undefined }));
    expect(checkReport({ Report_Entry: rows }).missing).toEqual(['Manager_Employee_ID']);
    expect(checkReport({ Report_Entry: rows }, { columns: { managerEmployeeId: null } }).missing).toEqual([]);
  });

  it('never does without the id and the status', () => {
    const check = checkReport(
      { Report_Entry: [worker('1'), worker('2')] },
      { columns: { employeeId: null, workerStatus: null } },
    );
    expect(check.missing).toEqual(['Employee_ID', 'Worker_Status']);
  });

  it.each<{ what: string; row: Row; column: string; fault: string }>([
    { what: 'a group where a text should be', row: { Department: [{ a: 1 }] }, column: 'Department', fault: 'notText' },
    { what: 'a flag in words', row: { On_Leave: 'perhaps' }, column: 'On_Leave', fault: 'notFlag' },
    { what: 'a date in another order', row: { Hire_Date: '31/01/2020' }, column: 'Hire_Date', fault: 'notDate' },
    { what: 'a day that no month has', row: { Hire_Date: '2026-02-30' }, column: 'Hire_Date', fault: 'notDate' },
    { what: 'an unknown status', row: { Worker_Status: 'Paused' }, column: 'Worker_Status', fault: 'unknownStatus' },
    { what: 'a row without id', row: { Employee_ID: undefined }, column: 'Employee_ID', fault: 'emptyInSomeRows' },
    { what: 'two workers with one id', row: { Employee_ID: '1' }, column: 'Employee_ID', fault: 'twoWorkersWithOneId' },
    { what: 'a text where a group should be', row: { Leave_groups: 'x' }, column: 'Leave_groups', fault: 'notGroup' },
    {
      what: 'a bad date inside a group',
      row: { Leave_groups: [{ First_Day_of_Leave: 'soon' }] },
      column: 'First_Day_of_Leave',
      fault: 'notDate',
    },
  ])('stops the reading at $what, naming the column', async ({ row, column, fault }) => {
    const rows = [worker('1'), worker('2', row), worker('3')];
    expect(checkReport({ Report_Entry: rows }).unusable).toEqual([{ column, fault, rows: 1 }]);
    const { source } = await start(() => report(rows));
    const error = await caughtFrom(source.read());
    expect(error).toBeInstanceOf(VendorBrokenError);
    expect(error).toMatchObject({ facts: { property: column } });
    expect((error as VendorBrokenError).userMessage).toContain(column);
    expect(JSON.stringify([error, String(error)])).not.toContain('contoso.example');
  });

  const sample = new URL('../../../shared/contracts/vendors/workday.raas.synthetic.json', import.meta.url);
  it.skipIf(!existsSync(sample))('is kept by the sample of the contracts (skipped without them)', async () => {
    const body: unknown = JSON.parse(readFileSync(sample, 'utf8'));
    expect(checkReport(body)).toMatchObject({ rows: 4, missing: [], unusable: [] });
    const { source } = await start(() => ({ json: body }));
    expect((await source.readEmployees()).map(({ status, returnDate }) => [status, returnDate])).toEqual([
      ['active', null],
      ['onLeave', '2027-01-09'],
      ['active', null],
      ['inactive', null],
    ]);
  });
});

describe('an answer that is no report', () => {
  it.each([{}, { Report_Entry: null }, { Report_Entry: { Employee_ID: '1' } }, { Report_Entry: ['x'] }, []])(
    'stops the reading: %j',
    async (body) => {
      const { source } = await start(() => ({ json: body }));
      const error = await caughtFrom(source.read());
      expect(error).toBeInstanceOf(VendorBrokenError);
      expect(error).toMatchObject({ facts: { property: 'Report_Entry' } });
    },
  );

  it('is told from a report of nobody', async () => {
    expect(await employeesOf([])).toEqual([]);
  });

  it.each(UNBELIEVABLE)('stops the reading: $what', async ({ reply }) => {
    const { source, double } = await start(() => reply);
    await expect(source.read()).rejects.toBeInstanceOf(VendorBrokenError);
    expect(double.arrived).toHaveLength(1);
  });

  it('stops the reading when it is larger than allowed', async () => {
    const { source } = await start(() => report([worker('1'), worker('2')]), { bytesMax: 100 });
    await expect(source.read()).rejects.toThrow('too large');
  });
});

describe('limits and errors of Workday', () => {
  it.each<{ what: string; reply: Reply }>([
    { what: '429', reply: { status: 429, headers: { 'retry-after': '2' } } },
    { what: '503', reply: { status: 503 } },
    { what: 'a cut connection', reply: 'cut' },
    { what: 'an answer cut in its body', reply: 'cutInBody' },
  ])('asks again after $what', async ({ reply }) => {
    const { source } = await start((_request, index) => (index === 0 ? reply : report([worker('1'), worker('2')])));
    expect(await source.readEmployees()).toHaveLength(2);
  });

  it('gives up on a fault that stays', async () => {
    const { source, double } = await start(() => ({ status: 500, raw: '<fault/>' }));
    const error = await caughtFrom(source.read());
    expect(error).toBeInstanceOf(VendorUnreachableError);
    // A prompt that the report does not take is answered like a fault.
    expect((error as VendorUnreachableError).userMessage).toContain('prompt');
    expect(double.arrived.length).toBeGreaterThan(1);
  });

  it.each([
    { status: 401, says: 'password' },
    { status: 403, says: 'domains' },
    { status: 404, says: 'address' },
  ])('says what to do after $status, and never the password', async ({ status, says }) => {
    const { source } = await start(() => ({ status }));
    const error = await caughtFrom(source.read());
    expect(error).toBeInstanceOf(VendorRefusedError);
    expect((error as VendorRefusedError).userMessage).toContain(says);
    expect(JSON.stringify([error, String(error)])).not.toMatch(/pass-1|MFA_Rollout/);
  });
});

describe('createConnections', () => {
  it('builds the source of a customer at Workday', async () => {
    const bench = await startGraphBench(() => report([worker('1'), worker('2')]), {
      connections: (url) => ({
        hr: { kind: 'workday', reportUrl: `${url}${REPORT_PATH}`, username: 'ISU_MFA', password: 'pass-1' },
      }),
    });
    closing.push(() => bench.close());
    expect(bench.connections.hr?.source).toBe('workday');
    expect(await bench.connections.hr?.readEmployees()).toHaveLength(2);
  });
});
