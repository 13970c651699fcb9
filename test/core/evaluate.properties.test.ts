import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicies, evaluateSignIn } from '../../src/rollout/policy/evaluate.core.ts';
import { coverage } from '../../src/rollout/policy/evaluator/coverage.core.ts';
import { compileTenant, type TenantInput } from '../../src/rollout/policy/evaluator/tenant.core.ts';
import type { GraphObject, JsonObject } from '../../src/rollout/policy/graph-json.core.ts';
import {
  BRANCH,
  EXCHANGE,
  GLOBAL_ADMIN,
  judge,
  OFFICE,
  PAYROLL,
  SWISS,
  signIn,
  TENANT,
} from '../support/policy-builders.ts';

const ids = (...values: string[]) => fc.subarray(values);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const userCondition = fc.record({
  includeUsers: ids('All', 'ada', 'bo', 'GuestsOrExternalUsers'),
  excludeUsers: ids('ada', 'bo', 'GuestsOrExternalUsers'),
  includeGroups: ids('sales', 'exceptions', 'empty', 'half-read'),
  excludeGroups: ids('sales-dach', 'admins', 'gone'),
  includeRoles: ids(GLOBAL_ADMIN),
  excludeRoles: ids(GLOBAL_ADMIN),
});

const conditions = fc.record({
  users: userCondition,
  applications: fc.record({
    includeApplications: fc.constantFrom(['All'], [EXCHANGE], ['Office365'], [PAYROLL]),
    excludeApplications: ids(EXCHANGE, PAYROLL),
  }),
  clientAppTypes: fc.constantFrom(
    ['all'],
    ['browser'],
    ['browser', 'mobileAppsAndDesktopClients'],
    ['exchangeActiveSync', 'other'],
  ),
  platforms: maybe(
    fc.record({
      includePlatforms: fc.constantFrom(['all'], ['windows', 'iOS']),
      excludePlatforms: ids('windows', 'android'),
    }),
  ),
  locations: maybe(
    fc.record({
      includeLocations: fc.constantFrom(['All'], [OFFICE], ['AllTrusted', SWISS]),
      excludeLocations: ids('AllTrusted', BRANCH),
    }),
  ),
  devices: maybe(
    fc.record({
      deviceFilter: fc.record({
        mode: fc.constantFrom('include', 'exclude'),
        rule: fc.constantFrom('device.isCompliant -eq True', 'device.isCompliant -ne True', 'device.nonsense'),
      }),
    }),
  ),
  signInRiskLevels: ids('medium', 'high'),
});

const policyOf = (id: string): fc.Arbitrary<GraphObject & { conditions: { users: JsonObject } }> =>
  fc.record({
    id: fc.constant(id),
    displayName: fc.constant(`Policy ${id}`),
    state: fc.constantFrom('enabled', 'enabledForReportingButNotEnforced', 'disabled'),
    conditions,
    grantControls: maybe(
      fc.record({
        operator: fc.constantFrom('AND', 'OR'),
        builtInControls: fc.constantFrom(['mfa'], ['block'], ['mfa', 'compliantDevice'], ['compliantDevice']),
      }),
    ),
  });
const policies = fc.tuple(policyOf('a'), policyOf('b'), policyOf('c'));

const attempt = fc.record({
  userId: fc.constantFrom('ada', 'bo', 'cy', 'di', 'gus', 'nil'),
  target: maybe(fc.constantFrom({ kind: 'app' as const, appId: EXCHANGE }, { kind: 'app' as const, appId: PAYROLL })),
  clientAppType: maybe(fc.constantFrom('browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other')),
  platform: maybe(fc.constantFrom('windows', 'iOS', 'android', 'linux')),
  ipAddress: maybe(fc.constantFrom('203.0.113.7', '198.51.100.7', '8.8.8.8')),
  country: maybe(fc.constantFrom('CH', 'US', '')),
  device: maybe(fc.constantFrom('unregistered' as const, { isCompliant: true })),
  signInRisk: maybe(fc.constantFrom('none', 'high')),
});

const RUNS = { numRuns: 300 };
const REACH = { notApplies: 0, conditional: 1, unknown: 1, applies: 2 } as const;

const coverOf = (list: readonly GraphObject[], tenant: TenantInput = TENANT) => {
  const compiled = compileTenant(tenant);
  return coverage({
    users: tenant.users ?? [],
    tenant: compiled,
    policies: compilePolicies(compiled, list),
    perUserMfa: [],
  });
};

