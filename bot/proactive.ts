import type { Json } from '../src/lib/canonical-json.ts';
import { AppError } from '../src/lib/errors.ts';
import type { Landed, Post, PostTarget } from '../src/rollout/conversations/conversations.core.ts';
import { rootOf, threadOf } from '../src/rollout/conversations/conversations.core.ts';
import { handOverIdIn, markerOf } from '../src/rollout/conversations/conversations.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import type { Address, BotAdapter, Outgoing } from './adapter.ts';
import { type Card, marked } from './cards/card.ts';
import { lostCard } from './cards/notice.card.ts';
import { ConnectorError } from './connector-http.ts';
import type { BotDeps } from './deps.ts';
import { firstServiceUrl, isKnownServiceUrl } from './settings.ts';
import { subjectCard } from './subject-cards.ts';

export type Courier = BotDeps & { adapter: BotAdapter };

/** The connector's refusals of 403 that say how things stand with a conversation. */
const STATES: Readonly<Record<string, 'blocked' | 'removed'>> = {
  MessageWritesBlocked: 'blocked',
  BotNotInConversationRoster: 'removed',
  BotDisabledByAdmin: 'removed',
};

/** Named by Microsoft as "not taken, try again"; tried in vain, the message is still only planned. */
const NOT_TAKEN: readonly number[] = [412, 429, 502, 504];

/**
 * Writes one planned message, once. Begins by reading: what is out is not sent again, and a message whose sending was
 * cut off is looked for; in a chat, where nobody can look, it is told as `unknown`. A refusal is noted and not retried;
 * what the connector could not take is thrown, so that the job tries again later.
 */
export async function deliver(deps: Courier, customer: Customer, key: string, signal: AbortSignal): Promise<void> {
  const post = await deps.conversations.post(customer.id, key);
  if (post === undefined || (post.state !== 'planned' && post.state !== 'posting')) return;
  if (post.state === 'posting' && (await settle(deps, { customer, post, signal }))) return;
  if (await isClosed(deps, customer, post.target)) {
    await deps.conversations.note(customer.id, key, { state: 'refused', failure: 'not_installed' });
    return;
  }
  try {
    await send(deps, { customer, post, signal });
  } catch (error) {
    if (!(await isSettledBy(deps, { customer, post, error }))) throw error;
  }
}

type Sending = { customer: Customer; post: Post; signal: AbortSignal };

async function send(deps: Courier, { customer, post, signal }: Sending): Promise<void> {
  const { conversations, stopPoint } = deps;
  const { message, shown } = await messageOf(deps, customer, post);
  const address = { ...(await addressOf(deps, customer, post.target)), signal };
  const open = await openTarget(deps, { customer, target: post.target, address });
  await conversations.note(customer.id, post.key, { state: 'posting' });
  stopPoint('bot.post.intended');
  const landed = await write(deps, { open, address, message });
  stopPoint('bot.post.written');
  await conversations.note(customer.id, post.key, {
    state: 'posted',
    landed,
    ...(shown === undefined ? {} : { shown }),
  });
  deps.log.info('bot.posted', { customerId: customer.id });
}

type Opened = { conversationId: string } | { channelId: string };

/** Opening a chat may be repeated: there is only one between the bot and a person. */
async function openTarget(
  deps: Courier,
  { customer, target, address }: { customer: Customer; target: PostTarget; address: Address },
): Promise<Opened> {
  switch (target.to) {
    case 'conversation':
      return { conversationId: target.conversationId };
    case 'channel':
      return { channelId: target.channelId };
    case 'person': {
      const where = { tenantId: target.tenantId, kind: 'personal', party: target.objectId } as const;
      const known = await deps.conversations.find(customer.id, where);
      if (known !== undefined) return { conversationId: known.conversationId };
      return { conversationId: await deps.adapter.openChat(address, target.objectId) };
    }
  }
}

