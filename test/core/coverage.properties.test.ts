import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CompiledPolicies, compilePolicies, evaluateSignIn } from '../../src/rollout/policy/evaluate.core.ts';
import { coverage } from '../../src/rollout/policy/evaluator/coverage.core.ts';
import type { SignIn } from '../../src/rollout/policy/evaluator/sign-in.core.ts';
import { compileTenant } from '../../src/rollout/policy/evaluator/tenant.core.ts';
import type { GraphObject } from '../../src/rollout/policy/graph-json.core.ts';
import {
  BRANCH,
  EXCHANGE,
  OFFICE,
  OFFICE_V6,
  PAYROLL,
  SHAREPOINT,
  SWISS,
  signIn,
  TENANT,
} from '../support/policy-builders.ts';

/** Every sign-in the generated policies can tell apart, tried one by one: the slow reading of "in every case". */
const APPS = [EXCHANGE, PAYROLL, SHAREPOINT, 'another'];
const EVERY_SIGN_IN: readonly SignIn[] = APPS.flatMap((appId) =>
  ['browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other'].flatMap((clientAppType) =>
    ['windows', 'iOS', 'somethingElse'].flatMap((platform) =>
      ['203.0.113.7', '2001:db8:1::1', '198.51.100.7', '8.8.8.8'].flatMap((ipAddress) =>
        ['CH', 'US'].flatMap((country) =>
          [{ isCompliant: true }, 'unregistered' as const].map((device) =>
            signIn({ target: { kind: 'app', appId }, clientAppType, platform, ipAddress, country, device }),
          ),
        ),
      ),
    ),
  ),
);

function triedOneByOne(compiled: CompiledPolicies): string {
  const apps = APPS.map((appId) => {
    const answers = EVERY_SIGN_IN.filter(({ target }) => target?.kind === 'app' && target.appId === appId).map(
      (each) => {
        const { mfaRequired, blocked } = evaluateSignIn(compiled, each);
        return { asked: mfaRequired === 'yes', safe: mfaRequired === 'yes' || blocked === 'yes' };
      },
    );
    return { asked: answers.some((answer) => answer.asked), safe: answers.every((answer) => answer.safe) };
  });
  if (apps.every((app) => app.safe)) return 'all';
  if (apps.some((app) => app.asked && app.safe)) return 'some';
  return apps.some((app) => app.asked) ? 'partial' : 'none';
}

/** The first value in four cases of five, so that policies overlap often enough to add up. */
const or = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const policyOf = (id: string): fc.Arbitrary<GraphObject> =>
  fc.record({
    id: fc.constant(id),
    state: or('enabled', 'enabledForReportingButNotEnforced'),
    conditions: fc.record({
      users: or<unknown>(
        { includeUsers: ['All'] },
        { includeGroups: ['sales'] },
        { includeUsers: ['All'], excludeGroups: ['exceptions'] },
      ),
      applications: or<unknown>(
        { includeApplications: ['All'] },
        { includeApplications: ['Office365'] },
        { includeApplications: [PAYROLL] },
        { includeApplications: ['All'], excludeApplications: ['Office365'] },
      ),
      clientAppTypes: or(
        ['all'],
        ['browser', 'mobileAppsAndDesktopClients'],
        ['exchangeActiveSync', 'other'],
        ['easSupported', 'browser'],
      ),
      platforms: or<unknown>(
        null,
        { includePlatforms: ['windows'] },
        { includePlatforms: ['all'], excludePlatforms: ['windows'] },
      ),
      locations: or<unknown>(
        null,
        { includeLocations: ['All'], excludeLocations: ['AllTrusted'] },
        { includeLocations: [OFFICE, OFFICE_V6] },
        { includeLocations: ['All'], excludeLocations: [SWISS, BRANCH] },
        { includeLocations: [SWISS, BRANCH] },
      ),
      devices: or<unknown>(
        null,
        { deviceFilter: { mode: 'include', rule: 'device.isCompliant -eq True' } },
        { deviceFilter: { mode: 'exclude', rule: 'device.isCompliant -eq True' } },
        { deviceFilter: { mode: 'include', rule: 'device.isCompliant -ne True' } },
      ),
    }),
    grantControls: or<unknown>({ builtInControls: ['mfa'] }, { builtInControls: ['block'] }, null),
  });

describe('coverage', () => {
  it('says what trying every sign-in one by one says', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(policyOf('p'), { minLength: 1, maxLength: 4 }), (drawn) => {
        const list = drawn.map((each, index) => ({ ...each, id: `p${index}` }));
        const tenant = compileTenant({ ...TENANT, securityDefaults: { isEnabled: false } });
        const compiled = compilePolicies(tenant, list);
        const [row] = coverage({ users: [{ id: 'ada' }], tenant, policies: compiled, perUserMfa: [] });
        const slow = triedOneByOne(compiled);
        seen.add(slow);
        expect(row?.covered).toBe(slow);
      }),
      { numRuns: 150 },
    );
    expect([...seen].sort()).toEqual(['all', 'none', 'partial', 'some']);
  });

  it('never falls when a policy that requires MFA is added', () => {
    const order = ['none', 'partial', 'some', 'all'];
    fc.assert(
      fc.property(policyOf('a'), policyOf('b'), (one, two) => {
        const added = { ...two, state: 'enabled', grantControls: { builtInControls: ['mfa'] } };
        const rank = (list: readonly GraphObject[]) => {
          const tenant = compileTenant({ ...TENANT, securityDefaults: { isEnabled: false } });
          const [row] = coverage({
            users: [{ id: 'ada' }],
            tenant,
            policies: compilePolicies(tenant, list),
            perUserMfa: [],
          });
          return order.indexOf(row?.covered ?? '');
        };
        expect(rank([one, added])).toBeGreaterThanOrEqual(rank([one]));
      }),
      { numRuns: 300 },
    );
  });
});
