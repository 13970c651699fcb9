import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOfReport, reportOf } from '../../src/rollout/evidence/report.core.ts';
import { FIGURES, type ReportFacts } from '../../src/rollout/evidence/report-types.core.ts';
import type { ExceptionRow } from '../../src/rollout/exceptions/exception-types.core.ts';
import type { AccountWithoutHr, Person } from '../../src/rollout/roster/roster-types.core.ts';

const TODAY = '2026-11-22';
const ENFORCING = 'p-on';

const person = (accountId: string, changed: Partial<Person> = {}): Person => ({
  personId: `person-${accountId}`,
  accountId,
  employeeId: `e-${accountId}`,
  displayName: `Person ${accountId}`,
  department: 'Sales',
  managerAccountId: null,
  managerWhy: 'noManager',
  accountStatus: 'enabled',
  enrolment: 'capable',
  enrolmentWhy: '',
  class: 'employee',
  matchedBy: 'employeeId',
  differences: [],
  hrStatus: 'active',
  returnDate: null,
  jobTitle: null,
  userPrincipalName: `${accountId}@contoso.example`,
  mail: null,
  methods: ['microsoftAuthenticatorPush'],
  ...changed,
});

const exception = (accountId: string, changed: Partial<ExceptionRow> = {}): ExceptionRow => ({
  accountId,
  displayName: accountId,
  userPrincipalName: null,
  kind: 'serviceAccount',
  directorySync: false,
  evidence: [],
  owner: { accountId: null, why: '' },
  reason: 'a program signs in',
  compensatingControl: 'a fixed address',
  endsAt: '2027-01-31',
  reviewAt: null,
  proposal: 'exclude',
  signInBlocked: false,
  signed: true,
  ...changed,
});

const cover = (userId: string, covered: 'all' | 'none' | 'partial' | 'unknown', by: string[] = [ENFORCING]) => ({
  userId,
  covered,
  by: covered === 'none' ? [] : by,
  excludedFrom: [],
  reportOnlyIn: [],
  securityDefaults: 'off' as const,
});

const policy = (id: string, state: string) => ({ id, name: id, state, managed: null, asksForMfa: true });

const facts = (changed: Partial<ReportFacts> = {}): ReportFacts => ({
  customer: { name: 'Contoso', tenantId: '00000000-0000-4000-8000-000000000001', timeZone: 'UTC' },
  takenAt: `${TODAY}T08:00:00.000Z`,
  today: TODAY,
  roster: { people: [], hrWithoutAccount: [], accountWithoutHr: [] },
  exceptions: { rows: [], signature: null, breakGlass: [], unknown: [] },
  policies: [policy(ENFORCING, 'enabled'), policy('p-report', 'enabledForReportingButNotEnforced')],
  securityDefaultsOn: false,
  coverage: [],
  registrationReadAt: `${TODAY}T07:00:00.000Z`,
  rollout: 'none',
  approvals: [],
  findings: [],
  journal: { seq: 1, hash: 'sha256:1' },
  ...changed,
});

const withPeople = (people: Person[]) => ({ people, hrWithoutAccount: [], accountWithoutHr: [] });

describe('how an account stands', () => {
  it.each([
    { what: 'an enabled policy in every case', row: cover('a', 'all'), standing: 'enforced', reason: null },
    {
      what: 'a report-only policy alone',
      row: { ...cover('a', 'none'), reportOnlyIn: ['p-report'] },
      standing: 'notEnforced',
      reason: 'reportOnly',
    },
    {
      what: 'cover by a policy that only reports',
      row: cover('a', 'all', ['p-report']),
      standing: 'unknown',
      reason: 'unclear',
    },
    { what: 'cover in some cases', row: cover('a', 'partial'), standing: 'notEnforced', reason: 'inSomeCasesOnly' },
    { what: 'nothing', row: cover('a', 'none'), standing: 'notEnforced', reason: 'nothingAsks' },
    { what: 'what was not understood', row: cover('a', 'unknown'), standing: 'unknown', reason: 'unclear' },
    { what: 'no answer about it', row: cover('b', 'all'), standing: 'unknown', reason: 'notRead' },
  ])('with $what is $standing', ({ row, standing, reason }) => {
    const [account] = reportOf(facts({ roster: withPeople([person('a')]), coverage: [row] })).accounts;
    expect(account).toMatchObject({ standing, reason });
  });

  it.each([
    { what: 'signed', row: exception('a'), standing: 'excepted', state: 'carvedOut' },
    { what: 'unsigned', row: exception('a', { signed: false }), standing: 'notEnforced', state: 'unsigned' },
    { what: 'ended today', row: exception('a', { endsAt: TODAY }), standing: 'notEnforced', state: 'ended' },
  ])('with an exception that is $what is $standing', ({ row, standing, state }) => {
    const exceptions = { rows: [row], signature: null, breakGlass: [], unknown: [] };
    const roster = withPeople([person('a')]);
    const report = reportOf(facts({ roster, exceptions, coverage: [cover('a', 'none')] }));
    expect(report.accounts[0]).toMatchObject({ standing });
    expect(report.exceptions[0]).toMatchObject({ state });
  });

  it('is enforced in spite of a signed exception where a policy asks all the same', () => {
    const exceptions = { rows: [exception('a')], signature: null, breakGlass: [], unknown: [] };
    const report = reportOf(facts({ roster: withPeople([person('a')]), exceptions, coverage: [cover('a', 'all')] }));
    expect(report.figures).toMatchObject({ 'scope.enforced': 1, 'scope.excepted': 0, 'exceptions.enforcedAnyway': 1 });
  });
});

