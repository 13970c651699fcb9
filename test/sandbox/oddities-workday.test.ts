import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { patchEmployee, setWorkdayOptions } from '../../src/sandbox/people.ts';
import { setUpsOf } from '../../src/sandbox/set-up.ts';
import { workdayCredentials } from '../../src/sandbox/workday/credentials.ts';
import { generateWorld } from '../../src/sandbox/world/generate.ts';
import { type Reply, startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import { buildCompany, buildEmployee, buildWorld } from '../support/sandbox-tenant.ts';

const DOMAIN = 'contosoexample';
const company = buildCompany({
  employees: [
    buildEmployee(1, { supervisorEId: '2', location: 'Utrecht', employmentHistoryStatus: 'Full-Time' }),
    buildEmployee(2, { employmentHistoryStatus: 'Parental Leave' }),
    buildEmployee(3, { status: 'Inactive', hireDate: '2026-06-01' }),
    buildEmployee(4, { status: 'Inactive', terminationDate: '2025-11-30' }),
    buildEmployee(5, { employmentHistoryStatus: 'Contractor', workEmail: null, department: null }),
    buildEmployee(6),
  ],
  absences: [
    { id: '1', type: 'timeOff', employeeId: '6', name: 'Person 6', start: '2026-02-01', end: '2026-05-01' },
    { id: '2', type: 'timeOff', employeeId: '1', name: 'Person 1', start: '2026-03-01', end: '2026-03-05' },
  ],
});
const credentials = workdayCredentials(company);
const REPORT = `/ccx/service/customreport2/${credentials.tenant}/${credentials.owner}/${credentials.report}`;
let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox(buildWorld({ companies: [company] }));
});
afterAll(() => sandbox.end());
beforeEach(() => sandbox.faults.clear());

type Asked = { password?: string; userName?: string; headers?: Record<string, string> };

function ask(query = '?format=json', { password, userName, headers }: Asked = {}, path = REPORT): Promise<Reply> {
  const text = `${userName ?? credentials.userName}:${password ?? credentials.password}`;
  const authorization = `Basic ${Buffer.from(text).toString('base64')}`;
  return sandbox.ask(`${sandbox.urls.workday}${path}${query}`, { headers: { authorization, ...headers } });
}

async function worker(id: string) {
  return (await ask()).rows('Report_Entry').find((row) => row.Employee_ID === id);
}

