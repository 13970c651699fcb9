import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type Json } from '../../src/lib/canonical-json.ts';
import { generateWorld, MIN_SIZE, WORLD_NAMES, type WorldName } from '../../src/sandbox/world/generate.ts';
import { isStrong, methodNameOf } from '../../src/sandbox/world/methods.ts';
import { SIGN_INS_PER_PERSON_MAX } from '../../src/sandbox/world/sign-ins.ts';
import { PEOPLE_STORIES, timesAt } from '../../src/sandbox/world/traps.ts';
import { addressesOf, type Customer, certainPairs, customersOf, required } from './world-oracle.ts';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
const DIRECTORY_SYNC_ROLE = 'd29b2b05-8046-44ba-8758-1e26182fcf32';
const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10';
const P1 = '41781fb2-bc02-4b7c-bd55-b576c07bb09d';
const SHARES = { IT: 12, Sales: 58, Engineering: 64, Operations: 44, Finance: 22 };

const made = new Map<string, Customer[]>();

/** Worlds are read only here, so the small ones are made once. */
function customersAt(name: WorldName, seed: number, size: number): Customer[] {
  const key = `${name} ${seed} ${size}`;
  const customers = made.get(key) ?? customersOf(generateWorld({ seed, name, size }));
  if (name === 'reference' && size === 200) made.set(key, customers);
  return customers;
}

/** Checks the claim for every customer of the named world over all seeds, for one seed at the larger size too. */
function everywhere(name: WorldName, claim: (customer: Customer, size: number) => void): void {
  for (const seed of SEEDS) {
    for (const size of seed === 7 ? [200, 2000] : [200]) {
      for (const customer of customersAt(name, seed, size)) claim(customer, size);
    }
  }
}

function tally(values: readonly string[]): Record<string, number> {
  const result: Record<string, number> = {};
  for (const value of values) result[value] = (result[value] ?? 0) + 1;
  return result;
}

function activeRows({ company }: Customer) {
  return company.employees.filter(({ status }) => status === 'Active');
}

/** The second factors of which the registration report knows at the start. */
function knownMethods({ tenant }: Customer, accountId: string): string[] {
  const present = required(tenant.authenticationMethods[accountId]).flatMap((method) => methodNameOf(method) ?? []);
  return (tenant.registrationReportLag[accountId]?.reportedBefore ?? present).filter(isStrong);
}

/** The users and groups that a policy names. */
function scopeOf(policy: Customer['tenant']['conditionalAccessPolicies'][number]): string[] {
  const { users } = policy.conditions as { users: Record<string, string[]> };
  const lists = [users.includeUsers, users.excludeUsers, users.includeGroups, users.excludeGroups];
  return lists.flatMap((list) => list ?? []).filter((id) => id !== 'All');
}

describe('generateWorld', () => {
  it('gives the same bytes for the same options and others for another seed', () => {
    const digest = (seed: number) =>
      createHash('sha256')
        .update(canonicalJson(generateWorld({ seed, name: 'portfolio' }) as unknown as Json))
        .digest('hex');
    expect(digest(7)).toBe(digest(7));
    expect(digest(7)).not.toBe(digest(8));
  });

  it('refuses a size, a seed or a start that it cannot honour', () => {
    expect(() => generateWorld({ seed: 1, name: 'reference', size: MIN_SIZE - 1 })).toThrow(RangeError);
    expect(() => generateWorld({ seed: 1.5, name: 'reference' })).toThrow(RangeError);
    expect(() => generateWorld({ seed: 1, name: 'reference', startsAt: 'tomorrow' })).toThrow(RangeError);
  });

  it('holds exactly the asked number of active people in exact department shares, and fourteen exceptions', () => {
    for (const size of [200, 2000]) {
      const scaled = Object.fromEntries(Object.entries(SHARES).map(([name, share]) => [name, (share * size) / 200]));
      for (const seed of SEEDS) {
        for (const customer of customersOf(generateWorld({ seed, name: 'reference', size, signInsPerPerson: 1 }))) {
          expect(tally(activeRows(customer).map(({ department }) => department ?? ''))).toEqual(scaled);
          expect(customer.truth.exceptions).toHaveLength(14);
        }
      }
    }
    const odd = customersOf(generateWorld({ seed: 5, name: 'reference', size: 333 }));
    expect(odd.map((customer) => activeRows(customer).length)).toEqual([333]);
  });

  it('builds every kind of world at the smallest size', () => {
    for (const name of WORLD_NAMES) {
      const made = generateWorld({ seed: 2, name, size: MIN_SIZE });
      expect(made.truth.customers).toHaveLength(name === 'portfolio' ? 4 : 1);
      for (const { truth } of customersOf(made)) expect(truth.exceptions).toHaveLength(14);
    }
  });
});

