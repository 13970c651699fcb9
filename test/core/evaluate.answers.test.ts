import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../src/rollout/policy/evaluate.core.ts';
import { compileTenant } from '../../src/rollout/policy/evaluator/tenant.core.ts';
import { whatIf } from '../../src/rollout/policy/evaluator/what-if.core.ts';
import { BLOCK, judge, MFA, type PolicyParts, policy, resultOf, signIn, TENANT } from '../support/policy-builders.ts';

const grant = (builtInControls: readonly string[], operator = 'OR', more: object = {}) => ({
  operator,
  builtInControls,
  ...more,
});
const strength = (id: string, more: object = {}) => grant([], 'OR', { authenticationStrength: { id, ...more } });

// Sources: "Conditional Access: Grant", "Conditional Access authentication strength", "Controls" for custom controls.
const GRANTS: readonly (readonly [rule: string, grantControls: unknown, mfaRequired: string])[] = [
  ['the built-in control requires MFA', grant(['mfa']), 'yes'],
  ['the operator of a single control does not matter', grant(['mfa'], 'AND'), 'yes'],
  ['a missing operator means AND', { builtInControls: ['mfa', 'compliantDevice'] }, 'yes'],
  ['AND with a device requires MFA', grant(['mfa', 'compliantDevice'], 'AND'), 'yes'],
  ['OR with a device makes MFA one way of two', grant(['mfa', 'compliantDevice']), 'no'],
  ['OR with terms of use makes MFA one way of two', grant(['mfa'], 'OR', { termsOfUse: ['t1'] }), 'no'],
  ['AND with terms of use requires MFA', grant(['mfa'], 'AND', { termsOfUse: ['t1'] }), 'yes'],
  ['a device alone requires no MFA', grant(['compliantDevice']), 'no'],
  ['terms of use alone require no MFA', grant([], 'OR', { termsOfUse: ['t1'] }), 'no'],
  ['a control that came later is not judged', grant(['unknownFutureValue']), 'unknown'],
  ['AND between MFA and a control that came later requires MFA', grant(['mfa', 'unknownFutureValue'], 'AND'), 'yes'],
  ['OR between MFA and a control that came later is not judged', grant(['mfa', 'unknownFutureValue']), 'unknown'],
  ['a member of the controls that is not known is not judged', grant([], 'OR', { verifiedId: { id: 'v' } }), 'unknown'],
  // conditionalAccessGrantControls: `passwordChange` "must be accompanied by mfa using an AND operator".
  ['a password change comes with MFA', grant(['mfa', 'passwordChange'], 'AND'), 'yes'],
  ['a password change alone is documented nowhere', grant(['passwordChange'], 'AND'), 'unknown'],
  ['risk remediation without its strength is documented nowhere', grant(['riskRemediation'], 'AND'), 'unknown'],
  ['a password change or a device leaves a way round MFA', grant(['passwordChange', 'compliantDevice']), 'no'],
  ['a block requires no MFA', grant(['block']), 'no'],
  ['null controls require nothing', null, 'no'],
  ['the built-in MFA strength requires MFA', strength('00000000-0000-0000-0000-000000000002'), 'yes'],
  ['the passwordless strength requires MFA', strength('00000000-0000-0000-0000-000000000003'), 'yes'],
  ['the phishing-resistant strength requires MFA', strength('00000000-0000-0000-0000-000000000004'), 'yes'],
  ['a strength says itself that it satisfies MFA', strength('s', { requirementsSatisfied: 'mfa' }), 'yes'],
  ['a strength says itself that it does not', strength('s', { requirementsSatisfied: 'none' }), 'no'],
  ['a strength is looked up in the tenant', strength('strength-mfa'), 'yes'],
  ['a weak strength is looked up in the tenant', strength('strength-weak'), 'no'],
  ['combinations decide where a strength does not say', strength('strength-keys'), 'yes'],
  ['one single-factor combination is a way round MFA', strength('strength-mixed'), 'no'],
  [
    'a combination that came later is not judged',
    strength('s', { allowedCombinations: ['fido2', 'hologram'] }),
    'unknown',
  ],
  [
    'a password beside a method that came later is not judged',
    strength('s', { requirementsSatisfied: 'unknownFutureValue', allowedCombinations: ['password,hologram'] }),
    'unknown',
  ],
  [
    'a single factor beside a combination that came later is a way round MFA',
    strength('s', { allowedCombinations: ['hologram', 'qrCodePin'] }),
    'no',
  ],
  [
    'an operator that came later leaves it open among controls that differ',
    grant(['mfa', 'compliantDevice'], 'XOR'),
    'unknown',
  ],
  ['a strength nobody knows is not judged', strength('strength-lost'), 'unknown'],
  [
    'OR between MFA and an MFA strength requires MFA',
    grant(['mfa'], 'OR', { authenticationStrength: { id: 'strength-mfa' } }),
    'yes',
  ],
  [
    'OR between a strength and a device does not',
    grant(['compliantDevice'], 'OR', { authenticationStrength: { id: 'strength-mfa' } }),
    'no',
  ],
  [
    'a third party’s MFA cannot be read from Entra',
    grant([], 'OR', { customAuthenticationFactors: ['DuoMfa'] }),
    'unknown',
  ],
  [
    'MFA and a third party’s MFA require MFA',
    grant(['mfa'], 'AND', { customAuthenticationFactors: ['DuoMfa'] }),
    'yes',
  ],
  ['controls that are no list are not judged', { builtInControls: 'mfa' }, 'unknown'],
];

