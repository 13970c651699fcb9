/** The product's client of BambooHR in front of the sandbox's: by report and by dataset, whatever the fields are called. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { setCompanyOptions } from '../../src/sandbox/people.ts';
import { buildCompany, buildEmployee, buildWorld } from '../support/sandbox-tenant.ts';
import { startSandboxVendors } from '../support/sandbox-vendors.ts';

const DOMAIN = 'contosoexample';
const company = buildCompany({
  employees: [
    buildEmployee(1, { supervisor: '2, Person', supervisorId: '1002', supervisorEId: '2' }),
    buildEmployee(2, { employmentHistoryStatus: 'Parental Leave' }),
    buildEmployee(3, { status: 'Inactive', hireDate: '2026-06-01' }),
    buildEmployee(4, { status: 'Inactive', terminationDate: '2025-11-30' }),
  ],
});
const settings = { company: DOMAIN, access: { kind: 'apiKey', apiKey: company.apiKey } } as const;
let at: Awaited<ReturnType<typeof startSandboxVendors>>;

beforeAll(async () => {
  at = await startSandboxVendors(buildWorld({ companies: [company] }));
});
afterAll(() => at.end());
afterEach(() => setCompanyOptions(at.sandbox, DOMAIN, { datasetNames: 'usual', hiddenFields: [] }));

const byReport = () => at.bamboo({ ...settings, readBy: 'customReport' }).readEmployees();

describe.each(['usual', 'own'] as const)('a dataset with %s names', (datasetNames) => {
  it('gives everybody as the report does', async () => {
    setCompanyOptions(at.sandbox, DOMAIN, { datasetNames });
    const source = at.bamboo({ ...settings, readBy: 'dataset' });
    const wanted = (await byReport()).map((employee) => ({
      ...employee,
      // Where the dataset has no display name, it is put together from its parts.
      displayName: expect.stringContaining('Person') as unknown,
    }));
    for (const read of [await source.readEmployees(), await source.readEmployees()]) {
      expect(read.toSorted((a, b) => (a.employeeId < b.employeeId ? -1 : 1))).toEqual(wanted);
    }
  });

  it('is refused where it hides a field that everything rests on', async () => {
    setCompanyOptions(at.sandbox, DOMAIN, { datasetNames, hiddenFields: ['department'] });
    await expect(at.bamboo({ ...settings, readBy: 'dataset' }).readEmployees()).rejects.toMatchObject({
      code: 'vendor_broken',
      facts: { property: 'department' },
    });
  });
});

/** What was asked of the dataset since the last look. */
function asked(): string[] {
  const requests = at.sandbox.requests.list().filter(({ template }) => template.includes('/datasets/'));
  at.sandbox.requests.clear();
  return requests.map(({ method, status }) => `${method} ${status}`);
}

describe('the names of a dataset', () => {
  it('are looked up once, and again when they change', async () => {
    setCompanyOptions(at.sandbox, DOMAIN, { datasetNames: 'own' });
    const source = at.bamboo({ ...settings, readBy: 'dataset' });
    at.sandbox.requests.clear();
    await source.readEmployees();
    expect(asked()).toEqual(['POST 400', 'GET 200', 'POST 200']);
    await source.readEmployees();
    expect(asked()).toEqual(['POST 200']);
    setCompanyOptions(at.sandbox, DOMAIN, { datasetNames: 'usual' });
    expect(await source.readEmployees()).toHaveLength(4);
  });

  it('do not hide why another query is refused', async () => {
    const reading = at.bamboo({ ...settings, readBy: 'dataset', datasetName: 'shoes' }).readEmployees();
    await expect(reading).rejects.toMatchObject({
      call: { status: 404, vendorCode: 'DATASET_NOT_FOUND' },
      userMessage: expect.stringContaining('hr.datasetName') as unknown,
    });
  });
});

describe('the address in the customer file', () => {
  it.each(['', '/api/gateway.php', `/api/gateway.php/${DOMAIN}/v1/`, `/${DOMAIN}`, `/${DOMAIN}/api/v1`, '/api/v1'])(
    'may end in "%s"',
    async (end) => {
      const baseUrl = `${at.sandbox.urls.bamboohr}${end}`;
      expect(await at.bamboo({ ...settings, baseUrl }).readEmployees()).toHaveLength(4);
    },
  );
});