describe('Workday', () => {
  test('oddity 64: an empty column is missing and every value is a text, flags as 0 and 1', async () => {
    const rows = (await ask()).rows('Report_Entry');
    const values = rows.flatMap((row) => Object.values(row)).filter((value) => !Array.isArray(value));
    expect(new Set(values.map((value) => typeof value))).toEqual(new Set(['string']));
    expect(new Set(rows.map((row) => row.On_Leave))).toEqual(new Set(['0', '1']));
    const contractor = await worker('1005');
    expect(contractor).toMatchObject({ Worker_Type: 'Contingent Worker', Worker_Status: 'Active' });
    expect(contractor).not.toHaveProperty('Work_Email');
    expect(contractor).not.toHaveProperty('Department');
    expect(contractor).not.toHaveProperty('Termination_Date');
  });

  test('oddity 65: the report holds leavers and future hires; a future hire is active with a date to come', async () => {
    expect(await worker('1004')).toMatchObject({ Worker_Status: 'Terminated', Termination_Date: '2025-11-30' });
    expect(await worker('1003')).toMatchObject({ Worker_Status: 'Active', Hire_Date: '2026-06-01' });
    setWorkdayOptions(sandbox, DOMAIN, { showsFutureHires: false });
    expect(await worker('1003')).toBeUndefined();
    setWorkdayOptions(sandbox, DOMAIN, { showsFutureHires: true });
  });

  test('oddity 66: a leave is a status and a group of rows, flat columns in another report; time off is neither', async () => {
    const leave = {
      Leave_Type: 'Leave of Absence',
      First_Day_of_Leave: '2026-02-01',
      Estimated_Last_Day_of_Leave: '2026-05-01',
    };
    expect(await worker('1006')).toMatchObject({ Worker_Status: 'On Leave', On_Leave: '1', Leave_groups: [leave] });
    expect(await worker('1002')).toMatchObject({ Worker_Status: 'On Leave', On_Leave: '1' });
    expect(await worker('1001')).toMatchObject({ Worker_Status: 'Active', On_Leave: '0' });
    setWorkdayOptions(sandbox, DOMAIN, { shape: 'flat' });
    const flat = await worker('1006');
    expect(flat).toMatchObject(leave);
    expect(flat).not.toHaveProperty('Leave_groups');
    setWorkdayOptions(sandbox, DOMAIN, { shape: 'nested' });
  });

  test('oddity 67: the manager is named by employee id and the unit by its manager', async () => {
    expect(await worker('1001')).toMatchObject({
      Manager_Employee_ID: '1002',
      Manager_Work_Email: 'person.2@contoso-example.com',
      Department: 'Sales',
      Supervisory_Organization: 'Sales (Person 2)',
      Location: 'Utrecht',
    });
    expect(await worker('1002')).not.toHaveProperty('Manager_Employee_ID');
  });

  test('oddity 68: a column that the author of the report left out is missing from every row', async () => {
    setWorkdayOptions(sandbox, DOMAIN, { missingColumns: ['Worker_Status'] });
    for (const row of (await ask()).rows('Report_Entry')) expect(row).not.toHaveProperty('Worker_Status');
    setWorkdayOptions(sandbox, DOMAIN, { missingColumns: [] });
  });

  test('oddity 69: a report without rows has no Report_Entry, or an empty one', async () => {
    sandbox.faults.put({ id: 'n', vendor: 'workday', template: '*', noEntries: true, times: 1 });
    expect((await ask()).at()).toEqual({});
    sandbox.faults.put({ id: 's', vendor: 'workday', template: '*', shrinkTo: 0 });
    expect((await ask()).at()).toEqual({});
    setWorkdayOptions(sandbox, DOMAIN, { emptyReport: 'empty' });
    expect((await ask()).at()).toEqual({ Report_Entry: [] });
    setWorkdayOptions(sandbox, DOMAIN, { emptyReport: 'absent' });
    sandbox.faults.clear();
    expect((await ask()).rows('Report_Entry')).toHaveLength(6);
  });

  test('oddity 70: without a format the report is XML, where one row looks like no list', async () => {
    sandbox.faults.put({ id: 's', vendor: 'workday', template: '*', shrinkTo: 1 });
    const reply = await ask('');
    expect(reply.headers['content-type']).toBe('text/xml; charset=utf-8');
    expect(reply.text).toContain('<wd:Report_Data xmlns:wd="urn:com.workday.report/MFA_Rollout_Workers">');
    expect(reply.text.match(/<wd:Report_Entry>/g)).toHaveLength(1);
    expect(() => reply.at()).toThrow(SyntaxError);
  });

  test('oddity 71: errors are XML whatever format was asked for: 401, 403, 500 for a bad prompt', async () => {
    const wrong = [await ask('?format=json', { password: 'wrong' }), await ask('?format=json', {}, `${REPORT}x`)];
    expect(wrong.map((reply) => reply.status)).toEqual([401, 404]);
    expect((await ask('?format=json', { userName: `${credentials.userName}@${credentials.tenant}` })).status).toBe(401);
    for (const query of ['?format=json&Effective_as_of_Date=soon', '?format=json&Unknown=1']) {
      const refused = await ask(query);
      expect(refused.status).toBe(500);
      expect(refused.text).toMatch(/<faultstring>[^<]*prompt/);
      expect(refused.headers['content-type']).toBe('text/xml; charset=utf-8');
    }
    setWorkdayOptions(sandbox, DOMAIN, { userMayRunReport: false });
    expect((await ask()).status).toBe(403);
    setWorkdayOptions(sandbox, DOMAIN, { userMayRunReport: true });
    sandbox.faults.put({ id: 'f', vendor: 'workday', template: '*', status: 503, retryAfter: '9', times: 1 });
    const failed = await ask();
    expect([failed.status, failed.headers['retry-after']]).toEqual([503, '9']);
    expect(failed.text).toContain('<faultstring>');
  });

  test('oddity 72: everybody comes in one answer of any length, sent in pieces without a length', async () => {
    const employees = Array.from({ length: 5000 }, (_, n) => buildEmployee(n + 1));
    const large = await startTestSandbox(buildWorld({ companies: [buildCompany({ employees })] }));
    const authorization = `Basic ${Buffer.from(`${credentials.userName}:${credentials.password}`).toString('base64')}`;
    const url = `${large.urls.workday}${REPORT}?format=json&Effective_as_of_Date=2026-03-02-08:00`;
    const reply = await large.ask(url, { headers: { authorization } });
    expect(reply.rows('Report_Entry')).toHaveLength(5000);
    expect(reply.headers).not.toHaveProperty('content-length');
    large.faults.put({ id: 'c', vendor: 'workday', template: '*', cut: 'body', times: 1 });
    await expect(large.ask(url, { headers: { authorization } })).rejects.toThrow();
    large.faults.put({ id: 't', vendor: 'workday', template: '*', truncate: true, times: 1 });
    const half = await large.ask(url, { headers: { authorization } });
    expect(() => half.at()).toThrow(SyntaxError);
    await large.end();
  });
});

