import { randomBytes, randomUUID } from 'node:crypto';
import type { Answer } from '../http/exchange.ts';
import type { PerUserMfaState } from '../state/events.ts';
import type { GraphUser } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { reachesPerson } from './access-passes.ts';
import { type AuditFacts, auditTarget, modified } from './audit-trail.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { badRequest, forbidden, graphError, notFound } from './errors.ts';
import { hasStrongMethod } from './registration.ts';
import { adminIds } from './roles.ts';
import { showPass, TAP_TYPE } from './user-authentication.ts';
import { findUser } from './users.ts';
import { commit, instant, readBody, refuseParameters } from './write.ts';

const MINUTE_MS = 60_000;
const EDITS_USERS = ['User.ReadWrite.All', 'Directory.ReadWrite.All'];
/** Properties that this sandbox lets an application change. */
const SETTABLE = new Set([
  'accountEnabled',
  'city',
  'companyName',
  'country',
  'department',
  'displayName',
  'employeeId',
  'employeeType',
  'givenName',
  'jobTitle',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'usageLocation',
]);

/** PATCH /users/{id}: 204. An administrator's account and a synchronised one refuse to be switched off here. */
export function updateUser(context: GraphContext): Answer {
  const user = findUser(context.tenant, context.values.id ?? '');
  if (user === undefined) return notFound(context.values.id ?? '');
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const set = read.body;
  const names = Object.keys(set);
  const unknown = names.find((name) => !SETTABLE.has(name));
  if (unknown !== undefined) return badRequest(`Property '${unknown}' is read-only or does not exist.`);
  if (set.accountEnabled !== undefined && typeof set.accountEnabled !== 'boolean') {
    return badRequest("Invalid value specified for property 'accountEnabled' of resource 'User'.");
  }
  const refusal = refuseUpdate(context, user, names);
  if (refusal !== null) return refusal;
  const changed = names.map((name) => modified(propertyName(name), { from: [user[name]], to: [set[name]] }));
  const audits = [userAudit(user, 'Update user', changed)];
  if (typeof set.accountEnabled === 'boolean' && set.accountEnabled !== user.accountEnabled) {
    audits.unshift(userAudit(user, set.accountEnabled ? 'Enable account' : 'Disable account', changed));
  }
  commit(context, [{ type: 'user.patch', userId: user.id, set }], audits);
  return { status: 204 };
}

function refuseUpdate(context: GraphContext, user: GraphUser, names: string[]): Answer | null {
  const mayAll = EDITS_USERS.some((role) => context.roles.has(role));
  if (!mayAll && names.some((name) => name !== 'accountEnabled')) return forbidden();
  if (!names.includes('accountEnabled')) return null;
  // Sensitive actions on administrators need a directory role besides the permission.
  if (adminIds(context.tenant).has(user.id) && !holdsRole(context)) return forbidden();
  return user.onPremisesSyncEnabled === true
    ? badRequest(
        'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
      )
    : null;
}

function holdsRole(context: GraphContext): boolean {
  const { servicePrincipals, roleAssignments } = context.tenant.tenant;
  const principal = servicePrincipals.find((candidate) => candidate.appId === context.appId);
  return roleAssignments.some((assignment) => assignment.principalId === principal?.id);
}