async function write(
  { adapter }: Courier,
  { open, address, message }: { open: Opened; address: Address; message: Outgoing },
): Promise<Landed> {
  const { serviceUrl } = address;
  if ('channelId' in open) return { serviceUrl, ...(await adapter.postToChannel(address, open.channelId, message)) };
  const { conversationId } = open;
  return { serviceUrl, conversationId, activityId: await adapter.post(address, conversationId, message) };
}

async function messageOf(
  deps: Courier,
  customer: Customer,
  post: Post,
): Promise<{ message: Outgoing; shown: string | undefined }> {
  const marker = markerOf(post.key);
  if (post.subject === null) {
    const card = post.content as unknown as Card;
    return { message: { card: marked(card, marker), summary: card.fallbackText }, shown: undefined };
  }
  const { card, shown } = await subjectCard(deps, customer, post.subject);
  return { message: { card: marked(card, marker), summary: card.fallbackText }, shown };
}

/** A card as it is kept until it goes out. */
export function storedCard(card: Card): Json {
  return card as unknown as Json;
}

/** Takes the address the tenant was heard from last, and checks it again: the bot's token goes there. */
async function addressOf(
  { conversations, settings }: Courier,
  customer: Customer,
  target: PostTarget,
): Promise<Address> {
  const given = target.to === 'conversation' ? target.serviceUrl : undefined;
  const latest = await conversations.serviceUrl(customer.id, target.tenantId);
  const serviceUrl = latest ?? given ?? firstServiceUrl(settings, target.tenantId);
  if (!isKnownServiceUrl(serviceUrl, settings)) {
    throw new AppError('service_url_refused', 'the stored address of the connector is none of the known ones');
  }
  return { serviceUrl, tenantId: target.tenantId };
}

/** Whether the bot was removed or blocked there since; a conversation never heard from is tried. */
async function isClosed({ conversations }: Courier, customer: Customer, target: PostTarget): Promise<boolean> {
  const party = partyOf(target);
  const all = await conversations.list(customer.id);
  const known = all.find((conversation) => conversation.tenantId === target.tenantId && conversation.party === party);
  return known !== undefined && known.state !== 'installed';
}

function partyOf(target: PostTarget): string {
  switch (target.to) {
    case 'conversation':
      return target.party;
    case 'person':
      return target.objectId;
    case 'channel':
      return target.channelId;
  }
}

/** What begins the key of the message that tells of a lost one. */
const LOST = 'lost:';

/** So often a helper is told of one question: after that it stands in the journal alone. */
const NOTICES_MAX = 5;

/**
 * Nobody can tell whether the message arrived: whoever should have it hears so, and can ask for it. Said once; where
 * somebody waits for help it is said again while the notice gets lost as well, since two notices are better than a
 * question that nobody sees.
 */
async function tellLost(deps: Courier, customer: Customer, { key, target, subject }: Post): Promise<void> {
  const { notices, handOverId } = lostIn(key, subject);
  if (notices >= (handOverId === null ? 1 : NOTICES_MAX)) return;
  const card = lostCard({ customerId: customer.id, language: customer.settings.language, handOverId });
  const content = storedCard(card);
  await deps.conversations.plan(customer.id, { key: `${LOST}${key}`, target, content, subject: null });
}

/** How many notices a message's key tells of, and the question that all of it is about. */
function lostIn(key: string, subject: string | null): { notices: number; handOverId: string | null } {
  const [prefix = ''] = /^(?:lost:)*/.exec(key) ?? [];
  const about = subject ?? /^handOver:[0-9a-f-]{36}(?=:)/.exec(key.slice(prefix.length))?.[0] ?? null;
  return { notices: prefix.length / LOST.length, handOverId: about === null ? null : handOverIdIn(about) };
}

/** What was written is given this long to show up before it is looked for: Graph lists it a little later. */
const SETTLE_MS = 10_000;

