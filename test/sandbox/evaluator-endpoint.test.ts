import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateEndpoint, signInFromWire } from '../../src/sandbox/evaluator/endpoint.ts';
import { isObject } from '../../src/sandbox/evaluator/wire.ts';
import type { GraphObject, Tenant } from '../../src/sandbox/world/world.ts';
import { caPolicy, caTenant, EXCHANGE } from '../support/ca-tenant.ts';

const USER = '#microsoft.graph.userSignIn';
const APP = '#microsoft.graph.applicationContext';

function request(changes: GraphObject = {}): GraphObject {
  return {
    signInIdentity: { '@odata.type': USER, userId: 'ann' },
    signInContext: { '@odata.type': APP, includeApplications: [EXCHANGE] },
    signInConditions: { clientAppType: 'browser', devicePlatform: 'windows' },
    ...changes,
  };
}

function ask(policies: (GraphObject & { id: string })[], changes: GraphObject = {}): GraphObject[] {
  return resultsOf(caTenant({ conditionalAccessPolicies: policies }), request(changes));
}

function resultsOf(tenant: Tenant, body: unknown): GraphObject[] {
  const answer = evaluateEndpoint(tenant, body);
  expect(answer.status).toBe(200);
  return Array.isArray(answer.body.value) ? answer.body.value.filter(isObject) : [];
}

// https://learn.microsoft.com/graph/api/conditionalaccessroot-evaluate
describe('the what-if request', () => {
  it('answers with the whole policy, whether it applies and why', () => {
    const policy = caPolicy({ id: 'p' });
    const [result] = ask([policy]);
    expect(result).toMatchObject({ ...policy, policyApplies: true, analysisReasons: 'notSet' });
  });

  it('names the schema in its context', () => {
    const { body } = evaluateEndpoint(caTenant(), request());
    expect(body['@odata.context']).toBe(
      'https://graph.microsoft.com/v1.0/$metadata#Collection(microsoft.graph.whatIfAnalysisResult)',
    );
  });

  it('lists report-only policies as applying', () => {
    expect(ask([caPolicy({ state: 'enabledForReportingButNotEnforced' })])[0]).toMatchObject({ policyApplies: true });
  });

  it.each<[string, GraphObject, string]>([
    ['users', { users: { includeUsers: ['bob'] } }, 'users'],
    ['application', { applications: { includeApplications: ['MicrosoftAdminPortals'] } }, 'application'],
    ['platform', { platforms: { includePlatforms: ['iOS'] } }, 'devicePlatform'],
    ['client', { clientAppTypes: ['other'] }, 'clientApps'],
    ['an unknown condition', { agentRiskLevels: ['high'] }, 'notEnoughInformation'],
  ])('says in one word why a policy does not apply: %s', (_, conditions, reason) => {
    expect(ask([caPolicy({ conditions })])[0]).toMatchObject({ policyApplies: false, analysisReasons: reason });
  });

  it('leaves out what does not apply when only applied policies are asked for', () => {
    const policies = [caPolicy({ id: 'on' }), caPolicy({ id: 'off', state: 'disabled' })];
    const ids = (onlyApplied: boolean) =>
      ask(policies, { appliedPoliciesOnly: onlyApplied }).map((result) => result.id);
    expect(ids(true)).toEqual(['on']);
    expect(ids(false)).toEqual(['on', 'off']);
  });

  it.each<[string, unknown]>([
    ['no body', null],
    ['a list', []],
    ['no identity', request({ signInIdentity: undefined })],
    ['an identity of no kind', request({ signInIdentity: { userId: 'ann' } })],
    ['no context', request({ signInContext: undefined })],
    ['no application', request({ signInContext: { '@odata.type': APP, includeApplications: [] } })],
    ['no conditions', request({ signInConditions: undefined })],
    ['a word Graph does not have', request({ signInConditions: { devicePlatform: 'amiga' } })],
    ['a risk of the wrong type', request({ signInConditions: { signInRiskLevel: 3 } })],
    [
      'an unknown user action',
      request({ signInContext: { '@odata.type': '#microsoft.graph.userActionContext', userAction: 'dance' } }),
    ],
  ])('refuses %s', (_, body) => {
    const { status, body: answer } = evaluateEndpoint(caTenant(), body);
    expect(status).toBe(400);
    expect(answer.error).toMatchObject({ code: 'BadRequest' });
  });

  it('does not find an unknown person, but takes external people who have no object', () => {
    const nobody = request({ signInIdentity: { '@odata.type': USER, userId: 'nobody' } });
    expect(evaluateEndpoint(caTenant(), nobody).status).toBe(404);
    const technician = { '@odata.type': USER, userId: 'x', externalUserType: 'serviceProvider' };
    expect(evaluateEndpoint(caTenant(), request({ signInIdentity: technician })).status).toBe(200);
  });

  it('judges a service principal by the policies about workload identities', () => {
    const workloads = caPolicy({
      id: 'workloads',
      conditions: {
        users: { includeUsers: ['None'] },
        clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant'] },
      },
      grant: { operator: 'OR', builtInControls: ['block'] },
    });
    const signInIdentity = { '@odata.type': '#microsoft.graph.servicePrincipalSignIn', servicePrincipalId: 'own-app' };
    expect(ask([workloads, caPolicy({ id: 'people' })], { signInIdentity }).map((r) => r.policyApplies)).toEqual([
      true,
      false,
    ]);
  });

  it('says that groups of apps "don\'t result in a match"', () => {
    const signInContext = { '@odata.type': APP, includeApplications: ['Office365'] };
    const office = caPolicy({ conditions: { applications: { includeApplications: [EXCHANGE] } } });
    expect(ask([office], { signInContext })[0]).toMatchObject({ policyApplies: false });
  });
});

