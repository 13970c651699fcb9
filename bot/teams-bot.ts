import type { Conversation } from '../src/rollout/conversations/conversations.core.ts';
import type { Customer } from '../src/rollout/customers/customers.ts';
import { actorFor, customerFor, identityOf, languageFor, type Place } from './actor.ts';
import type { InvokeAnswer } from './adapter.ts';
import { answerAction } from './card-actions.ts';
import { helpCard } from './cards/notice.card.ts';
import { replyAcrossCustomers, replyTo } from './commands.ts';
import type { BotDeps } from './deps.ts';
import { errorAnswer } from './errors.ts';
import type { Inbound } from './inbound.ts';
import { storedCard } from './proactive.ts';

/**
 * Takes one activity whose sender, address and tenant were checked. Only an invoke has an answer; everything else is
 * answered by a message of its own, through the outbox.
 */
export async function take(deps: BotDeps, place: Place, inbound: Inbound): Promise<InvokeAnswer | undefined> {
  const customers = await customersIn(deps, place, inbound);
  await noteConversation(deps, { place, inbound, customers });
  deps.stopPoint('bot.activity.heard');
  switch (inbound.type) {
    case 'invoke':
      return answerInvoke(deps, place, inbound);
    case 'message':
      await answerMessage(deps, { place, inbound, customers });
      return undefined;
    case 'installationUpdate':
    case 'conversationUpdate':
      if (isInstalled(inbound)) await welcome(deps, inbound, customers);
      return undefined;
    default:
      return undefined;
  }
}

/** Whose ledger the conversation belongs to: in our own Teams, every customer that its person works for. */
async function customersIn(deps: BotDeps, place: Place, inbound: Inbound): Promise<Customer[]> {
  if (place.customer !== null) return [place.customer];
  const identity = identityOf(place, inbound);
  if (identity === null) return [];
  const mine = await deps.access.customersOf(identity);
  const found = await Promise.all(mine.map(({ customerId }) => deps.customers.get(customerId)));
  return found.filter((customer) => customer !== undefined);
}

type Heard = { place: Place; inbound: Inbound; customers: readonly Customer[] };

async function noteConversation(deps: BotDeps, { place, inbound, customers }: Heard): Promise<void> {
  const isRemoved = isUninstalled(inbound);
  const seen = conversationOf(place, inbound);
  for (const customer of customers) {
    if (seen !== undefined) await deps.conversations.saw(customer.id, isRemoved ? { ...seen, state: 'removed' } : seen);
    if (isRemoved && inbound.teamId !== null) {
      await deps.conversations.mark(customer.id, { tenantId: place.tenantId, teamId: inbound.teamId }, 'removed');
    }
  }
}

/** Undefined where nobody is known whose chat it is. */
function conversationOf({ tenantId }: Place, inbound: Inbound): Conversation | undefined {
  const { kind, rootId } = inbound.conversation;
  const party = kind === 'personal' ? inbound.from.objectId : (inbound.channelId ?? rootId);
  if (party === null) return undefined;
  return {
    tenantId,
    kind,
    party,
    conversationId: rootId,
    serviceUrl: inbound.serviceUrl,
    botId: inbound.botId,
    userId: kind === 'personal' ? inbound.from.id : null,
    teamId: inbound.teamId,
    state: 'installed',
  };
}

function isInstalled({ type, action, isBotAdded }: Inbound): boolean {
  return isBotAdded || (type === 'installationUpdate' && (action ?? '').startsWith('add'));
}

function isUninstalled({ type, action, isBotRemoved }: Inbound): boolean {
  return isBotRemoved || (type === 'installationUpdate' && (action ?? '').startsWith('remove'));
}

/** Says once in each conversation what the bot is there for, however often Teams tells of its installation. */
async function welcome(deps: BotDeps, inbound: Inbound, [customer]: readonly Customer[]): Promise<void> {
  const target = customer === undefined ? undefined : targetOf(inbound);
  if (customer === undefined || target === undefined) return;
  const language = languageFor(customer, inbound);
  const card = helpCard({ language, guideUrl: deps.guideUrl(customer, language, null) });
  const key = `welcome:${inbound.conversation.rootId}`;
  await deps.conversations.plan(customer.id, { key, target, content: storedCard(card), subject: null });
}

/** Into the conversation the activity came from: the same thread. */
function targetOf(inbound: Inbound) {
  const { kind, id, rootId } = inbound.conversation;
  const party = kind === 'personal' ? inbound.from.objectId : (inbound.channelId ?? rootId);
  const [tenantId] = inbound.tenantIds;
  if (party === null || tenantId === undefined) return undefined;
  return { to: 'conversation', tenantId, conversationId: id, serviceUrl: inbound.serviceUrl, party } as const;
}

async function answerInvoke(deps: BotDeps, place: Place, inbound: Inbound): Promise<InvokeAnswer> {
  try {
    if (inbound.name === 'adaptiveCard/action') return await answerAction(deps, place, inbound);
    return errorAnswer(deps, inbound, place.customer);
  } catch (error) {
    return errorAnswer(deps, inbound, place.customer, error);
  }
}

/** A message and its answer are kept together; the answer goes out by the outbox, so that a crash loses neither. */
async function answerMessage(deps: BotDeps, { place, inbound, customers }: Heard): Promise<void> {
  const identity = identityOf(place, inbound);
  const target = targetOf(inbound);
  if (identity === null || target === undefined || inbound.id === '' || inbound.from.id === inbound.botId) return;
  const customer = await customerFor(deps, place, { named: null, identity });
  const actor = await actorFor(deps, customer, { identity, name: inbound.from.name });
  const drawn = await replyAcrossCustomers(deps, inbound, customers);
  const delivery = { conversationId: inbound.conversation.id, activityId: inbound.id };
  await deps.conversations.once(customer.id, delivery, async () => {
    const card = drawn ?? (await replyTo({ deps, inbound, customer, actor, language: languageFor(customer, inbound) }));
    if (card === null) return 'silent';
    const key = `reply:${inbound.conversation.id}:${inbound.id}`;
    await deps.conversations.plan(customer.id, { key, target, content: storedCard(card), subject: null });
    deps.stopPoint('bot.reply.planning');
    return 'replied';
  });
}
