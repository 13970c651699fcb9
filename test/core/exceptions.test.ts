import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/rollout/exceptions/calendar.core.ts';
import type { ClassifyInput } from '../../src/rollout/exceptions/exception-types.core.ts';
import { classify } from '../../src/rollout/exceptions/exceptions.core.ts';
import { profileSignIns, type SignIn } from '../../src/rollout/exceptions/sign-in-profile.core.ts';
import { reconcile } from '../../src/rollout/roster/roster.core.ts';
import type { Account, Employee } from '../../src/rollout/roster/roster-types.core.ts';

const TODAY = '2026-11-02';
const SYNC_ROLE = 'd29b2b05-8046-44ba-8758-1e26182fcf32';
const ADMIN_ROLE = '62e90394-69f5-4237-9190-012177145e10';

function account(id: string, given: Partial<Account> = {}): Account {
  return {
    id,
    displayName: `Account ${id}`,
    userPrincipalName: `${id}@contoso.example`,
    accountEnabled: true,
    ...given,
  };
}

function employee(given: Partial<Employee> = {}): Employee {
  return {
    employeeId: '7',
    displayName: 'Ann Berg',
    firstName: 'Ann',
    lastName: 'Berg',
    workEmail: null,
    department: null,
    jobTitle: null,
    managerEmployeeId: null,
    status: 'active',
    hireDate: null,
    terminationDate: null,
    returnDate: null,
    ...given,
  };
}

/** Everything was read and nothing stands out. */
function classified(accounts: Account[], given: Partial<ClassifyInput> & { employees?: Employee[] } = {}) {
  const { employees = [], ...more } = given;
  const sources = { mailboxes: [], roleAssignments: [], registration: [], signInProfiles: new Map(), ...more };
  const registration = sources.registration ?? null;
  const roster = reconcile({ ...sources, registration, hrSource: 'csv', employees, accounts, today: TODAY });
  return classify({ today: TODAY, accounts, roster, ...sources });
}

function kinds(table: ReturnType<typeof classify>): string[] {
  return table.exceptions.map((row) => `${row.accountId} ${row.kind} ${row.proposal}`);
}

function signIns(userId: string, count: number, given: SignIn): SignIn[] {
  return Array.from({ length: count }, (_, at) => ({
    userId,
    createdDateTime: `2026-10-${String(10 + (at % 9))}T08:00:00Z`,
    ...given,
  }));
}

const ROPC: SignIn = { authenticationProtocol: 'ropc', clientAppUsed: 'Mobile Apps and Desktop clients' };
const IMAP: SignIn = { clientAppUsed: 'IMAP4' };
const BACKGROUND: SignIn = { clientAppUsed: 'Browser', signInEventTypes: ['nonInteractiveUser'] };
const BROWSER: SignIn = { clientAppUsed: 'Browser', signInEventTypes: ['interactiveUser'] };

