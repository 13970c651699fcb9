import { randomUUID } from 'node:crypto';
import type { Answer } from '../http/exchange.ts';
import type { StoredSubscription } from '../state/kept.ts';
import type { GraphObject } from '../world/world.ts';
import { contextUrl, type GraphContext } from './context.ts';
import { badRequest, forbidden, graphError, notFound } from './errors.ts';
import { flawOf, isFull, lifeFlaw, standing, subscribedOf } from './subscription-rules.ts';
import { commit, readBody } from './write.ts';

/** POST /subscriptions: 201 once both addresses have given back the token that they were asked for. */
export async function createSubscription(context: GraphContext): Promise<Answer> {
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const { body } = read;
  const flaw = flawOf(body, context.now);
  if (flaw !== null) return badRequest(flaw, 'InvalidRequest');
  const rights = subscribedOf(String(body.resource))?.rights ?? [];
  if (!rights.some((right) => context.roles.has(right))) return forbidden();
  if (isFull(context)) return graphError(403, 'Forbidden', 'The number of subscriptions has reached its limit.');
  for (const url of [body.notificationUrl, body.lifecycleNotificationUrl]) {
    if (typeof url !== 'string' || (await context.deps.notices.answers(url))) continue;
    return badRequest('Subscription validation request failed.', 'ValidationError');
  }
  const item: StoredSubscription = {
    id: randomUUID(),
    appId: context.appId,
    changeType: String(body.changeType),
    resource: String(body.resource),
    notificationUrl: String(body.notificationUrl),
    lifecycleNotificationUrl: textOrNull(body.lifecycleNotificationUrl),
    clientState: textOrNull(body.clientState),
    expirationDateTime: String(body.expirationDateTime),
    told: null,
  };
  commit(context, [{ type: 'kept.put', collection: 'subscriptions', item }]);
  return { status: 201, body: entity(context, item) };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function entity(context: GraphContext, item: StoredSubscription): GraphObject {
  return { '@odata.context': contextUrl(context, 'subscriptions/$entity'), ...shown(item) };
}

function shown({ appId, told: _told, ...item }: StoredSubscription): GraphObject {
  return {
    ...item,
    applicationId: appId,
    creatorId: appId,
    includeResourceData: null,
    latestSupportedTlsVersion: 'v1_2',
    encryptionCertificate: null,
    encryptionCertificateId: null,
    notificationQueryOptions: null,
    notificationUrlAppId: null,
  };
}

/** GET /subscriptions: the calling application's own. */
export function listSubscriptions(context: GraphContext): Answer {
  const value = standing(context).filter(({ appId }) => appId === context.appId);
  return { status: 200, body: { '@odata.context': contextUrl(context, 'subscriptions'), value: value.map(shown) } };
}

/** GET /subscriptions/{id}. */
export function getSubscription(context: GraphContext): Answer {
  const item = own(context);
  return item === undefined ? gone(context) : { status: 200, body: entity(context, item) };
}

/** PATCH /subscriptions/{id}: 200; only its end can be put off, and an address for its life cannot come later. */
export function renewSubscription(context: GraphContext): Answer {
  const item = own(context);
  if (item === undefined) return gone(context);
  const read = readBody(context);
  if (!read.ok) return read.refusal;
  const other = Object.keys(read.body).find((name) => name !== 'expirationDateTime');
  const flaw = other === undefined ? lifeFlaw(read.body.expirationDateTime, context.now) : `'${other}' cannot change.`;
  if (flaw !== null) return badRequest(flaw, 'InvalidRequest');
  const renewed = { ...item, expirationDateTime: String(read.body.expirationDateTime), told: null };
  commit(context, [{ type: 'kept.put', collection: 'subscriptions', item: renewed }]);
  return { status: 200, body: entity(context, renewed) };
}

/** DELETE /subscriptions/{id}: 204. */
export function deleteSubscription(context: GraphContext): Answer {
  const item = own(context);
  if (item === undefined) return gone(context);
  commit(context, [{ type: 'kept.remove', collection: 'subscriptions', id: item.id }]);
  return { status: 204 };
}

function own(context: GraphContext): StoredSubscription | undefined {
  return standing(context).find(({ id, appId }) => id === context.values.id && appId === context.appId);
}

function gone(context: GraphContext): Answer {
  return notFound(context.values.id ?? '');
}
