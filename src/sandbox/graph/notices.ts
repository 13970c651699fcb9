/**
 * What Graph tells those who subscribed: that a user or a group changed, and what became of the subscription itself.
 * Nothing is sent beyond this machine. A notification that is not taken is not repeated here: its loss is told.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import type { Clock } from '../../lib/clock.ts';
import type { SandboxEvent, TenantHappening } from '../state/events.ts';
import type { LifecycleEvent, StoredSubscription } from '../state/kept.ts';
import type { Change, SandboxState, TenantState } from '../state/state.ts';
import type { GraphObject } from '../world/world.ts';
import { isStanding, subscribedOf } from './subscription-rules.ts';

export type Notices = {
  /** Whether an address gives back the token that it is asked for, in text and within ten seconds. */
  answers(url: string): Promise<boolean>;
  /** Lets an event happen and tells it. */
  observe(event: SandboxEvent, apply: () => void): void;
  stop(): Promise<void>;
};

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const VALIDATION_MS = 10_000;
const DELIVERY_MS = 3_000;

/** Creates it; `caFile` is the sandbox's own certificate authority, trusted besides the usual ones. */
export function createNotices({
  state,
  clock,
  caFile,
}: {
  state: SandboxState;
  clock: Clock;
  caFile: string;
}): Notices {
  const agent = new Agent({ connect: { ca: readFileSync(caFile, 'utf8') } });
  let last: Promise<void> = Promise.resolve();
  const deliver = async ({ subscription, tenantId, facts }: Notice) => {
    const isTaken = await post(agent, subscription.notificationUrl, notification(subscription, tenantId, facts));
    if (!isTaken) await tellLife(agent, subscription, { tenantId, event: 'missed' });
  };
  return {
    answers: (url) => isValidated(agent, url),
    observe(event, apply) {
      const tenant = 'tenantId' in event ? state.tenants.get(event.tenantId) : undefined;
      if (tenant === undefined || !('tenantId' in event)) {
        apply();
        return;
      }
      const parts = partsOf(event);
      const before = tenant.changes.length;
      const isNew = new Set(parts.flatMap((part) => createdId(tenant, part)));
      apply();
      if (tenant.kept.subscriptions.size === 0) return;
      const { tenantId } = tenant.tenant;
      for (const change of tenant.changes.slice(before)) {
        const notices = noticesOf(tenant, { change, isNew: isNew.has(change.id), now: clock.now() });
        for (const notice of notices) last = last.then(() => deliver(notice));
      }
      for (const subscription of parts.flatMap(toldIn)) {
        const told = { tenantId, event: subscription.told };
        last = last.then(() => tellLife(agent, subscription, told));
      }
    },
    stop: async () => {
      await agent.destroy();
      await last;
    },
  };
}

function partsOf(event: TenantHappening): TenantHappening[] {
  return event.type === 'together' ? event.events.flatMap(partsOf) : [event];
}

function createdId(tenant: TenantState, part: TenantHappening): string[] {
  if (part.type === 'user.put' && !tenant.usersById.has(part.user.id)) return [part.user.id];
  return part.type === 'group.put' && !tenant.groupsById.has(part.group.id) ? [part.group.id] : [];
}

/** Subscriptions of which something is told by control. */
function toldIn(part: TenantHappening): StoredSubscription[] {
  const isOne = part.type === 'kept.put' && part.collection === 'subscriptions';
  return isOne && part.item.told !== null ? [part.item] : [];
}

type Facts = { changeType: string; kind: 'user' | 'group'; id: string };
type Notice = { subscription: StoredSubscription; tenantId: string; facts: Facts };
type Seen = { change: Change; isNew: boolean; now: number };

function noticesOf(tenant: TenantState, { change, isNew, now }: Seen): Notice[] {
  const { kind, id } = change;
  return [...tenant.kept.subscriptions.values()]
    .filter((subscription) => isStanding(subscription, now) && isAbout(subscription, change))
    .flatMap((subscription) => {
      const wanted = subscription.changeType.split(',');
      const told = typesOf(change, isNew).filter((type) => wanted.includes(type));
      const { tenantId } = tenant.tenant;
      return told.map((changeType) => ({ subscription, tenantId, facts: { changeType, kind, id } }));
    });
}

function isAbout({ resource }: StoredSubscription, change: Change): boolean {
  const subscribed = subscribedOf(resource);
  if (subscribed === null || subscribed.kind !== change.kind) return false;
  if (subscribed.id !== null && subscribed.id !== change.id) return false;
  return !subscribed.isMembers || change.properties.includes('members');
}

/** Creating, and deleting so that it can be restored, are told as an update as well. */
function typesOf({ removed }: Change, isNew: boolean): string[] {
  if (removed === 'deleted') return ['deleted'];
  if (removed === 'changed') return ['updated', 'deleted'];
  return isNew ? ['created', 'updated'] : ['updated'];
}

const NAMES = { user: ['Users', '#Microsoft.Graph.User'], group: ['Groups', '#Microsoft.Graph.Group'] } as const;

function notification(subscription: StoredSubscription, tenantId: string, facts: Facts): GraphObject {
  const [collection, type] = NAMES[facts.kind];
  const resource = `${collection}/${facts.id}`;
  return {
    ...ofSubscription(subscription, tenantId),
    changeType: facts.changeType,
    resource,
    resourceData: { '@odata.type': type, '@odata.id': resource, id: facts.id, organizationId: tenantId },
  };
}

function ofSubscription({ id, expirationDateTime, clientState }: StoredSubscription, tenantId: string): GraphObject {
  return { subscriptionId: id, subscriptionExpirationDateTime: expirationDateTime, tenantId, clientState };
}

async function tellLife(
  agent: Agent,
  subscription: StoredSubscription,
  { tenantId, event }: { tenantId: string; event: LifecycleEvent | null },
): Promise<void> {
  const url = subscription.lifecycleNotificationUrl;
  if (url !== null) await post(agent, url, { ...ofSubscription(subscription, tenantId), lifecycleEvent: event });
}

async function post(agent: Agent, url: string, notice: GraphObject): Promise<boolean> {
  const body = JSON.stringify({ value: [notice] });
  const answer = await asked(agent, url, { contentType: 'application/json', body, deadlineMs: DELIVERY_MS });
  return answer !== null && answer.status >= 200 && answer.status < 300;
}

async function isValidated(agent: Agent, url: string): Promise<boolean> {
  const token = `Validation: Testing client application reachability for subscription. Request-Id: ${randomUUID()}`;
  const address = `${url}${url.includes('?') ? '&' : '?'}validationToken=${encodeURIComponent(token)}`;
  const answer = await asked(agent, address, { contentType: 'text/plain', body: '', deadlineMs: VALIDATION_MS });
  return answer?.status === 200 && answer.type.startsWith('text/plain') && answer.text === token;
}

type Sent = { contentType: string; body: string; deadlineMs: number };

async function asked(agent: Agent, url: string, { contentType, body, deadlineMs }: Sent) {
  if (!LOOPBACK.has(URL.parse(url)?.hostname ?? '')) return null;
  try {
    const limits = { headersTimeout: deadlineMs, bodyTimeout: deadlineMs };
    const headers = { 'content-type': `${contentType}; charset=utf-8` };
    const answer = await request(url, { dispatcher: agent, method: 'POST', headers, body, ...limits });
    const type = String(answer.headers['content-type'] ?? '');
    return { status: answer.statusCode, type, text: await answer.body.text() };
  } catch {
    // Refused, cut or too late: nobody took it.
    return null;
  }
}
