import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/compose.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { Person, Roster } from '../../src/rollout/roster/roster-types.core.ts';
import { rosterOf } from '../../src/rollout/snapshots/answers.ts';
import {
  changeManager,
  deleteUser,
  enrolUser,
  hireEmployee,
  patchEmployee,
  patchUser,
  putUser,
  removeEmployee,
  setAbsences,
  setMethods,
} from '../../src/sandbox/people.ts';
import { readJournal } from '../../src/store/journal.ts';
import { addCustomerOf, type RunningSandbox, startProduct, startWorld, sync } from '../support/product.ts';
import { changesBetween, type RowChange } from '../support/roster-changes.ts';
import { describeStore, embeddedFolder } from '../support/store.ts';

const PEOPLE_CALLS = {
  'bamboohr POST /v1/reports/custom': 1,
  'bamboohr GET /v1/time_off/whos_out': 1,
  'graph GET /users/delta': 1,
  'graph GET /reports/authenticationMethods/userRegistrationDetails': 1,
  'graph GET /identity/conditionalAccess/policies': 1,
  'graph GET /auditLogs/signIns': 1,
};
/** Without a mark one is taken before the list. */
const LIST_CALLS = { ...PEOPLE_CALLS, 'graph GET /users': 1 };
const { 'graph GET /users/delta': _mark, ...FULL_CALLS } = LIST_CALLS;
const SECURITY_DEFAULTS = 'graph GET /policies/identitySecurityDefaultsEnforcementPolicy';

/** How often each address was asked since the log was last cleared, tokens apart. */
function callsOf({ sandbox }: RunningSandbox): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const { vendor, method, template } of sandbox.requests.list()) {
    if (vendor === 'login') continue;
    const name = `${vendor} ${method} ${template}`;
    calls[name] = (calls[name] ?? 0) + 1;
  }
  return calls;
}

function deltaTokens({ sandbox }: RunningSandbox): (string | undefined)[] {
  const asked = sandbox.requests.list().filter(({ template }) => template === '/users/delta');
  return asked.map(({ query }) => query.$deltaToken ?? query.$deltatoken);
}

/** The facts of the customer's last entry in the journal. */
async function lastFacts(app: App, customer: Customer): Promise<unknown> {
  const rows = await app.database.withCustomer(customer.id, (tx) => readJournal(tx, customer.id));
  return rows.at(-1)?.facts;
}

