import { z } from 'zod';
import type { Actor } from '../src/rollout/access/access.core.ts';
import {
  handOverIdIn,
  handOverIdOf,
  handOverSubject,
  type PostPlan,
} from '../src/rollout/conversations/conversations.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import type { Card } from './cards/card.ts';
import { handOverCard } from './cards/faq.card.ts';
import type { BotDeps } from './deps.ts';
import type { Inbound } from './inbound.ts';

/** A stored shape: what the helpdesk is told. */
const handOverFacts = z.object({
  asker: z.string().nullable(),
  question: z.string(),
  topicTitle: z.string().nullable(),
  own: z.object({ enrolment: z.enum(['capable', 'not', 'unknown']), methods: z.array(z.string()) }).nullable(),
  threadUrl: z.string().nullable(),
});

/** Hands a question to the helpdesk: one card in the chat of each of its people. Gives how many were told. */
export async function handOver(
  deps: BotDeps,
  asked: { customer: Customer; actor: Actor; inbound: Inbound },
  about: { question: string; topicTitle: string | null },
): Promise<number> {
  const { customer, actor, inbound } = asked;
  const own = await deps.people.ownFacts(customer, actor.identity.objectId);
  const facts = {
    asker: actor.displayName,
    ...about,
    own: own === null ? null : { enrolment: own.enrolment, methods: [...own.methods] },
    threadUrl: threadUrlOf(inbound),
  };
  const id = await openIdOf(deps, customer, originOf(inbound, about.topicTitle));
  const people = (await deps.access.list(customer.id)).filter(({ role }) => role === 'helpdesk');
  const posts = people.map(({ identity }): PostPlan => {
    const target = { to: 'person', ...identity } as const;
    return { key: `handOver:${id}:${identity.objectId}`, target, content: null, subject: handOverSubject(id) };
  });
  await deps.conversations.handOver(customer.id, { by: actor, facts, id, posts });
  deps.stopPoint('bot.handOver.opening');
  return posts.length;
}

/** A message is one question; a button is the same question each time, for a person who saw no answer presses again. */
function originOf({ id, type, replyToId, conversation, from }: Inbound, topicTitle: string | null): string {
  const isPress = type === 'invoke' && replyToId !== null;
  return [conversation.rootId, from.id, ...(isPress ? [replyToId, topicTitle] : [id])].join('\n');
}

/** Somebody who asks once more after the question was taken opens a new one. */
async function openIdOf(deps: BotDeps, customer: Customer, origin: string): Promise<string> {
  for (let id = handOverIdOf(origin); ; ) {
    const known = await deps.conversations.findHandOver(customer.id, id);
    if (known === undefined || known.taken === null) return id;
    id = handOverIdOf(`${origin}\n${known.taken.at}`);
  }
}

/** The card of a hand-over as it stands; undefined when the subject is none. */
export async function handOverCardOf(
  deps: BotDeps,
  customer: Customer,
  subject: string,
): Promise<{ card: Card; shown: string } | undefined> {
  const id = handOverIdIn(subject);
  const found = id === null ? undefined : await deps.conversations.findHandOver(customer.id, id);
  if (found === undefined) return undefined;
  const { language, timeZone } = customer.settings;
  const facts = handOverFacts.parse(found.facts);
  const card = handOverCard({ customerId: customer.id, id: found.id, language, timeZone, facts, taken: found.taken });
  return { card, shown: `${found.id}|${found.taken?.at ?? 'open'}` };
}

/** Teams' link to the thread; a chat with the bot cannot be opened by somebody else. */
function threadUrlOf({ conversation, tenantIds, teamId }: Inbound): string | null {
  if (conversation.kind !== 'channel' || conversation.threadId === null) return null;
  const query = new URLSearchParams({ tenantId: tenantIds[0] ?? '', parentMessageId: conversation.threadId });
  if (teamId !== null) query.set('groupId', teamId);
  const path = `${encodeURIComponent(conversation.rootId)}/${encodeURIComponent(conversation.threadId)}`;
  return `https://teams.microsoft.com/l/message/${path}?${query.toString()}`;
}
