/** What may be done with an old policy that asks for MFA. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstLoss } from '../../src/rollout/takeover/cover-steps.core.ts';
import { saysChange, saysOriginal, wayBack, withChange } from '../../src/rollout/takeover/strip.core.ts';
import { planTakeover, takeoverDigest } from '../../src/rollout/takeover/takeover.core.ts';
import { LEAVE_TEXTS } from '../../src/rollout/takeover/takeover-texts.core.ts';
import { ALL_APPS, enforcing, judged, oldPolicy, takeoverInput } from '../support/takeover-tenant.ts';

const FINANCE = { includeGroups: ['finance'] };
const grant = (operator: string, builtInControls: readonly string[], more = {}) => ({
  grantControls: { operator, builtInControls, ...more },
});

describe('a policy whose people the enforcing policy covers', () => {
  it.each([
    ['is disabled when nothing but MFA is in it', oldPolicy(), { do: 'disable', change: { state: 'disabled' } }],
    [
      'keeps its other control when both are needed',
      oldPolicy(grant('AND', ['mfa', 'compliantDevice'])),
      { do: 'strip', change: { grantControls: { operator: 'AND', builtInControls: ['compliantDevice'] } } },
    ],
    [
      'keeps its terms of use',
      oldPolicy(grant('AND', ['mfa'], { termsOfUse: ['terms-1'] })),
      { do: 'strip', change: { grantControls: { builtInControls: [], termsOfUse: ['terms-1'] } } },
    ],
    [
      'keeps a session control beside another control',
      oldPolicy({
        ...grant('AND', ['mfa', 'compliantDevice']),
        sessionControls: { persistentBrowser: { mode: 'never' } },
      }),
      { do: 'strip' },
    ],
    ['may be limited to a place', oldPolicy({}, { locations: { includeLocations: ['All'] } }), { do: 'disable' }],
  ])('%s', (_what, policy, expected) => {
    expect(judged(policy)).toMatchObject({ ...expected, reasons: [] });
  });
});

describe('a policy that differs in one thing is left, and says why', () => {
  it.each([
    ['microsoft_managed', oldPolicy({ displayName: 'Microsoft-managed: MFA for all' })],
    ['reports_only', oldPolicy({ state: 'enabledForReportingButNotEnforced' })],
    ['disabled_already', oldPolicy({ state: 'disabled' })],
    ['risk', oldPolicy({}, { signInRiskLevels: ['high'] })],
    ['risk', oldPolicy({}, { userRiskLevels: ['high'] })],
    ['risk', oldPolicy({}, { insiderRiskLevels: 'elevated' })],
    [
      'strength',
      oldPolicy(grant('OR', [], { authenticationStrength: { id: '00000000-0000-0000-0000-000000000002' } })),
    ],
    ['user_action', oldPolicy({}, { applications: { includeUserActions: ['urn:user:registersecurityinfo'] } })],
    ['auth_context', oldPolicy({}, { applications: { includeAuthenticationContextClassReferences: ['c1'] } })],
    ['role_target', oldPolicy({}, { users: { ...FINANCE, includeRoles: ['62e90394-69f5-4237-9190-012177145e10'] } })],
    ['guest_target', oldPolicy({}, { users: { ...FINANCE, includeUsers: ['GuestsOrExternalUsers'] } })],
    [
      'guest_target',
      oldPolicy({}, { users: { includeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'b2bCollaborationGuest' } } }),
    ],
    ['or_grant', oldPolicy(grant('OR', ['mfa', 'compliantDevice']))],
    ['session_left', oldPolicy({ sessionControls: { persistentBrowser: { mode: 'never' } } })],
    ['not_understood', oldPolicy({}, { newCondition: { kind: 'moon' } })],
    ['not_understood', oldPolicy(grant('AND', ['mfa', 'somethingNew']))],
    ['not_understood', oldPolicy({}, { users: { ...FINANCE, includeAgents: ['All'] } })],
    ['not_understood', oldPolicy({ state: 'enabledInPart' })],
  ])('%s', (code, policy) => {
    const found = judged(policy);
    expect(found).toMatchObject({ do: 'leave', change: null });
    expect(found.reasons).toContain(code);
    for (const reason of found.reasons) {
      const { en, de } = LEAVE_TEXTS[reason](found);
      expect(en).not.toBe(de);
    }
  });
});

describe('cover today and tomorrow', () => {
  const row = { accountId: 'ben', kind: 'serviceAccount', proposal: 'exclude', signed: true, endsAt: null } as const;
  const excepted = { exceptions: ['ben'] };

  it('somebody who is left out of the enforcing policy keeps the old one, by name', () => {
    expect(judged(oldPolicy(), {}, excepted)).toMatchObject({ reasons: ['not_covered'], uncovered: ['ben'] });
  });

  it.each(['disabled', 'enabledForReportingButNotEnforced'])(
    'nobody would lose the MFA of a policy that is %s',
    (state) => {
      expect(judged(oldPolicy({ state }), {}, excepted)).toMatchObject({ do: 'leave', uncovered: [] });
    },
  );

  it.each([
    ['carves him out', {}, 'disable'],
    ['is not given', { signed: false }, 'leave'],
    ['has ended', { endsAt: '2026-03-01' }, 'leave'],
    ['only extends a deadline', { proposal: 'extendDeadline' }, 'leave'],
    ['asks for his sign-in to be blocked', { proposal: 'blockSignIn' }, 'leave'],
  ] as const)('a signature that %s decides', (_what, change, expected) => {
    const found = judged(oldPolicy(), { exceptions: [{ ...row, ...change }] }, excepted);
    expect(found.do).toBe(expected);
    expect(found.signedAway).toEqual(expected === 'leave' ? [] : ['ben']);
  });

  it('no signature takes the old MFA from an emergency account', () => {
    const policy = oldPolicy({}, { users: { includeUsers: ['All'] } });
    const exceptions = [{ ...row, accountId: 'bg-1', kind: 'breakGlass' as const }];
    expect(judged(policy, { exceptions }).reasons).toEqual(['break_glass']);
    expect(judged(oldPolicy({}, { users: { includeUsers: ['All'], excludeGroups: ['emergency'] } })).do).toBe(
      'disable',
    );
  });

  it.each([
    ['a group whose newcomers the enforcing policy does not reach', ['phase-finance'], FINANCE, 'leave'],
    ['the very group that the enforcing policy includes', ['finance'], FINANCE, 'disable'],
    ['people named one by one', ['phase-finance'], { includeUsers: ['ann', 'ben'] }, 'disable'],
    ['everybody', ['finance'], { includeUsers: ['All'] }, 'leave'],
  ])(
    'before everyone is enforced, an old policy for %s is judged by who comes tomorrow',
    (_who, groups, users, expected) => {
      const enforce = enforcing({ includeUsers: [], includeGroups: groups });
      const found = judged(oldPolicy({}, { users }), { enforce }, { 'phase-finance': ['ann', 'ben'] });
      expect(found.do).toBe(expected);
      if (groups[0] === 'phase-finance' && expected === 'leave')
        expect(found.reasons).toEqual(['not_covered_tomorrow']);
    },
  );

  it('somebody in an excluded group whom nobody has read yet keeps the old policy', () => {
    const policy = oldPolicy({}, { users: { includeUsers: ['All'], excludeGroups: ['emergency'] } });
    expect(judged(policy).do).toBe('disable');
    expect(judged(policy, {}, { exceptions: ['exa'] }).uncovered).toEqual(['exa']);
  });
});

describe('the way back', () => {
  it('writes what the change replaced, whatever else somebody edited meanwhile', () => {
    const original = oldPolicy(grant('AND', ['mfa', 'compliantDevice']));
    const { change } = judged(original);
    if (change === null) throw new Error('it may be stripped');
    const stripped = withChange(original, change);
    expect(saysChange(stripped, change)).toBe(true);
    expect(saysChange(original, change)).toBe(false);
    const renamed = { ...stripped, displayName: 'Renamed' };
    expect(saysChange(renamed, change)).toBe(true);
    expect(saysOriginal({ ...renamed, ...wayBack(original, change) }, original, change)).toBe(true);
  });
});

describe('the plan', () => {
  const plan = (change = {}, members = {}) => planTakeover(takeoverInput(change, members));
  const on = (ids: string[]) => ids.map((id) => ({ id, perUserMfaState: 'enforced' }));

  it('clears per-user MFA of whom the enforcing policy covers, and names who keeps it', () => {
    const { steps, kept } = plan({ perUserMfa: on(['ann', 'cat', 'exa', 'bg-1']) }, { exceptions: ['exa'] });
    expect(steps.at(-1)).toMatchObject({ do: 'perUser', users: [{ id: 'ann' }, { id: 'cat' }] });
    expect(kept).toEqual([
      { accountId: 'bg-1', why: 'breakGlass' },
      { accountId: 'exa', why: 'notCovered' },
    ]);
  });

  it('is another one as soon as a policy, a person or a switch changes', () => {
    const digest = (change = {}, members = {}) => takeoverDigest('contoso', plan(change, members));
    const digests = [
      digest(),
      digest({ policies: [enforcing(), oldPolicy({ displayName: 'Renamed' })] }),
      digest({}, { finance: ['ann', 'ben', 'cat'] }),
      digest({ perUserMfa: on(['ann']) }),
      digest({ enforce: enforcing({ excludeGroups: ['emergency'] }) }),
    ];
    expect(new Set(digests).size).toBe(digests.length);
    expect(digest()).toBe(digests[0]);
  });

  it('never takes from anybody who did not sign it away', () => {
    const ids = ['ann', 'ben', 'cat', 'exa', 'bg-1', 'bg-2'];
    const users = fc.record({
      includeUsers: fc.constantFrom([], ['All'], ['ann'], ['exa', 'cat']),
      includeGroups: fc.constantFrom([], ['finance'], ['exceptions']),
      excludeGroups: fc.constantFrom([], ['emergency'], ['exceptions']),
    });
    const control = fc.constantFrom(['mfa'], ['mfa', 'compliantDevice'], ['block']);
    const policy = fc.record({ users, control, operator: fc.constantFrom('AND', 'OR') });
    const world = fc.record({
      policies: fc.array(policy, { maxLength: 4 }),
      finance: fc.subarray(ids),
      exceptions: fc.subarray(ids),
      perUser: fc.subarray(ids),
      signed: fc.subarray(ids),
      whole: fc.boolean(),
    });
    fc.assert(
      fc.property(world, ({ policies, finance, exceptions, perUser, signed, whole }) => {
        const enforce = enforcing(whole ? {} : { includeUsers: [], includeGroups: ['finance'] });
        const old = policies.map((one, index) => ({
          ...oldPolicy(grant(one.operator, one.control), { users: one.users, applications: ALL_APPS }),
          id: `old-${index}`,
        }));
        const rows = signed.map((accountId) => ({
          ...{ accountId, kind: 'serviceAccount' as const, proposal: 'exclude' as const, signed: true, endsAt: null },
        }));
        const change = { enforce, policies: [enforce, ...old], exceptions: rows, perUserMfa: on(perUser) };
        const input = takeoverInput(change, { finance, exceptions });
        const { steps } = planTakeover(input);
        const cover = { tenant: input.tenant, policies: input.policies, perUserMfa: input.perUserMfa ?? [] };
        expect(firstLoss(cover, steps)).toBeNull();
      }),
      { numRuns: 150 },
    );
  });
});