describeStore('a sync', (store) => {
  let app: App;
  beforeAll(async () => {
    app = await startProduct(await store.location());
  });
  afterAll(() => app.close());

  it('begun twice at once takes turns, so that neither is overtaken', async () => {
    const world = await startWorld({ seed: 35, frozen: true });
    const customer = await addCustomerOf(app, world);
    const told: string[] = [];
    const watch = { signal: app.signal, onProgress: (text: string) => told.push(text) };
    const asked = { peopleOnly: true, full: false, acceptShrunk: false, actor: { kind: 'test' } };
    const both = await Promise.all([1, 2].map(() => app.syncs.sync(customer, asked, watch)));
    expect(told).toEqual([
      'waiting for the sync that is under way',
      'reading HR and the tenant',
      'reading HR and the tenant',
    ]);
    for (const readings of both) expect(readings.map(({ state }) => state)).not.toContain('kept');
    expect(await sync(app, customer, { peopleOnly: true })).not.toContainEqual(
      expect.objectContaining({ code: 'overtaken' }),
    );
    await world.stop();
  });

  it('asks each source once, and from then on for changes', async () => {
    const world = await startWorld({ seed: 31, frozen: true });
    const customer = await addCustomerOf(app, world);
    expect(await app.syncs.prepare(customer, app.signal)).toEqual({ ok: true });
    expect(deltaTokens(world)).toEqual(['latest']);
    world.sandbox.requests.clear();
    await sync(app, customer, { peopleOnly: true });
    expect(callsOf(world)).toEqual(FULL_CALLS);
    for (let again = 0; again < 2; again += 1) {
      world.sandbox.requests.clear();
      await sync(app, customer, { peopleOnly: true });
      expect(callsOf(world)).toEqual(PEOPLE_CALLS);
      expect(deltaTokens(world)).not.toContain('latest');
    }
    world.sandbox.requests.clear();
    await sync(app, customer, { peopleOnly: true, full: true });
    expect(callsOf(world)).toEqual(FULL_CALLS);
    await world.stop();
  });

  it('takes the mark itself where the tenant could not be reached when the customer was added', async () => {
    const world = await startWorld({ seed: 37, frozen: true });
    const customer = await addCustomerOf(app, world);
    await sync(app, customer, { peopleOnly: true });
    expect(callsOf(world)).toEqual(LIST_CALLS);
    expect(deltaTokens(world)).toEqual(['latest']);
    await world.stop();
  });

  it('asks once more where Security Defaults are on', async () => {
    const world = await startWorld({ seed: 32, name: 'securityDefaults', frozen: true });
    const customer = await addCustomerOf(app, world);
    await sync(app, customer, { peopleOnly: true });
    expect(callsOf(world)).toEqual({ ...LIST_CALLS, [SECURITY_DEFAULTS]: 1 });
    expect((await app.syncs.stored(customer)).securityDefaults).toMatchObject({ isEnabled: true });
    await world.stop();
  });

  it('writes nothing when nothing changed, and says so in the journal', async () => {
    const world = await startWorld({ seed: 33, frozen: true });
    const customer = await addCustomerOf(app, world);
    await sync(app, customer, { peopleOnly: true });
    expect(await lastFacts(app, customer)).toMatchObject({ users: 'all' });
    const before = rosterOf(await app.syncs.stored(customer));
    await sync(app, customer, { peopleOnly: true });
    expect(await lastFacts(app, customer)).toMatchObject({ changed: 0, users: 'changes' });
    await sync(app, customer, { peopleOnly: true, full: true });
    expect(await lastFacts(app, customer)).toMatchObject({ changed: 0, users: 'all' });
    expect(rosterOf(await app.syncs.stored(customer))).toEqual(before);
    await world.stop();
  });

  it.each([
    ['410', { gone: true }],
    ['syncStateNotFound', { status: 400, body: { error: { code: 'syncStateNotFound', message: 'gone' } } }],
  ])('reads the whole list again when the delta has expired: %s', async (_name, fault) => {
    const world = await startWorld({ seed: 34, frozen: true });
    const customer = await addCustomerOf(app, world);
    await sync(app, customer, { peopleOnly: true });
    const { tenantId } = world.setUp;
    const person = plain(rosterOf(await app.syncs.stored(customer)), world)[0];
    deleteUser(world.sandbox, { tenantId, userId: person.accountId });
    world.sandbox.requests.clear();
    world.sandbox.faults.put({ id: 'expired', vendor: 'graph', template: '/users/delta', times: 1, ...fault });
    const readings = await sync(app, customer, { peopleOnly: true });
    expect(readings.filter(({ state }) => state !== 'read')).toEqual([]);
    expect(callsOf(world)).toEqual({ ...LIST_CALLS, 'graph GET /users/delta': 2 });
    expect(deltaTokens(world)[1]).toBe('latest');
    const { users } = await app.syncs.stored(customer);
    expect(users?.map(({ id }) => id)).not.toContain(person.accountId);
    await world.stop();
  });
});