describe('the evaluator', () => {
  it('never makes a policy apply to more by an exclusion', () => {
    fc.assert(
      fc.property(
        policyOf('a'),
        attempt,
        fc.constantFrom('excludeUsers', 'excludeGroups', 'excludeRoles'),
        (one, who, list) => {
          const { users } = one.conditions;
          const added = { excludeUsers: 'ada', excludeGroups: 'sales', excludeRoles: GLOBAL_ADMIN }[list];
          const narrower = {
            ...one,
            conditions: { ...one.conditions, users: { ...users, [list]: [...(users[list] as string[]), added] } },
          };
          const [before, after] = [judge([one], who), judge([narrower], who)].map(
            ({ applies }) => applies[0]?.result ?? 'unknown',
          );
          expect(REACH[after ?? 'unknown']).toBeLessThanOrEqual(REACH[before ?? 'unknown']);
        },
      ),
      RUNS,
    );
  });

  it('never changes what is required by a policy that only reports', () => {
    fc.assert(
      fc.property(policies, policyOf('z'), attempt, (list, extra, who) => {
        const reporting = { ...extra, state: 'enabledForReportingButNotEnforced' };
        const [alone, beside] = [judge(list, who), judge([...list, reporting], who)];
        expect([beside.mfaRequired, beside.blocked]).toEqual([alone.mfaRequired, alone.blocked]);
      }),
      RUNS,
    );
  });

  it('gives the same answer whatever the order of lists and members', () => {
    fc.assert(
      fc.property(policies, attempt, (list, who) => {
        const turned = list.map((one) => turnRound(one) as GraphObject).reverse();
        expect(judge(turned, who)).toEqual(judge(list, who));
        expect(coverOf(turned)).toEqual(coverOf(list));
      }),
      { numRuns: 300 },
    );
  });

  it('reads null, an empty list and a missing member alike', () => {
    fc.assert(
      fc.property(policies, attempt, (list, who) => {
        const [missing, nulled] = [undefined, null].map((blank) =>
          list.map((one) => replaceEmpty(one, blank) as GraphObject),
        );
        expect(judge(missing ?? [], who)).toEqual(judge(list, who));
        expect(judge(nulled ?? [], who)).toEqual(judge(list, who));
      }),
      RUNS,
    );
  });

  it('never says yes or covered by a policy with a condition it does not know', () => {
    fc.assert(
      fc.property(
        policyOf('a'),
        attempt,
        fc.constantFrom<unknown>('high', ['x'], { a: 1 }, true),
        (one, who, strange) => {
          const unknown = { ...one, conditions: { ...one.conditions, somethingNew: strange } };
          const result = judge([unknown], who);
          expect(result.mfaRequired).not.toBe('yes');
          expect(['notApplies', 'unknown']).toContain(result.applies[0]?.result);
          for (const { covered } of coverOf([unknown])) expect(['none', 'unknown']).toContain(covered);
        },
      ),
      RUNS,
    );
  });

  it('agrees with itself: whoever is covered in every case is asked, or blocked, whatever the sign-in', () => {
    fc.assert(
      fc.property(policies, attempt, (list, who) => {
        const covered = new Map(coverOf(list).map((row) => [row.userId, row.covered]));
        const full = signIn({
          ...who,
          target: who.target ?? { kind: 'app', appId: PAYROLL },
          device: who.device ?? 'unregistered',
        });
        const result = evaluateSignIn(compilePolicies(compileTenant(TENANT), list), {
          ...signIn(),
          ...definedOf(full),
        });
        if (covered.get(who.userId) === 'all') expect([result.mfaRequired, result.blocked]).toContain('yes');
        if (covered.get(who.userId) === 'none') expect(result.mfaRequired).toBe('no');
      }),
      { numRuns: 500 },
    );
  });
});

describe('groups', () => {
  const nested = (depth: number, cyclic: boolean): TenantInput => ({
    ...TENANT,
    groups: Array.from({ length: depth }, (_, level) => ({
      id: `g${level}`,
      members: [
        level === depth - 1
          ? { id: 'ada', '@odata.type': '#microsoft.graph.user' }
          : { id: `g${level + 1}`, '@odata.type': '#microsoft.graph.group' },
        ...(cyclic ? [{ id: 'g0', '@odata.type': '#microsoft.graph.group' }] : []),
      ],
    })),
  });

  it('count at any depth, with and without cycles', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.boolean(), (depth, cyclic) => {
        const one = {
          id: 'p',
          state: 'enabled',
          conditions: { users: { includeGroups: ['g0'] }, applications: { includeApplications: ['All'] } },
          grantControls: { builtInControls: ['mfa'] },
        };
        expect(judge([one], {}, nested(depth, cyclic)).mfaRequired).toBe('yes');
        expect(judge([one], { userId: 'bo' }, nested(depth, cyclic)).mfaRequired).toBe('no');
      }),
      { numRuns: 50 },
    );
  });
});

/** Turns every list round and every object's members too. */
function turnRound(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turnRound).reverse();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, turnRound(member)]),
  );
}

/** Puts `blank` in place of every empty list and null, or leaves the member out. */
function replaceEmpty(value: unknown, blank: null | undefined): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => {
    const isEmpty = member === null || (Array.isArray(member) && member.length === 0);
    return [key, isEmpty ? blank : replaceEmpty(member, blank)];
  });
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined));
}

function definedOf(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null && member !== undefined));
}