describe('the two HR systems', () => {
  test('show the same people with the same managers and units, of whichever the customer is', async () => {
    const { world, truth } = generateWorld({ seed: 11, name: 'reference', size: 100, hr: 'workday' });
    expect(generateWorld({ seed: 11, name: 'reference', size: 100 }).truth).toEqual(truth);
    const [setUp] = setUpsOf(world, () => ({
      breakGlass: [],
      serviceAccounts: [],
      exceptionGroupId: null,
      breakGlassGroupId: null,
    }));
    expect(setUp?.hr).toBe('workday');
    const other = await startTestSandbox(world, { startAt: 'world' });
    const { workday } = setUp as NonNullable<typeof setUp>;
    const authorization = `Basic ${Buffer.from(`${workday.userName}:${workday.password}`).toString('base64')}`;
    const path = `/ccx/service/customreport2/${workday.tenant}/${workday.owner}/${workday.report}?format=json`;
    const reply = await other.ask(`${other.urls.workday}${path}`, { headers: { authorization } });
    const rows = new Map(reply.rows('Report_Entry').map((row) => [row.Employee_ID, row]));
    const [customer] = truth.customers;
    expect(rows.size).toBe(customer?.employeeRecords.length);
    const onLeave = (customer?.people ?? []).filter((person) => person.onLeave).map((person) => person.employeeId);
    for (const person of customer?.people ?? []) {
      expect(rows.get(person.employeeId)).toMatchObject({
        Department: person.department,
        On_Leave: onLeave.includes(person.employeeId) ? '1' : '0',
      });
    }
    for (const id of customer?.futureHires ?? []) expect(rows.get(id)).toMatchObject({ Worker_Status: 'Active' });
    for (const { employeeId } of customer?.leaversWithAccount ?? []) {
      expect(rows.get(employeeId)).toMatchObject({ Worker_Status: 'Terminated' });
    }
    await other.end();
  });

  test('follow a change made in the one', async () => {
    patchEmployee(sandbox, { domain: DOMAIN, employeeId: '1' }, { department: 'Finance' });
    expect(await worker('1001')).toMatchObject({ Department: 'Finance' });
  });
});
