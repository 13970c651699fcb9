import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { patchEmployee, setCompanyOptions } from '../../src/sandbox/people.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox-client.ts';
import { buildCompany, buildEmployee, buildWorld } from '../support/sandbox-tenant.ts';

const DOMAIN = 'contosoexample';
const DATA = '/api/v2/datasets/employee/data';
const REPORT = '/api/v1/reports/custom?format=json';
let sandbox: TestSandbox;

beforeAll(async () => {
  const company = buildCompany({
    employees: [
      buildEmployee(1, { supervisor: '2, Person', supervisorId: '1002', supervisorEId: '2' }),
      buildEmployee(2),
      buildEmployee(3, { status: 'Inactive', hireDate: '2026-06-01' }),
      buildEmployee(4, { status: 'Inactive', terminationDate: '2025-11-30' }),
    ],
    absences: [
      { id: '90', type: 'holiday', name: 'Company holiday', start: '2026-03-09', end: '2026-03-09' },
      { id: '4000', type: 'timeOff', employeeId: '2', name: 'Person 2', start: '2026-03-01', end: '2026-03-20' },
      { id: '4001', type: 'timeOff', employeeId: '1', name: 'Person 1', start: '2026-07-01', end: '2026-07-20' },
    ],
  });
  sandbox = await startTestSandbox(buildWorld({ companies: [company] }));
});
afterAll(() => sandbox.end());
beforeEach(() => sandbox.manual.advance(1000));

function query(body: unknown) {
  return sandbox.bamboo(DATA, { method: 'POST', body });
}

