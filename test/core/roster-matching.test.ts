import { describe, expect, it } from 'vitest';
import { type ReconcileInput, reconcile } from '../../src/rollout/roster/roster.core.ts';
import type { Account, Employee } from '../../src/rollout/roster/roster-types.core.ts';

const DOMAINS = ['contoso.example', 'contoso-group.example', 'contoso.onmicrosoft.example'];

function hr(employeeId: string, given: Partial<Employee> = {}): Employee {
  return {
    employeeId,
    displayName: `Given${employeeId} Family${employeeId}`,
    firstName: `Given${employeeId}`,
    lastName: `Family${employeeId}`,
    workEmail: null,
    department: null,
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
  return { id, displayName: id, accountEnabled: true, userType: 'Member', ...given };
}

function list(employees: Employee[], accounts: Account[], more: Partial<ReconcileInput> = {}) {
  return reconcile({
    hrSource: 'bamboohr',
    employees,
    accounts,
    registration: [],
    verifiedDomains: DOMAINS,
    today: '2026-11-02',
    ...more,
  });
}

function pairs(roster: ReturnType<typeof list>): string[] {
  return roster.people.map((person) => `${person.employeeId}=${person.accountId} by ${person.matchedBy}`);
}

function suggested(roster: ReturnType<typeof list>): string[] {
  return roster.suggestions.map((one) => `${one.employeeId}?${one.accountId}`);
}

const ANN = 'ann@contoso.example';

describe('the certain keys', () => {
  it.each<[string, Partial<Employee>, Partial<Account>, string[]]>([
    ['employee id', {}, { employeeId: '7' }, ['7=x by employeeId']],
    ['mail', { workEmail: ANN }, { mail: ANN }, ['7=x by mail']],
    ['sign-in name', { workEmail: ANN }, { userPrincipalName: ANN }, ['7=x by userPrincipalName']],
    ['primary proxy', { workEmail: ANN }, { proxyAddresses: [`SMTP:${ANN}`] }, ['7=x by proxyAddress']],
    ['other proxy', { workEmail: ANN }, { proxyAddresses: ['sip:z@z', `smtp:${ANN}`] }, ['7=x by proxyAddress']],
    ['sip address', { workEmail: ANN }, { proxyAddresses: [`SIP:${ANN}`] }, []],
    ['case of an address', { workEmail: 'ANN@Contoso.Example ' }, { mail: ANN }, ['7=x by mail']],
    ['Unicode form', { workEmail: 'jo\u0308rg@contoso.example' }, { mail: 'JÖRG@contoso.example' }, ['7=x by mail']],
    ['diacritics', { workEmail: 'jorg@contoso.example' }, { mail: 'jörg@contoso.example' }, []],
    ['no address', { workEmail: 'none' }, { mail: 'none' }, []],
    ['tag in HR', { workEmail: 'ann+hr@contoso.example' }, { mail: ANN }, ['7=x by mail']],
    ['tag in Entra', { workEmail: ANN }, { userPrincipalName: 'Ann+x@contoso.example' }, ['7=x by userPrincipalName']],
    ['other domain', { workEmail: ANN }, { mail: 'ann@contoso-group.example' }, []],
    ['name only', { displayName: 'Ann Berg' }, { displayName: 'Ann Berg' }, []],
    ['unlike id', { workEmail: null }, { employeeId: '07' }, []],
  ])('%s', (_name, employee, entra, expected) => {
    expect(pairs(list([hr('7', employee)], [account('x', entra)]))).toEqual(expected);
  });

  it('compares employee ids trimmed and without case', () => {
    expect(pairs(list([hr(' e7')], [account('x', { employeeId: 'E7 ' })]))).toEqual([' e7=x by employeeId']);
  });

  it.each(['1234567', '12345678', 'E-0000000001', 'ÄÖ-7', 'a b', '000', '0'])(
    'knows the id %j from its likes',
    (own) => {
      const others = [`${own}0`, `0${own}`, own.slice(1), `${own} x`].filter((other) => other !== '' && other !== own);
      const accounts = [own, ...others].map((employeeId, at) =>
        account(`acc${at}`, { employeeId: ` ${employeeId.toUpperCase()}` }),
      );
      expect(pairs(list([hr(own)], accounts))).toEqual([`${own}=acc0 by employeeId`]);
    },
  );

  it('lets the employee id win over the mail and shows the conflict', () => {
    const accounts = [account('x', { employeeId: '7', mail: 'old@contoso.example' }), account('y', { mail: ANN })];
    const roster = list([hr('7', { workEmail: ANN })], accounts);
    expect(pairs(roster)).toEqual(['7=x by employeeId']);
    expect(roster.conflicts).toMatchObject([{ employeeId: '7', accountId: 'x', otherAccountId: 'y' }]);
    expect(roster.accountWithoutHr).toMatchObject([{ accountId: 'y', class: 'secondAccount', employeeId: '7' }]);
  });

  it('sees the conflict when the other account carries the address as a proxy only', () => {
    const accounts = [account('x', { employeeId: '7' }), account('y', { proxyAddresses: [`smtp:${ANN}`] })];
    expect(list([hr('7', { workEmail: ANN })], accounts).conflicts).toHaveLength(1);
  });

  it('shows no conflict when the matched account carries the address somewhere itself', () => {
    const own = account('x', { employeeId: '7', mail: 'z@contoso.example', proxyAddresses: [`smtp:${ANN}`] });
    expect(list([hr('7', { workEmail: ANN })], [own]).conflicts).toEqual([]);
  });

  it('prefers mail to sign-in name to proxy', () => {
    const accounts = [
      account('p', { proxyAddresses: [`smtp:${ANN}`] }),
      account('u', { userPrincipalName: ANN }),
      account('m', { mail: ANN }),
    ];
    expect(pairs(list([hr('7', { workEmail: ANN })], accounts))).toEqual(['7=m by mail']);
  });
});

describe('two of a kind', () => {
  const shared = { workEmail: ANN };

  it('matches neither of two employees with one mail, and suggests to both', () => {
    const roster = list([hr('1', shared), hr('2', shared)], [account('x', { mail: ANN })]);
    expect(pairs(roster)).toEqual([]);
    expect(suggested(roster)).toEqual(['1?x', '2?x']);
    expect(roster.hrWithoutAccount.map((row) => row.why)).toEqual([
      'the work e-mail stands at more than one person in HR',
      'the work e-mail stands at more than one person in HR',
    ]);
  });

  it('does not give a shared mail to the second when the first has an account by id', () => {
    const accounts = [account('x', { employeeId: '1', mail: ANN }), account('y', { userPrincipalName: ANN })];
    expect(pairs(list([hr('1', shared), hr('2', shared)], accounts))).toEqual(['1=x by employeeId']);
  });

  it('matches two employees with one id by their mails alone', () => {
    const rows = [hr('1', shared), hr('1', { workEmail: 'bo@contoso.example', displayName: 'Bo' })];
    const roster = list(rows, [account('x', { employeeId: '1', mail: ANN })]);
    expect(pairs(roster)).toEqual(['1=x by mail']);
    expect(roster.hrWithoutAccount).toHaveLength(1);
    const ids = [...roster.people, ...roster.hrWithoutAccount].map((row) => row.personId);
    expect(new Set(ids).size).toBe(2);
  });

  it('takes a row that HR repeats for one person', () => {
    const roster = list([hr('1', shared), hr('1', shared)], [account('x', { employeeId: '1' })]);
    expect(pairs(roster)).toEqual(['1=x by employeeId']);
    expect(roster.hrWithoutAccount).toEqual([]);
  });

  it('settles two accounts with one id on the one that carries the work e-mail', () => {
    const second = { employeeId: '7', userPrincipalName: 'adm.ann@contoso.example', displayName: 'Admin Family7' };
    const accounts = [account('a', second)];
    const roster = list([hr('7', shared)], [...accounts, account('b', { employeeId: '7', userPrincipalName: ANN })]);
    expect(pairs(roster)).toEqual(['7=b by employeeId']);
    expect(roster.accountWithoutHr).toMatchObject([{ accountId: 'a', class: 'secondAccount', employeeId: '7' }]);
  });

  it('settles on the sign-in name when both carry the mail', () => {
    const accounts = [
      account('a', { employeeId: '7', mail: ANN, userPrincipalName: 'adm.ann@contoso.example' }),
      account('b', { employeeId: '7', mail: ANN, userPrincipalName: ANN }),
    ];
    expect(pairs(list([hr('7', shared)], accounts))).toEqual(['7=b by employeeId']);
    const withoutIds = accounts.map(({ employeeId: _id, ...rest }) => rest);
    expect(pairs(list([hr('7', shared)], withoutIds))).toEqual(['7=b by userPrincipalName']);
  });

  it('matches none when nothing decides, and suggests both', () => {
    const roster = list([hr('7')], [account('a', { employeeId: '7' }), account('b', { employeeId: '7' })]);
    expect(pairs(roster)).toEqual([]);
    expect(suggested(roster)).toEqual(['7?a', '7?b']);
    expect(roster.hrWithoutAccount[0]?.why).toContain('nothing decides');
  });

  it('does not let a mail decide where several accounts bear the id', () => {
    const accounts = [
      account('a', { employeeId: '7' }),
      account('b', { employeeId: '7' }),
      account('c', { mail: ANN }),
    ];
    expect(pairs(list([hr('7', shared)], accounts))).toEqual([]);
  });

  it('takes an account that is listed twice for one', () => {
    const twice = account('x', { employeeId: '7' });
    const roster = list([hr('7')], [twice, { ...twice }]);
    expect(pairs(roster)).toEqual(['7=x by employeeId']);
    expect(roster.accountWithoutHr).toEqual([]);
  });

  it('removes a tag only when no other account comes down to the address', () => {
    const tagged = [hr('7', { workEmail: 'ann+hr@contoso.example' })];
    const accounts = [account('x', { mail: ANN }), account('y', { mail: 'ann+b@contoso.example' })];
    const roster = list(tagged, accounts);
    expect(pairs(roster)).toEqual([]);
    expect(suggested(roster)).toEqual(['7?x', '7?y']);
  });

  it('removes a tag only when no other person in HR comes down to the address', () => {
    const rows = [hr('7', { workEmail: 'ann+hr@contoso.example' }), hr('8', { workEmail: ANN, status: 'inactive' })];
    expect(pairs(list(rows, [account('x', { mail: ANN })]))).toEqual([]);
  });

  it("gives nobody an account whose proxies are two people's addresses", () => {
    const rows = [hr('1', shared), hr('2', { workEmail: 'bo@contoso.example' })];
    const both = account('x', { proxyAddresses: [`smtp:${ANN}`, 'smtp:bo@contoso.example'] });
    expect(pairs(list(rows, [both]))).toEqual([]);
  });
});

describe('people who left, come back or are to come', () => {
  const LEFT = { status: 'inactive', terminationDate: '2025-06-30' } as const;

  it("gives a leaver's reused address to the one at work", () => {
    const rows = [hr('1', { ...LEFT, workEmail: ANN }), hr('2', { workEmail: ANN })];
    const accounts = [account('old', { employeeId: '1' }), account('new', { mail: ANN })];
    const roster = list(rows, accounts);
    expect(pairs(roster)).toEqual(['2=new by mail']);
    expect(roster.accountWithoutHr).toMatchObject([{ accountId: 'old', class: 'leaver', employeeId: '1' }]);
  });

  it("does not take the leaver's own account for the one who got his address", () => {
    const rows = [hr('1', { ...LEFT, workEmail: ANN }), hr('2', { workEmail: ANN })];
    const roster = list(rows, [account('old', { employeeId: '1', mail: ANN })]);
    expect(pairs(roster)).toEqual([]);
    expect(suggested(roster)).toEqual(['2?old']);
    expect(roster.suggestions[0]?.why).toContain('conflict');
  });

  it("does not take an account without id that bears the leaver's name", () => {
    const leaver = hr('1', { ...LEFT, workEmail: ANN, displayName: 'Ann Old', firstName: 'Ann', lastName: 'Old' });
    const next = hr('2', { workEmail: ANN, displayName: 'Ann New', firstName: 'Ann', lastName: 'New' });
    expect(pairs(list([leaver, next], [account('x', { mail: ANN, displayName: 'Old, Ann' })]))).toEqual([]);
    expect(pairs(list([leaver, next], [account('x', { mail: ANN, displayName: 'New, Ann' })]))).toEqual([
      '2=x by mail',
    ]);
  });

  it('matches a rehire whose account bears the old id', () => {
    const name = { displayName: 'Ann Berg', firstName: 'Ann', lastName: 'Berg', workEmail: ANN };
    const roster = list([hr('1', { ...LEFT, ...name }), hr('2', name)], [account('x', { employeeId: '1', mail: ANN })]);
    expect(pairs(roster)).toEqual(['2=x by mail']);
    expect(roster.accountWithoutHr).toEqual([]);
  });

  it('matches a rehire whose old row has the same id', () => {
    expect(pairs(list([hr('1', LEFT), hr('1')], [account('x', { employeeId: '1' })]))).toEqual(['1=x by employeeId']);
  });

  it('refuses a mail at an account that bears the id of somebody else at work', () => {
    const accounts = [account('x', { employeeId: '1', mail: ANN })];
    const roster = list([hr('1'), hr('2', { workEmail: ANN })], accounts);
    expect(pairs(roster)).toEqual(['1=x by employeeId']);
    expect(suggested(roster)).toEqual(['2?x']);
  });

  it('accepts an id of another numbering when the surname agrees, and asks when it does not', () => {
    const ann = hr('7', { workEmail: ANN, displayName: 'Ann Berg', firstName: 'Ann', lastName: 'Berg' });
    const entra = { mail: ANN, employeeId: 'P-900' };
    expect(pairs(list([ann], [account('x', { ...entra, displayName: 'Annie Berg' })]))).toEqual(['7=x by mail']);
    const other = list([ann], [account('x', { ...entra, displayName: 'Ann Holm' })]);
    expect(pairs(other)).toEqual([]);
    expect(suggested(other)).toEqual(['7?x']);
  });

  it('lists a future hire apart, with the account made ahead', () => {
    const rows = [hr('1', { hireDate: '2026-11-03', status: 'inactive' }), hr('2', { hireDate: '2026-11-02' })];
    const accounts = [account('x', { employeeId: '1' }), account('y', { employeeId: '2' })];
    const roster = list(rows, accounts);
    expect(roster.futureHires).toMatchObject([{ employeeId: '1', accountId: 'x', matchedBy: 'employeeId' }]);
    expect(roster.hrWithoutAccount).toEqual([]);
    expect(pairs(roster)).toEqual(['2=y by employeeId']);
    expect(roster.accountWithoutHr).toMatchObject([{ accountId: 'x', class: 'futureHire', employeeId: '1' }]);
  });

  it('finds the account of a future hire by address, after everybody at work', () => {
    const rows = [hr('1', { hireDate: '2027-01-01', workEmail: ANN }), hr('2', { workEmail: ANN })];
    const roster = list(rows, [account('x', { mail: ANN })]);
    expect(pairs(roster)).toEqual(['2=x by mail']);
    expect(roster.futureHires).toMatchObject([{ employeeId: '1', accountId: null }]);
    const alone = list([rows[0] as Employee], [account('x', { mail: ANN })]);
    expect(alone.futureHires).toMatchObject([{ accountId: 'x', matchedBy: 'mail' }]);
  });
});

describe('suggestions', () => {
  const BERG = { displayName: 'Søren Çelik Berg', firstName: 'Søren Çelik', lastName: 'Berg' };

  it.each<[string, Partial<Employee>, Partial<Account>, string | null]>([
    ['case and diacritics', BERG, { displayName: 'SOREN CELIK BERG' }, 'the same name'],
    ['token order', BERG, { displayName: 'Berg, Søren Çelik' }, 'the same name'],
    ['given and surname swapped', BERG, { givenName: 'Berg', surname: 'Soren Celik' }, 'the same name'],
    ['one word only', { displayName: 'Ann', firstName: 'Ann', lastName: null }, { displayName: 'Ann' }, null],
    ['alias domain', { workEmail: ANN }, { mail: 'Ann@contoso-group.example' }, 'verified domain'],
    ['foreign domain', { workEmail: ANN }, { mail: 'ann@fabrikam.example' }, null],
    ['folded address', { workEmail: 'zoë@contoso.example' }, { mail: 'zoe@contoso.example' }, 'diacritics'],
    ['letter left out', { workEmail: 'anna@contoso.example' }, { mail: 'annna@contoso.example' }, 'one letter'],
    ['letter replaced', { workEmail: 'anna@contoso.example' }, { mail: 'anka@contoso.example' }, 'one letter'],
    ['domain mistyped', { workEmail: 'anna@contoso.example' }, { mail: 'anna@contos.example' }, 'one letter'],
    ['letters swapped', { workEmail: 'anna@contoso.example' }, { mail: 'nana@contoso.example' }, null],
    ['short local part', { workEmail: 'al@contoso.example' }, { mail: 'all@contoso.example' }, null],
    ['guest by name', BERG, { displayName: 'Soren Celik Berg', userType: 'Guest' }, 'guest'],
    ['guest by mail', { workEmail: ANN }, { mail: ANN, userType: 'Guest' }, 'guest'],
    ['guest by proxy', { workEmail: ANN }, { proxyAddresses: [`smtp:${ANN}`], userType: 'Guest' }, null],
  ])('%s', (_name, employee, entra, why) => {
    const roster = list([hr('7', employee)], [account('x', entra)]);
    expect(pairs(roster)).toEqual([]);
    expect(roster.hrWithoutAccount).toHaveLength(1);
    expect(suggested(roster)).toEqual(why === null ? [] : ['7?x']);
    expect(roster.suggestions[0]?.why ?? '').toContain(why ?? '');
  });

  it('are at most three for one employee, the strongest first', () => {
    const names = ['c', 'b', 'a', 'd'].map((id) => account(id, { displayName: 'Berg Søren Çelik' }));
    const alias = account('z', { mail: 'ann@contoso-group.example' });
    const roster = list([hr('7', { ...BERG, workEmail: ANN })], [...names, alias]);
    expect(suggested(roster)).toEqual(['7?z', '7?a', '7?b']);
  });

  it("never name an account that is somebody's own or was an emergency or room account", () => {
    const accounts = [
      account('own', { employeeId: '1', displayName: 'Berg Søren Çelik' }),
      account('bg', { displayName: 'Berg Søren Çelik' }),
      account('room', { displayName: 'Berg Søren Çelik' }),
    ];
    const roster = list([hr('1'), hr('7', BERG)], accounts, {
      declared: { breakGlass: ['bg'], serviceAccounts: [] },
      mailboxes: [{ id: 'room', userPurpose: 'room' }],
    });
    expect(roster.suggestions).toEqual([]);
  });

  it('take the domains of sign-in names when none are verified by name', () => {
    const accounts = [
      account('x', { userPrincipalName: 'ann@contoso-group.example' }),
      account('y', { userPrincipalName: 'bo@contoso.example' }),
    ];
    expect(suggested(list([hr('7', { workEmail: ANN })], accounts, { verifiedDomains: [] }))).toEqual(['7?x']);
  });
});
