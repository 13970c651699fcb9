import { randomUUID } from 'node:crypto';
import type { Answer } from '../http/exchange.ts';
import type { TenantHappening } from '../state/events.ts';
import { isObject, textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { type AuditFacts, auditTarget, modified } from './audit-trail.ts';
import { deletedPolicies, missingPolicy, showPolicy } from './conditional-access.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { badRequest, forbidden, graphError, needsPremium } from './errors.ts';
import { hasP1 } from './licence.ts';
import { fullPolicy } from './policy-form.ts';
import { refusalOf } from './policy-rules.ts';
import { sentPolicySchema } from './policy-schema.ts';
import { DEFAULTS_ACTIVITY } from './security-defaults-writes.ts';
import { commit, instant, readBody, refuseParameters } from './write.ts';

type Policy = GraphObject & { id: string };

/** More policies than this are refused (service limits page). */
const POLICIES_MAX = 195;
const MANAGED_PREFIX = 'Microsoft-managed';
const NOT_FITTING =
  '1007: Incoming ConditionalAccessPolicy object is null or does not match the schema of ConditionalAccessPolicy type.';
const DEFAULTS_ARE_ON =
  'Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a Conditional Access policy.';
const READ_ONLY = ['id', 'createdDateTime', 'modifiedDateTime', 'deletedDateTime', 'partialEnablementStrategy'];

type Sent = { ok: true; policy: GraphObject } | { ok: false; refusal: Answer };

/** POST /identity/conditionalAccess/policies: 201 with the policy filled in; never edited yet. */
export function createPolicy(context: GraphContext): Answer {
  const sent = readPolicy(context);
  if (!sent.ok) return sent.refusal;
  const missing = ['displayName', 'state', 'conditions'].find((name) => sent.policy[name] === undefined);
  if (missing !== undefined) return refuse(context, NOT_FITTING);
  if (context.tenant.tenant.conditionalAccessPolicies.length >= POLICIES_MAX) {
    return refuse(context, `A tenant cannot have more than ${POLICIES_MAX} Conditional Access policies.`);
  }
  const policy: Policy = { ...fullPolicy(sent.policy, 'v1.0'), id: randomUUID(), createdDateTime: instant(context) };
  const refusal = refusePolicy(context, policy, null);
  if (refusal !== null) return refusal;
  keep(context, { activity: 'Add conditional access policy', after: policy });
  return { status: 201, body: entity(context, policy) };
}

/** PATCH /identity/conditionalAccess/policies/{id}: 204; what is not sent stays, a sent list replaces the old one. */
export function updatePolicy(context: GraphContext): Answer {
  const before = findPolicy(context);
  if (before === undefined) return missingPolicy(context.values.id ?? '');
  const sent = readPolicy(context);
  if (!sent.ok) return sent.refusal;
  const isMerged = context.tenant.options.policyPatch === 'merge';
  const patched = isMerged ? merge(before, sent.policy) : { ...before, ...sent.policy };
  const after: Policy = { ...fullPolicy(patched, 'v1.0'), id: before.id, modifiedDateTime: instant(context) };
  const refusal = refuseManaged(before, after) ?? refusePolicy(context, after, before);
  if (refusal !== null) return refusal;
  keep(context, { activity: 'Update conditional access policy', before, after });
  return { status: 204 };
}

/** DELETE /identity/conditionalAccess/policies/{id}: 204; it can be restored for 30 days. */
export function deletePolicy(context: GraphContext): Answer {
  const before = findPolicy(context);
  if (before === undefined) return missingPolicy(context.values.id ?? '');
  if (isManaged(before)) return forbidden('Policies that Microsoft manages cannot be deleted.');
  const deleted = { ...before, deletedDateTime: instant(context) };
  const events: TenantHappening[] = [
    { type: 'list.remove', list: 'conditionalAccessPolicies', id: before.id },
    { type: 'list.put', list: 'deletedPolicies', item: deleted },
  ];
  commit(context, events, [auditFacts(context, { activity: 'Delete conditional access policy', before })]);
  return { status: 204 };
}

/** POST …/deletedItems/policies/{id}/restore: 200 with the policy, in the state that it had. */
export function restorePolicy(context: GraphContext): Answer {
  const found = findDeleted(context);
  if (!found.ok) return found.refusal;
  const policy = { ...found.policy, deletedDateTime: null, modifiedDateTime: instant(context) };
  const refusal = refuseParameters(context) ?? refuseEnabled(context, policy, null);
  if (refusal !== null) return refusal;
  const events: TenantHappening[] = [
    { type: 'list.remove', list: 'deletedPolicies', id: policy.id },
    { type: 'list.put', list: 'conditionalAccessPolicies', item: policy },
  ];
  commit(context, events, [auditFacts(context, { activity: 'Add conditional access policy', after: policy })]);
  return { status: 200, body: entity(context, policy) };
}

/** DELETE …/deletedItems/policies/{id}: 204; nothing brings it back. */
export function purgePolicy(context: GraphContext): Answer {
  const found = findDeleted(context);
  if (!found.ok) return found.refusal;
  const { policy: before } = found;
  const audit = auditFacts(context, { activity: 'Hard delete conditional access policy', before });
  commit(context, [{ type: 'list.remove', list: 'deletedPolicies', id: before.id }], [audit]);
  return { status: 204 };
}

function findPolicy(context: GraphContext): Policy | undefined {
  return context.tenant.tenant.conditionalAccessPolicies.find((policy) => policy.id === context.values.id);
}

function findDeleted(context: GraphContext): { ok: true; policy: Policy } | { ok: false; refusal: Answer } {
  if (!context.tenant.options.deletedPoliciesReadable) return { ok: false, refusal: forbidden() };
  const id = context.values.id ?? '';
  const policy = deletedPolicies(context.tenant, context.now).find((candidate) => candidate.id === id);
  return policy === undefined ? { ok: false, refusal: missingPolicy(id) } : { ok: true, policy };
}

function readPolicy(context: GraphContext): Sent {
  if (!hasP1(context.tenant)) return { ok: false, refusal: needsPremium() };
  const read = readBody(context);
  if (!read.ok) return read;
  const bare = withoutAnnotations(read.body) as GraphObject;
  const isNulled = context.tenant.options.policyNullsRefused && hasNullInside(bare.conditions);
  const parsed = sentPolicySchema.safeParse(bare);
  if (!parsed.success || isNulled) return { ok: false, refusal: refuse(context, NOT_FITTING) };
  const policy: GraphObject = { ...parsed.data };
  for (const name of READ_ONLY) delete policy[name];
  return { ok: true, policy: withStrengthById(policy) };
}

/** An echoed GET carries `@odata` annotations, which mean nothing in a write. */
function withoutAnnotations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAnnotations);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !name.includes('@odata.'));
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutAnnotations(item)]));
}

