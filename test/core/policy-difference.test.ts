import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/lib/canonical-json.ts';
import { differenceOf } from '../../src/rollout/policy/policy-difference.core.ts';

type Members = { [key: string]: Json };

const nameOf = (reference: string) => (reference === 'g1' ? 'Sales' : reference);
const between = (live: Members | null, draft: Members) => differenceOf({ policy: 'ENFORCE', live, draft, nameOf });

/** Members that mean something, with two values each that mean different things. */
const LEAVES: readonly (readonly [string, Json, Json])[] = [
  ['displayName', 'a', 'b'],
  ['state', 'enabled', 'disabled'],
  ['conditions.users.includeUsers', ['All'], ['None']],
  ['conditions.users.excludeUsers', ['u1'], ['u1', 'u2']],
  ['conditions.users.includeGroups', ['g1', 'g2'], ['g1']],
  ['conditions.users.excludeGroups', ['g1'], ['g2']],
  ['conditions.users.includeRoles', ['r1'], ['r2']],
  ['conditions.users.excludeRoles', ['r1'], ['r2']],
  ['conditions.users.excludeGuestsOrExternalUsers.guestOrExternalUserTypes', 'internalGuest', 'serviceProvider'],
  ['conditions.users.includeGuestsOrExternalUsers.externalTenants.members', ['t1'], ['t2']],
  ['conditions.applications.includeApplications', ['All'], ['Office365']],
  ['conditions.applications.excludeApplications', ['a1'], ['a2']],
  ['conditions.applications.includeUserActions', ['urn:user:registerdevice'], ['urn:user:registersecurityinfo']],
  ['conditions.applications.includeAuthenticationContextClassReferences', ['c1'], ['c2']],
  ['conditions.applications.applicationFilter.rule', 'x', 'y'],
  ['conditions.clientAppTypes', ['browser'], ['browser', 'other']],
  ['conditions.clientApplications.includeServicePrincipals', ['s1'], ['s2']],
  ['conditions.locations.includeLocations', ['All'], ['AllTrusted']],
  ['conditions.locations.excludeLocations', ['l1'], ['l2']],
  ['conditions.platforms.includePlatforms', ['iOS'], ['android']],
  ['conditions.platforms.excludePlatforms', ['iOS'], ['android']],
  ['conditions.devices.deviceFilter.mode', 'include', 'exclude'],
  ['conditions.authenticationFlows.transferMethods', 'deviceCodeFlow', 'authenticationTransfer'],
  ['conditions.signInRiskLevels', ['high'], ['low']],
  ['conditions.userRiskLevels', ['high'], ['low']],
  ['conditions.servicePrincipalRiskLevels', ['high'], ['low']],
  ['conditions.insiderRiskLevels', 'minor', 'minor,elevated'],
  ['grantControls.operator', 'OR', 'AND'],
  ['grantControls.builtInControls', ['mfa'], ['mfa', 'compliantDevice']],
  ['grantControls.customAuthenticationFactors', ['f1'], ['f2']],
  ['grantControls.termsOfUse', ['t1'], ['t2']],
  ['grantControls.authenticationStrength.id', 's1', 's2'],
  ['sessionControls.disableResilienceDefaults', true, false],
  ['sessionControls.applicationEnforcedRestrictions.isEnabled', true, false],
  ['sessionControls.cloudAppSecurity.cloudAppSecurityType', 'monitorOnly', 'blockDownloads'],
  ['sessionControls.persistentBrowser.mode', 'always', 'never'],
  ['sessionControls.secureSignInSession.isEnabled', true, false],
  ['sessionControls.signInFrequency.value', 7, 8],
];

const subset = fc.subarray(LEAVES.map(([path], index) => ({ path, index })));

function build(chosen: readonly { path: string; index: number }[], changed: number | null = null): Members {
  const root: Members = {};
  for (const { path, index } of chosen) {
    const [, first, second] = LEAVES[index] ?? ['', null, null];
    const steps = path.split('.');
    const last = steps.pop() ?? '';
    let at = root;
    for (const step of steps) {
      const next = (at[step] ?? {}) as Members;
      at[step] = next;
      at = next;
    }
    at[last] = index === changed ? second : first;
  }
  return root;
}