describe('what a policy asks for', () => {
  it.each(GRANTS)('%s', (_rule, grantControls, mfaRequired) => {
    expect(judge([policy({ grantControls })]).mfaRequired).toBe(mfaRequired);
  });
});

it('never takes a third party’s control for a block', () => {
  const duo = policy({ grantControls: { builtInControls: [], customAuthenticationFactors: ['DuoMfa'] } });
  expect(judge([duo])).toMatchObject({ mfaRequired: 'unknown', blocked: 'no' });
});

describe('a control that is not understood', () => {
  it.each([
    ['that must be met may keep everybody out', grant(['mfa', 'unknownFutureValue'], 'AND'), 'unknown'],
    ['alone may keep everybody out', grant(['unknownFutureValue']), 'unknown'],
    ['beside a way in keeps nobody out', grant(['mfa', 'unknownFutureValue']), 'no'],
    ['in a grant that cannot be read may be a block', { builtInControls: 'block' }, 'unknown'],
  ])('%s', (_rule, grantControls, blocked) => {
    expect(judge([policy({ grantControls })]).blocked).toBe(blocked);
  });

  it('is not a strength whose kind is unknown: that can be met', () => {
    expect(judge([policy({ grantControls: strength('strength-lost') })]).blocked).toBe('no');
  });
});

// "Building a Conditional Access policy" ("must contain at minimum" an access control); whatIfAnalysisReasons has `emptyPolicy`.
describe('a policy without an access control', () => {
  it.each([
    ['null', null],
    ['an empty grant', grant([])],
  ])('applies to nobody: %s', (_, grantControls) => {
    expect(resultOf({ grantControls })).toBe('notApplies');
  });

  it('is none when it has a session control', () => {
    const sessionControls = { signInFrequency: { value: 4, type: 'hours', isEnabled: true } };
    expect(resultOf({ grantControls: null, more: { sessionControls } })).toBe('applies');
  });
});

describe('the sentence about a sign-in that needs no MFA', () => {
  it('names the way in that a strength without MFA leaves', () => {
    const weak = grant(['mfa'], 'OR', { authenticationStrength: { id: 's', requirementsSatisfied: 'none' } });
    expect(judge([policy({ grantControls: weak })]).why).toContain(
      'accepts an authentication strength without MFA instead',
    );
  });

  it.each([
    ['tells where Security Defaults were not read', undefined, [], true],
    ['does not where they are off', { isEnabled: false }, [], false],
    ['does not where an enabled policy proves them off', undefined, [policy({ grantControls: BLOCK })], false],
    ['does where policies only report', undefined, [policy({ state: 'enabledForReportingButNotEnforced' })], true],
  ])('%s', (_rule, securityDefaults, policies, tells) => {
    const { why } = judge(policies, {}, { ...TENANT, securityDefaults });
    expect(why.includes('whether Security Defaults are on and ask was not read')).toBe(tells);
  });
});

