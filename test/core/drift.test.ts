/** What counts as drift of policies and groups, and what is noise. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actorOf } from '../../src/rollout/drift/actor.core.ts';
import { compare } from '../../src/rollout/drift/compare.core.ts';
import { findGroupDrift, type SeenGroup } from '../../src/rollout/drift/find-groups.core.ts';
import { findDefaultsDrift, findMfaElsewhere, findPerUserDrift } from '../../src/rollout/drift/find-others.core.ts';
import { findPolicyDrift } from '../../src/rollout/drift/find-policies.core.ts';
import { asksForMore } from '../../src/rollout/drift/remedy.core.ts';
import { restoringBody } from '../../src/rollout/drift/restore-body.core.ts';
import type { GraphObject } from '../../src/rollout/policy/graph-json.core.ts';
import { type ManagedObject, policyFingerprint } from '../../src/rollout/policy/managed-objects.core.ts';

const WRITTEN = {
  ...{ displayName: 'MFA Rollout - ENFORCE', state: 'enabledForReportingButNotEnforced' },
  conditions: {
    users: { includeGroups: ['g-direct', 'g-sales'], excludeGroups: ['g-emergency', 'g-exceptions'] },
    applications: { includeApplications: ['All'] },
    clientAppTypes: ['all'],
  },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
};
const LIVE: GraphObject = { ...WRITTEN, id: 'p-1' };
const OWN: ManagedObject = {
  ...{ key: 'ENFORCE', kind: 'policy', objectId: 'p-1', name: WRITTEN.displayName, pushId: 'push-1' },
  ...{ fingerprint: policyFingerprint(WRITTEN), written: WRITTEN },
};

function kindsOf(live: readonly GraphObject[]): string[] {
  const found = findPolicyDrift({ owned: [OWN], live, alsoOurs: new Map(), inFlight: new Set() });
  return found.map(({ kind }) => kind).sort();
}

describe('findPolicyDrift', () => {
  it.each([
    ['edited', { ...LIVE, grantControls: { operator: 'OR', builtInControls: ['block'] } }],
    ['edited', { ...LIVE, sessionControls: { signInFrequency: { isEnabled: true, value: 1, type: 'days' } } }],
    ['disabled', { ...LIVE, state: 'disabled' }],
    ['disabled', { ...LIVE, state: 'enabled' }],
    ['renamed', { ...LIVE, displayName: 'Something else' }],
  ])('tells %s of one respect', (kind, live) => {
    expect(kindsOf([live])).toEqual([kind]);
  });

  it('tells a policy that is gone, and each respect of one that differs in several', () => {
    expect(kindsOf([])).toEqual(['deleted']);
    expect(kindsOf([{ ...LIVE, state: 'disabled', displayName: 'X' }])).toEqual(['disabled', 'renamed']);
  });

  it('takes order, doubles, null, empty lists, instants and members that Graph adds for nothing', () => {
    const noise = fc.record({
      order: fc.shuffledSubarray(['g-direct', 'g-sales', 'G-Direct', 'G-SALES'], { minLength: 4 }),
      empty: fc.constantFrom(null, undefined, []),
      added: fc.dictionary(fc.stringMatching(/^x[a-z]{3,8}$/), fc.jsonValue(), { maxKeys: 3 }),
      at: fc.constantFrom(null, '2026-01-01T00:00:00Z'),
    });
    fc.assert(
      fc.property(noise, ({ order, empty, added, at }) => {
        const users = { ...WRITTEN.conditions.users, includeGroups: order, includeRoles: empty, excludeUsers: empty };
        const conditions = { ...WRITTEN.conditions, users, locations: null, platforms: null, signInRiskLevels: empty };
        const live = { ...added, ...LIVE, conditions, sessionControls: null, modifiedDateTime: at, templateId: null };
        expect(kindsOf([live])).toEqual([]);
      }),
    );
  });

  it('takes what an open write of ours plans, and what is in flight, for ours', () => {
    const live = { ...LIVE, state: 'enabled' };
    const alsoOurs = new Map([['p-1', new Set([policyFingerprint(live)])]]);
    expect(findPolicyDrift({ owned: [OWN], live: [live], alsoOurs, inFlight: new Set() })).toEqual([]);
    expect(findPolicyDrift({ owned: [OWN], live: [], alsoOurs: new Map(), inFlight: new Set(['ENFORCE']) })).toEqual(
      [],
    );
  });
});

describe('findGroupDrift', () => {
  const record = { known: new Set(['a', 'b', 'c']), ours: new Set(['a']), pending: new Set(['c', 'd']) };
  const seen = (ids: string[], group: object = {}): SeenGroup => ({
    group: { displayName: 'X', groupTypes: [], ...group },
    members: ids.map((id) => ({ id, isGroup: id.startsWith('nested') })),
  });
  const drift = (key: string, live: SeenGroup | null, gone: string[] = []) =>
    findGroupDrift({
      watched: [{ key, groupId: 'g', own: null }],
      live: new Map([['g', live]]),
      members: new Map([[key, record]]),
      inFlight: new Set(),
      goneAccounts: new Set(gone),
    });

  it.each<[string, string, SeenGroup | null, object]>([
    ['membership', 'exceptions', seen(['A', 'B', 'e']), { e: 'in' }],
    ['membership', 'direct', seen(['a']), { b: 'out' }],
    ['membership', 'phase:sales', seen(['a', 'b', 'nested-1']), { 'nested-1': 'nested group' }],
    [
      'membership',
      'direct',
      seen(['a', 'b'], { groupTypes: ['DynamicMembership'] }),
      { membership: 'dynamic', rule: '' },
    ],
    ['membership', 'direct', null, { exists: false }],
    ['breakGlass', 'breakGlass', seen(['b']), { a: 'out' }],
  ])('tells %s of the group %s', (kind, key, live, after) => {
    expect(drift(key, live)).toMatchObject([{ kind, after }]);
  });

  it('is silent over what is just being written and over accounts that were deleted', () => {
    expect(drift('direct', seen(['a', 'b', 'd']))).toEqual([]);
    expect(drift('direct', seen(['a']), ['b'])).toEqual([]);
  });
});

describe('what our own journal explains', () => {
  const MFA = { operator: 'OR', builtInControls: ['mfa'] };
  const other: GraphObject = { id: 'other', displayName: 'Other', state: 'enabled', grantControls: MFA };
  /** Somebody switched Security Defaults, another policy and per-user MFA on, just after we wrote this event. */
  const toldAfter = (event: string) =>
    compare({
      written: { owned: [], members: new Map(), alsoOurs: new Map(), inFlight: new Set(), isFlipping: false },
      seen: { policies: [other], securityDefaultsOn: true, groups: new Map(), perUserOn: ['ann'] },
      ...{ watched: [], baseline: { securityDefaultsOn: false, asking: {}, perUserOn: [] }, goneAccounts: new Set() },
      isOwnWrite: (_id, by) => by.test(event),
    }).map(({ aspect }) => aspect);

  it.each<[event: string, told: string[]]>([
    ['takeover.started', ['securityDefaults', 'otherPolicy', 'perUserMfa']],
    ['takeover.step.done', ['securityDefaults', 'otherPolicy', 'perUserMfa']],
    ['takeover.undo.begun', ['securityDefaults']],
    ['undo.everything.begun', ['securityDefaults']],
    ['security_defaults.switched_on', ['perUserMfa']],
    ['drift.restore.begun', ['securityDefaults', 'perUserMfa']],
  ])('"%s" explains what it can bring about and nothing else', (event, told) => {
    expect(toldAfter(event)).toEqual(told);
  });
});

