import { describe, expect, it } from 'vitest';
import { applyAccountChanges } from '../../src/rollout/roster/account-changes.core.ts';
import { type ReconcileInput, reconcile } from '../../src/rollout/roster/roster.core.ts';
import { diffRosters } from '../../src/rollout/roster/roster-diff.core.ts';
import type { Account, Employee, RegistrationRow } from '../../src/rollout/roster/roster-types.core.ts';
import { acceptSource } from '../../src/rollout/roster/source-guard.core.ts';

function hr(employeeId: string, given: Partial<Employee> = {}): Employee {
  return {
    employeeId,
    displayName: `Given${employeeId} Family${employeeId}`,
    firstName: `Given${employeeId}`,
    lastName: `Family${employeeId}`,
    workEmail: null,
    department: 'Sales',
    jobTitle: null,
    managerEmployeeId: null,
    status: 'active',
    hireDate: '2020-01-01',
    terminationDate: null,
    returnDate: null,
    ...given,
  };
}

function account(id: string, given: Partial<Account> = {}): Account {
  return { id, displayName: id, accountEnabled: true, userType: 'Member', department: 'Sales', ...given };
}

function list(employees: Employee[], accounts: Account[], more: Partial<ReconcileInput> = {}) {
  return reconcile({ hrSource: 'bamboohr', employees, accounts, registration: [], today: '2026-11-02', ...more });
}

function one(employee: Partial<Employee>, entra: Partial<Account>, more: Partial<ReconcileInput> = {}) {
  const person = list([hr('7', employee)], [account('x', { employeeId: '7', ...entra })], more).people[0];
  if (person === undefined) throw new Error('the employee has no row');
  return person;
}

describe('a row of the master list', () => {
  it('says who, where, how and by which key', () => {
    const person = one(
      { department: ' Sales ', status: 'onLeave', returnDate: '2026-12-01' },
      { accountEnabled: false },
    );
    expect(person).toMatchObject({
      personId: 'bamboohr:7',
      accountId: 'x',
      employeeId: '7',
      displayName: 'Given7 Family7',
      department: 'Sales',
      accountStatus: 'disabled',
      class: 'employee',
      matchedBy: 'employeeId',
      hrStatus: 'onLeave',
      returnDate: '2026-12-01',
      differences: [],
    });
  });

  it.each<[string | null, string | null, unknown[]]>([
    ['Sales', 'sales ', []],
    ['Entwicklung', 'ENTWICKLUNG', []],
    ['Bu\u0308ro', 'Büro', []],
    ['Sales', 'Marketing', [{ field: 'department', hr: 'Sales', entra: 'Marketing' }]],
    ['Sales', null, [{ field: 'department', hr: 'Sales', entra: null }]],
    ['Sales', '  ', [{ field: 'department', hr: 'Sales', entra: null }]],
    [null, 'Sales', [{ field: 'department', hr: null, entra: 'Sales' }]],
    [null, null, []],
  ])('department %j in HR and %j in Entra differ by %j', (inHr, inEntra, differences) => {
    expect(one({ department: inHr }, { department: inEntra }).differences).toEqual(differences);
  });

  const boss = hr('1');
  const bossAccount = account('b', { employeeId: '1' });

  it.each<[string, Employee, Account[], string | null, string | null]>([
    ['at work', boss, [bossAccount], 'b', null],
    ['on leave', { ...boss, status: 'onLeave' }, [bossAccount], 'b', null],
    ['gone', { ...boss, status: 'inactive' }, [bossAccount], null, 'managerLeft'],
    ['without account', boss, [], null, 'managerWithoutAccount'],
    ['not there yet', { ...boss, hireDate: '2027-01-01' }, [bossAccount], null, 'managerNotStarted'],
    ['unknown', hr('2'), [bossAccount], null, 'unknownManager'],
  ])('a manager who is %s', (_name, manager, accounts, accountId, why) => {
    const own = account('x', { employeeId: '7', manager: { id: 'stranger' } });
    const roster = list([manager, hr('7', { managerEmployeeId: '1' })], [own, ...accounts]);
    const person = roster.people.find((row) => row.employeeId === '7');
    expect([person?.managerAccountId, person?.managerWhy]).toEqual([accountId, why]);
    expect(person?.differences).toMatchObject([{ field: 'manager', entra: 'stranger' }]);
  });

  it('counts nobody as his own manager, nor a blank as one', () => {
    expect(one({ managerEmployeeId: '7' }, {}).managerWhy).toBe('noManager');
    expect(one({ managerEmployeeId: ' ' }, {}).managerWhy).toBe('noManager');
  });

  it('sees no difference where Entra names the same manager, even one who left', () => {
    const rows = [hr('1', { status: 'inactive' }), hr('7', { managerEmployeeId: '1' })];
    const accounts = [bossAccount, account('x', { employeeId: '7', manager: { id: 'b' } })];
    expect(list(rows, accounts).people[0]).toMatchObject({ managerAccountId: null, differences: [] });
  });

  it('sees a missing manager in Entra only when Entra was asked', () => {
    const input: [Employee[], Account[]] = [
      [boss, hr('7', { managerEmployeeId: '1' })],
      [bossAccount, account('x', { employeeId: '7' })],
    ];
    expect(list(...input).people[1]?.differences).toEqual([{ field: 'manager', hr: 'b', entra: null }]);
    expect(list(...input, { isManagerRead: false }).people[1]?.differences).toEqual([]);
  });

  it('finds the manager by an id in other case', () => {
    const rows = [hr('e1'), hr('7', { managerEmployeeId: ' E1' })];
    expect(
      list(rows, [account('b', { employeeId: 'E1' }), account('x', { employeeId: '7' })]).people[0]?.managerAccountId,
    ).toBe('b');
  });
});