describe('the exceptions', () => {
  it('are fourteen at every size: five service accounts, four shared mailboxes, three on leave, two break-glass', () => {
    const expected = { serviceAccount: 5, sharedMailbox: 4, onLeave: 3, breakGlass: 2 };
    everywhere('reference', ({ truth }) => {
      expect(tally(truth.exceptions.map(({ kind }) => kind))).toEqual(expected);
      expect(new Set(truth.exceptions.map(({ accountId }) => accountId)).size).toBe(14);
    });
  });

  it('have one directory-sync account, known by its role, and four declared service accounts known by their sign-ins', () => {
    everywhere('reference', ({ tenant, truth }) => {
      const sync = truth.exceptions.filter(({ directorySync }) => directorySync).map(({ accountId }) => accountId);
      const holders = tenant.roleAssignments.filter(({ roleDefinitionId }) => roleDefinitionId === DIRECTORY_SYNC_ROLE);
      expect(holders.map(({ principalId }) => principalId)).toEqual(sync);
      expect(truth.declared.serviceAccounts).toHaveLength(4);
      for (const id of truth.declared.serviceAccounts) {
        const own = tenant.signIns.filter(({ userId }) => userId === id);
        expect(own.length).toBeGreaterThan(0);
        expect(own.every((one) => one.isInteractive === false && one.authenticationProtocol !== 'oAuth2')).toBe(true);
        expect(new Set(own.map(({ ipAddress }) => ipAddress)).size).toBe(1);
      }
    });
  });

  it('have shared mailboxes by purpose alone, some with the sign-in blocked and some not', () => {
    everywhere('reference', ({ tenant, truth, users }) => {
      const shared = Object.keys(tenant.mailboxPurposes).filter((id) => tenant.mailboxPurposes[id] === 'shared');
      const told = truth.exceptions.filter(({ kind }) => kind === 'sharedMailbox').map(({ accountId }) => accountId);
      expect([...shared].sort()).toEqual([...told].sort());
      expect(new Set(told.map((id) => users.get(id)?.accountEnabled))).toEqual(new Set([true, false]));
    });
  });

  it('have break-glass accounts that meet the safety rules', () => {
    everywhere('reference', ({ tenant, truth, users }) => {
      expect(truth.declared.breakGlass).toHaveLength(2);
      for (const id of truth.declared.breakGlass) {
        const user = required(users.get(id));
        expect([user.accountEnabled, user.onPremisesSyncEnabled, user.employeeId]).toEqual([true, null, null]);
        expect(user.userPrincipalName).toMatch(/@[a-z0-9]+\.onmicrosoft\.com$/);
        expect(
          tenant.roleAssignments.some(
            (role) => role.principalId === id && role.roleDefinitionId === GLOBAL_ADMINISTRATOR,
          ),
        ).toBe(true);
        const types = required(tenant.authenticationMethods[id]).map((method) => method['@odata.type']);
        expect(types).toContain('#microsoft.graph.fido2AuthenticationMethod');
      }
    });
  });

  it('are on leave exactly when HR says so: a leave status, or a long absence over the start', () => {
    const startsAt = '2026-01-12';
    const kinds = new Set<string>();
    everywhere('reference', (customer) => {
      const { company, truth } = customer;
      const away = activeRows(customer).filter((row) => {
        const byStatus = /leave/i.test(row.employmentHistoryStatus ?? '');
        const byAbsence = company.absences.some(
          ({ employeeId, start, end }) =>
            employeeId === row.id &&
            start <= startsAt &&
            end >= startsAt &&
            Date.parse(end) - Date.parse(start) > 30 * 86_400_000,
        );
        if (byStatus) kinds.add('status');
        if (byAbsence) kinds.add('absence');
        return byStatus || byAbsence;
      });
      const told = truth.people.filter(({ onLeave }) => onLeave).map(({ employeeId }) => employeeId);
      expect(away.map(({ employeeNumber }) => employeeNumber).sort()).toEqual(told.sort());
      const short = company.absences.filter(
        ({ employeeId, start, end }) => employeeId !== undefined && start <= startsAt && end >= startsAt,
      );
      expect(short.length).toBeGreaterThan(told.length - 2);
    });
    expect(kinds).toEqual(new Set(['status', 'absence']));
  });
});

