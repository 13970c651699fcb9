import { describe, expect, it } from 'vitest';
import { type SignInResult, signInOutcome, type Visitor } from '../../src/sandbox/evaluator/outcome.ts';
import { ALWAYS_MFA_ROLES } from '../../src/sandbox/evaluator/security-defaults.ts';
import type { Circumstances } from '../../src/sandbox/evaluator/sign-in.ts';
import type { Tenant } from '../../src/sandbox/world/world.ts';
import {
  AUTHENTICATOR,
  AZURE_MANAGEMENT,
  AZURE_PORTAL,
  caPolicy,
  caTenant,
  KEY,
  MOBILE,
  ORDINARY,
  PASSWORD,
  SYNC_ROLE,
} from '../support/ca-tenant.ts';

const to = (appId: string): Partial<Circumstances> => ({ target: { kind: 'application', appIds: [appId] } });
const GRAPH = '00000003-0000-0000-c000-000000000000';

type Row = [claim: string, who: Partial<Visitor>, signIn: Partial<Circumstances>, expected: SignInResult];

function run(tenant: Partial<Tenant>, rows: Row[]): void {
  it.each(rows)('%s', (_, who, signIn, expected) => {
    const outcome = signInOutcome(caTenant(tenant), { userId: 'ann', ...who }, { ...ORDINARY, ...signIn });
    expect(outcome.result, outcome.because.join()).toBe(expected);
  });
}

const role = (roleDefinitionId: string): Partial<Tenant> => ({
  roleAssignments: [{ id: 'r', roleDefinitionId, principalId: 'ann', directoryScopeId: '/' }],
});
const ON = { securityDefaults: { isEnabled: true } };
const legacy = { clientApp: 'other', platform: null } as const;

// https://learn.microsoft.com/entra/fundamentals/security-defaults
describe('Security Defaults', () => {
  run(ON, [
    ['"prompted ... whenever necessary": an ordinary user', {}, {}, 'allowedWithoutMfa'],
    ['"the user can\'t sign in until registration is completed"', { userId: 'eve' }, {}, 'promptedNotRegistered'],
    ['"all authentication requests made by an older protocol will be blocked"', {}, legacy, 'blocked'],
    ['"blocks Exchange Active Sync basic authentication"', {}, { clientApp: 'exchangeActiveSync' }, 'blocked'],
    ['administrators do MFA "every time they sign in"', { userId: 'bob' }, {}, 'promptedCanAnswer'],
    ['any user who reaches Azure Resource Manager', {}, to(AZURE_MANAGEMENT), 'promptedCanAnswer'],
    ['any user who reaches the Azure portal', {}, to(AZURE_PORTAL), 'promptedCanAnswer'],
    ['"This policy doesn\'t include ... Microsoft Graph"', {}, to(GRAPH), 'allowedWithoutMfa'],
    ['guests are "treated the same"', { userId: 'guest' }, {}, 'promptedNotRegistered'],
    ['an eligible administrator who has not activated the role', {}, {}, 'allowedWithoutMfa'],
    ['the same with the role activated', { activatedRoles: [ALWAYS_MFA_ROLES[0] ?? ''] }, {}, 'promptedCanAnswer'],
    ['a client in which nobody can answer cannot register', { userId: 'eve' }, { isRopc: true }, 'blocked'],
  ]);
  it.each(ALWAYS_MFA_ROLES)('asks role %s at every sign-in', (roleId) => {
    const outcome = signInOutcome(caTenant({ ...ON, ...role(roleId) }), { userId: 'ann' }, ORDINARY);
    expect(outcome.result).toBe('promptedCanAnswer');
  });
  it('"The Microsoft Entra Connect synchronization account is excluded"', () => {
    const tenant = caTenant({ ...ON, ...role(SYNC_ROLE) });
    expect(signInOutcome(tenant, { userId: 'ann', methods: [] }, ORDINARY).result).toBe('allowedWithoutMfa');
  });
  it('does nothing when it is off', () => {
    expect(signInOutcome(caTenant(), { userId: 'eve' }, ORDINARY).result).toBe('allowedWithoutMfa');
    expect(signInOutcome(caTenant(), { userId: 'eve' }, { ...ORDINARY, ...legacy }).result).toBe('allowedWithoutMfa');
  });
});