describe('enrolment', () => {
  const row = (given: Partial<RegistrationRow>): RegistrationRow => ({ id: 'x', ...given });
  const method = (type: string) => ({ '@odata.type': `#microsoft.graph.${type}AuthenticationMethod` });

  it.each<[string, Partial<ReconcileInput>, Partial<Account>, string, string]>([
    ['capable', { registration: [row({ isMfaCapable: true })] }, {}, 'capable', 'usable'],
    [
      'registered only',
      { registration: [row({ isMfaCapable: false, isMfaRegistered: true })] },
      {},
      'not',
      'does not allow',
    ],
    ['nothing', { registration: [row({ isMfaCapable: false, isMfaRegistered: false })] }, {}, 'not', 'no MFA method'],
    ['row without answer', { registration: [row({})] }, {}, 'unknown', 'without an answer'],
    ['no row', { registration: [] }, {}, 'unknown', 'not in the registration report yet'],
    ['disabled', { registration: [] }, { accountEnabled: false }, 'unknown', 'disabled'],
    ['not licensed', { registration: null, registrationGap: 'notLicensed' }, {}, 'unknown', 'licence'],
    ['not read', { registration: null, registrationGap: 'notRead' }, {}, 'unknown', 'could not be read'],
    [
      'own methods',
      { registration: null, methods: [{ id: 'x', methods: [method('fido2')] }] },
      {},
      'capable',
      'own list',
    ],
    [
      'password only',
      { registration: null, methods: [{ id: 'x', methods: [method('password')] }] },
      {},
      'not',
      'own list',
    ],
    [
      'TAP only',
      { registration: null, methods: [{ id: 'x', methods: [method('temporaryAccessPass')] }] },
      {},
      'not',
      'own list',
    ],
    [
      'new method',
      { registration: null, methods: [{ id: 'x', methods: [method('brainwave')] }] },
      {},
      'unknown',
      'does not know',
    ],
    [
      'methods of others',
      { registration: null, methods: [{ id: 'y', methods: [method('fido2')] }] },
      {},
      'unknown',
      'could not be read',
    ],
  ])('%s', (_name, sources, entra, enrolment, why) => {
    const person = one({}, entra, sources);
    expect(person.enrolment).toBe(enrolment);
    expect(person.enrolmentWhy).toContain(why);
  });

  it('takes the later of two rows, in either order', () => {
    const old = row({ isMfaCapable: true, lastUpdatedDateTime: '2026-01-01T00:00:00Z' });
    const late = row({ isMfaCapable: false, lastUpdatedDateTime: '2026-02-01T00:00:00Z' });
    expect(one({}, {}, { registration: [old, late] }).enrolment).toBe('not');
    expect(one({}, {}, { registration: [late, old] }).enrolment).toBe('not');
  });
});