describe('the truth', () => {
  it('puts each employee and each account into exactly one place', () => {
    everywhere('reference', (customer) => {
      const { truth, tenant } = customer;
      const undecided = truth.undecided.map(({ accountId }) => accountId);
      const accounts = [
        ...truth.people.map(({ accountId }) => accountId),
        ...truth.accountsWithoutHr.map(({ accountId }) => accountId),
        ...undecided,
      ];
      expect(accounts.sort()).toEqual(tenant.users.map(({ id }) => id).sort());
      const people = [
        ...truth.matches.map(({ employeeId }) => employeeId),
        ...truth.hrWithoutAccount,
        ...truth.undecided.map(({ employeeId }) => employeeId),
      ];
      expect(people.sort()).toEqual(
        activeRows(customer)
          .map(({ employeeNumber }) => employeeNumber)
          .sort(),
      );
    });
  });

  it('keeps certain, suggestible and forbidden pairs apart', () => {
    everywhere('reference', ({ truth }) => {
      const key = (pair: { employeeId: string; accountId: string }) => `${pair.employeeId} ${pair.accountId}`;
      const all = [...truth.matches, ...truth.suggestible, ...truth.forbidden].map(key);
      expect(new Set(all).size).toBe(all.length);
      expect(new Set(truth.matches.map(({ accountId }) => accountId)).size).toBe(truth.matches.length);
      expect(truth.people.map(key)).toEqual(truth.matches.map(key));
    });
  });

  it('never lets an employee id speak against a certain pair or alone for a forbidden one', () => {
    everywhere('reference', ({ tenant, truth, users }) => {
      const idOf = (accountId: string) => (users.get(accountId)?.employeeId as string | null)?.trim() ?? null;
      const bearers = tally(tenant.users.map(({ id }) => idOf(id) ?? ''));
      const contradicted = truth.matches.filter((pair) => ![null, pair.employeeId].includes(idOf(pair.accountId)));
      const backed = truth.forbidden.filter(
        (pair) => idOf(pair.accountId) === pair.employeeId && bearers[pair.employeeId] === 1,
      );
      expect([contradicted, backed]).toEqual([[], []]);
    });
  });

  it('calls a pair certain exactly when the visible data decide it', () => {
    for (const name of ['reference', 'noPremium'] as const) {
      everywhere(name, (customer) => {
        const told = new Map(customer.truth.matches.map(({ employeeId, accountId }) => [employeeId, accountId]));
        const found = certainPairs(customer);
        expect([...found].sort()).toEqual([...told].sort());
      });
    }
  });

  it('counts a company without employee numbers by record id', () => {
    const [customer] = customersOf(generateWorld({ seed: 4, name: 'reference', employeeKey: 'id' }));
    const { truth, company } = required(customer);
    expect(
      company.employees.every(({ employeeNumber, supervisorId }) => employeeNumber === null && supervisorId === null),
    ).toBe(true);
    expect(truth.employeeRecords.every(({ employeeId, recordId }) => employeeId === recordId)).toBe(true);
    expect([...certainPairs(required(customer)).keys()].sort()).toEqual(
      truth.matches.map(({ employeeId }) => employeeId).sort(),
    );
  });

  it('finds leavers with a live account only among people who left and whose account is enabled', () => {
    everywhere('reference', ({ truth, rows, users }) => {
      expect(truth.leaversWithAccount.length).toBeGreaterThanOrEqual(3);
      for (const { employeeId, accountId } of truth.leaversWithAccount) {
        const row = required(rows.get(employeeId));
        expect(row.status).toBe('Inactive');
        expect((row.terminationDate ?? '') < '2026-01-12' && row.terminationDate !== '0000-00-00').toBe(true);
        expect(users.get(accountId)?.accountEnabled).toBe(true);
      }
      const leavers = truth.accountsWithoutHr.filter((account) => account.class === 'leaver');
      expect(leavers.length).toBeGreaterThan(truth.leaversWithAccount.length);
    });
  });

  it('knows future hires as inactive with the end date unset', () => {
    everywhere('reference', ({ truth, rows }) => {
      expect(truth.futureHires.length).toBeGreaterThan(0);
      for (const id of truth.futureHires) {
        const row = required(rows.get(id));
        expect([row.status, row.terminationDate]).toEqual(['Inactive', '0000-00-00']);
        expect((row.hireDate ?? '') > '2026-01-12').toBe(true);
      }
    });
  });

  it('says of department and manager what HR says, and where the directory differs', () => {
    everywhere('reference', ({ tenant, truth, users, rows }) => {
      const accountOf = new Map(
        truth.matches.map(({ employeeId, accountId }) => [rows.get(employeeId)?.id, accountId]),
      );
      for (const person of truth.people) {
        const row = required(rows.get(person.employeeId));
        const manager = accountOf.get(row.supervisorEId ?? '') ?? null;
        expect(person.department).toBe(row.department);
        expect(person.managerAccountId).toBe(manager);
        const differences = [
          ...(users.get(person.accountId)?.department === row.department ? [] : ['department']),
          ...((tenant.managers[person.accountId] ?? null) === manager ? [] : ['manager']),
        ];
        expect(person.differences).toEqual(differences);
      }
      expect(truth.people.some(({ differences }) => differences.includes('manager'))).toBe(true);
      expect(truth.people.some(({ differences }) => differences.includes('department'))).toBe(true);
    });
  });

  it('says of enrolment what the report can know at the start', () => {
    everywhere('reference', (customer) => {
      const { tenant, truth } = customer;
      const known = truth.people.map(({ accountId }) => knownMethods(customer, accountId));
      const expected = truth.people.map(({ accountStatus }, index) => {
        const isCapable = known[index]?.some((method) => tenant.allowedMethods.includes(method));
        return accountStatus === 'disabled' ? 'unknown' : isCapable === true ? 'capable' : 'not';
      });
      expect(truth.people.map(({ enrolment }) => enrolment)).toEqual(expected);
      expect(Object.keys(tally(expected)).sort()).toEqual(['capable', 'not', 'unknown']);
      expect(expected.some((enrolment, index) => enrolment === 'not' && known[index]?.length !== 0)).toBe(true);
      expect(Object.keys(tenant.registrationReportLag).length).toBeGreaterThan(0);
    });
  });

  it('takes enrolment from the methods where there is no premium licence', () => {
    const [customer] = customersOf(generateWorld({ seed: 3, name: 'noPremium' }));
    expect(required(customer).truth.people.some(({ enrolment }) => enrolment === 'unknown')).toBe(false);
    expect(required(customer).tenant.registrationReportLag).toEqual({});
  });
});