describe('the state of a policy', () => {
  it('lists a report-only policy as applying and requires nothing by it', () => {
    const result = judge([policy({ state: 'enabledForReportingButNotEnforced' })]);
    expect(result).toMatchObject({ mfaRequired: 'no', applies: [{ state: 'reportOnly', result: 'applies' }] });
    expect(result.why).toContain('only reports');
  });

  it('does not apply a disabled policy', () => {
    expect(judge([policy({ state: 'disabled' })])).toMatchObject({
      mfaRequired: 'no',
      applies: [{ result: 'notApplies' }],
    });
  });

  it('does not judge a state it does not know', () => {
    expect(judge([policy({ state: 'unknownFutureValue' })]).mfaRequired).toBe('unknown');
  });

  it('does not judge a policy that is enabled in part', () => {
    expect(resultOf({ more: { partialEnablementStrategy: 'half' } })).toBe('unknown');
  });

  it('puts a draft in the place of the live policy of its id, however the id is written', () => {
    const live = policy({ id: 'C0DE-1' });
    const draft = policy({ id: 'c0de-1', users: { includeUsers: ['All'], excludeUsers: ['ada'] } });
    for (const both of [
      [live, draft],
      [draft, live],
    ]) {
      const result = judge(both, { userId: 'ada' }, TENANT, { treatAsEnabled: ['c0de-1'] });
      expect(result).toMatchObject({ mfaRequired: 'no', applies: [{ policyId: 'c0de-1' }] });
    }
  });

  it('judges a draft as if it were enabled when asked to', () => {
    const draft = policy({ id: 'draft', state: 'enabledForReportingButNotEnforced' });
    expect(judge([draft], {}, TENANT, { treatAsEnabled: ['draft'] }).mfaRequired).toBe('yes');
    expect(judge([draft], {}, TENANT, { treatAsEnabled: ['other'] }).mfaRequired).toBe('no');
  });
});

describe('policies for workload identities', () => {
  const clientApplications = { includeServicePrincipals: ['ServicePrincipalsInMyTenant'] };

  it('never reach a user', () => {
    expect(resultOf({ users: null, conditions: { clientApplications } })).toBe('notApplies');
  });

  it('are not judged when they name users as well', () => {
    expect(resultOf({ conditions: { clientApplications } })).toBe('unknown');
  });
});

describe('several policies together', () => {
  const excludingAda: PolicyParts = { id: 'p2', users: { includeUsers: ['All'], excludeUsers: ['ada'] } };

  it('require MFA as soon as one of them does', () => {
    expect(judge([policy(excludingAda), policy()]).mfaRequired).toBe('yes');
  });

  it('require MFA although another cannot be judged', () => {
    expect(judge([policy(), policy({ id: 'p2', conditions: { agentIdRiskLevels: 'high' } })]).mfaRequired).toBe('yes');
  });

  it('leave it unknown when one cannot be judged and the rest does not require MFA', () => {
    const strange = policy({ id: 'p3', conditions: { agentIdRiskLevels: 'high' } });
    expect(judge([policy(excludingAda), strange]).mfaRequired).toBe('unknown');
  });

  it('require MFA in part when one depends on what was not given', () => {
    const risky = policy({ id: 'p3', conditions: { signInRiskLevels: ['high'] } });
    expect(judge([policy(excludingAda), risky], { signInRisk: null }).mfaRequired).toBe('partial');
  });

  it('block whatever else they require', () => {
    const result = judge([policy(), policy({ id: 'p2', displayName: 'No', grantControls: BLOCK })]);
    expect(result).toMatchObject({ mfaRequired: 'yes', blocked: 'yes' });
    expect(result.why).toContain('blocked by "No"');
  });

  it('do not block by a policy that only reports', () => {
    const reporting = policy({ grantControls: BLOCK, state: 'enabledForReportingButNotEnforced' });
    expect(judge([reporting]).blocked).toBe('no');
  });

  it('require nothing when there are none', () => {
    expect(judge([])).toMatchObject({ mfaRequired: 'no', blocked: 'no', applies: [] });
  });
});

