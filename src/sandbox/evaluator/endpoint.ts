/**
 * POST /identity/conditionalAccess/evaluate, version 1.0.
 * https://learn.microsoft.com/graph/api/conditionalaccessroot-evaluate
 */
import type { GraphObject, Tenant } from '../world/world.ts';
import { findUser } from './identity.ts';
import { judgeSignIn } from './judge.ts';
import {
  type Circumstances,
  CLIENT_APPS,
  EXTERNAL_USER_TYPES,
  INSIDER_RISK_LEVELS,
  PLATFORMS,
  RISK_LEVELS,
  type RiskLevel,
  type SignIn,
  type SignInTarget,
  TRANSFER_METHODS,
  USER_ACTIONS,
} from './sign-in.ts';
import { isObject, objectAt, textAt } from './wire.ts';

export type EvaluateAnswer = { status: 200 | 400 | 404; body: GraphObject };

const CONTEXT = 'https://graph.microsoft.com/v1.0/$metadata#Collection(microsoft.graph.whatIfAnalysisResult)';

/** How facts read that the request leaves out: as not given, or by the documented defaults. */
export type MissingFacts = 'notGiven' | 'defaults';

/**
 * Answers the what-if request. Facts left out take the documented defaults (risk and flow `none`, client and platform
 * of no particular kind, https://learn.microsoft.com/graph/api/resources/signinconditions), so that a policy that asks
 * for them does not apply, as in the table of
 * https://learn.microsoft.com/entra/identity/conditional-access/what-if-tool#examples; what this evaluator does not
 * understand is `notEnoughInformation`. 400 for a body that is not a request, 404 for an unknown user.
 */
export function evaluateEndpoint(tenant: Tenant, body: unknown): EvaluateAnswer {
  const signIn = signInFromWire(body, 'defaults');
  if (signIn === null)
    return refusal(400, 'BadRequest', 'signInIdentity, signInContext or signInConditions is invalid.');
  if (!isKnown(tenant, signIn)) return refusal(404, 'Request_ResourceNotFound', 'The identity does not exist.');
  const { policies } = judgeSignIn(tenant, signIn);
  const results = tenant.conditionalAccessPolicies.map((policy, index) => {
    const verdict = policies[index];
    const applies = verdict?.applies === true;
    const reason = verdict?.applies === false ? verdict.reasons[0] : undefined;
    return { ...withUndeclaredKeys(policy), policyApplies: applies, analysisReasons: reasonWord(applies, reason) };
  });
  const onlyApplied = isObject(body) && body.appliedPoliciesOnly === true;
  const value = results.filter((result) => result.policyApplies || !onlyApplied);
  return { status: 200, body: { '@odata.context': CONTEXT, value } };
}

function reasonWord(applies: boolean, reason: string | undefined): string {
  return applies ? 'notSet' : (reason ?? 'notEnoughInformation');
}

function isKnown(tenant: Tenant, signIn: SignIn): boolean {
  if (signIn.identity.kind === 'servicePrincipal') {
    const id = signIn.identity.servicePrincipalId.toLowerCase();
    return tenant.servicePrincipals.some((principal) => principal.id.toLowerCase() === id);
  }
  return signIn.identity.externalUserType !== undefined || findUser(tenant, signIn.identity.userId) !== undefined;
}

/** The example's answers carry keys that the schema does not declare; they are null there. */
function withUndeclaredKeys(policy: GraphObject): GraphObject {
  const conditions = objectAt(policy, 'conditions');
  const applications = objectAt(conditions, 'applications');
  return {
    partialEnablementStrategy: null,
    ...policy,
    conditions: {
      clients: null,
      times: null,
      deviceStates: null,
      ...conditions,
      applications: { networkAccess: null, globalSecureAccess: null, ...applications },
    },
  };
}

function refusal(status: 400 | 404, code: string, message: string): EvaluateAnswer {
  return { status, body: { error: { code, message } } };
}

/** Reads the body of the request as a sign-in; null when it is not one or uses a word Graph does not have. */
export function signInFromWire(body: unknown, missing: MissingFacts): SignIn | null {
  if (!isObject(body) || !isObject(body.signInConditions)) return null;
  const identity = identityFromWire(objectAt(body, 'signInIdentity'), missing);
  const target = targetFromWire(objectAt(body, 'signInContext'));
  const given = body.signInConditions;
  if (identity === null || target === null || !usesKnownWords(given)) return null;
  return { identity, target, ...conditionsFromWire(given, missing) };
}