describe('the stories', () => {
  it('are each told in every world, as often as the size asks', () => {
    const others = [
      'upnOtherThanMail onLeaveByStatus onLeaveByAbsence secondAccountSameId secondAccountNoId leaverWithLiveAccount',
      'leaverBlocked managerLeft addressReused futureHire futureHireWithAccount guest room equipment unclassified',
      'ropcInBackground',
    ].flatMap((line) => line.split(' '));
    everywhere('reference', ({ truth }, size) => {
      const told = tally(truth.traps.map(({ trap }) => trap));
      for (const { trap, per200 } of PEOPLE_STORIES)
        expect(told[trap], trap).toBeGreaterThanOrEqual(timesAt(size, per200));
      for (const trap of others) expect(told[trap], trap).toBeGreaterThanOrEqual(1);
    });
  });

  it('leave a person whose only agreement is the name to a suggestion, and a namesake who is another forbidden', () => {
    everywhere('reference', ({ truth, users, rows }) => {
      const nameOnly = truth.suggestible.filter(({ why }) => why === 'nameOnly');
      expect(nameOnly.length).toBeGreaterThan(0);
      for (const { employeeId, accountId } of nameOnly) {
        const user = required(users.get(accountId));
        const row = required(rows.get(employeeId));
        expect(user.employeeId).toBeNull();
        expect(addressesOf(user).has((row.workEmail ?? '').toLowerCase())).toBe(false);
        expect(user.displayName).toBe(row.displayName);
      }
      const strangers = truth.forbidden.filter(
        ({ why, employeeId }) => why === 'namesake' && truth.hrWithoutAccount.includes(employeeId),
      );
      expect(strangers.length).toBeGreaterThan(0);
    });
  });

  it('hold an address in HR that is only an alias, and an alias that once was a leaver’s', () => {
    everywhere('reference', ({ truth, users, rows }) => {
      for (const { trap, employeeId, accountId } of truth.traps) {
        if (trap !== 'aliasIsWorkMail' && trap !== 'addressReused') continue;
        const user = required(users.get(accountId ?? ''));
        const mail = required(rows.get(employeeId ?? '')).workEmail ?? '';
        expect(user.proxyAddresses).toContain(`smtp:${mail}`);
        expect([user.mail, user.userPrincipalName]).not.toContain(mail);
      }
    });
  });

  it('give one ordinary person a client that signs in by ROPC in the background', () => {
    everywhere('reference', ({ tenant, truth }) => {
      const { accountId, appId } = required(truth.ropcUser ?? undefined);
      expect(truth.people.some((person) => person.accountId === accountId)).toBe(true);
      const ropc = tenant.signIns.filter((one) => one.userId === accountId && one.authenticationProtocol === 'ropc');
      expect(ropc.length).toBeGreaterThan(0);
      for (const one of ropc) {
        expect([one.appId, one.signInEventTypes]).toEqual([appId, ['nonInteractiveUser']]);
      }
      const persons = new Set(truth.people.map((person) => person.accountId));
      const others = tenant.signIns.filter((one) => one.authenticationProtocol === 'ropc' && persons.has(one.userId));
      expect(others).toHaveLength(ropc.length);
    });
  });

  it('write what the vendor writes: supervisor number and record id apart, unset dates as zeros', () => {
    everywhere('reference', ({ company }) => {
      const byRecord = new Map(company.employees.map((row) => [row.id, row]));
      const numbers = new Set(company.employees.map(({ employeeNumber }) => employeeNumber));
      for (const row of company.employees) {
        expect(numbers.has(row.id)).toBe(false);
        if (row.supervisorEId === null || row.supervisorEId === undefined) continue;
        expect(byRecord.get(row.supervisorEId)?.employeeNumber).toBe(row.supervisorId);
      }
      expect(byRecord.size).toBe(company.employees.length);
      expect(numbers.size).toBe(company.employees.length);
    });
  });
});