// https://learn.microsoft.com/entra/identity/conditional-access/what-if-tool#examples
describe('the example of the what-if tool: Office 365, United States, high sign-in risk', () => {
  const UNITED_STATES = {
    '@odata.type': '#microsoft.graph.countryNamedLocation',
    id: 'us',
    countriesAndRegions: ['US'],
    includeUnknownCountriesAndRegions: false,
  };
  const policy = caPolicy({
    conditions: {
      applications: { includeApplications: ['Office365'] },
      locations: { includeLocations: ['us'], excludeLocations: [] },
      signInRiskLevels: ['high'],
    },
  });
  it.each<[string, GraphObject, boolean]>([
    ['2: the application is known', {}, false],
    ['3: the location as well', { country: 'US' }, false],
    ['4: and the risk', { country: 'US', signInRiskLevel: 'high' }, true],
  ])('%s', (_, signInConditions, expected) => {
    const tenant = caTenant({ conditionalAccessPolicies: [policy], namedLocations: [UNITED_STATES] });
    expect(resultsOf(tenant, request({ signInConditions }))[0]).toMatchObject({ policyApplies: expected });
  });

  it('reads the same request, on demand, as one that leaves the facts open', () => {
    expect(signInFromWire(request(), 'notGiven')).toMatchObject({ signInRisk: undefined, ipAddress: undefined });
    expect(signInFromWire(request(), 'defaults')).toMatchObject({ signInRisk: 'none', ipAddress: null });
  });
});

const EXAMPLES = new URL('../../../shared/contracts/graph/examples/', import.meta.url);
const areExamplesPresent = existsSync(new URL('ca-evaluate-whatif.request.json', EXAMPLES));
const readExample = (name: string): unknown => JSON.parse(readFileSync(new URL(name, EXAMPLES), 'utf8'));

if (!areExamplesPresent)
  describe.skipIf(!areExamplesPresent)('the official example of the evaluate page', () => {
    it('gives back the official answer when the tenant holds its policies', () => {
      const official = readExample('ca-evaluate-whatif.response.json');
      const body = readExample('ca-evaluate-whatif.request.json');
      if (!isObject(official) || !Array.isArray(official.value) || !isObject(body))
        throw new Error('unreadable example');
      const results: GraphObject[] = official.value.filter(isObject);
      const policies = results.map(({ policyApplies: _, analysisReasons: __, ...policy }) => ({
        ...policy,
        id: String(policy.id),
      }));
      const userId = isObject(body.signInIdentity) ? String(body.signInIdentity.userId) : '';
      const tenant = caTenant({ users: [{ id: userId }], conditionalAccessPolicies: policies });
      expect(evaluateEndpoint(tenant, body)).toEqual({ status: 200, body: official });
    });
  });