/** The same policy as Graph might answer it: shuffled, filled with empty members, with keys nobody declared. */
function noisy(value: Json, random: () => number): Json {
  if (Array.isArray(value)) {
    const entries = (value as Json[]).map((entry) => noisy(entry, random));
    const doubled = random() < 0.5 ? [...entries, ...entries] : entries;
    return doubled
      .sort(() => random() - 0.5)
      .map((entry) => (typeof entry === 'string' && random() < 0.3 ? entry.toUpperCase() : entry));
  }
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value as Members).map(([key, member]) => [key, noisy(member, random)] as const);
  const empty = [
    ['excludeUsers', []],
    ['includeRoles', null],
    ['termsOfUse', []],
    ['platforms', null],
    ['locations', {}],
    ['clientAppTypes', ['all']],
    ['@odata.context', 'https://graph.example/$metadata'],
    ['id', 'some-id'],
    ['modifiedDateTime', '2026-11-22T00:00:00Z'],
    ['partialEnablementStrategy', null],
    ['times', { odd: true }],
  ] as const;
  const added = empty.filter(([key]) => random() < 0.5 && !members.some(([known]) => known === key));
  return Object.fromEntries([...members, ...added].sort(() => random() - 0.5)) as Members;
}

const dice = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }));
const roll = (stream: Iterator<number>) => () => Number(stream.next().value);

describe('the difference to what is live', () => {
  it('is none between a policy and itself, however it is ordered, filled and decorated', () => {
    fc.assert(
      fc.property(subset, dice, (chosen, stream) => {
        const policy = build(chosen);
        const answered = noisy(policy, roll(stream)) as Members;
        expect(between(answered, policy)).toEqual([]);
        expect(between(policy, answered)).toEqual([]);
      }),
    );
  });

  it('names every single change, and nothing else', () => {
    fc.assert(
      fc.property(subset, fc.nat(LEAVES.length - 1), dice, (chosen, changed, stream) => {
        const path = LEAVES[changed]?.[0] ?? '';
        const all = chosen.some(({ index }) => index === changed) ? chosen : [...chosen, { path, index: changed }];
        const live = noisy(build(all), roll(stream)) as Members;
        expect(between(live, build(all, changed)).map((row) => row.path)).toEqual([path]);
      }),
      { numRuns: 300 },
    );
  });

  it('names what came and what went', () => {
    fc.assert(
      fc.property(subset, fc.nat(LEAVES.length - 1), (chosen, removed) => {
        const path = LEAVES[removed]?.[0] ?? '';
        const rest = chosen.filter(({ index }) => index !== removed);
        const all = [...rest, { path, index: removed }];
        expect(between(build(all), build(rest)).map((row) => [row.path, row.to])).toEqual([[path, null]]);
        expect(between(build(rest), build(all)).map((row) => [row.path, row.from])).toEqual([[path, null]]);
      }),
    );
  });

  it.each<[string, Members | null, Members, string]>([
    [
      'a group that came',
      { conditions: { users: { includeGroups: ['g2'] } } },
      { conditions: { users: { includeGroups: ['g1', 'g2'] } } },
      'for these groups: adds Sales',
    ],
    [
      'a group that went',
      { conditions: { users: { excludeGroups: ['g1'] } } },
      {},
      'not for these groups: takes out Sales',
    ],
    [
      'one in place of another',
      { conditions: { users: { includeGroups: ['g2'] } } },
      { conditions: { users: { includeGroups: ['g1'] } } },
      'for these groups: adds Sales; takes out g2',
    ],
    ['another state', { state: 'enabled' }, { state: 'disabled' }, 'state: disabled instead of enabled'],
    ['a new policy', null, { state: 'disabled' }, 'state: disabled'],
    ['a value that is gone', { displayName: 'Old' }, {}, 'name: no longer Old'],
  ])('says in words: %s', (_name, live, draft, words) => {
    expect(between(live, draft).map((row) => row.words)).toEqual([words]);
  });

  it('tells a member of an unexpected form instead of passing it over', () => {
    expect(between({ conditions: 'everything' }, {}).map((row) => row.path)).toEqual(['conditions']);
    expect(
      between({ conditions: { users: { includeGroups: 'g1' } } }, { conditions: { users: { includeGroups: ['g1'] } } }),
    ).toHaveLength(1);
    expect(between({ displayName: '\ud800' }, { displayName: '\ud800x' })).toHaveLength(1);
  });
});