describe('the tenant', () => {
  it('has premium seats for everybody, a reader with the read permissions, and unique sign-in names', () => {
    everywhere('reference', ({ tenant }) => {
      const sku = tenant.subscribedSkus.find(({ servicePlans }) =>
        (servicePlans as { servicePlanId: string }[]).some(({ servicePlanId }) => servicePlanId === P1),
      );
      const { enabled } = required(sku).prepaidUnits as { enabled: number };
      expect(enabled).toBeGreaterThanOrEqual(tenant.users.length);
      expect(tenant.apps[0]?.roles).toContain('UserAuthenticationMethod.Read.All');
      const names = tenant.users.map((user) => (user.userPrincipalName as string).toLowerCase());
      expect(new Set(names).size).toBe(names.length);
      const addresses = tenant.users.flatMap((user) =>
        (user.proxyAddresses as string[]).map((one) => one.toLowerCase()),
      );
      expect(new Set(addresses).size).toBe(addresses.length);
    });
  });

  it('refers only to objects that exist', () => {
    everywhere('portfolio', ({ tenant, users }) => {
      const groups = new Set(tenant.groups.map(({ group }) => group.id));
      const principals = new Set([...users.keys(), ...groups]);
      const references = [
        ...tenant.groups.flatMap(({ members }) => members.map(({ id }) => id)),
        ...[...tenant.roleAssignments, ...tenant.roleEligibilities].map(({ principalId }) => principalId),
        ...Object.entries(tenant.managers).flat(),
        ...tenant.signIns.map(({ userId }) => userId),
        ...tenant.conditionalAccessPolicies.flatMap(scopeOf),
      ];
      expect(references.filter((id) => !principals.has(id))).toEqual([]);
    });
  });

  it('has never both Security Defaults and an enabled policy', () => {
    everywhere('portfolio', ({ tenant }) => {
      const enabled = tenant.conditionalAccessPolicies.filter(({ state }) => state === 'enabled');
      if (tenant.securityDefaults.isEnabled) expect(enabled).toEqual([]);
    });
    const states = (name: WorldName) =>
      new Set(
        customersOf(generateWorld({ seed: 1, name })).flatMap(({ tenant }) =>
          tenant.conditionalAccessPolicies.map(({ state }) => state),
        ),
      );
    expect(states('reference')).toEqual(new Set(['enabled', 'enabledForReportingButNotEnforced', 'disabled']));
    expect(states('securityDefaults')).toEqual(new Set(['enabledForReportingButNotEnforced', 'disabled']));
    expect(states('noPremium')).toEqual(new Set());
  });

  it('asks nobody for MFA by an enabled policy in the reference world', () => {
    everywhere('reference', ({ tenant }) => {
      for (const policy of tenant.conditionalAccessPolicies.filter(({ state }) => state === 'enabled')) {
        const grant = policy.grantControls as { builtInControls: string[]; authenticationStrength: unknown } | null;
        expect(grant?.builtInControls ?? []).not.toContain('mfa');
        expect(grant?.authenticationStrength ?? null).toBeNull();
      }
    });
  });

  it('signs in over the week before, newest first, at most twenty times a person, one in a hundred by a legacy protocol', () => {
    everywhere('reference', ({ tenant, truth }) => {
      const times = tenant.signIns.map(({ createdDateTime }) => createdDateTime);
      expect(times).toEqual([...times].sort().reverse());
      expect(times.every((at) => at > '2026-01-05' && at < '2026-01-12T08:00:00Z')).toBe(true);
      const perUser = tally(tenant.signIns.map(({ userId }) => userId));
      expect(Math.max(...Object.values(perUser))).toBeLessThanOrEqual(SIGN_INS_PER_PERSON_MAX);
      const legacy = tenant.signIns.filter(
        (one) => !['Browser', 'Mobile Apps and Desktop clients'].includes(one.clientAppUsed as string),
      );
      const share = legacy.length / tenant.signIns.length;
      expect(share).toBeGreaterThan(0.005);
      expect(share).toBeLessThan(0.02);
      const seen = truth.people.filter((one) => one.accountStatus === 'enabled' && !one.onLeave);
      expect(seen.every(({ accountId }) => (perUser[accountId] ?? 0) > 0)).toBe(true);
    });
  });
});
