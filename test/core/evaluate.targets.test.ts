import { describe, expect, it } from 'vitest';
import { MICROSOFT_SERVICES_TENANT } from '../../src/rollout/policy/evaluator/microsoft-apps.core.ts';
import type { SignInTarget } from '../../src/rollout/policy/evaluator/sign-in.core.ts';
import {
  AZURE_MANAGEMENT,
  AZURE_PORTAL,
  EXCHANGE,
  PAYROLL,
  resultOf,
  SHAREPOINT,
  TENANT,
} from '../support/policy-builders.ts';

const app = (appId: string): SignInTarget => ({ kind: 'app', appId });
const action = (name: string): SignInTarget => ({ kind: 'userAction', action: name });
const REGISTER = 'urn:user:registersecurityinfo';
const JOIN = 'urn:user:registerdevice';
const filter = (mode: string) => ({ mode, rule: 'CustomSecurityAttribute.Set_Level -eq "High"' });

type Row = readonly [rule: string, applications: unknown, target: SignInTarget | null, expected: string];

// Source of every row: "Conditional Access: Target resources".
const ROWS: readonly Row[] = [
  ['All includes any application', { includeApplications: ['All'] }, app(PAYROLL), 'applies'],
  ['None includes no application', { includeApplications: ['None'] }, app(PAYROLL), 'notApplies'],
  ['an application is included by id', { includeApplications: [EXCHANGE] }, app(EXCHANGE), 'applies'],
  ['ids ignore case', { includeApplications: [PAYROLL.toUpperCase()] }, app(PAYROLL), 'applies'],
  ['another application is not included', { includeApplications: [EXCHANGE] }, app(PAYROLL), 'notApplies'],
  [
    'exclusion wins over All',
    { includeApplications: ['All'], excludeApplications: [PAYROLL] },
    app(PAYROLL),
    'notApplies',
  ],
  [
    'an exclusion leaves the others in',
    { includeApplications: ['All'], excludeApplications: [PAYROLL] },
    app(EXCHANGE),
    'applies',
  ],
  ['Office365 includes Exchange Online', { includeApplications: ['Office365'] }, app(EXCHANGE), 'applies'],
  ['Office365 includes SharePoint Online', { includeApplications: ['Office365'] }, app(SHAREPOINT), 'applies'],
  ['Office365 leaves other applications out', { includeApplications: ['Office365'] }, app(PAYROLL), 'notApplies'],
  [
    'Office365 can be excluded',
    { includeApplications: ['All'], excludeApplications: ['Office365'] },
    app(EXCHANGE),
    'notApplies',
  ],
  [
    'one member of Office365 can be excluded',
    { includeApplications: ['Office365'], excludeApplications: [EXCHANGE] },
    app(EXCHANGE),
    'notApplies',
  ],
  [
    'MicrosoftAdminPortals includes the Azure portal',
    { includeApplications: ['MicrosoftAdminPortals'] },
    app(AZURE_PORTAL),
    'applies',
  ],
  [
    'MicrosoftAdminPortals leaves Exchange Online out',
    { includeApplications: ['MicrosoftAdminPortals'] },
    app(EXCHANGE),
    'notApplies',
  ],
  ['a whole group is reached by All', { includeApplications: ['All'] }, app('Office365'), 'applies'],
  ['a whole group is reached by its name', { includeApplications: ['Office365'] }, app('office365'), 'applies'],
  [
    'a whole group is left out by its name',
    { includeApplications: ['All'], excludeApplications: ['Office365'] },
    app('Office365'),
    'notApplies',
  ],
  ['a group of which one is named depends', { includeApplications: [EXCHANGE] }, app('Office365'), 'conditional'],
  [
    'a group of which one is left out depends',
    { includeApplications: ['All'], excludeApplications: [EXCHANGE] },
    app('Office365'),
    'conditional',
  ],
  [
    'a group is not touched by the exclusion of another application',
    { includeApplications: ['All'], excludeApplications: [PAYROLL] },
    app('MicrosoftAdminPortals'),
    'applies',
  ],
  ['another application is none of a group', { includeApplications: [PAYROLL] }, app('Office365'), 'notApplies'],
  [
    'a group is not judged by a filter over its applications',
    { includeApplications: ['All'], applicationFilter: filter('exclude') },
    app('Office365'),
    'unknown',
  ],
  [
    'a group is not judged by a member that came later',
    { includeApplications: ['All'], somethingLater: ['x'] },
    app('Office365'),
    'unknown',
  ],
  ['Azure management includes itself', { includeApplications: [AZURE_MANAGEMENT] }, app(AZURE_MANAGEMENT), 'applies'],
  [
    'Azure management includes the Azure portal',
    { includeApplications: [AZURE_MANAGEMENT] },
    app(AZURE_PORTAL),
    'applies',
  ],
  [
    'the Azure portal does not include Azure management',
    { includeApplications: [AZURE_PORTAL] },
    app(AZURE_MANAGEMENT),
    'notApplies',
  ],
  [
    'a portal that may be meant is not judged',
    { includeApplications: ['MicrosoftAdminPortals'] },
    app('2ddfbe71-ed12-4123-b99b-d5fc8a062a79'),
    'unknown',
  ],
  [
    'an application that Office365 may mean is not judged as an exclusion either',
    { includeApplications: ['All'], excludeApplications: ['Office365'] },
    app('a9b49b65-0a12-430b-9540-c80b3332c127'),
    'unknown',
  ],
  // conditionalAccessRoot: evaluate, example 3, lists policies for All under the registration of security information.
  [
    'All includes the registration of security information',
    { includeApplications: ['All'] },
    action(REGISTER),
    'applies',
  ],
  [
    'whether All with an exclusion does is documented nowhere',
    { includeApplications: ['All'], excludeApplications: [PAYROLL] },
    action(REGISTER),
    'unknown',
  ],
  [
    'whether All includes joining a device is documented nowhere',
    { includeApplications: ['All'] },
    action(JOIN),
    'unknown',
  ],
  [
    'one application does not include a user action',
    { includeApplications: [EXCHANGE] },
    action(REGISTER),
    'notApplies',
  ],
  [
    'a member that is not known may narrow a user action',
    { includeUserActions: [REGISTER], globalSecureAccess: { id: 'x' } },
    action(REGISTER),
    'unknown',
  ],
  ['a user action is included by name', { includeUserActions: [REGISTER] }, action(REGISTER), 'applies'],
  ['another user action is not included', { includeUserActions: [REGISTER] }, action(JOIN), 'notApplies'],
  [
    'a policy for a user action does not reach applications',
    { includeUserActions: [REGISTER] },
    app(EXCHANGE),
    'notApplies',
  ],
  [
    'a policy for a user action does not reach some application',
    { includeUserActions: [REGISTER] },
    null,
    'notApplies',
  ],
  [
    'an authentication context is included by id',
    { includeAuthenticationContextClassReferences: ['c1'] },
    { kind: 'authenticationContext', id: 'C1' },
    'applies',
  ],
  [
    'another authentication context is not',
    { includeAuthenticationContextClassReferences: ['c1'] },
    { kind: 'authenticationContext', id: 'c2' },
    'notApplies',
  ],
  [
    'a policy for a context does not reach applications',
    { includeAuthenticationContextClassReferences: ['c1'] },
    app(EXCHANGE),
    'notApplies',
  ],
  [
    'All includes an authentication context',
    { includeApplications: ['All'] },
    { kind: 'authenticationContext', id: 'c1' },
    'applies',
  ],
  [
    'a context within an excluded application is out',
    { includeApplications: ['All'], excludeApplications: [EXCHANGE] },
    { kind: 'authenticationContext', id: 'c1', appId: EXCHANGE },
    'notApplies',
  ],
  [
    'a context without its application depends on the exclusions',
    { includeApplications: ['All'], excludeApplications: [EXCHANGE] },
    { kind: 'authenticationContext', id: 'c1' },
    'conditional',
  ],
  [
    'a context lies in some application',
    { includeApplications: [EXCHANGE] },
    { kind: 'authenticationContext', id: 'c1' },
    'conditional',
  ],
  [
    'a member that is not known may widen the target to some application',
    { includeUserActions: [REGISTER], globalSecureAccess: { id: 'x' } },
    null,
    'unknown',
  ],
  ['All needs no application to be named', { includeApplications: ['All'] }, null, 'applies'],
  [
    'All with an exclusion depends on the application',
    { includeApplications: ['All'], excludeApplications: [EXCHANGE] },
    null,
    'conditional',
  ],
  ['a named application depends on the application', { includeApplications: [EXCHANGE] }, null, 'conditional'],
  [
    'a filter that includes by attributes is not judged',
    { includeApplications: [], applicationFilter: filter('include') },
    app(EXCHANGE),
    'unknown',
  ],
  [
    'a filter that includes adds nothing to All',
    { includeApplications: ['All'], applicationFilter: filter('include') },
    app(EXCHANGE),
    'applies',
  ],
  [
    'a filter that excludes may take out anything',
    { includeApplications: ['All'], applicationFilter: filter('exclude') },
    app(EXCHANGE),
    'unknown',
  ],
  [
    'a filter of an unknown mode is not judged',
    { includeApplications: ['All'], applicationFilter: filter('maybe') },
    app(EXCHANGE),
    'unknown',
  ],
  ['an empty filter says nothing', { includeApplications: ['All'], applicationFilter: null }, app(EXCHANGE), 'applies'],
  [
    'a word for applications that is not known is not judged',
    { includeApplications: ['AllAgentIdResources'] },
    app(EXCHANGE),
    'unknown',
  ],
  [
    'such a word may exclude, whatever it begins with',
    { includeApplications: ['All'], excludeApplications: ['InternalResources'] },
    app(EXCHANGE),
    'unknown',
  ],
  [
    'a member of applications that is not known is not judged',
    { includeApplications: ['All'], globalSecureAccess: { id: 'x' } },
    app(EXCHANGE),
    'unknown',
  ],
  [
    'an empty member that is not known says nothing',
    { includeApplications: ['All'], networkAccess: null },
    app(EXCHANGE),
    'applies',
  ],
  ['no target at all applies to nothing', {}, app(EXCHANGE), 'notApplies'],
  ['a target that is null applies to nothing', null, app(EXCHANGE), 'notApplies'],
  ['a list that is no list is not judged', { includeApplications: 'All' }, app(EXCHANGE), 'unknown'],
];

describe('what a policy protects', () => {
  it.each(ROWS)('%s', (_rule, applications, target, expected) => {
    expect(resultOf({ applications }, { target })).toBe(expected);
  });

  it('counts an application that Microsoft owns by its listed name, and nobody else’s of that name', () => {
    const named = (owner: string) => ({
      ...TENANT,
      servicePrincipals: [{ id: 's', appId: PAYROLL, displayName: 'Loop', appOwnerOrganizationId: owner }],
    });
    const parts = { applications: { includeApplications: ['Office365'] } };
    expect(resultOf(parts, { target: app(PAYROLL) }, named(MICROSOFT_SERVICES_TENANT))).toBe('applies');
    expect(resultOf(parts, { target: app(PAYROLL) }, named('someone'))).toBe('notApplies');
  });
});