describe('break-glass accounts', () => {
  const good = account('bg', { userPrincipalName: 'bg@contoso.onmicrosoft.com' });
  const declared = { breakGlass: ['bg'], serviceAccounts: [] };
  const facts: Partial<ClassifyInput> = {
    declared,
    roleAssignments: [{ roleDefinitionId: ADMIN_ROLE, principalId: 'bg' }],
    registration: [{ id: 'bg', methodsRegistered: ['passKeyDeviceBound'] }],
  };

  it('are never guessed, whatever they look like', () => {
    expect(classified([good], { ...facts, declared: null }).exceptions).toEqual([]);
  });

  it('have a review date, no end, and five facts with their sources', () => {
    const table = classified([good], facts);
    expect(table.exceptions).toMatchObject([
      {
        kind: 'breakGlass',
        proposal: 'exclude',
        endsAt: null,
        reviewAt: '2027-01-31',
        directorySync: false,
        signed: false,
      },
    ]);
    expect(table.breakGlass).toEqual([
      {
        accountId: 'bg',
        enabled: 'yes',
        cloudOnly: 'yes',
        initialDomain: 'yes',
        permanentGlobalAdmin: 'yes',
        phishingResistantMethod: 'yes',
      },
    ]);
    expect(table.exceptions[0]?.evidence).toHaveLength(6);
  });

  it.each<[string, string, string, Partial<Account>, Partial<ClassifyInput>]>([
    ['enabled', 'no', 'disabled', { accountEnabled: false }, {}],
    ['cloudOnly', 'no', 'synchronised', { onPremisesSyncEnabled: true }, {}],
    ['initialDomain', 'no', 'on the own domain', { userPrincipalName: 'bg@contoso.example' }, {}],
    ['initialDomain', 'no', 'below a foreign domain', { userPrincipalName: 'bg@a.onmicrosoft.evil.example' }, {}],
    ['initialDomain', 'no', 'on a domain that only sounds so', { userPrincipalName: 'bg@evil-onmicrosoft.com' }, {}],
    ['permanentGlobalAdmin', 'no', 'without the role', {}, { roleAssignments: [] }],
    [
      'permanentGlobalAdmin',
      'no',
      'eligible only',
      {},
      { roleAssignments: [{ roleDefinitionId: ADMIN_ROLE, principalId: 'bg', eligible: true }] },
    ],
    [
      'permanentGlobalAdmin',
      'yes',
      'through a group',
      {},
      {
        roleAssignments: [{ roleDefinitionId: ADMIN_ROLE, principalId: 'g' }],
        roleGroupMembers: new Map([['g', ['bg']]]),
      },
    ],
    ['permanentGlobalAdmin', 'unknown', 'unread roles', {}, { roleAssignments: null }],
    [
      'phishingResistantMethod',
      'no',
      'app only',
      {},
      { registration: [{ id: 'bg', methodsRegistered: ['microsoftAuthenticatorPush'] }] },
    ],
    ['phishingResistantMethod', 'unknown', 'not reported', {}, { registration: null }],
    [
      'phishingResistantMethod',
      'yes',
      'own list of methods',
      {},
      {
        registration: null,
        methods: [{ id: 'bg', methods: [{ '@odata.type': '#microsoft.graph.fido2AuthenticationMethod' }] }],
      },
    ],
  ])('%s is %s: %s', (fact, answer, _name, entra, more) => {
    const table = classified([{ ...good, ...entra }], { ...facts, ...more });
    expect(table.breakGlass[0]).toMatchObject({ [fact]: answer });
  });

  it('show a declaration of an account that does not exist or is an employee’s', () => {
    const own = account('x', { employeeId: '7' });
    const table = classified([own], {
      employees: [employee()],
      declared: { breakGlass: ['x', 'ghost'], serviceAccounts: [] },
    });
    expect(table.conflicts.map((one) => [one.accountId, one.facts[1]])).toEqual([
      ['ghost', 'the tenant has no such account'],
      ['x', 'the account of employee 7, who is at work (HR)'],
    ]);
  });
});