/** What became of a message whose sending was cut off; false when it is certain that it never went out. */
async function settle(deps: Courier, { customer, post, signal }: Sending): Promise<boolean> {
  const where = await channelOf(deps, customer, post.target);
  const found = where === undefined ? undefined : await lookFor(deps, { customer, post, signal, where });
  if (found === null) return false;
  if (found === undefined || where === undefined) {
    await tellLost(deps, customer, post);
    await deps.conversations.note(customer.id, post.key, { state: 'unknown', failure: 'answer_lost' });
    return true;
  }
  const { serviceUrl } = await addressOf(deps, customer, post.target);
  const conversationId = `${where.channelId};messageid=${where.threadId ?? found}`;
  await deps.conversations.note(customer.id, post.key, {
    state: 'posted',
    landed: { serviceUrl, conversationId, activityId: found },
  });
  return true;
}

type Where = NonNullable<Awaited<ReturnType<typeof channelOf>>>;

async function lookFor(deps: Courier, { customer, post, signal, where }: Sending & { where: Where }) {
  const since = new Date(post.updatedAt);
  const restMs = since.getTime() + SETTLE_MS - deps.clock.now();
  if (restMs > 0) await deps.clock.sleep(Math.min(restMs, SETTLE_MS), signal);
  return deps.findPosted(customer, where, { marker: markerOf(post.key), since, signal });
}

async function channelOf({ conversations }: Courier, customer: Customer, target: PostTarget) {
  const { tenantId } = target;
  switch (target.to) {
    case 'person':
      return undefined;
    case 'channel':
      return { tenantId, channelId: target.channelId, teamId: target.teamId, threadId: null };
    case 'conversation': {
      const known = await conversations.find(customer.id, { tenantId, kind: 'channel', party: target.party });
      if (known === undefined) return undefined;
      const { conversationId } = target;
      return { tenantId, channelId: rootOf(conversationId), teamId: known.teamId, threadId: threadOf(conversationId) };
    }
  }
}

/** Writes down what a failure means for the message and its conversation; false when the job shall try again. */
async function isSettledBy(
  { conversations }: Courier,
  { customer, post, error }: { customer: Customer; post: Post; error: unknown },
): Promise<boolean> {
  if (!(error instanceof ConnectorError)) return false;
  const { status, reason } = error;
  // It may have gone out: the next attempt looks.
  if (status === null || status === 500 || status === 503) return false;
  if (NOT_TAKEN.includes(status)) {
    await conversations.note(customer.id, post.key, { state: 'planned', failure: `${status} ${reason}` });
    return false;
  }
  const state = status === 403 ? STATES[reason] : undefined;
  if (state !== undefined) {
    await conversations.mark(customer.id, { tenantId: post.target.tenantId, party: partyOf(post.target) }, state);
  }
  await conversations.note(customer.id, post.key, { state: 'refused', failure: `${status} ${reason}` });
  return true;
}

/** Brings one copy up to date; gives false when the copy is gone or may not be changed any more. */
export async function updateCopy(
  deps: Courier,
  customer: Customer,
  given: { copy: Post; card: Card; shown: string; signal: AbortSignal },
): Promise<boolean> {
  const { copy, card, shown, signal } = given;
  const { conversationId, activityId } = copy;
  if (conversationId === null || activityId === null) return false;
  const address = { ...(await addressOf(deps, customer, copy.target)), signal };
  const message = { card: marked(card, markerOf(copy.key)), summary: card.fallbackText };
  try {
    await deps.adapter.update(address, { conversationId, activityId }, message);
    deps.stopPoint('bot.update.written');
  } catch (error) {
    if (!(error instanceof ConnectorError) || (error.status !== 403 && error.status !== 404)) throw error;
    await deps.conversations.note(customer.id, copy.key, { state: 'gone', failure: `${error.status} ${error.reason}` });
    return false;
  }
  await deps.conversations.note(customer.id, copy.key, { state: 'posted', shown });
  return true;
}