describe('a managed policy that asks for something besides MFA', () => {
  it.each<[grant: Record<string, unknown>, more: boolean]>([
    [{ operator: 'OR', builtInControls: ['mfa'] }, false],
    [{ operator: 'AND', builtInControls: ['mfa'], termsOfUse: [] }, false],
    [{ operator: 'OR', builtInControls: ['mfa', 'compliantDevice'] }, false],
    [{ operator: 'AND', builtInControls: ['mfa', 'compliantDevice'] }, true],
    [{ operator: 'OR', builtInControls: ['compliantDevice'] }, true],
    [{ operator: 'AND', builtInControls: ['mfa'], termsOfUse: ['terms'] }, true],
    [{ operator: 'AND', builtInControls: [], authenticationStrength: { id: 'strong' } }, false],
  ])('%j: %s', (grantControls, more) => {
    expect(asksForMore({ ...LIVE, grantControls })).toBe(more);
  });
});

describe('beside the managed policies', () => {
  const asking = { ...LIVE, id: 'p-2', state: 'enabled', displayName: 'Theirs' };
  const found = (live: GraphObject, known: Record<string, GraphObject> = {}) =>
    findMfaElsewhere({ baseline: { asking: known }, live: [live], ownIds: new Set(['p-1']) }).length;

  it('tells a policy that asks for MFA now, and none that only reports, is ours, or changed its text', () => {
    expect(found(asking)).toBe(1);
    expect(found({ ...asking, state: 'enabledForReportingButNotEnforced' })).toBe(0);
    expect(found({ ...asking, id: 'P-1' })).toBe(0);
    expect(found({ ...asking, displayName: 'New text' }, { 'p-2': asking })).toBe(0);
  });

  it('tells Security Defaults and per-user MFA only where they were off', () => {
    expect(findDefaultsDrift(true, true)).toEqual([]);
    expect(findDefaultsDrift(false, true)).toHaveLength(1);
    expect(findPerUserDrift(['A'], ['a'])).toEqual([]);
    expect(findPerUserDrift(null, ['a'])).toEqual([]);
    expect(findPerUserDrift(['a'], ['a', 'B'])).toMatchObject([{ after: { b: 'on' } }]);
  });
});

it('says of a policy everything that it is to say, and empties what was added', () => {
  const locations = { includeLocations: ['All'] };
  const live = {
    ...LIVE,
    conditions: { ...(LIVE.conditions as object), locations, signInRiskLevels: ['high'] },
    sessionControls: { persistentBrowser: { isEnabled: true, mode: 'never' } },
  };
  expect(restoringBody(WRITTEN, live)).toMatchObject({
    ...{ displayName: WRITTEN.displayName, state: WRITTEN.state, sessionControls: null },
    conditions: { locations: null, signInRiskLevels: [], users: { includeUsers: [], includeRoles: [] } },
  });
  expect(restoringBody(WRITTEN, live, 'inside')).toMatchObject({ conditions: { locations: { includeLocations: [] } } });
});

it('names the newest other actor of the log within the time, and never our own application', () => {
  const finding = { aspect: 'policy', objectId: 'P-1', before: {}, fromMs: 1_000_000, toMs: 1_300_000 } as const;
  const entry = (at: number, id: string, isOwn = false) => ({
    ...{ at, isOwn, result: 'success', activity: 'update conditional access policy', text: '"p-1"' },
    actor: { kind: 'user', id, name: null, at: '' } as const,
  });
  expect(
    actorOf(finding, [entry(1_100_000, 'old'), entry(1_200_000, 'new'), entry(1_250_000, 'us', true)]),
  ).toMatchObject({ id: 'new' });
  expect(actorOf(finding, [entry(1, 'long ago')])).toBe(null);
});