describe('what was not read', () => {
  it('is null and named, never zero', () => {
    const unread = facts({ policies: null, coverage: null, findings: null, registrationReadAt: null });
    const { figures, notRead, accounts } = reportOf({ ...unread, roster: withPeople([person('a')]) });
    expect(figures).toMatchObject({
      'scope.enforced': null,
      'scope.notEnforced': null,
      'scope.unknown': 1,
      'policies.enforcing': null,
      'findings.open': null,
      'enrolment.capable': null,
    });
    expect(accounts[0]?.standing).toBe('unknown');
    expect(notRead).toEqual(['coverage', 'findings', 'policies', 'registration']);
  });

  it('leaves every figure about accounts open without a master list', () => {
    const { figures } = reportOf(facts({ roster: null }));
    expect([figures['accounts.total'], figures['scope.enforced'], figures['enrolment.not']]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

const ids = Array.from({ length: 12 }, (_, index) => `u${index}`);
const id = fc.constantFrom(...ids);
const anyPerson = fc
  .record({
    accountId: id,
    accountStatus: fc.constantFrom('enabled', 'disabled'),
    enrolment: fc.constantFrom('capable', 'not', 'unknown'),
    class: fc.constantFrom('employee', 'guest'),
  })
  .map(({ accountId, ...changed }) => person(accountId, changed as Partial<Person>));
const anyAccount = fc
  .record({
    accountId: id,
    accountStatus: fc.constantFrom('enabled', 'disabled'),
    class: fc.constantFrom('guest', 'room', 'sharedMailbox', 'serviceAccount', 'unclassified'),
    enrolment: fc.constantFrom('capable', 'not', 'unknown'),
  })
  .map((row) => ({ ...row, displayName: 'x', userPrincipalName: null, why: '', enrolmentWhy: '' }) as AccountWithoutHr);
const anyException = fc
  .record({
    accountId: fc.oneof(id, fc.constant('gone')),
    kind: fc.constantFrom('serviceAccount', 'onLeave'),
    signed: fc.boolean(),
    signInBlocked: fc.boolean(),
    endsAt: fc.constantFrom(null, '2026-01-01', '2027-01-01'),
  })
  .map(({ accountId, ...changed }) => exception(accountId, changed as Partial<ExceptionRow>));
const anyCover = fc
  .record({
    userId: id,
    covered: fc.constantFrom('all', 'none', 'partial', 'unknown'),
    by: fc.constantFrom(ENFORCING, 'p-report'),
  })
  .map(({ userId, covered, by }) => cover(userId, covered as 'all', [by]));
const anyFacts = fc
  .record({
    people: fc.array(anyPerson),
    others: fc.array(anyAccount),
    rows: fc.uniqueArray(anyException, { selector: (row) => `${row.accountId} ${row.kind}` }),
    coverage: fc.option(fc.uniqueArray(anyCover, { selector: ({ userId }) => userId })),
    phases: fc.array(fc.record({ accountId: id, phase: fc.constantFrom('Sales', 'IT', 'elsewhere') })),
  })
  .map(({ people, others, rows, coverage, phases }) =>
    facts({
      roster: { people, accountWithoutHr: others, hrWithoutAccount: [] },
      exceptions: { rows, signature: null, breakGlass: [], unknown: [] },
      coverage,
      rollout: {
        startsOn: TODAY,
        deadline: TODAY,
        state: 'running',
        people: phases,
        phases: ['Sales', 'IT'].map((name, ordinal) => {
          return { name, ordinal, state: 'enforced' as const, enforceOn: TODAY, enforcedAt: null };
        }),
      },
    }),
  );

describe('the totals of random facts', () => {
  it('add up, with nobody counted twice or dropped, and with as many rows as they say', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const { figures, references, accounts, phases, exceptions } = reportOf(given);
        const rows = (key: (typeof FIGURES)[number]) => references[key].length;
        const parts = ['scope.enforced', 'scope.excepted', 'scope.notEnforced', 'scope.unknown'] as const;
        const everybody = new Set(
          [...(given.roster?.people ?? []), ...(given.roster?.accountWithoutHr ?? [])].map((row) => row.accountId),
        );
        expect(rows('accounts.total')).toBe(everybody.size);
        expect(rows('accounts.inScope') + rows('accounts.outOfScope')).toBe(everybody.size);
        expect(parts.reduce((sum, key) => sum + rows(key), 0)).toBe(rows('accounts.inScope'));
        expect(new Set(parts.flatMap((key) => references[key])).size).toBe(rows('accounts.inScope'));
        const enrolled = ['enrolment.capable', 'enrolment.not', 'enrolment.unknown'] as const;
        expect(enrolled.reduce((sum, key) => sum + rows(key), 0)).toBe(rows('accounts.inScope'));
        for (const key of FIGURES) expect([null, rows(key)]).toContain(figures[key]);
        const inPhases = phases.flatMap(({ counts }) => Object.values(counts)).reduce((sum, count) => sum + count, 0);
        expect(inPhases).toBe(accounts.length);
        const states = FIGURES.filter((key) => key.startsWith('exceptions.') && key !== 'exceptions.total');
        expect(states.reduce((sum, key) => sum + rows(key), 0)).toBe(exceptions.length);
        const carved = exceptions.filter(({ state }) => state === 'carvedOut').map(({ accountId }) => accountId);
        expect(new Set(carved)).toEqual(new Set(references['scope.excepted']));
      }),
      { numRuns: 300 },
    );
  });

  it('do not depend on the order in which lists come', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const turned = { ...given, coverage: given.coverage?.toReversed() ?? null };
        expect(digestOfReport(reportOf(turned))).toBe(digestOfReport(reportOf(given)));
      }),
      { numRuns: 50 },
    );
  });
});