describe('at the published limits', () => {
  it('two people syncs one after the other meet no refusal for too many requests', async () => {
    const dataDir = embeddedFolder();
    const app = await startProduct({ dataDir }, { limits: {} });
    const world = await startWorld({ seed: 35, publishedLimits: true });
    const customer = await addCustomerOf(app, world);
    await sync(app, customer, { peopleOnly: true });
    await sync(app, customer, { peopleOnly: true });
    expect(world.sandbox.requests.list().map(({ status }) => status)).not.toContain(429);
    await world.stop();
    await app.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
});

type Plain = Person & { recordId: string };
type Cast = [Plain, ...Plain[]];

/** People about whom no story is told: matched by id, nobody's manager, in a registration report that knows them. */
function plain(roster: Roster, { truth, sandbox, setUp }: RunningSandbox): Cast {
  const told = new Set(truth.traps.flatMap(({ employeeId, accountId }) => [employeeId, accountId]));
  const managers = new Set(Object.values(sandbox.state.tenants.get(setUp.tenantId)?.tenant.managers ?? {}));
  const records = new Map(truth.employeeRecords.map((record) => [record.employeeId, record.recordId]));
  const ordinary = roster.people.filter(
    (row) =>
      !told.has(row.employeeId) &&
      !told.has(row.accountId) &&
      !managers.has(row.accountId) &&
      row.matchedBy === 'employeeId' &&
      row.hrStatus === 'active' &&
      row.accountStatus === 'enabled' &&
      row.enrolment !== 'unknown' &&
      row.managerAccountId !== null &&
      row.differences.length === 0,
  );
  return ordinary.map((row) => ({ ...row, recordId: records.get(row.employeeId) ?? '' })) as Cast;
}

describeStore('after a change in the world the next sync', (store) => {
  let app: App;
  let world: RunningSandbox;
  let customer: Customer;
  let cast: Plain[];
  const roster = async () => rosterOf(await app.syncs.stored(customer));
  beforeAll(async () => {
    app = await startProduct(await store.location());
    world = await startWorld({ seed: 36, frozen: true });
    customer = await addCustomerOf(app, world);
    await sync(app, customer);
    cast = plain(await roster(), world);
  });
  afterAll(async () => {
    await world.stop();
    await app.close();
  });

  /** Each test takes people of its own, so that no change hides another. */
  const next = (wanted: (row: Plain) => boolean = () => true): Plain => {
    const found = cast.find(wanted);
    if (found === undefined) throw new Error('the world has too few ordinary people');
    cast = cast.filter((row) => row !== found);
    return found;
  };
  const account = (person: Plain) => ({ tenantId: world.setUp.tenantId, userId: person.accountId });
  const employee = (person: Plain) => ({ domain: world.truth.companyDomain, employeeId: person.recordId });
  const company = () => world.sandbox.state.companies.get(world.truth.companyDomain)?.company;
  const record = (person: Plain) => {
    const found = company()?.employees.find(({ id }) => id === person.recordId);
    if (found === undefined) throw new Error('the person stands in HR');
    return found;
  };
  const tenant = () => world.sandbox.state.tenants.get(world.setUp.tenantId);

  /** What the next sync changes in the master list, whole rows, after `happen`. */
  const effectOf = async (happen: () => void): Promise<RowChange[]> => {
    const before = await roster();
    happen();
    const readings = await sync(app, customer, { peopleOnly: true });
    expect(readings.filter(({ state }) => state !== 'read')).toEqual([]);
    expect(await lastFacts(app, customer)).toMatchObject({ users: 'changes' });
    return changesBetween(before, await roster());
  };
  const changed = ({ recordId: _, ...before }: Plain, set: Partial<Person>): RowChange[] => [
    { list: 'people', before, after: { ...before, ...set } },
  ];

  it('shows who enrolled', async () => {
    const person = next((row) => row.enrolment === 'not');
    const effect = await effectOf(() =>
      enrolUser(world.sandbox, account(person), { method: 'microsoftAuthenticator', reportLagMs: 0 }),
    );
    expect(effect).toEqual(
      changed(person, {
        enrolment: 'capable',
        enrolmentWhy: 'the registration report shows a usable MFA method',
        methods: [...person.methods, 'microsoftAuthenticatorPush'],
      }),
    );
  });

  it('shows who lost every method', async () => {
    const person = next((row) => row.enrolment === 'capable');
    const effect = await effectOf(() => setMethods(world.sandbox, account(person), { methods: [], reportLagMs: 0 }));
    const enrolmentWhy = 'the registration report shows no MFA method';
    expect(effect).toEqual(changed(person, { enrolment: 'not', enrolmentWhy, methods: [] }));
  });

  it('shows who went on leave and until when', async () => {
    const person = next();
    const absence = { id: '9001', type: 'timeOff' as const, employeeId: person.recordId, name: person.displayName };
    const absences = company()?.absences ?? [];
    const effect = await effectOf(() =>
      setAbsences(world.sandbox, world.truth.companyDomain, [
        ...absences,
        { ...absence, start: dayFromNow(-3), end: dayFromNow(40) },
      ]),
    );
    expect(effect).toEqual(changed(person, { hrStatus: 'onLeave', returnDate: dayFromNow(41) }));
  });

  it('shows a new name in HR', async () => {
    const person = next();
    const displayName = 'Ottilie Umbenannt';
    const set = { displayName, firstName: 'Ottilie', lastName: 'Umbenannt' };
    const effect = await effectOf(() => patchEmployee(world.sandbox, employee(person), set));
    expect(effect).toEqual(changed(person, { displayName }));
  });

  it('shows a new user principal name and mail address', async () => {
    const person = next();
    const domain = person.userPrincipalName?.split('@')[1] ?? '';
    const [userPrincipalName, mail] = [`ottilie.new@${domain}`, `o.new@${domain}`];
    const effect = await effectOf(() => patchUser(world.sandbox, account(person), { userPrincipalName, mail }));
    expect(effect).toEqual(changed(person, { userPrincipalName, mail }));
  });

  it('shows a new manager of HR, and that Entra still has the old one', async () => {
    const [person, manager] = [next(), next()];
    const set = { supervisorEId: manager.recordId };
    const effect = await effectOf(() => patchEmployee(world.sandbox, employee(person), set));
    const managerAccountId = manager.accountId;
    const difference = { field: 'manager' as const, hr: managerAccountId, entra: person.managerAccountId };
    expect(effect).toEqual(changed(person, { managerAccountId, differences: [difference] }));
    const settled = await effectOf(() => changeManager(world.sandbox, account(person), managerAccountId));
    const row = { ...person, managerAccountId };
    expect(settled).toEqual(changed({ ...row, differences: [difference] }, { differences: [] }));
  });

  it('shows that Entra lost the manager', async () => {
    const person = next();
    const effect = await effectOf(() => changeManager(world.sandbox, account(person), null));
    const difference = { field: 'manager' as const, hr: person.managerAccountId, entra: null };
    expect(effect).toEqual(changed(person, { differences: [difference] }));
  });

  it('shows a new department of HR beside Entra’s', async () => {
    const person = next();
    const department = 'Customer Happiness';
    const effect = await effectOf(() => patchEmployee(world.sandbox, employee(person), { department }));
    const difference = { field: 'department' as const, hr: department, entra: person.department };
    expect(effect).toEqual(changed(person, { department, differences: [difference] }));
  });

  it('shows a disabled account', async () => {
    const person = next();
    const effect = await effectOf(() => patchUser(world.sandbox, account(person), { accountEnabled: false }));
    const enrolmentWhy = 'the account is disabled: the registration report leaves such accounts out';
    expect(effect).toEqual(
      changed(person, {
        accountStatus: 'disabled',
        enrolment: 'unknown',
        enrolmentWhy,
        methods: [],
      }),
    );
  });

  it('shows a deleted account, and the same row again when it is restored', async () => {
    const person = next();
    const user = tenant()?.usersById.get(person.accountId);
    const methods = tenant()?.tenant.authenticationMethods[person.accountId] ?? [];
    if (user === undefined) throw new Error('the person has an account');
    const { recordId: _, ...row } = person;
    const gone = await effectOf(() => deleteUser(world.sandbox, account(person)));
    const { personId, employeeId, displayName, department } = person;
    const left = { personId, employeeId, displayName, department, hrStatus: 'active' };
    expect(gone).toEqual([
      { list: 'people', before: row, after: null },
      { list: 'hrWithoutAccount', before: null, after: expect.objectContaining(left) as unknown },
    ]);
    const back = await effectOf(() => {
      putUser(world.sandbox, world.setUp.tenantId, user);
      changeManager(world.sandbox, account(person), person.managerAccountId);
      setMethods(world.sandbox, account(person), { methods, reportLagMs: 0 });
    });
    expect(back).toEqual([
      { list: 'people', before: null, after: row },
      { list: 'hrWithoutAccount', before: gone[1]?.after, after: null },
    ]);
  });

  it('shows an account that nobody in HR has', async () => {
    const user = newUser('quillon.vexford', null);
    const effect = await effectOf(() => putUser(world.sandbox, world.setUp.tenantId, user));
    const after = {
      accountId: user.id,
      displayName: user.displayName,
      class: 'unclassified',
      accountStatus: 'enabled',
    };
    expect(effect).toEqual([
      { list: 'accountWithoutHr', before: null, after: expect.objectContaining(after) as unknown },
    ]);
  });

  it('shows somebody taken on, first without and then with an account', async () => {
    const colleague = record(next());
    const hired = {
      ...colleague,
      id: '99001',
      employeeNumber: '990001',
      firstName: 'Zebulon',
      lastName: 'Quarkwright',
      displayName: 'Zebulon Quarkwright',
      workEmail: null,
      hireDate: dayFromNow(-2),
    };
    const first = await effectOf(() => hireEmployee(world.sandbox, world.truth.companyDomain, hired));
    const row = { employeeId: '990001', displayName: 'Zebulon Quarkwright', department: colleague.department };
    expect(first).toEqual([{ list: 'hrWithoutAccount', before: null, after: expect.objectContaining(row) as unknown }]);
    const user = newUser('zebulon.quarkwright', '990001');
    const second = await effectOf(() => putUser(world.sandbox, world.setUp.tenantId, user));
    const person = { ...row, accountId: user.id, matchedBy: 'employeeId', accountStatus: 'enabled' };
    expect(second).toEqual([
      { list: 'people', before: null, after: expect.objectContaining(person) as unknown },
      { list: 'hrWithoutAccount', before: first[0]?.after, after: null },
    ]);
    const third = await effectOf(() => removeEmployee(world.sandbox, world.truth.companyDomain, '99001'));
    expect(third.map(({ list }) => list)).toEqual(['people', 'accountWithoutHr']);
  });

  it('shows somebody whose first day is to come', async () => {
    const colleague = record(next());
    const hireDate = dayFromNow(20);
    const hired = {
      ...colleague,
      ...{ id: '99002', employeeNumber: '990002', firstName: 'Wilhelmina', lastName: 'Overmorrow', hireDate },
      ...{ displayName: 'Wilhelmina Overmorrow', workEmail: null },
    };
    const effect = await effectOf(() => hireEmployee(world.sandbox, world.truth.companyDomain, hired));
    const after = { employeeId: '990002', displayName: 'Wilhelmina Overmorrow', hireDate, accountId: null };
    expect(effect).toEqual([{ list: 'futureHires', before: null, after: expect.objectContaining(after) as unknown }]);
  });

  it('shows who left, and that the account is still there', async () => {
    const person = next();
    const set = { status: 'Inactive', terminationDate: dayFromNow(-1) };
    const effect = await effectOf(() => patchEmployee(world.sandbox, employee(person), set));
    const { recordId: _, ...row } = person;
    const { accountId, employeeId } = person;
    const after = { accountId, employeeId, class: 'leaver', accountStatus: 'enabled' };
    expect(effect).toEqual([
      { list: 'people', before: row, after: null },
      { list: 'accountWithoutHr', before: null, after: expect.objectContaining(after) as unknown },
    ]);
  });

  it('shows many changes at once, over several pages, as one', async () => {
    const people = [next(), next(), next(), next(), next(), next()];
    world.sandbox.record({ type: 'options.set', tenantId: world.setUp.tenantId, options: { deltaPageSize: 2 } });
    const effect = await effectOf(() => {
      for (const person of people) {
        patchUser(world.sandbox, account(person), { department: 'Elsewhere' });
        patchUser(world.sandbox, account(person), { department: 'Somewhere' });
      }
    });
    const expected = people.flatMap((person) =>
      changed(person, { differences: [{ field: 'department', hr: person.department, entra: 'Somewhere' }] }),
    );
    const byText = (a: RowChange, b: RowChange) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    expect(effect.sort(byText)).toEqual(expected.sort(byText));
  });

  function newUser(name: string, employeeId: string | null) {
    const user = tenant()?.usersById.get(next().accountId);
    const domain = String(user?.userPrincipalName).split('@')[1] ?? '';
    const address = `${name}@${domain}`;
    const displayName = name
      .split('.')
      .map((part) => `${part[0]?.toUpperCase() ?? ''}${part.slice(1)}`)
      .join(' ');
    return {
      ...user,
      id: crypto.randomUUID(),
      displayName,
      employeeId,
      userPrincipalName: address,
      mail: address,
      mailNickname: name,
      proxyAddresses: [`SMTP:${address}`],
    };
  }
});

function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
