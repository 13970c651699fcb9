import { createHash } from 'node:crypto';
import type { Json } from '../../lib/canonical-json.ts';
import { type Clock, DAY_MS } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import { type Actor, journalActor } from '../access/access.core.ts';
import type { Conversation, ConversationState, HandOver, Landed, Post, PostTarget } from './conversations.core.ts';
import * as store from './conversations.store.ts';

/** A message to be written once: its key names it for ever. */
export type PostPlan = { key: string; target: PostTarget; content: Json | null; subject: string | null };

export type Conversations = {
  /** Takes over what an activity tells about where it came from. */
  saw(customerId: string, seen: Conversation): Promise<void>;
  /** Notes that the bot may (not) write to this person, channel or team. */
  mark(
    customerId: string,
    where: { tenantId: string; party?: string; teamId?: string },
    state: ConversationState,
  ): Promise<void>;
  list(customerId: string): Promise<Conversation[]>;
  find(customerId: string, where: Pick<Conversation, 'tenantId' | 'kind' | 'party'>): Promise<Conversation | undefined>;
  /** The address the tenant was last heard from. */
  serviceUrl(customerId: string, tenantId: string): Promise<string | undefined>;
  /**
   * Runs `work` once for each activity of a conversation, in one transaction with what it changes: delivered again, even
   * at the same moment, the activity changes nothing and gets the answer of the first time. What `work` throws undoes
   * all of it, so that a later delivery may try again.
   */
  once(customerId: string, delivery: store.Delivery, work: () => Promise<Json>): Promise<Json>;
  /** Plans a message and puts its sending into the outbox; false when it was planned before. */
  plan(customerId: string, post: PostPlan): Promise<boolean>;
  post(customerId: string, key: string): Promise<Post | undefined>;
  /** Every copy of a subject's card that is out. */
  copies(customerId: string, subject: string): Promise<Post[]>;
  /** Notes how a message stands; `unknown` and `refused` are journalled, since a person has to know. */
  note(
    customerId: string,
    key: string,
    change: { state: Post['state']; landed?: Landed; shown?: string; failure?: string },
  ): Promise<void>;
  /** Opens a hand-over to a person and plans the messages that tell of it, once for an id. Journalled. */
  handOver(customerId: string, request: { by: Actor; facts: Json; id: string; posts: PostPlan[] }): Promise<void>;
  findHandOver(customerId: string, id: string): Promise<HandOver | undefined>;
  /** Takes a hand-over; the first one has it. Refuses with `hand_over_unknown`. Journalled. */
  take(customerId: string, id: string, actor: Actor): Promise<{ isFirst: boolean; handOver: HandOver }>;
};

/** Answers are kept for a day: the channel gives up on a delivery within minutes. */
const ANSWER_KEPT_MS = DAY_MS;

/** Somebody waits for it. */
const POST_PRIORITY = 10;