describe('service accounts', () => {
  const declared = { breakGlass: [], serviceAccounts: ['x'] };

  it('are declared, and end after the days set', () => {
    const table = classified([account('x')], { declared, settings: { exceptionDays: 30 } });
    expect(table.exceptions).toMatchObject([{ kind: 'serviceAccount', endsAt: '2026-12-02', reviewAt: null }]);
  });

  it('synchronise the directory by their role, and then have a review date only', () => {
    const roleAssignments = [{ roleDefinitionId: SYNC_ROLE.toUpperCase(), principalId: 'x' }];
    const table = classified([account('x')], { roleAssignments, isSyncByApplication: true });
    expect(table.exceptions).toMatchObject([{ directorySync: true, endsAt: null, reviewAt: '2027-01-31' }]);
    expect(table.exceptions[0]?.evidence.join()).toContain('may be unnecessary');
  });

  it.each<[string, SignIn[], Partial<Account>, 'exception' | 'candidate' | 'nothing']>([
    ['ROPC only', signIns('x', 5, ROPC), {}, 'exception'],
    ['a legacy protocol only', signIns('x', 5, IMAP), {}, 'exception'],
    ['background only, on many days', signIns('x', 9, BACKGROUND), {}, 'exception'],
    [
      'background only, on one day',
      signIns('x', 9, { ...BACKGROUND, createdDateTime: '2026-10-10T01:00:00Z' }),
      {},
      'candidate',
    ],
    ['v1.0 background', signIns('x', 9, { clientAppUsed: 'Browser', isInteractive: false }), {}, 'exception'],
    ['ROPC, too rarely', signIns('x', 4, ROPC), {}, 'candidate'],
    ['ROPC beside a browser', [...signIns('x', 9, ROPC), ...signIns('x', 1, BROWSER)], {}, 'candidate'],
    [
      'ROPC beside an answered MFA',
      [
        ...signIns('x', 9, ROPC),
        ...signIns('x', 1, { ...BACKGROUND, authenticationRequirement: 'multiFactorAuthentication' }),
      ],
      {},
      'candidate',
    ],
    ['background beside a browser', [...signIns('x', 9, BACKGROUND), ...signIns('x', 1, BROWSER)], {}, 'nothing'],
    ['a browser only', signIns('x', 9, BROWSER), {}, 'nothing'],
    ['ROPC at a disabled account', signIns('x', 9, ROPC), { accountEnabled: false }, 'nothing'],
    ['ROPC of a guest', signIns('x', 9, ROPC), { userType: 'Guest' }, 'nothing'],
    ['ROPC of a leaver', signIns('x', 9, ROPC), { employeeId: 'left' }, 'candidate'],
    ['ROPC of an employee', signIns('x', 9, ROPC), { employeeId: '7' }, 'nothing'],
  ])('%s', (_name, seen, entra, expected) => {
    const employees = [employee(), employee({ employeeId: 'left', status: 'inactive' })];
    const table = classified([account('x', entra)], { employees, signInProfiles: profileSignIns(seen) });
    expect([table.exceptions.length, table.candidates.length]).toEqual(
      { exception: [1, 0], candidate: [0, 1], nothing: [0, 0] }[expected],
    );
  });

  it('are only candidates when they can answer MFA, when HR was not read, or in a shared mailbox', () => {
    const signInProfiles = profileSignIns(signIns('x', 9, ROPC));
    const capable = classified([account('x')], { signInProfiles, registration: [{ id: 'x', isMfaCapable: true }] });
    expect([capable.exceptions.length, capable.candidates.length]).toEqual([0, 1]);
    const withoutHr = classify({ today: TODAY, accounts: [account('x')], roster: null, signInProfiles });
    expect([withoutHr.exceptions.length, withoutHr.candidates.length]).toEqual([0, 1]);
    expect(withoutHr.unknown).toContain('hr');
    expect(
      kinds(classified([account('x')], { signInProfiles, mailboxes: [{ id: 'x', userPurpose: 'shared' }] })),
    ).toEqual(['x sharedMailbox blockSignIn']);
  });

  it('name the protocol in the evidence, and change with the fact alone', () => {
    const evidence = (count: number) =>
      classified([account('x')], { signInProfiles: profileSignIns(signIns('x', count, IMAP)) }).exceptions[0]?.evidence;
    expect(evidence(6)?.join()).toContain('IMAP4');
    expect(evidence(6)).toEqual(evidence(60));
  });
});

describe('shared mailboxes', () => {
  const mailboxes = [{ id: 'x', userPurpose: 'shared' }];

  it('are offered a blocked sign-in, and say when it is blocked already', () => {
    expect(kinds(classified([account('x')], { mailboxes }))).toEqual(['x sharedMailbox blockSignIn']);
    const blocked = classified([account('x', { accountEnabled: false })], { mailboxes }).exceptions[0];
    expect(blocked?.signInBlocked).toBe(true);
    expect(blocked?.evidence.join()).toContain('blocked already');
  });

  it('tell that something signs in, since blocking would stop it', () => {
    const table = classified([account('x')], { mailboxes, signInProfiles: profileSignIns(signIns('x', 1, BROWSER)) });
    expect(table.exceptions[0]?.evidence.join()).toContain('signs in to it directly');
  });

  it('are service accounts where the customer says so', () => {
    const table = classified([account('x')], { mailboxes, declared: { breakGlass: [], serviceAccounts: ['x'] } });
    expect(kinds(table)).toEqual(['x serviceAccount exclude']);
    expect(table.exceptions[0]?.evidence.join()).toContain('mailbox purpose shared');
  });
});

