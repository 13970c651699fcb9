import type { Answer } from '../http/exchange.ts';
import { textOf } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { notFound } from './errors.ts';
import { findUser } from './users.ts';

/** GET /users/{id}/authentication/methods: what the person has right now; the password is always among them. */
export function listAuthenticationMethods(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const user = findUser(context.tenant, id);
  if (user === undefined) return notFound(id);
  const fragment = `users('${encodeURIComponent(id)}')/authentication/methods`;
  const methods = (context.tenant.tenant.authenticationMethods[user.id] ?? []).map((method) =>
    method['@odata.type'] === TAP_TYPE ? showPass(method, context.now) : method,
  );
  const value = methods.some((method) => method['@odata.type'] === PASSWORD_TYPE)
    ? methods
    : [passwordMethod(user), ...methods];
  return { status: 200, body: { '@odata.context': contextUrl(context, fragment), value } };
}

/** GET beta /users/{id}/authentication/requirements: per-user MFA, which Conditional Access never changes. */
export function getRequirements(context: GraphContext): Answer {
  const id = context.values.id ?? '';
  const user = findUser(context.tenant, id);
  if (user === undefined) return notFound(id);
  const fragment = `users('${encodeURIComponent(id)}')/authentication/requirements`;
  const perUserMfaState = context.tenant.tenant.perUserMfa[user.id] ?? 'disabled';
  return { status: 200, body: { '@odata.context': contextUrl(context, fragment), perUserMfaState } };
}

export const TAP_TYPE = '#microsoft.graph.temporaryAccessPassAuthenticationMethod';
const MINUTE_MS = 60_000;

/** A Temporary Access Pass without its secret, usable or not as the time says. */
export function showPass<T extends GraphObject>(pass: T, now: number): T & GraphObject {
  const start = Date.parse(textOf(pass, 'startDateTime'));
  const minutes = typeof pass.lifetimeInMinutes === 'number' ? pass.lifetimeInMinutes : 0;
  const { usedAt, ...shown } = pass;
  const isUsedUp = typeof usedAt === 'string' && pass.isUsableOnce === true;
  const byTime = now < start ? 'NotYetValid' : now < start + minutes * MINUTE_MS ? 'EnabledByPolicy' : 'Expired';
  const reason = isUsedUp ? 'OneTimeUsed' : byTime;
  return {
    ...(shown as unknown as T),
    temporaryAccessPass: null,
    isUsable: reason === 'EnabledByPolicy',
    methodUsabilityReason: reason,
  };
}

const PASSWORD_TYPE = '#microsoft.graph.passwordAuthenticationMethod';
/** The password method has the same id for everybody. */
const PASSWORD_METHOD_ID = '28c10230-6103-485e-b985-444c60001490';

function passwordMethod(user: GraphObject): GraphObject {
  const created = textOf(user, 'createdDateTime');
  return {
    '@odata.type': PASSWORD_TYPE,
    id: PASSWORD_METHOD_ID,
    password: null,
    createdDateTime: created === '' ? null : created,
  };
}