function conditionsFromWire(given: GraphObject, missing: MissingFacts): Omit<Circumstances, 'target'> {
  const absent = missing === 'defaults' ? null : undefined;
  const none = missing === 'defaults' ? 'none' : undefined;
  const riskAt = (key: string): RiskLevel | undefined => wordOf(RISK_LEVELS, textAt(given, key)) ?? none;
  const flow = textAt(objectAt(given, 'authenticationFlow'), 'transferMethod');
  return {
    clientApp: wordOf(CLIENT_APPS, textAt(given, 'clientAppType')) ?? absent,
    platform: wordOf(PLATFORMS, textAt(given, 'devicePlatform')) ?? absent,
    ipAddress: textAt(given, 'ipAddress') ?? absent,
    country: textAt(given, 'country') ?? absent,
    gpsCountry: textAt(given, 'country') ?? absent,
    device: isObject(given.deviceInfo) ? given.deviceInfo : absent,
    transferMethod: wordOf(TRANSFER_METHODS, flow) ?? none,
    signInRisk: riskAt('signInRiskLevel'),
    userRisk: riskAt('userRiskLevel'),
    servicePrincipalRisk: riskAt('servicePrincipalRiskLevel'),
    insiderRisk: wordOf(INSIDER_RISK_LEVELS, textAt(given, 'insiderRiskLevel')) ?? none,
  };
}

/** `all` is the default of client and platform and says no particular one. */
function usesKnownWords(given: GraphObject): boolean {
  const flow = objectAt(given, 'authenticationFlow');
  const asked: [GraphObject, string, readonly string[]][] = [
    [given, 'clientAppType', ['all', ...CLIENT_APPS]],
    [given, 'devicePlatform', ['all', ...PLATFORMS]],
    [given, 'signInRiskLevel', RISK_LEVELS],
    [given, 'userRiskLevel', RISK_LEVELS],
    [given, 'servicePrincipalRiskLevel', RISK_LEVELS],
    [given, 'insiderRiskLevel', INSIDER_RISK_LEVELS],
    [flow, 'transferMethod', TRANSFER_METHODS],
  ];
  return asked.every(([holder, key, words]) => {
    const value = holder[key];
    if (value === undefined || value === null) return true;
    return typeof value === 'string' && wordOf(words, value) !== undefined;
  });
}

function identityFromWire(identity: GraphObject, missing: MissingFacts): SignIn['identity'] | null {
  switch (textAt(identity, '@odata.type') ?? '') {
    case '#microsoft.graph.userSignIn': {
      const userId = textAt(identity, 'userId');
      const type = wordOf(EXTERNAL_USER_TYPES, textAt(identity, 'externalUserType'));
      if (userId === null && type === undefined) return null;
      const absent = missing === 'defaults' ? null : undefined;
      return {
        kind: 'user',
        userId: userId ?? '',
        externalUserType: type,
        externalTenantId: textAt(identity, 'externalTenantId') ?? absent,
      };
    }
    case '#microsoft.graph.servicePrincipalSignIn': {
      const servicePrincipalId = textAt(identity, 'servicePrincipalId');
      return servicePrincipalId === null ? null : { kind: 'servicePrincipal', servicePrincipalId };
    }
    default:
      return null;
  }
}

/** Applications are given by their ids: groups of apps such as Office365 "don't result in a match". */
function targetFromWire(context: GraphObject): SignInTarget | null {
  switch (textAt(context, '@odata.type') ?? '') {
    case '#microsoft.graph.applicationContext': {
      const appIds = context.includeApplications;
      const isUsable = Array.isArray(appIds) && appIds.length > 0 && appIds.every((id) => typeof id === 'string');
      return isUsable ? { kind: 'application', appIds } : null;
    }
    case '#microsoft.graph.userActionContext': {
      const userAction = wordOf(USER_ACTIONS, textAt(context, 'userAction'));
      return userAction === undefined ? null : { kind: 'userAction', userAction };
    }
    case '#microsoft.graph.authContext': {
      const value = textAt(context, 'authenticationContextValue');
      return value === null ? null : { kind: 'authenticationContext', value };
    }
    default:
      return null;
  }
}

function wordOf<Word extends string>(words: readonly Word[], given: string | null): Word | undefined {
  return words.find((word) => word.toLowerCase() === given?.toLowerCase());
}