function hasNullInside(value: unknown): boolean {
  return value === null || (isObject(value) && Object.values(value).some(hasNullInside));
}

/** A strength is a reference: only its id is taken. */
function withStrengthById(policy: GraphObject): GraphObject {
  const grant = policy.grantControls;
  if (!isObject(grant) || !isObject(grant.authenticationStrength)) return policy;
  return { ...policy, grantControls: { ...grant, authenticationStrength: { id: grant.authenticationStrength.id } } };
}

function merge(before: GraphObject, sent: GraphObject): GraphObject {
  const merged: GraphObject = { ...before };
  for (const [name, value] of Object.entries(sent)) {
    const old = before[name];
    merged[name] = isObject(value) && isObject(old) ? merge(old, value) : value;
  }
  return merged;
}

function refusePolicy(context: GraphContext, policy: Policy, before: Policy | null): Answer | null {
  const text = refusalOf(context, { policy, before });
  return text === null ? refuseEnabled(context, policy, before) : refuse(context, text);
}

/** Report-only and disabled policies are taken while Security Defaults is on; `enabled` is not. */
function refuseEnabled(context: GraphContext, policy: Policy, before: Policy | null): Answer | null {
  const isNew = policy.state === 'enabled' && before?.state !== 'enabled';
  return isNew && holdsEnabling(context) ? badRequest(DEFAULTS_ARE_ON, 'BadRequest') : null;
}