describe('BambooHR', () => {
  test('oddity 49: leavers and future hires are both inactive and both listed', async () => {
    const fields = ['status', 'hireDate', 'terminationDate'];
    const data = (await query({ fields, filter: "status eq 'Inactive'" })).rows('data');
    expect(data).toEqual([
      { fields: { status: 'Inactive', hireDate: '2026-06-01', terminationDate: '0000-00-00' } },
      { fields: { status: 'Inactive', hireDate: '2024-01-01', terminationDate: '2025-11-30' } },
    ]);
    const report = await sandbox.bamboo(`${REPORT}&onlyCurrent=true`, { method: 'POST', body: { fields } });
    expect(report.rows('employees')).toHaveLength(4);
    setCompanyOptions(sandbox, DOMAIN, { onlyCurrentHidesInactive: true });
    const hidden = await sandbox.bamboo(`${REPORT}&onlyCurrent=true`, { method: 'POST', body: { fields } });
    expect(hidden.rows('employees')).toHaveLength(2);
    setCompanyOptions(sandbox, DOMAIN, { onlyCurrentHidesInactive: false });
  });

  test('oddity 50: everything is a string or null and an unset date is zeros', async () => {
    const fields = ['employeeNumber', 'terminationDate', 'supervisor', 'homeEmail'];
    const row = (await query({ fields, filter: 'employeeNumber eq 1002' })).at('data/0/fields');
    expect(row).toEqual({ employeeNumber: '1002', terminationDate: '0000-00-00', supervisor: null, homeEmail: null });
  });

  test('oddity 51: supervisorId is an employee number, supervisorEId an id', async () => {
    const path = '/api/v1/employees/1?fields=supervisorId,supervisorEId';
    expect((await sandbox.bamboo(path)).at()).toEqual({ id: '1', supervisorId: '1002', supervisorEId: '2' });
    patchEmployee(sandbox, { domain: DOMAIN, employeeId: '1' }, { supervisorEId: '4' });
    expect((await sandbox.bamboo(path)).at()).toEqual({ id: '1', supervisorId: '1004', supervisorEId: '4' });
  });

  test('oddity 52: a hidden or unknown field is missing without an error', async () => {
    setCompanyOptions(sandbox, DOMAIN, { hiddenFields: ['terminationDate'] });
    const fields = ['firstName', 'terminationDate', 'shoeSize'];
    const data = await query({ fields });
    expect(data.status).toBe(200);
    expect(data.at('data/0/fields')).toEqual({ firstName: 'Person' });
    const report = await sandbox.bamboo(REPORT, { method: 'POST', body: { fields } });
    expect(report.rows('fields').map((field) => field.id)).toEqual(['firstName']);
    setCompanyOptions(sandbox, DOMAIN, { hiddenFields: [] });
  });

  test('oddity 53: the directory is for active people, 404 when empty and 403 when not shared', async () => {
    const path = '/api/v1/employees/directory';
    expect((await sandbox.bamboo(path)).rows('employees').map((person) => person.id)).toEqual(['1', '2']);
    sandbox.faults.put({ id: 'empty', vendor: 'bamboohr', template: '/v1/employees/directory', shrinkTo: 0, times: 1 });
    expect((await sandbox.bamboo(path)).status).toBe(404);
    setCompanyOptions(sandbox, DOMAIN, { directoryShared: false });
    expect((await sandbox.bamboo(path)).status).toBe(403);
    setCompanyOptions(sandbox, DOMAIN, { directoryShared: true });
  });

  test('oddity 54: a limit answers 429 with Retry-After, 503 before, and then lets through', async () => {
    setCompanyOptions(sandbox, DOMAIN, { rateLimit: { requests: 1, windowMs: 5000 } });
    expect((await sandbox.bamboo('/api/v1/meta/fields')).status).toBe(200);
    const limited = await sandbox.bamboo('/api/v1/meta/fields');
    expect(limited.status).toBe(429);
    expect(limited.headers['retry-after']).toBe('5');
    setCompanyOptions(sandbox, DOMAIN, { rateLimitStatus: 503, retryAfterAsDate: true });
    const older = await sandbox.bamboo('/api/v1/meta/fields');
    expect(older.status).toBe(503);
    expect(Date.parse(String(older.headers['retry-after']))).toBe(sandbox.now() + 5000);
    sandbox.manual.advance(5000);
    expect((await sandbox.bamboo('/api/v1/meta/fields')).status).toBe(200);
    setCompanyOptions(sandbox, DOMAIN, { rateLimit: null });
  });

  test('oddity 55: a custom report with a charset in its type is malformed XML', async () => {
    const body = JSON.stringify({ fields: ['firstName'] });
    const post = (type: string) => sandbox.bamboo(REPORT, { method: 'POST', body, headers: { 'content-type': type } });
    const refused = await post('application/json; charset=utf-8');
    expect(refused.status).toBe(400);
    expect(refused.headers['x-bamboohr-error-message']).toBe('Malformed XML');
    expect((await post('application/json')).status).toBe(200);
  });

  test('oddity 56: a custom report refuses 401 fields and an unknown format', async () => {
    const fields = Array.from({ length: 401 }, (_, n) => `custom${n}`);
    expect((await sandbox.bamboo(REPORT, { method: 'POST', body: { fields } })).status).toBe(400);
    expect((await sandbox.bamboo(REPORT, { method: 'POST', body: { fields: fields.slice(1) } })).status).toBe(200);
    const body = { fields: ['firstName'] };
    expect((await sandbox.bamboo('/api/v1/reports/custom?format=bogus', { method: 'POST', body })).status).toBe(404);
    expect((await sandbox.bamboo('/api/v1/reports/custom', { method: 'POST', body })).status).toBe(404);
  });

  test('oddity 57: an unknown dataset is 404 on data and 422 on fields, a bad filter 422', async () => {
    const unknown = await sandbox.bamboo('/api/v2/datasets/shoes/data', { method: 'POST', body: { fields: ['a'] } });
    expect(unknown.status).toBe(404);
    const fields = await sandbox.bamboo('/api/v1_2/datasets/shoes/fields');
    expect(fields.status).toBe(422);
    expect(fields.at('code')).toBe('DATASET_NOT_FOUND');
    for (const filter of ["status is 'Active'", "shoeSize eq '3'", "status eq 'Active", 'status eq']) {
      expect((await query({ fields: ['status'], filter })).status).toBe(422);
    }
    expect((await query({ fields: ['status'], pageSize: 1001 })).status).toBe(422);
  });

  test('oddity 58: links name another host than the one called', async () => {
    const page = await query({ fields: ['firstName'], pageSize: 2 });
    expect(page.at('meta')).toEqual({ page: 1, pageSize: 2, totalPages: 2, totalItems: 4 });
    expect(new URL(String(page.at('links/next'))).host).not.toBe(new URL(sandbox.urls.bamboohr).host);
    expect((await query({ fields: ['firstName'], pageSize: 2, page: 2 })).at('links/next')).toBeNull();
  });

  test('oddity 59: changed employees come as a map', async () => {
    const since = new Date(sandbox.now()).toISOString();
    sandbox.manual.advance(1000);
    patchEmployee(sandbox, { domain: DOMAIN, employeeId: '2' }, { department: 'Finance' });
    const path = `/api/v1/employees/changed?since=${encodeURIComponent(since)}`;
    const changed = (await sandbox.bamboo(path)).at('employees');
    expect(changed).toEqual({ '2': { id: '2', action: 'Updated', lastChanged: expect.any(String) as unknown } });
    expect((await sandbox.bamboo('/api/v1/employees/changed')).status).toBe(400);
  });

  test('oddity 60: a holiday has no employee and ids are integers', async () => {
    expect((await sandbox.bamboo('/api/v1/time_off/whos_out')).at()).toEqual([
      { id: 4000, type: 'timeOff', employeeId: 2, name: 'Person 2', start: '2026-03-01', end: '2026-03-20' },
      { id: 90, type: 'holiday', name: 'Company holiday', start: '2026-03-09', end: '2026-03-09' },
    ]);
  });

  test('oddity 61: old endpoints explain in a header, new ones in problem+json', async () => {
    const old = await sandbox.bamboo('/api/v1/employees/999');
    expect([old.status, old.text]).toEqual([404, '']);
    expect(old.headers['x-bamboohr-error-message']).toEqual(expect.any(String));
    const recent = await query({});
    expect(recent.status).toBe(400);
    expect(recent.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(recent.at()).toMatchObject({ status: 400, code: 'BAD_REQUEST', detail: expect.any(String) as unknown });
  });

  test('oddity 62: the list of employees is refused to a key', async () => {
    expect((await sandbox.bamboo('/api/v1/employees')).status).toBe(403);
  });

  test('oddity 194: by option the dataset has names of its own, refuses others and names what it hides', async () => {
    expect((await query({ fields: ['id', 'workEmail'], orderBy: 'id asc', pageSize: 1 })).at('data/0/fields')).toEqual({
      ...{ id: '1', workEmail: 'person.1@contoso-example.com' },
    });
    setCompanyOptions(sandbox, DOMAIN, { datasetNames: 'own', hiddenFields: ['department'] });
    const listed = (await sandbox.bamboo('/api/v1_2/datasets/employee/fields')).rows('fields').map(({ name }) => name);
    expect(listed).toEqual(expect.arrayContaining(['eeid', 'email', 'jobInformationDepartment', 'supervisorEid']));
    const refused = await query({ fields: ['workEmail'] });
    expect([refused.status, refused.at('code')]).toEqual([400, 'INVALID_ARGUMENT']);
    expect(refused.at('detail')).toBe('Invalid field name: employee_workEmail');
    expect((await query({ fields: ['email'], orderBy: 'eeid asc' })).at('code')).toBe('UE-1001');
    const fields = ['eeid', 'email', 'jobInformationDepartment'];
    const page = await query({ fields, orderBy: 'eeid asc', pageSize: 1 });
    expect(page.at('data/0')).toEqual({
      fields: { eeid: '1', email: 'person.1@contoso-example.com', jobInformationDepartment: '' },
      _restrictedFields: ['employee_jobInformationDepartment'],
    });
    expect(page.at('links')).toEqual({ next: expect.any(String) as unknown });
    expect((await query({ fields: ['eeid'] })).at('data/0/fields')).toEqual({ eeid: '4' });
    setCompanyOptions(sandbox, DOMAIN, { datasetNames: 'usual', hiddenFields: [] });
  });

  test('oddity 196: the log of a webhook tells of a limit inside a 200', async () => {
    const body = { name: 'hr', url: 'https://rollout.example/', format: 'json', monitorFields: ['status'] };
    const { id } = (await sandbox.bamboo('/api/v1/webhooks', { method: 'POST', body })).at() as { id: string };
    const log = () => sandbox.bamboo(`/api/v1/webhooks/${id}/log`);
    expect([(await log()).at(), (await sandbox.bamboo('/api/v1/webhooks/99/log')).status]).toEqual([[], 404]);
    setCompanyOptions(sandbox, DOMAIN, { rateLimit: { requests: 1, windowMs: 60_000 } });
    await log();
    const limited = await log();
    expect([limited.status, limited.at('error/code')]).toEqual([200, 429]);
    expect(limited.headers).not.toHaveProperty('retry-after');
    setCompanyOptions(sandbox, DOMAIN, { rateLimit: null });
  });

  test('oddity 197: users come as a map, and in XML unless JSON is asked for to the letter', async () => {
    const users = (accept: Record<string, string>) => sandbox.bamboo('/api/v1/meta/users', { headers: accept });
    const json = (await users({ accept: 'application/json' })).at() as Record<string, Record<string, unknown>>;
    expect(Object.keys(json)).toEqual(['2001', '2002', '2003', '2004']);
    expect(json['2001']).toMatchObject({
      id: 2001,
      employeeId: 1,
      status: 'enabled',
      lastLogin: expect.any(String) as unknown,
    });
    expect(json['2003']).toMatchObject({ status: 'disabled' });
    expect(json['2003']).not.toHaveProperty('lastLogin');
    for (const accept of [{}, { accept: 'application/json, */*' }]) {
      const reply = await users(accept);
      expect(reply.headers['content-type']).toMatch(/xml/);
      expect(reply.text).toContain('<user id="2001" employeeId="1">');
    }
  });

  test('oddity 198: requests of time off need both dates, and employee 0 is the key’s own', async () => {
    const path = '/api/v1/time_off/requests';
    expect((await sandbox.bamboo(`${path}?start=2026-03-01`)).status).toBe(400);
    const span = `${path}?start=2026-03-01&end=2026-12-31`;
    expect((await sandbox.bamboo(span)).rows('')).toMatchObject([
      { id: 4000, employeeId: 2, status: { status: 'approved' }, amount: { unit: 'days', amount: 20 } },
      { id: 4001, employeeId: 1 },
    ]);
    expect((await sandbox.bamboo(`${span}&status=superceded,denied`)).rows('')).toEqual([]);
    expect((await sandbox.bamboo('/api/v1/employees/0?fields=status')).at()).toEqual({ id: '1', status: 'Active' });
  });

  test('oddity 63: the account answers under all its addresses, to its own key only', async () => {
    for (const base of [`/api/gateway.php/${DOMAIN}`, `/${DOMAIN}/api`, '/api']) {
      expect((await sandbox.bamboo(`${base}/v1/employees/2`)).status).toBe(200);
      expect((await sandbox.bamboo(`${base}/v1/employees/2`, { key: 'wrong' })).status).toBe(401);
    }
    expect((await sandbox.bamboo('/api/gateway.php/another/v1/employees/2')).status).toBe(401);
  });
});
