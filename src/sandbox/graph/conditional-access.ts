import { evaluateEndpoint } from '../evaluator/endpoint.ts';
import type { Answer } from '../http/exchange.ts';
import { isObject, type TenantState } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { BUILT_IN_STRENGTHS } from './authentication-strengths.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { forbidden, graphError } from './errors.ts';
import { cutToSelection, listAnswer } from './listing.ts';
import { fullPolicy } from './policy-form.ts';
import { maskMember, masksLateMembers } from './unknown-members.ts';

const PAGE = { default: 1000, max: 1000 };
const DELETED_DAYS = 30;
const DAY_MS = 86_400_000;
const POLICY_FILTERS = { id: 'eq in', displayName: 'eq startswith', state: 'eq in', createdDateTime: 'eq ge le' };

/** A policy as this caller sees it: filled in, its strength expanded, late members masked. */
export function showPolicy(context: GraphContext, policy: GraphObject): GraphObject {
  const full = fullPolicy(policy, context.version);
  const grant = full.grantControls;
  if (isObject(grant)) {
    const strength = strengthOf(context, grant.authenticationStrength);
    const strengthContext = `${String(full.id)}')/grantControls/authenticationStrength/$entity`;
    full.grantControls = {
      ...grant,
      'authenticationStrength@odata.context': contextUrl(
        context,
        `identity/conditionalAccess/policies('${strengthContext}`,
      ),
      authenticationStrength: strength,
    };
  }
  return masksLateMembers(context) ? maskPolicy(full) : full;
}

/** A stored reference by id is shown as the whole strength, as Graph expands it. */
function strengthOf(context: GraphContext, reference: unknown): GraphObject | null {
  if (!isObject(reference)) return null;
  const known = BUILT_IN_STRENGTHS.find((strength) => strength.id === reference.id);
  return {
    ...known,
    ...reference,
    'combinationConfigurations@odata.context': contextUrl(context, 'combinationConfigurations'),
  };
}

/** Members that stand after unknownFutureValue: device platform `linux`, grant control `riskRemediation`. */
function maskPolicy(policy: GraphObject): GraphObject {
  const conditions = isObject(policy.conditions) ? { ...policy.conditions } : {};
  if (isObject(conditions.platforms)) {
    conditions.platforms = maskLists(conditions.platforms, 'conditionalAccessDevicePlatform');
  }
  const grant = isObject(policy.grantControls)
    ? maskLists(policy.grantControls, 'conditionalAccessGrantControl', ['builtInControls'])
    : policy.grantControls;
  return { ...policy, conditions, grantControls: grant };
}

function maskLists(object: GraphObject, enumName: string, only?: string[]): GraphObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      const isMasked = Array.isArray(value) && (only === undefined || only.includes(name));
      return [name, isMasked ? value.map((item: unknown) => maskMember(enumName, item)) : value];
    }),
  );
}

/** GET /identity/conditionalAccess/policies: whole policies in one page. */
export function listPolicies(context: GraphContext): Answer {
  return listOf(context, context.tenant.tenant.conditionalAccessPolicies, 'policies');
}

/** GET /identity/conditionalAccess/policies/{id}. */
export function getPolicy(context: GraphContext): Answer {
  return oneOf(context, context.tenant.tenant.conditionalAccessPolicies, 'policies');
}

/** GET /identity/conditionalAccess/deletedItems/policies: what was deleted in the last 30 days. */
export function listDeletedPolicies(context: GraphContext): Answer {
  if (!context.tenant.options.deletedPoliciesReadable) return forbidden();
  return listOf(context, deletedPolicies(context.tenant, context.now), 'deletedItems/policies');
}

/** GET /identity/conditionalAccess/namedLocations. */
export function listNamedLocations(context: GraphContext): Answer {
  return listAnswer<GraphObject>(context, {
    fragment: 'identity/conditionalAccess/namedLocations',
    resource: 'namedLocation',
    items: context.tenant.tenant.namedLocations,
    view: (location) => location,
    filters: { id: 'eq in', displayName: 'eq startswith', isTrusted: 'eq', createdDateTime: 'eq ge le' },
    orders: ['displayName', 'createdDateTime'],
    page: PAGE,
    allows: ['skip', 'count'],
  });
}

/** GET /identity/conditionalAccess/namedLocations/{id}. */
export function getNamedLocation(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const location = context.tenant.tenant.namedLocations.find((candidate) => candidate.id === id);
  if (location === undefined) return missingPolicy(id);
  const fragment = 'identity/conditionalAccess/namedLocations/$entity';
  return { status: 200, body: { '@odata.context': contextUrl(context, fragment), ...location } };
}

/** POST /identity/conditionalAccess/evaluate: what the stored policies would do with a sign-in. */
export function evaluatePolicies(context: GraphContext): Answer {
  const { status, body } = evaluateEndpoint(context.tenant.tenant, parseBody(context.call.body));
  return { status, body };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // No JSON: the evaluator refuses the missing body as Graph would.
    return undefined;
  }
}

/** GET /policies/identitySecurityDefaultsEnforcementPolicy: a singleton, whatever the licence. */
export function getSecurityDefaults(context: GraphContext): Answer {
  const fragment = 'policies/identitySecurityDefaultsEnforcementPolicy/$entity';
  const policy: GraphObject = {
    id: '00000000-0000-0000-0000-000000000005',
    displayName: 'Security Defaults',
    description: 'A basic set of identity security mechanisms, enforced for everybody while it is switched on.',
    ...context.tenant.tenant.securityDefaults,
  };
  return { status: 200, body: { '@odata.context': contextUrl(context, fragment), ...policy } };
}

function listOf(context: GraphContext, items: readonly GraphObject[], collection: string): Answer {
  return listAnswer<GraphObject>(context, {
    fragment: `identity/conditionalAccess/${collection}`,
    resource: 'conditionalAccessPolicy',
    items,
    view: (policy) => showPolicy(context, policy),
    filters: POLICY_FILTERS,
    orders: ['displayName', 'createdDateTime', 'modifiedDateTime'],
    page: PAGE,
    allows: ['skip', 'count'],
  });
}

function oneOf(context: GraphContext, items: readonly (GraphObject & { id: string })[], collection: string): Answer {
  const id = context.values.id ?? '';
  const policy = items.find((candidate) => candidate.id === id);
  if (policy === undefined) return missingPolicy(id);
  const body = { '@odata.context': contextUrl(context, `identity/conditionalAccess/${collection}/$entity`) };
  return { status: 200, body: { ...body, ...cutToSelection(showPolicy(context, policy), context.options.select) } };
}

/** Deleted policies that can still be restored. */
export function deletedPolicies(tenant: TenantState, now: number): (GraphObject & { id: string })[] {
  return tenant.tenant.deletedPolicies.filter((policy) => {
    const deleted = typeof policy.deletedDateTime === 'string' ? Date.parse(policy.deletedDateTime) : now;
    return now - deleted <= DELETED_DAYS * DAY_MS;
  });
}

/** The answer about a policy or location that is not there. */
export function missingPolicy(id: string): Answer {
  return graphError(404, 'ResourceNotFound', `The requested resource '${id}' does not exist in the directory.`);
}
