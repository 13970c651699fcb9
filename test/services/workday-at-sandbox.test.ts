/** The product's client of Workday in front of the sandbox's: a leave is told in several ways. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setWorkdayOptions } from '../../src/sandbox/people.ts';
import { workdayCredentials } from '../../src/sandbox/workday/credentials.ts';
import { buildCompany, buildEmployee, buildWorld } from '../support/sandbox-tenant.ts';
import { startSandboxVendors } from '../support/sandbox-vendors.ts';

const company = buildCompany({
  employees: [1, 2, 3].map((n) => buildEmployee(n, { supervisorEId: '3' })),
  absences: [
    { id: '1', type: 'timeOff', employeeId: '2', name: 'Person 2', start: '2026-02-01', end: '2026-05-01' },
    { id: '2', type: 'timeOff', employeeId: '1', name: 'Person 1', start: '2026-03-01', end: '2026-03-05' },
  ],
});
let at: Awaited<ReturnType<typeof startSandboxVendors>>;

beforeAll(async () => {
  at = await startSandboxVendors(buildWorld({ companies: [company] }));
});
afterAll(() => at.end());

it.each(['nested', 'flat'] as const)('a leave has its day of return where the report shows it %s', async (shape) => {
  setWorkdayOptions(at.sandbox, company.domain, { shape });
  const employees = await at.workday(workdayCredentials(company)).readEmployees();
  expect(employees.map(({ employeeId, status, returnDate }) => [employeeId, status, returnDate])).toEqual([
    ['1001', 'active', null],
    ['1002', 'onLeave', '2026-05-02'],
    ['1003', 'active', null],
  ]);
});
