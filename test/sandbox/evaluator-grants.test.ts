import { describe, expect, it } from 'vitest';
import { judgeSignIn } from '../../src/sandbox/evaluator/judge.ts';
import { caPolicy, caTenant, judgeCase, ORDINARY, verdictOf } from '../support/ca-tenant.ts';

const STRENGTH = { id: '00000000-0000-0000-0000-000000000002' };
const grant = (operator: string, builtInControls: string[], more: Record<string, unknown> = {}) => ({
  operator,
  builtInControls,
  ...more,
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-grant
describe('whether a policy requires MFA', () => {
  it.each<[string, Record<string, unknown>, boolean | 'depends']>([
    ['require multifactor authentication', grant('OR', ['mfa']), true],
    ['"Require all the selected controls"', grant('AND', ['mfa', 'compliantDevice']), true],
    ['"Require one of the selected controls": another one will do', grant('OR', ['mfa', 'compliantDevice']), false],
    ['a device control alone', grant('AND', ['compliantDevice']), false],
    ['without an operator all are required', { builtInControls: ['mfa', 'compliantDevice'] }, true],
    ['the operator is read without case', grant('and', ['mfa', 'compliantDevice']), true],
    [
      '"Multifactor authentication is equivalent to" its strength',
      grant('OR', [], { authenticationStrength: STRENGTH }),
      true,
    ],
    [
      'phishing-resistant strength',
      grant('OR', [], { authenticationStrength: { id: '00000000-0000-0000-0000-000000000004' } }),
      true,
    ],
    [
      'a custom strength that satisfies MFA',
      grant('OR', [], { authenticationStrength: { id: 'own', requirementsSatisfied: 'mfa' } }),
      true,
    ],
    [
      'a custom strength that satisfies nothing',
      grant('OR', [], { authenticationStrength: { id: 'own', requirementsSatisfied: 'none' } }),
      false,
    ],
    ['a custom strength known by its id only', grant('OR', [], { authenticationStrength: { id: 'own' } }), 'depends'],
    ['strength or device', grant('OR', ['compliantDevice'], { authenticationStrength: STRENGTH }), false],
    ['strength and device', grant('AND', ['compliantDevice'], { authenticationStrength: STRENGTH }), true],
    // conditionalAccessGrantControls: it "must be accompanied by mfa using an AND operator".
    ['a change of password comes with MFA', grant('AND', ['mfa', 'passwordChange']), true],
    ['a change of password alone is in no document', grant('AND', ['passwordChange']), 'depends'],
    ['risk remediation without the strength it brings', grant('AND', ['riskRemediation']), 'depends'],
    ['a change of password or a device', grant('OR', ['passwordChange', 'compliantDevice']), false],
    [
      'a strength that says nothing is known by its combinations',
      grant('OR', [], { authenticationStrength: { id: 'own', allowedCombinations: ['fido2', 'password,sms'] } }),
      true,
    ],
    [
      'one combination of a single factor is a way round',
      grant('OR', [], { authenticationStrength: { id: 'own', allowedCombinations: ['fido2', 'password'] } }),
      false,
    ],
    [
      'a combination of a method that came later',
      grant('OR', [], { authenticationStrength: { id: 'own', allowedCombinations: ['fido2', 'hologram'] } }),
      'depends',
    ],
    [
      'a method that came later beside a single factor',
      grant('OR', [], { authenticationStrength: { id: 'own', allowedCombinations: ['hologram', 'qrCodePin'] } }),
      false,
    ],
    ['an operator that came later, among controls that differ', grant('XOR', ['mfa', 'compliantDevice']), 'depends'],
    ['an operator that came later, with one control', grant('XOR', ['mfa']), true],
    ['terms of use are no MFA', grant('AND', [], { termsOfUse: ['t'] }), false],
    ['MFA or terms of use', grant('OR', ['mfa'], { termsOfUse: ['t'] }), false],
    // https://learn.microsoft.com/entra/identity/conditional-access/controls: satisfied "outside of Microsoft Entra ID".
    ["MFA or another provider's factor", grant('OR', ['mfa'], { customAuthenticationFactors: ['duo'] }), 'depends'],
    ["another provider's factor alone", grant('AND', [], { customAuthenticationFactors: ['duo'] }), 'depends'],
    [
      "another provider's factor or a device",
      grant('OR', ['compliantDevice'], { customAuthenticationFactors: ['d'] }),
      false,
    ],
    ['a control not known here', grant('OR', ['unknownFutureValue']), 'depends'],
    ['MFA and a control not known here', grant('AND', ['mfa', 'unknownFutureValue']), true],
    ['MFA or a control not known here', grant('OR', ['mfa', 'unknownFutureValue']), 'depends'],
  ])('%s', (_, controls, expected) => {
    expect(judgeCase({ policy: { grant: controls } }).outcome.mfaRequired).toBe(expected);
  });

  it('tells when MFA is one way among others', () => {
    const { outcome } = judgeCase({ policy: { grant: grant('OR', ['mfa', 'compliantDevice']) } });
    expect(outcome).toMatchObject({ isMfaOneAlternative: true, mfaRequiredBy: [], otherControls: [] });
  });

  it.each([
    ['that must be met may keep everybody out', grant('AND', ['mfa', 'unknownFutureValue']), 'depends'],
    ['beside a way in keeps nobody out', grant('OR', ['mfa', 'unknownFutureValue']), false],
  ])('a control not known here %s', (_, controls, blocked) => {
    expect(judgeCase({ policy: { grant: controls } }).outcome.blocked).toBe(blocked);
  });

  it('names the other controls that must be met in any case', () => {
    const controls = grant('AND', ['mfa', 'compliantDevice'], { termsOfUse: ['t'] });
    expect(judgeCase({ policy: { grant: controls } }).outcome.otherControls).toEqual([
      'compliantdevice',
      'termsOfUse:t',
    ]);
  });
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-policies
describe('several policies: "all policies that apply must be satisfied"', () => {
  const judge = (policies: Parameters<typeof caPolicy>[0][], options = {}) =>
    judgeSignIn(
      caTenant({ conditionalAccessPolicies: policies.map(caPolicy) }),
      { ...ORDINARY, identity: { kind: 'user', userId: 'ann' } },
      options,
    ).outcome;

  it('adds their demands up', () => {
    const outcome = judge([{ id: 'a' }, { id: 'b', grant: grant('AND', ['compliantDevice']) }]);
    expect(outcome).toMatchObject({ mfaRequired: true, otherControls: ['compliantdevice'], mfaRequiredBy: ['a'] });
  });

  it('a block asks for nothing, whatever stands beside it', () => {
    const outcome = judge([{ id: 'a', grant: grant('OR', ['block', 'mfa']) }]);
    expect(outcome).toMatchObject({ blocked: true, mfaRequired: false });
  });

  it('a block stops whatever the others grant', () => {
    const outcome = judge([{ id: 'a' }, { id: 'b', grant: grant('OR', ['block']) }]);
    expect(outcome).toMatchObject({ blocked: true, blockedBy: ['b'] });
  });

  it('a policy that does not apply demands nothing', () => {
    const outcome = judge([{ id: 'a', conditions: { users: { includeUsers: ['bob'] } } }]);
    expect(outcome).toMatchObject({ mfaRequired: false, blocked: false });
  });

  it('judges a draft in place of the stored policies', () => {
    const outcome = judge([{ id: 'a' }], { policies: [caPolicy({ id: 'draft', grant: grant('OR', ['block']) })] });
    expect(outcome).toMatchObject({ mfaRequired: false, blockedBy: ['draft'] });
  });
});

describe('state', () => {
  // https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-report-only
  it('report-only policies are "evaluated but not enforced"', () => {
    const { policies, outcome } = judgeCase({ policy: { state: 'enabledForReportingButNotEnforced' } });
    expect(policies[0]).toMatchObject({ applies: true, state: 'enabledForReportingButNotEnforced' });
    expect(outcome.mfaRequired).toBe(false);
  });

  it('can be counted as if they were enabled', () => {
    const tenant = caTenant({
      conditionalAccessPolicies: [caPolicy({ state: 'enabledForReportingButNotEnforced' })],
    });
    const signIn = { ...ORDINARY, identity: { kind: 'user', userId: 'ann' } } as const;
    expect(judgeSignIn(tenant, signIn, { countReportOnly: true }).outcome.mfaRequired).toBe(true);
  });

  // https://learn.microsoft.com/graph/api/resources/whatifanalysisresult
  it('disabled policies do not apply, by policyNotEnabled', () => {
    expect(verdictOf({ policy: { state: 'disabled' } })).toMatchObject({
      applies: false,
      reasons: ['policyNotEnabled'],
    });
  });

  it('a state not known here leaves it open whether the policy is enforced', () => {
    const { policies, outcome } = judgeCase({ policy: { state: 'unknownFutureValue' } });
    expect(policies[0]?.applies).toBe('depends');
    expect(outcome).toMatchObject({ mfaRequired: 'depends', blocked: false });
  });

  it.each([
    ['deleted', { deletedDateTime: '2026-01-09T08:00:00Z' }, false],
    ['on for a part of the people', { partialEnablementStrategy: { percentage: 10 } }, 'depends'],
  ])('a policy that is %s', (_, more, expected) => {
    const tenant = caTenant({ conditionalAccessPolicies: [{ ...caPolicy({}), ...more }] });
    const { policies } = judgeSignIn(tenant, { ...ORDINARY, identity: { kind: 'user', userId: 'ann' } });
    expect(policies[0]?.applies).toBe(expected);
  });

  // https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-policies#simple-policies
  it.each([
    ['no grant at all', null],
    ['an empty grant', grant('OR', [])],
  ])('a policy without an access control is empty: %s', (_, controls) => {
    expect(verdictOf({ policy: { grant: controls } })).toMatchObject({ applies: false, reasons: ['emptyPolicy'] });
  });

  // Example 1 of https://learn.microsoft.com/graph/api/conditionalaccessroot-evaluate
  it('session controls are access controls', () => {
    const policy = {
      ...caPolicy({ grant: null }),
      sessionControls: { signInFrequency: null, applicationEnforcedRestrictions: { isEnabled: true } },
    };
    const tenant = caTenant({ conditionalAccessPolicies: [policy] });
    const { policies, outcome } = judgeSignIn(tenant, { ...ORDINARY, identity: { kind: 'user', userId: 'ann' } });
    expect(policies[0]?.applies).toBe(true);
    expect(outcome).toMatchObject({ mfaRequired: false, blocked: false, otherControls: [] });
  });
});