// https://learn.microsoft.com/entra/identity/authentication/howto-mfa-userstates
describe('per-user MFA', () => {
  run({ perUserMfa: { ann: 'enforced', bob: 'enabled', eve: 'enabled', guest: 'disabled' } }, [
    ['enforced: "MFA is required at sign-in"', {}, {}, 'promptedCanAnswer'],
    ['enforced: legacy "apps require app passwords"', {}, legacy, 'blocked'],
    ['enabled and registered: MFA at each sign-in', { userId: 'bob' }, {}, 'promptedCanAnswer'],
    ['enabled, nothing registered: "receive a prompt to register"', { userId: 'eve' }, {}, 'promptedNotRegistered'],
    ['enabled: "legacy authentication continues to work"', { userId: 'eve' }, legacy, 'allowedWithoutMfa'],
    ['disabled: nothing', { userId: 'guest' }, {}, 'allowedWithoutMfa'],
    ['enforced: a password-only OAuth client fails', {}, { isRopc: true }, 'blocked'],
  ]);
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions#client-apps
describe('a policy that requires MFA', () => {
  run({ conditionalAccessPolicies: [caPolicy()] }, [
    ['a person with a method answers', {}, {}, 'promptedCanAnswer'],
    ['a person without one is asked to register', { userId: 'eve' }, {}, 'promptedNotRegistered'],
    ['the password is no second factor', { methods: [PASSWORD] }, {}, 'promptedNotRegistered'],
    ['a phone is', { methods: [PASSWORD, MOBILE] }, {}, 'promptedCanAnswer'],
    [
      'an address for resetting the password is not',
      { methods: [{ '@odata.type': '#microsoft.graph.emailAuthenticationMethod' }] },
      {},
      'promptedNotRegistered',
    ],
    [
      'a method that the tenant does not allow is not',
      { methods: [{ '@odata.type': '#microsoft.graph.softwareOathAuthenticationMethod' }] },
      {},
      'promptedNotRegistered',
    ],
    [
      'a Temporary Access Pass is, while usable',
      { methods: [{ '@odata.type': '#microsoft.graph.temporaryAccessPassAuthenticationMethod', isUsable: true }] },
      {},
      'promptedCanAnswer',
    ],
    [
      '... and no longer afterwards',
      { methods: [{ '@odata.type': '#microsoft.graph.temporaryAccessPassAuthenticationMethod', isUsable: false }] },
      {},
      'promptedNotRegistered',
    ],
    [
      '"legacy authentication clients ... are blocked by ... grant controls, like requiring MFA"',
      {},
      legacy,
      'blocked',
    ],
    ['so is a client that sends the password itself', {}, { isRopc: true }, 'blocked'],
    [
      'device code flow can be answered on the other device',
      {},
      { transferMethod: 'deviceCodeFlow' },
      'promptedCanAnswer',
    ],
  ]);
});

const granting = (grant: Record<string, unknown>): Partial<Tenant> => ({
  conditionalAccessPolicies: [caPolicy({ grant })],
});
const compliant = { device: { isCompliant: true, trustType: 'AzureAD' } };

describe('a policy that requires MFA or a compliant device', () => {
  run(granting({ operator: 'OR', builtInControls: ['mfa', 'compliantDevice'] }), [
    ['a compliant device satisfies it', {}, compliant, 'allowedWithoutMfa'],
    ['without one MFA is left', {}, {}, 'promptedCanAnswer'],
    ['without either the person must register', { userId: 'eve' }, {}, 'promptedNotRegistered'],
    ['legacy clients "don\'t pass device state"', {}, { ...legacy, ...compliant }, 'blocked'],
  ]);
});

describe('a policy that requires MFA and a compliant device', () => {
  run(granting({ operator: 'AND', builtInControls: ['mfa', 'compliantDevice'] }), [
    ['both', {}, compliant, 'promptedCanAnswer'],
    ['no fit device', {}, {}, 'blocked'],
    // https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-grant
    [
      'device controls do not work with device code flow',
      {},
      { ...compliant, transferMethod: 'deviceCodeFlow' },
      'blocked',
    ],
  ]);
});

describe('a policy that requires a hybrid joined device', () => {
  run(granting({ operator: 'AND', builtInControls: ['domainJoinedDevice'] }), [
    ['hybrid joined', {}, { device: { trustType: 'ServerAD' } }, 'allowedWithoutMfa'],
    ['only joined', {}, { device: { trustType: 'AzureAD' } }, 'blocked'],
  ]);
});

// https://learn.microsoft.com/entra/identity/authentication/concept-authentication-strengths
describe('authentication strengths', () => {
  const strength = (id: string, more = {}) =>
    granting({ operator: 'OR', builtInControls: [], authenticationStrength: { id, ...more } });
  describe('phishing-resistant', () =>
    run(strength('00000000-0000-0000-0000-000000000004'), [
      ['a FIDO2 key', { methods: [PASSWORD, KEY] }, {}, 'promptedCanAnswer'],
      ['a push message is not enough', { methods: [PASSWORD, AUTHENTICATOR] }, {}, 'promptedNotRegistered'],
      ['a legacy client', { methods: [PASSWORD, KEY] }, legacy, 'blocked'],
    ]));
  describe('multifactor authentication', () =>
    run(strength('00000000-0000-0000-0000-000000000002'), [
      ['a push message', { methods: [PASSWORD, AUTHENTICATOR] }, {}, 'promptedCanAnswer'],
      ['nothing', { methods: [PASSWORD] }, {}, 'promptedNotRegistered'],
    ]));
  describe("one of the customer's own", () =>
    run(strength('own', { requirementsSatisfied: 'mfa', allowedCombinations: ['password,sms'] }), [
      ['the combination it names', { methods: [PASSWORD, MOBILE] }, {}, 'promptedCanAnswer'],
      ['another one', { methods: [PASSWORD, KEY] }, {}, 'promptedNotRegistered'],
    ]));
});

describe('other outcomes', () => {
  it('a block', () => {
    const tenant = caTenant(granting({ operator: 'OR', builtInControls: ['block'] }));
    expect(signInOutcome(tenant, { userId: 'ann' }, ORDINARY)).toEqual({
      result: 'blocked',
      because: ['policy: block'],
    });
  });

  it('a disabled account', () => {
    const users = [{ id: 'ann', accountEnabled: false }];
    expect(signInOutcome(caTenant({ users }), { userId: 'ann' }, ORDINARY).because).toEqual(['account: disabled']);
  });

  it('a change of password needs a method registered before', () => {
    const tenant = caTenant(granting({ operator: 'AND', builtInControls: ['mfa', 'passwordChange'] }));
    expect(signInOutcome(tenant, { userId: 'ann' }, ORDINARY).result).toBe('promptedCanAnswer');
    expect(signInOutcome(tenant, { userId: 'eve' }, ORDINARY).result).toBe('blocked');
  });

  it('terms of use stop only those who cannot see them', () => {
    const tenant = caTenant(granting({ operator: 'AND', builtInControls: [], termsOfUse: ['t'] }));
    expect(signInOutcome(tenant, { userId: 'ann' }, ORDINARY).result).toBe('allowedWithoutMfa');
    expect(signInOutcome(tenant, { userId: 'ann' }, { ...ORDINARY, ...legacy }).result).toBe('blocked');
  });

  it("an app protection policy is the client's to fulfil", () => {
    const tenant = caTenant(granting({ operator: 'AND', builtInControls: ['compliantApplication'] }));
    const fulfilled = { ...ORDINARY, fulfilledControls: ['compliantApplication'] };
    expect(signInOutcome(tenant, { userId: 'ann' }, ORDINARY).result).toBe('blocked');
    expect(signInOutcome(tenant, { userId: 'ann' }, fulfilled).result).toBe('allowedWithoutMfa');
  });

  it('report-only policies touch nobody', () => {
    const conditionalAccessPolicies = [caPolicy({ state: 'enabledForReportingButNotEnforced' })];
    expect(signInOutcome(caTenant({ conditionalAccessPolicies }), { userId: 'eve' }, ORDINARY).result).toBe(
      'allowedWithoutMfa',
    );
  });

  it('a policy that hangs on a fact not given counts', () => {
    const conditionalAccessPolicies = [caPolicy({ conditions: { signInRiskLevels: ['high'] } })];
    const signIn = { ...ORDINARY, signInRisk: undefined };
    expect(signInOutcome(caTenant({ conditionalAccessPolicies }), { userId: 'ann' }, signIn).result).toBe(
      'promptedCanAnswer',
    );
  });
});