/** Whether Security Defaults are on, or went off too short a while ago for Conditional Access to know it. */
function holdsEnabling(context: GraphContext): boolean {
  const { tenant, options } = context.tenant;
  if (tenant.securityDefaults.isEnabled) return true;
  const last = tenant.directoryAudits.find((row) => row.activityDisplayName === DEFAULTS_ACTIVITY);
  return context.now - Date.parse(String(last?.activityDateTime)) < options.securityDefaultsOffAfterMs;
}

function isManaged(policy: Policy): boolean {
  return textOf(policy, 'displayName').startsWith(MANAGED_PREFIX);
}

/** Of Microsoft's own policies an admin may change the state and who is excluded, nothing else. */
function refuseManaged(before: Policy, after: Policy): Answer | null {
  if (!isManaged(before) || JSON.stringify(untouchable(before)) === JSON.stringify(untouchable(after))) return null;
  return forbidden('Policies that Microsoft manages cannot be changed, apart from state and excluded identities.');
}

const CHANGEABLE = ['excludeUsers', 'excludeGroups', 'excludeRoles', 'excludeGuestsOrExternalUsers'];

function untouchable(policy: Policy): GraphObject {
  const full = fullPolicy(policy, 'v1.0');
  const conditions = isObject(full.conditions) ? full.conditions : {};
  const users = isObject(conditions.users) ? { ...conditions.users } : {};
  for (const name of CHANGEABLE) delete users[name];
  return sorted({ ...full, state: null, modifiedDateTime: null, conditions: { ...conditions, users } });
}

function sorted(object: GraphObject): GraphObject {
  const names = Object.keys(object).sort();
  return Object.fromEntries(names.map((name) => [name, isObject(object[name]) ? sorted(object[name]) : object[name]]));
}

type Change = { activity: string; before?: Policy; after?: Policy };

function keep(context: GraphContext, change: Change & { after: Policy }): void {
  const event: TenantHappening = { type: 'list.put', list: 'conditionalAccessPolicies', item: change.after };
  commit(context, [event], [auditFacts(context, change)]);
}

function auditFacts(context: GraphContext, change: Change): AuditFacts {
  return policyAudit(change, context.tenant.options.auditJsonLayers);
}

/** The line about a policy: both values are the whole policy as JSON in a string. */
export function policyAudit(change: Change, layers: number): AuditFacts {
  const { activity, before, after } = change;
  const policy = after ?? before;
  const value = modified('ConditionalAccessPolicy', { from: before, to: after }, layers);
  const target = auditTarget({ id: policy?.id ?? '', type: 'Policy', object: policy }, [value]);
  return { activity, category: 'Policy', service: 'Conditional Access', targets: [target] };
}

function entity(context: GraphContext, policy: Policy): GraphObject {
  const link = contextUrl(context, 'identity/conditionalAccess/policies/$entity');
  return { '@odata.context': link, ...showPolicy(context, policy) };
}

/** A refusal stands in `message`, or as in 2020 in `innerError` under a text that says nothing. */
function refuse(context: GraphContext, text: string): Answer {
  if (!context.tenant.options.policyErrorInside) return badRequest(text, 'BadRequest');
  const message = 'The server could not process the request because it is malformed or incorrect.';
  const { body, ...answer } = graphError(400, 'BadRequest', message);
  const error = isObject(body) && isObject(body.error) ? body.error : {};
  return { ...answer, body: { error: { ...error, innerError: { message: text } } } };
}
