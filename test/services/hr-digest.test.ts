/** The name of a reading: equal ones promise equal lists, so whatever changes the list has to change the name. */
import { hash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/lib/clock.ts';
import { createBambooSource } from '../../src/services/hr/bamboohr/provider.ts';
import type { BambooSettings } from '../../src/services/hr/bamboohr/settings.ts';
import { BAMBOO_READING } from '../../src/services/hr/bamboohr/transform.ts';
import { createWorkdaySource } from '../../src/services/hr/workday/provider.ts';
import type { WorkdaySettings } from '../../src/services/hr/workday/settings.ts';
import { WORKDAY_READING } from '../../src/services/hr/workday/transform.ts';
import { startVendorBench } from '../support/vendor-bench.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Row = Record<string, unknown>;

const PERSON: Row = {
  ...{ id: 4, employeeNumber: 'N4', displayName: 'Ada Example', firstName: 'Ada', lastName: 'Example' },
  ...{ workEmail: 'ada@contoso.example', department: 'Sales', jobTitle: 'Clerk', status: 'Active' },
  ...{
    supervisorEId: '5',
    employmentHistoryStatus: 'Full-Time',
    hireDate: '2020-01-31',
    terminationDate: '0000-00-00',
  },
};
const CHIEF: Row = { ...PERSON, id: 5, employeeNumber: 'N5', supervisorEId: null, employmentHistoryStatus: 'Auszeit' };
const LEAVE: Row = { id: 1, type: 'timeOff', employeeId: '4', start: '2026-11-01', end: '2026-12-24' };

type Bamboo = { employees: Row[]; absences: Row[] | 'hidden'; readBy: 'customReport' | 'dataset' };

async function startBamboo(said: Bamboo) {
  const bench = await startVendorBench(({ path }) => {
    if (path.endsWith('/whos_out')) return said.absences === 'hidden' ? { status: 403 } : { json: said.absences };
    if (path.endsWith('/reports/custom')) return { json: { employees: said.employees } };
    return { json: { data: said.employees.map((fields) => ({ fields })), meta: { page: 1, totalPages: 1 } } };
  });
  closing.push(() => bench.close());
  const read = (settings: Partial<BambooSettings> = {}) =>
    createBambooSource(
      { http: bench.http, clock: bench.clock, pacer: bench.pacers.bamboohr },
      {
        ...{ baseUrl: bench.double.url, company: 'contoso', access: { kind: 'apiKey', apiKey: 'key-1' } },
        ...{ readBy: said.readBy, ...settings },
      },
    ).read();
  return { clock: bench.clock, read };
}

describe.each(['customReport', 'dataset'] as const)('a reading of BambooHR by %s', (readBy) => {
  const said = (): Bamboo => ({ employees: [PERSON, CHIEF], absences: [LEAVE], readBy });

  it('has the name of the one before while nothing is said anew', async () => {
    const { read } = await startBamboo(said());
    const first = await read();
    expect(await read()).toEqual(first);
    expect(first.digest).toHaveLength(43);
  });

  it.each<{ what: string; change: (said: Bamboo) => void }>([
    { what: 'a field', change: (now) => now.employees.splice(0, 1, { ...PERSON, department: 'Service' }) },
    { what: 'somebody more', change: (now) => now.employees.push({ ...PERSON, id: 6, employeeNumber: 'N6' }) },
    { what: 'somebody less', change: (now) => now.employees.pop() },
    { what: 'an absence', change: (now) => Object.assign(now, { absences: [] }) },
    { what: 'that absences are hidden', change: (now) => Object.assign(now, { absences: 'hidden' }) },
  ])('has another name where the system says $what', async ({ change }) => {
    const now = said();
    const { read } = await startBamboo(now);
    const first = await read();
    change(now);
    expect((await read()).digest).not.toBe(first.digest);
  });

  it.each<{ settings: Partial<BambooSettings> }>([
    { settings: { employeeIdField: 'id' } },
    { settings: { leaveStatuses: ['Auszeit'] } },
    { settings: { leaveDaysMin: 100 } },
  ])('has another name under other rules: $settings', async ({ settings }) => {
    const { read } = await startBamboo(said());
    const [usual, other] = [await read(), await read(settings)];
    expect(other.employees).not.toEqual(usual.employees);
    expect(other.digest).not.toBe(usual.digest);
  });

  it('has another name on the day on which somebody is back, although the system says the same', async () => {
    const { clock, read } = await startBamboo(said());
    const away = await read();
    clock.advance(35 * DAY_MS);
    const back = await read();
    expect([away, back].map(({ employees }) => employees[0]?.status)).toEqual(['onLeave', 'active']);
    expect(back.digest).not.toBe(away.digest);
  });
});

const WORKER: Row = {
  ...{ Employee_ID: '2', Worker_Status: 'Active', On_Leave: '0', First_Name: 'Ada', Last_Name: 'Example' },
  ...{ Work_Email: 'ada@contoso.example', Department: 'Sales', Business_Title: 'Clerk', Manager_Employee_ID: '1' },
  ...{ Hire_Date: '2026-11-21' },
};

async function startWorkday(workers: Row[]) {
  const bench = await startVendorBench(() => ({ json: { Report_Entry: workers } }));
  closing.push(() => bench.close());
  const settings = { reportUrl: `${bench.double.url}/ccx/report`, username: 'ISU', password: 'pass-1' };
  const read = (own: Partial<WorkdaySettings> = {}) =>
    createWorkdaySource(
      { http: bench.http, clock: bench.clock, pacer: bench.pacers.workday },
      { ...settings, ...own },
    ).read();
  return { clock: bench.clock, read };
}

describe('a reading of Workday', () => {
  it('has the name of the one before until a worker, a rule or the day is another', async () => {
    const workers = [WORKER, { ...WORKER, Employee_ID: '1' }];
    const { clock, read } = await startWorkday(workers);
    const names = [await read(), await read()].map(({ digest }) => digest);
    expect(names[1]).toBe(names[0]);
    names.push((await read({ statusWords: { onLeave: ['Active'] } })).digest);
    names.push((await read({ columns: { department: 'Business_Title' } })).digest);
    clock.advance(DAY_MS);
    names.push((await read()).digest);
    workers.splice(0, 1, { ...WORKER, Department: 'Service' });
    names.push((await read()).digest);
    expect(new Set(names).size).toBe(names.length - 1);
  });
});

describe('the form in which readings become lists', () => {
  // The same answer under the same name must not become another list after an upgrade: whoever changes what comes out
  // here changes BAMBOO_READING or WORKDAY_READING, and then what is recorded here.
  it('is the one that its number stands for', async () => {
    const { read } = await startBamboo({ employees: [PERSON, CHIEF], absences: [LEAVE], readBy: 'customReport' });
    const bamboo = await read({ leaveStatuses: ['Auszeit'] });
    const workday = await (await startWorkday([WORKER, { ...WORKER, Employee_ID: '1', On_Leave: '1' }])).read();
    const nameOf = (value: unknown) => hash('sha256', JSON.stringify(value), 'hex').slice(0, 16);
    expect({ [BAMBOO_READING]: nameOf(bamboo.employees), [WORKDAY_READING]: nameOf(workday.employees) }).toEqual({
      'bamboohr/1': 'f2b668c5c9ee21c1',
      'workday/2': 'a24c597e076975ee',
    });
  });
});