describe('the sentence', () => {
  it.each([
    [
      'names the policy and the group',
      {},
      { includeGroups: ['sales'] },
      '"MFA for everybody" (included through the group "Sales"',
    ],
    [
      'names the exclusion',
      {},
      { includeUsers: ['All'], excludeGroups: ['exceptions'] },
      'excluded through the group "Exceptions"',
    ],
    [
      'names the role that is not active',
      { userId: 'cy' },
      { includeRoles: ['62e90394-69f5-4237-9190-012177145e10'] },
      'while an eligible role is active',
    ],
    ['says that an old client fails', { clientAppType: 'other' }, { includeUsers: ['All'] }, 'the sign-in fails'],
  ])('%s', (_claim, changes, users, expected) => {
    expect(judge([policy({ users })], changes).why).toContain(expected);
  });

  it('names the condition that was left open', () => {
    const risky = policy({ conditions: { userRiskLevels: ['high'] } });
    expect(judge([risky], { userRisk: null }).why).toContain('depends on the user risk, which was not given');
  });

  it('names the ways in beside MFA', () => {
    expect(judge([policy({ grantControls: grant(['mfa', 'compliantDevice']) })]).why).toContain(
      'compliantdevice instead of MFA',
    );
  });

  it('says that Security Defaults ask by themselves', () => {
    expect(judge([], {}, { ...TENANT, securityDefaults: { isEnabled: true } }).why).toContain(
      'Security Defaults are on',
    );
  });

  it('names the same of several groups, whatever order Graph lists them in', () => {
    const [sentence, turned] = [
      ['exceptions', 'sales'],
      ['sales', 'exceptions'],
    ].map((includeGroups) => judge([policy({ users: { includeGroups } })]).why);
    expect(sentence).toContain('included through the group "Exceptions"');
    expect(turned).toBe(sentence);
  });

  it('is one sentence', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((id) => policy({ id, displayName: id }));
    expect(judge(many).why).toMatch(/^MFA is required: [^.]* and 2 more\.$/);
  });
});

describe('references that lead nowhere', () => {
  it('are reported per policy', () => {
    const users = { includeUsers: ['All', 'zoe'], excludeGroups: ['gone'] };
    const locations = { includeLocations: ['All'], excludeLocations: ['lost'] };
    const compiled = compilePolicies(compileTenant(TENANT), [policy({ users, conditions: { locations } })]);
    expect(compiled.unresolved.map(({ policyId, reference }) => [policyId, reference])).toEqual([
      ['p1', 'user zoe'],
      ['p1', 'group gone'],
      ['p1', 'named location lost'],
    ]);
  });

  it('are not reported of a part that was not read', () => {
    const compiled = compilePolicies(compileTenant({}), [
      policy({ users: { includeUsers: ['zoe'], excludeGroups: ['gone'] } }),
    ]);
    expect(compiled.unresolved).toEqual([]);
  });
});

describe('whatIf', () => {
  it('lists what applies for certain apart from what is open and what is unknown', () => {
    const compiled = compilePolicies(compileTenant(TENANT), [
      policy({ id: 'on' }),
      policy({ id: 'report', state: 'enabledForReportingButNotEnforced' }),
      policy({ id: 'off', state: 'disabled' }),
      policy({ id: 'risk', conditions: { signInRiskLevels: ['high'] } }),
      policy({ id: 'strange', conditions: { agentIdRiskLevels: 'high' }, grantControls: MFA }),
    ]);
    const [row] = whatIf(compiled, [signIn({ signInRisk: null })]);
    expect(row).toMatchObject({
      userId: 'ada',
      applies: ['on', 'report'],
      conditional: ['risk'],
      unknown: ['strange'],
      mfaRequired: 'yes',
    });
  });

  it('keeps people apart who are in the same groups and differ as guests', () => {
    const users = { includeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'internalGuest' } };
    const compiled = compilePolicies(compileTenant(TENANT), [policy({ users })]);
    const rows = whatIf(compiled, [signIn({ userId: 'gus' }), signIn({ userId: 'ina' })]);
    expect(rows.map((row) => row.mfaRequired)).toEqual(['no', 'yes']);
  });

  it('keeps a country that is not known apart from one that was not given', () => {
    const locations = { includeLocations: ['loc-unknown'] };
    const compiled = compilePolicies(compileTenant(TENANT), [policy({ conditions: { locations } })]);
    const rows = whatIf(compiled, [signIn({ country: '' }), signIn({ country: null }), signIn({ country: 'US' })]);
    expect(rows.map((row) => row.mfaRequired)).toEqual(['yes', 'partial', 'no']);
  });

  it('answers row by row, in the order asked', () => {
    const compiled = compilePolicies(compileTenant(TENANT), [policy({ users: { includeGroups: ['sales'] } })]);
    const rows = whatIf(compiled, [signIn({ userId: 'bo' }), signIn({ userId: 'ada' }), signIn({ userId: 'Bo' })]);
    expect(rows.map((row) => [row.userId, row.mfaRequired])).toEqual([
      ['bo', 'no'],
      ['ada', 'yes'],
      ['Bo', 'no'],
    ]);
  });
});