describe('people', () => {
  const own = account('x', { employeeId: '7' });

  it('at work are no exception, and what was declared of them is a conflict', () => {
    const table = classified([own], {
      employees: [employee()],
      declared: { breakGlass: [], serviceAccounts: ['x'] },
      mailboxes: [{ id: 'x', userPurpose: 'shared' }],
      roleAssignments: [{ roleDefinitionId: SYNC_ROLE, principalId: 'x' }],
    });
    expect(table.exceptions).toEqual([]);
    expect(table.conflicts.map((one) => one.kind)).toEqual(['serviceAccount', 'sharedMailbox']);
  });

  it.each<[string | null, string | null, string | null, string]>([
    ['2026-12-01', '2026-12-08', null, 'returns on 2026-12-01'],
    [null, null, '2026-12-02', 'no return date'],
    ['2026-10-01', '2026-10-08', null, 'has passed'],
  ])('on leave until %j end at %j or are reviewed at %j', (returnDate, endsAt, reviewAt, sentence) => {
    const table = classified([own], { employees: [employee({ status: 'onLeave', returnDate })] });
    expect(table.exceptions).toMatchObject([{ kind: 'onLeave', proposal: 'extendDeadline', endsAt, reviewAt }]);
    expect(table.exceptions[0]?.evidence.join()).toContain(sentence);
  });

  it('on leave without account are no exception', () => {
    expect(classified([], { employees: [employee({ status: 'onLeave' })] }).exceptions).toEqual([]);
  });

  it('on leave are owned by their manager', () => {
    const employees = [employee({ status: 'onLeave', managerEmployeeId: '1' }), employee({ employeeId: '1' })];
    const table = classified([own, account('boss', { employeeId: '1' })], { employees });
    expect(table.exceptions[0]?.owner).toMatchObject({ accountId: 'boss' });
  });
});

describe('the table', () => {
  it('keeps guests, rooms and equipment as classes of their own', () => {
    const accounts = [
      account('g', { userType: 'Guest' }),
      account('r'),
      account('e'),
      account('p', { userPrincipalName: 'package_1@contoso.example' }),
    ];
    const mailboxes = [
      { id: 'r', userPurpose: 'room' },
      { id: 'e', userPurpose: 'equipment' },
    ];
    const table = classified(accounts, { mailboxes });
    expect(table.exceptions).toEqual([]);
    expect(table.classes).toEqual({
      guest: { count: 1, accountIds: ['g'] },
      room: { count: 1, accountIds: ['r'] },
      equipment: { count: 2, accountIds: ['e', 'p'] },
    });
  });

  it('names every source that was not read, and concludes nothing from it', () => {
    const table = classify({ today: TODAY, accounts: [account('x')], roster: null });
    expect(table.unknown).toEqual(['hr', 'mailboxes', 'registration', 'roleAssignments', 'signIns']);
    expect(table.exceptions).toEqual([]);
  });

  it('gives every row an owner, a reason, a control, evidence, and a day', () => {
    const table = classified([account('x'), account('y'), account('z', { manager: { id: 'm' } })], {
      declared: { breakGlass: ['x'], serviceAccounts: ['z'] },
      mailboxes: [{ id: 'y', userPurpose: 'shared' }],
      defaultOwner: 'cio',
    });
    expect(table.exceptions.map((row) => row.owner.accountId)).toEqual(['cio', 'm', 'cio']);
    for (const row of table.exceptions) {
      expect([row.reason, row.compensatingControl, ...row.evidence, row.endsAt ?? row.reviewAt].every(Boolean)).toBe(
        true,
      );
    }
  });

  it('keeps dates and words that were shown, except a leave that HR moved', () => {
    const employees = [employee({ status: 'onLeave', returnDate: '2026-12-01' })];
    const accounts = [account('x', { employeeId: '7' }), account('s')];
    const declared = { breakGlass: [], serviceAccounts: ['s'] };
    const shown = classified(accounts, { employees, declared }).exceptions.map((row) => ({
      ...row,
      reason: 'as agreed',
      endsAt: '2026-11-30',
    }));
    const later = classified(accounts, { employees, declared, today: '2026-11-20', shown });
    expect(later.exceptions.map((row) => [row.kind, row.reason, row.endsAt])).toEqual([
      ['serviceAccount', 'as agreed', '2026-11-30'],
      ['onLeave', 'as agreed', '2026-12-08'],
    ]);
  });

  it('does not depend on the order of accounts', () => {
    const accounts = ['d', 'a', 'c', 'b'].map((id) => account(id));
    const declared = { breakGlass: ['d'], serviceAccounts: ['a', 'c', 'b'] };
    expect(classified(accounts.toReversed(), { declared })).toEqual(classified(accounts, { declared }));
  });
});

describe('addDays', () => {
  it('agrees with the calendar over four centuries', () => {
    for (let days = -40_000; days <= 120_000; days += 37) {
      const expected = new Date(Date.UTC(2024, 1, 29) + days * 86_400_000).toISOString().slice(0, 10);
      expect(addDays('2024-02-29', days)).toBe(expected);
    }
  });

  it('refuses what is no date', () => {
    expect(() => addDays('soon', 1)).toThrow(RangeError);
  });
});