describe('accounts that belong to no employee', () => {
  const PROFILE = { total: 9, interactive: 0, withMfa: 0, background: 0, ropc: 9, legacy: [], legacyCount: 0, days: 4 };

  it.each<[string, Partial<Account>, Partial<ReconcileInput>, string]>([
    ['declared', {}, { declared: { breakGlass: ['x'], serviceAccounts: ['x'] } }, 'breakGlass'],
    ['guest', { userType: 'guest' }, {}, 'guest'],
    ['room', {}, { mailboxes: [{ id: 'x', userPurpose: 'room' }] }, 'room'],
    ['equipment', {}, { mailboxes: [{ id: 'x', userPurpose: 'equipment' }] }, 'equipment'],
    ['bulk enrolment', { userPrincipalName: 'package_77@contoso.example' }, {}, 'equipment'],
    ['shared', {}, { mailboxes: [{ id: 'x', userPurpose: 'shared' }] }, 'sharedMailbox'],
    ['declared service', {}, { declared: { breakGlass: [], serviceAccounts: ['x'] } }, 'serviceAccount'],
    [
      'sync role',
      {},
      { roleAssignments: [{ roleDefinitionId: 'd29b2b05-8046-44ba-8758-1e26182fcf32', principalId: 'x' }] },
      'serviceAccount',
    ],
    ['program', {}, { signInProfiles: new Map([['x', PROFILE]]) }, 'serviceAccount'],
    ['program, disabled', { accountEnabled: false }, { signInProfiles: new Map([['x', PROFILE]]) }, 'unclassified'],
    ['leaver by id', { employeeId: '9' }, {}, 'leaver'],
    ['leaver by mail', { mail: 'left@contoso.example' }, {}, 'leaver'],
    ['second by id', { employeeId: '1', displayName: 'Admin Family1' }, {}, 'secondAccount'],
    ['second by id, of another name', { employeeId: '1', displayName: 'Leo Orlov' }, {}, 'unclassified'],
    ['further account', { userPrincipalName: 'given12@x.example', displayName: 'Given1 Family1' }, {}, 'secondAccount'],
    [
      'colleague of the same name',
      { userPrincipalName: 'given12@x.example', mail: 'given12@x.example', displayName: 'Given1 Family1' },
      {},
      'unclassified',
    ],
    [
      'second by name',
      { userPrincipalName: 'adm.given1@contoso.example', displayName: 'Given1 Family1 (Admin)' },
      {},
      'secondAccount',
    ],
    [
      'alike sign-in name only',
      { userPrincipalName: 'adm.given1@contoso.example', displayName: 'Build server' },
      {},
      'unclassified',
    ],
    ['nothing', {}, {}, 'unclassified'],
  ])('%s', (_name, entra, more, expected) => {
    const rows = [
      hr('1', { workEmail: 'given1@contoso.example' }),
      hr('9', { status: 'inactive', workEmail: 'left@contoso.example' }),
    ];
    const own = account('own', {
      employeeId: '1',
      mail: 'given1@contoso.example',
      userPrincipalName: 'given1@contoso.example',
    });
    const roster = list(rows, [own, account('x', entra)], more);
    expect(roster.accountWithoutHr.map((one) => [one.accountId, one.class])).toEqual([['x', expected]]);
    expect(roster.counts.classes).toMatchObject({ [expected]: 1 });
  });
});

