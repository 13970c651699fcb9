import { describe, expect, it } from 'vitest';
import type { SignInTarget } from '../../src/sandbox/evaluator/sign-in.ts';
import {
  AZURE_MANAGEMENT,
  AZURE_PORTAL,
  caTenant,
  EXCHANGE,
  PAYROLL,
  SHAREPOINT,
  verdictOf,
} from '../support/ca-tenant.ts';

const app = (...appIds: string[]): SignInTarget => ({ kind: 'application', appIds });
const register: SignInTarget = { kind: 'userAction', userAction: 'registerSecurityInformation' };
const join: SignInTarget = { kind: 'userAction', userAction: 'registerOrJoinDevices' };
const context = (value: string): SignInTarget => ({ kind: 'authenticationContext', value });

type Row = [claim: string, applications: Record<string, unknown>, target: SignInTarget, expected: boolean | 'depends'];

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-cloud-apps
describe('target resources', () => {
  it.each<Row>([
    ['"All resources" covers every application', { includeApplications: ['All'] }, app(PAYROLL), true],
    [
      '"All resources" covers Windows Azure Active Directory, which cannot be chosen by itself',
      { includeApplications: ['All'] },
      app('00000002-0000-0000-c000-000000000000'),
      true,
    ],
    ['"None" covers nothing', { includeApplications: ['None'] }, app(PAYROLL), false],
    ['nothing chosen covers nothing', { includeApplications: [] }, app(PAYROLL), false],
    ['an application by its appId', { includeApplications: [PAYROLL] }, app(PAYROLL), true],
    ['an appId in another case', { includeApplications: [PAYROLL.toUpperCase()] }, app(PAYROLL), true],
    ['another application', { includeApplications: [PAYROLL] }, app(EXCHANGE), false],
    ['an excluded application', { includeApplications: ['All'], excludeApplications: [PAYROLL] }, app(PAYROLL), false],
    [
      'exclusion wins over inclusion',
      { includeApplications: [PAYROLL], excludeApplications: [PAYROLL] },
      app(PAYROLL),
      false,
    ],
    ['Office 365 holds Exchange Online', { includeApplications: ['Office365'] }, app(EXCHANGE), true],
    ['Office 365 holds SharePoint Online', { includeApplications: ['Office365'] }, app(SHAREPOINT), true],
    ['Office 365 does not hold Azure management', { includeApplications: ['Office365'] }, app(AZURE_MANAGEMENT), false],
    ['Office 365 does not hold an own application', { includeApplications: ['Office365'] }, app(PAYROLL), false],
    [
      '"Admins can exclude the entire Microsoft 365 suite"',
      { includeApplications: ['All'], excludeApplications: ['Office365'] },
      app(EXCHANGE),
      false,
    ],
    [
      'Admin Portals hold the Azure portal',
      { includeApplications: ['MicrosoftAdminPortals'] },
      app(AZURE_PORTAL),
      true,
    ],
    [
      'Admin Portals hold the Exchange admin center',
      { includeApplications: ['MicrosoftAdminPortals'] },
      app('497effe9-df71-4043-a8bb-14cf78c4b63b'),
      true,
    ],
    ['Admin Portals do not hold Exchange', { includeApplications: ['MicrosoftAdminPortals'] }, app(EXCHANGE), false],
    ['Azure management groups the Azure portal', { includeApplications: [AZURE_MANAGEMENT] }, app(AZURE_PORTAL), true],
    [
      'the Azure portal does not stand for Azure management',
      { includeApplications: [AZURE_PORTAL] },
      app(AZURE_MANAGEMENT),
      false,
    ],
    [
      'a portal that may be meant leaves it open',
      { includeApplications: ['MicrosoftAdminPortals'] },
      app('618dd325-23f6-4b6f-8380-4df78026e39b'),
      'depends',
    ],
    [
      'so does an application that the suite may mean',
      { includeApplications: ['All'], excludeApplications: ['Office365'] },
      app('a9b49b65-0a12-430b-9540-c80b3332c127'),
      'depends',
    ],
    // https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-cloud-apps, "All agent resources".
    ['such a word with another beginning', { includeApplications: ['InternalResources'] }, app(EXCHANGE), 'depends'],
    ['a word for a set that came later', { includeApplications: ['AllAgentIdResources'] }, app(EXCHANGE), 'depends'],
    [
      'an undeclared key may narrow "All resources"',
      { includeApplications: ['All'], globalSecureAccess: { profile: 'internet' } },
      app(EXCHANGE),
      'depends',
    ],
    ['of several resources one is enough', { includeApplications: [EXCHANGE] }, app(PAYROLL, EXCHANGE), true],
    [
      'an undeclared key that says something leaves it open',
      { includeApplications: [], globalSecureAccess: { profile: 'internet' } },
      app(EXCHANGE),
      'depends',
    ],
  ])('%s', (_, applications, target, expected) => {
    const verdict = verdictOf({ policy: { conditions: { applications } }, signIn: { target } });
    expect(verdict.applies).toBe(expected);
    if (expected === false) expect(verdict.reasons).toEqual(['application']);
  });

  it('knows a Microsoft service of the Office 365 list by its name', () => {
    const planner = {
      id: 'planner',
      appId: '90000000-0000-4000-8000-0000000000aa',
      displayName: 'Microsoft Planner',
      appOwnerOrganizationId: 'f8cdef31-a31e-4b4a-93e4-5f571e91255a',
    };
    const judge = (principal: typeof planner) =>
      verdictOf({
        policy: { conditions: { applications: { includeApplications: ['Office365'] } } },
        signIn: { target: app(principal.appId) },
        tenant: { servicePrincipals: [principal] },
      }).applies;
    expect(judge(planner)).toBe(true);
    expect(judge({ ...planner, appOwnerOrganizationId: 'somebody-else' })).toBe(false);
  });
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-cloud-apps#user-actions
describe('user actions', () => {
  const onRegister = { includeUserActions: ['urn:user:registersecurityinfo'] };
  it.each<Row>([
    ['register security information', onRegister, register, true],
    ['the other action', onRegister, join, false],
    ['register or join devices', { includeUserActions: ['urn:user:registerdevice'] }, join, true],
    ['an action is not an application', onRegister, app(EXCHANGE), false],
    // Example 3 of https://learn.microsoft.com/graph/api/conditionalaccessroot-evaluate lists such policies.
    ['a policy for all resources reaches actions', { includeApplications: ['All'] }, register, true],
    ['a policy for one application does not', { includeApplications: [EXCHANGE] }, register, false],
    ['of devices no page tells', { includeApplications: ['All'] }, join, 'depends'],
    [
      'nor of a policy that excludes a resource',
      { includeApplications: ['All'], excludeApplications: [PAYROLL] },
      register,
      'depends',
    ],
    [
      'an undeclared key may narrow an action',
      { ...onRegister, globalSecureAccess: { profile: 'x' } },
      register,
      'depends',
    ],
  ])('%s', (_, applications, target, expected) => {
    const verdict = verdictOf({ policy: { conditions: { applications } }, signIn: { target } });
    expect(verdict.applies).toBe(expected);
    if (expected === 'depends') return;
    const reason = target.kind === 'application' ? 'application' : 'userActions';
    expect(verdict.reasons).toEqual([expected === true ? 'notSet' : reason]);
  });
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-cloud-apps#authentication-context
describe('authentication context', () => {
  const onContexts = { includeAuthenticationContextClassReferences: ['c1', 'c37'] };
  it.each<Row>([
    // Example 2 of https://learn.microsoft.com/graph/api/conditionalaccessroot-evaluate.
    ['a context of the list', onContexts, context('c37'), true],
    ['a context that is not in it', onContexts, context('c2'), false],
    ['a context is not an application', onContexts, app(SHAREPOINT), false],
    ['"all token requests" include those with a context', { includeApplications: ['All'] }, context('c2'), true],
    [
      'the data may lie in the excluded application',
      { includeApplications: ['All'], excludeApplications: [SHAREPOINT] },
      context('c2'),
      'depends',
    ],
    ['or in the one that is chosen', { includeApplications: [SHAREPOINT] }, context('c2'), 'depends'],
  ])('%s', (_, applications, target, expected) => {
    expect(verdictOf({ policy: { conditions: { applications } }, signIn: { target } }).applies).toBe(expected);
  });
});

// https://learn.microsoft.com/entra/identity/conditional-access/concept-filter-for-applications
describe('filter for applications', () => {
  const filter = (mode: string, rule: string) => ({ includeApplications: [], applicationFilter: { mode, rule } });
  const rule = 'CustomSecurityAttribute.ConditionalAccessTest_policyRequirement -contains "requireMFA"';
  const judge = (applications: Record<string, unknown>, customSecurityAttributes: unknown) => {
    const [payroll, ...others] = caTenant().servicePrincipals;
    if (payroll === undefined) throw new Error('no service principal');
    const tagged = customSecurityAttributes === undefined ? payroll : { ...payroll, customSecurityAttributes };
    return verdictOf({
      policy: { conditions: { applications } },
      signIn: { target: app(PAYROLL) },
      tenant: { servicePrincipals: [tagged, ...others] },
    }).applies;
  };
  const tag = { ConditionalAccessTest: { policyRequirement: ['requireMFA', 'blockGuestUsers'] } };

  it.each<[string, Record<string, unknown>, unknown, boolean | 'depends']>([
    ['a tagged application is included', filter('include', rule), tag, true],
    ['an application without the tag is not', filter('include', rule), null, false],
    ['a part of a value is not the value', filter('include', rule.replace('requireMFA', 'require')), tag, false],
    ['a tagged application is excluded', { ...filter('exclude', rule), includeApplications: ['All'] }, tag, false],
    ['attributes that were not read leave it open', filter('include', rule), undefined, 'depends'],
    ['a mode not known leaves it open', filter('sometimes', rule), tag, 'depends'],
    ['a rule that cannot be read leaves it open', filter('include', 'whatever'), tag, 'depends'],
  ])('%s', (_, applications, attributes, expected) => {
    expect(judge(applications, attributes)).toBe(expected);
  });
});