/** Creates the ledger of conversations and messages. */
export function createConversations(deps: { database: Database; clock: Clock }): Conversations {
  const { database } = deps;
  const now = () => new Date(deps.clock.now());
  return {
    saw: (customerId, seen) => database.withCustomer(customerId, (tx) => store.upsertConversation(tx, seen, now())),
    mark: (customerId, where, state) =>
      database.withCustomer(customerId, (tx) => store.setConversationState(tx, where, state, now())),
    list: (customerId) => database.withCustomer(customerId, store.readConversations),
    find: (customerId, where) => database.withCustomer(customerId, (tx) => store.readConversation(tx, where)),
    serviceUrl: (customerId, tenantId) => database.withCustomer(customerId, (tx) => store.readServiceUrl(tx, tenantId)),
    once: (customerId, delivery, work) =>
      database.withCustomer(customerId, async (tx) => {
        const at = now();
        if (!(await store.claimActivity(tx, delivery, at))) return (await store.readAnswer(tx, delivery)) as Json;
        const answer = await work();
        await store.keepAnswer(tx, delivery, answer);
        await store.forgetAnswers(tx, new Date(at.getTime() - ANSWER_KEPT_MS));
        return answer;
      }),
    plan: (customerId, post) => plan(deps, customerId, post),
    post: (customerId, key) => database.withCustomer(customerId, (tx) => store.readPost(tx, key)),
    copies: (customerId, subject) => database.withCustomer(customerId, (tx) => store.readCopies(tx, subject)),
    note: (customerId, key, change) =>
      database.withCustomer(customerId, async (tx) => {
        const at = now();
        await store.updatePost(tx, key, change, at);
        if (change.state !== 'unknown' && change.state !== 'refused') return;
        const facts = { key, failure: change.failure ?? null };
        await appendJournal(tx, { at, actor: { kind: 'product' }, event: `post.${change.state}`, facts });
      }),
    handOver: (customerId, request) =>
      database.withCustomer(customerId, async (tx) => {
        const at = now();
        if (!(await store.insertHandOver(tx, request, at))) return;
        const facts = { id: request.id, told: request.posts.length };
        await appendJournal(tx, { at, actor: journalActor(request.by), event: 'helpdesk.handedOver', facts });
        for (const post of request.posts) await plan(deps, customerId, post);
      }),
    findHandOver: (customerId, id) => database.withCustomer(customerId, (tx) => store.readHandOver(tx, id)),
    take: (customerId, id, actor) => take(deps, { customerId, id, actor }),
  };
}

async function plan(
  { database, clock }: { database: Database; clock: Clock },
  customerId: string,
  post: PostPlan,
): Promise<boolean> {
  return database.withCustomer(customerId, async (tx) => {
    const at = new Date(clock.now());
    if (!(await store.insertPost(tx, post, at))) return false;
    const effect = { kind: 'bot.post', key: postEffectKey(post.key), payload: { key: post.key } };
    return enqueue(tx, { ...effect, dueAt: at, priority: POST_PRIORITY });
  });
}

async function take(
  { database, clock }: { database: Database; clock: Clock },
  { customerId, id, actor }: { customerId: string; id: string; actor: Actor },
): Promise<{ isFirst: boolean; handOver: HandOver }> {
  return database.withCustomer(customerId, async (tx) => {
    const at = new Date(clock.now());
    const isFirst = await store.takeHandOver(tx, id, { ...actor.identity, displayName: actor.displayName, at });
    const handOver = await store.readHandOver(tx, id);
    if (handOver === undefined) throw new AppError('hand_over_unknown', 'this question is not open any more');
    if (isFirst) {
      await appendJournal(tx, { at, actor: journalActor(actor), event: 'helpdesk.taken', facts: { id } });
      const effect = { kind: 'cards.refresh', key: `cards.refresh:${handOverSubject(id)}:taken` };
      const payload = { subject: handOverSubject(id) };
      await enqueue(tx, { ...effect, payload, dueAt: at, priority: POST_PRIORITY });
    }
    return { isFirst, handOver };
  });
}

/** The name of the effect that writes a message. */
export function postEffectKey(key: string): string {
  return `bot.post:${key}`;
}

/** The subject under which the cards of one hand-over are kept. */
export function handOverSubject(id: string): string {
  return `handOver:${id}`;
}

/** What marks a message, so that it can be found among those of a channel: a short form of its key. */
export function markerOf(key: string): string {
  return `post-${createHash('sha256').update(key, 'utf8').digest('hex').slice(0, 16)}`;
}

/** The hand-over that a subject names; null for the subject of another card. */
export function handOverIdIn(subject: string): string | null {
  return /^handOver:([0-9a-f-]{36})$/.exec(subject)?.[1] ?? null;
}

/** The id of the hand-over that began with this: asked twice, because nobody answered, it is the same one. */
export function handOverIdOf(origin: string): string {
  const hex = createHash('sha256').update(origin, 'utf8').digest('hex');
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return [...groups, hex.slice(20, 32)].join('-');
}