describe('acceptSource', () => {
  it.each([
    [null, 0, 'ok'],
    [0, 0, 'ok'],
    [100, 0, 'sourceEmpty'],
    [1, 0, 'sourceEmpty'],
    [100, 80, 'ok'],
    [100, 79, 'sourceShrunk'],
    [10, 5, 'ok'],
    [10, 4, 'sourceShrunk'],
    [100, 250, 'ok'],
  ])('%j rows before and %j now: %s', (previousCount, currentCount, expected) => {
    const verdict = acceptSource({ previousCount, currentCount, kind: 'Employees' });
    expect(verdict.ok ? 'ok' : verdict.code).toBe(expected);
    if (!verdict.ok) expect(verdict.sentence).toContain(`${currentCount === 0 ? 'no' : currentCount} rows`);
  });

  it('takes other limits', () => {
    const reading = { previousCount: 100, currentCount: 50, kind: 'Employees' };
    expect(acceptSource({ ...reading, limits: { lossShareMax: 0.6 } }).ok).toBe(true);
  });
});

describe('applyAccountChanges', () => {
  const known = new Map<string, Account>([
    ['x', account('x', { manager: { id: 'm' } })],
    ['y', account('y')],
  ]);

  it('changes only what an item carries, and leaves the map as it was', () => {
    const patch = applyAccountChanges(known, [{ id: 'x', department: null, '@odata.etag': 'W/1' }]);
    expect(patch.changed.get('x')).toEqual({ ...known.get('x'), department: null });
    expect(known.get('x')?.department).toBe('Sales');
    expect(patch.changed.size).toBe(1);
  });

  it.each([
    ['a new one', [{ id: 'n' }], { id: 'n' }],
    ['old out, new in', [{ id: 'm', '@removed': { reason: 'deleted' } }, { id: 'n' }], { id: 'n' }],
    ['new in, old out', [{ id: 'n' }, { id: 'm', '@removed': { reason: 'deleted' } }], { id: 'n' }],
    ['taken away', [{ id: 'm', '@removed': { reason: 'deleted' } }], null],
    ['another one taken away', [{ id: 'q', '@removed': { reason: 'deleted' } }], { id: 'm' }],
  ])('manager: %s', (_name, entries, manager) => {
    const patch = applyAccountChanges(known, [{ id: 'x', 'manager@delta': entries }]);
    expect(patch.changed.get('x')?.manager).toEqual(manager);
  });

  it('merges repeated items in their order', () => {
    const patch = applyAccountChanges(known, [
      { id: 'x', mail: 'a@contoso.example' },
      { id: 'x', displayName: 'X' },
    ]);
    expect(patch.changed.get('x')).toMatchObject({ mail: 'a@contoso.example', displayName: 'X' });
  });

  it('removes, forgets changes before a removal, and takes a restored account as it comes', () => {
    const gone = { id: 'x', '@removed': { reason: 'changed' } };
    const removed = applyAccountChanges(known, [
      { id: 'x', mail: 'a@contoso.example' },
      gone,
      { ...gone, id: 'unknown' },
    ]);
    expect([[...removed.changed], [...removed.removed]]).toEqual([[], ['x']]);
    const restored = applyAccountChanges(known, [gone, { id: 'x', displayName: 'Back' }]);
    expect([...restored.removed]).toEqual([]);
    expect(restored.changed.get('x')).toEqual({ id: 'x', displayName: 'Back' });
  });
});

describe('diffRosters', () => {
  it('names who came, who went and what changed', () => {
    const accounts = [
      account('a', { employeeId: '1' }),
      account('b', { employeeId: '2' }),
      account('c', { employeeId: '3' }),
    ];
    const before = list([hr('1'), hr('2')], accounts);
    const after = list([hr('2', { department: 'Finance' }), hr('3')], accounts);
    const diff = diffRosters(before, after);
    expect(diff.added.map((person) => person.employeeId)).toEqual(['3']);
    expect(diff.removed.map((person) => person.employeeId)).toEqual(['1']);
    expect(diff.changed.map((change) => [change.personId, change.fields])).toEqual([
      ['bamboohr:2', ['department', 'differences']],
    ]);
  });

  it('sees nothing in two equal lists, nor in methods that come in another order', () => {
    const roster = (methodsRegistered: string[]) =>
      list([hr('1')], [account('x', { employeeId: '1' })], {
        registration: [{ id: 'x', isMfaCapable: true, methodsRegistered }],
      });
    expect(diffRosters(roster(['a', 'b']), roster(['b', 'a']))).toEqual({ added: [], removed: [], changed: [] });
  });
});