function propertyName(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

function userAudit(user: GraphUser, activity: string, changed: GraphObject[] = []): AuditFacts {
  const target = auditTarget({ id: user.id, type: 'User', object: user }, changed);
  return { activity, category: 'UserManagement', service: 'Core Directory', targets: [target] };
}

/** POST /users/{id}/revokeSignInSessions: 200 with true; sessions end within minutes. */
export function revokeSessions(context: GraphContext): Answer {
  const user = findUser(context.tenant, context.values.id ?? '');
  if (user === undefined) return notFound(context.values.id ?? '');
  const refusal = refuseParameters(context);
  if (refusal !== null) return refusal;
  const set = { signInSessionsValidFromDateTime: instant(context) };
  commit(
    context,
    [{ type: 'user.patch', userId: user.id, set }],
    [userAudit(user, 'Update StsRefreshTokenValidFrom Timestamp')],
  );
  return { status: 200, body: { '@odata.context': contextUrl(context, 'Edm.Boolean'), value: true } };
}

const STATES: readonly PerUserMfaState[] = ['disabled', 'enabled', 'enforced'];

/** PATCH beta /users/{id}/authentication/requirements: 204; `enabled` on a registered person turns `enforced`. */
export function updateRequirements(context: GraphContext): Answer {
  const user = findUser(context.tenant, context.values.id ?? '');
  if (user === undefined) return notFound(context.values.id ?? '');
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const wanted = STATES.find((state) => state === read.body.perUserMfaState);
  if (wanted === undefined) return badRequest("Invalid value specified for property 'perUserMfaState'.", 'BadRequest');
  const isRegistered = hasStrongMethod(context.tenant.tenant.authenticationMethods[user.id] ?? []);
  const state = wanted === 'enabled' && isRegistered ? 'enforced' : wanted;
  const before = context.tenant.tenant.perUserMfa[user.id] ?? 'disabled';
  const activity = state === 'disabled' ? 'Disable Strong Authentication' : 'Enable Strong Authentication';
  const change = modified('StrongAuthenticationRequirement', { from: [before], to: [state] });
  commit(context, [{ type: 'perUserMfa.set', userId: user.id, state }], [userAudit(user, activity, [change])]);
  return { status: 204 };
}

type Pass = GraphObject & { id: string; '@odata.type': string };

/** POST /users/{id}/authentication/temporaryAccessPassMethods: 201; the pass stands in this answer and nowhere else. */
export function createPass(context: GraphContext): Answer {
  const user = findUser(context.tenant, context.values.id ?? '');
  if (user === undefined) return notFound(context.values.id ?? '');
  const read = context.call.body.trim() === '' ? { ok: true as const, body: {} } : readBody(context);
  if (!read.ok) return read.refusal;
  if (!reachesPerson(context.tenant, user.id)) {
    return badRequest('The tenant policy does not allow a Temporary Access Pass for this user.', 'BadRequest');
  }
  const wish = readWish(context, read.body);
  if (!wish.ok) return badRequest(wish.message, 'BadRequest');
  const pass: Pass = { '@odata.type': TAP_TYPE, id: randomUUID(), createdDateTime: instant(context), ...wish.pass };
  const { tenant } = context.tenant;
  // A person has one pass at a time: a new one takes the place of the old.
  const others = (tenant.authenticationMethods[user.id] ?? []).filter((method) => method['@odata.type'] !== TAP_TYPE);
  const lag = tenant.registrationReportLag[user.id] ?? null;
  const audit: AuditFacts = {
    ...userAudit(user, 'Admin registered security info'),
    service: 'Authentication Methods',
  };
  commit(context, [{ type: 'methods.set', userId: user.id, methods: [...others, pass], lag }], [audit]);
  const link = contextUrl(context, `users('${user.id}')/authentication/temporaryAccessPassMethods/$entity`);
  const shown = { ...showPass(pass, context.now), temporaryAccessPass: newSecret() };
  return { status: 201, body: { '@odata.context': link, ...shown } };
}

type Wish = { ok: true; pass: GraphObject } | { ok: false; message: string };

function readWish(context: GraphContext, body: GraphObject): Wish {
  const rules = context.tenant.options.temporaryAccessPass;
  const { lifetimeInMinutes: minutes = rules.defaultMinutes, isUsableOnce = rules.onceOnly, startDateTime } = body;
  if (!rules.isEnabled) return { ok: false, message: 'Temporary Access Pass is disabled by the tenant policy.' };
  const isNumber = typeof minutes === 'number' && Number.isInteger(minutes);
  if (!isNumber || minutes < rules.minimumMinutes || minutes > rules.maximumMinutes) {
    const bounds = `between ${rules.minimumMinutes} and ${rules.maximumMinutes}`;
    return { ok: false, message: `lifetimeInMinutes must be a whole number ${bounds}, as the tenant policy says.` };
  }
  if (typeof isUsableOnce !== 'boolean') return { ok: false, message: 'isUsableOnce must be true or false.' };
  if (rules.onceOnly && !isUsableOnce) {
    return { ok: false, message: 'The tenant policy allows one-time Temporary Access Passes only.' };
  }
  const start = typeof startDateTime === 'string' ? Date.parse(startDateTime) : context.now;
  if (Number.isNaN(start) || (startDateTime !== undefined && start < context.now - MINUTE_MS)) {
    return { ok: false, message: 'startDateTime must be an instant that is not past.' };
  }
  const pass = { startDateTime: new Date(start).toISOString(), lifetimeInMinutes: minutes, isUsableOnce };
  return { ok: true, pass };
}

/** Eight characters, as the documents show; nobody could ask for it again, so that it is kept nowhere. */
function newSecret(): string {
  return randomBytes(6).toString('base64');
}

/** DELETE /users/{id}/authentication/temporaryAccessPassMethods/{pass}: 204. */
export function deletePass(context: GraphContext): Answer {
  const user = findUser(context.tenant, context.values.id ?? '');
  const { tenant } = context.tenant;
  const methods = user === undefined ? [] : (tenant.authenticationMethods[user.id] ?? []);
  const left = methods.filter((method) => method['@odata.type'] !== TAP_TYPE || method.id !== context.values.pass);
  if (user === undefined || left.length === methods.length) {
    return graphError(404, 'resourceNotFound', 'The requested authentication method does not exist.');
  }
  const lag = tenant.registrationReportLag[user.id] ?? null;
  const audit: AuditFacts = { ...userAudit(user, 'Admin deleted security info'), service: 'Authentication Methods' };
  commit(context, [{ type: 'methods.set', userId: user.id, methods: left, lag }], [audit]);
  return { status: 204 };
}
