/**
 * The newcomer's journey through Teams: cards in the channel, a question, one for a person, the signature, the approval.
 * People see "unable to reach app" when the product is gone, and try again once it is back; Teams repeats nothing.
 */
import type { TeamsSettings } from '../../src/config.ts';
import { messageActivity } from '../../src/sandbox/teams/activities.ts';
import type { Person } from '../../src/sandbox/teams/places.ts';
import type { ShownMessage } from '../../src/sandbox/teams/shown-messages.ts';
import type { GraphObject } from '../../src/sandbox/world/world.ts';
import { PUBLIC_URL } from './channel-world.ts';
import type { RunningSandbox } from './product.ts';

/** The product as people reach it: which of its processes answers, and where. */
export type Reach = {
  /** How many processes have listened so far. */
  count(): number;
  /** Resolves when more than so many have listened. */
  after(count: number): Promise<void>;
  url(): string;
};

type Shown = ShownMessage & { card: GraphObject | null };

export const QUESTION = 'How do I enrol for MFA?';
export const PLEA = 'I want to talk to a real person about my MFA';

/** What the product is told of the sandbox: what its ready line says. */
export function settingsOf({ sandbox }: RunningSandbox): TeamsSettings {
  const { appId, appSecret, homeTenantId, openIdMetadataUrl, loginUrl } = sandbox.app;
  const connectorHosts = [new URL(sandbox.urls.connector).host];
  const { caFile } = sandbox;
  const firstServiceUrl = `${sandbox.urls.connector}/emea/{tenantId}/`;
  const own = { appId, appSecret, homeTenantId, openIdMetadataUrl, loginUrl };
  return { ...own, connectorHosts, firstServiceUrl, publicUrl: PUBLIC_URL, caFile };
}

/** Walks the whole journey; resolves when the last card shows how it ended. */
export async function walk(world: RunningSandbox, reach: Reach): Promise<void> {
  await until(world, () => cardsOf(world).length === CARDS);
  await ask(world, reach, QUESTION);
  await ask(world, reach, PLEA);
  await until(world, () => chatOf(world, 'helpdesk').length > 0);
  await sign(world, reach);
  await until(world, () => isFinal(world, 'Signed by'));
  await approve(world, reach);
  await until(world, () => isFinal(world, 'Approved by'));
}

const CARDS = 5;

/** The person of a role, as Teams knows them. */
export function personOf({ sandbox, setUp }: RunningSandbox, role: 'approver' | 'helpdesk' | 'user'): Person {
  return sandbox.teams.person(setUp.tenantId, setUp.people[role].objectId);
}

/** The id of the help channel; empty before there is one. */
function channelIdOf({ sandbox, setUp }: RunningSandbox): string {
  const channels = sandbox.state.tenants.get(setUp.tenantId)?.kept.channels.values() ?? [];
  return [...channels].find(({ displayName }) => displayName === 'it-support')?.id ?? '';
}

/** Everything in the help channel as somebody sees it who pressed nothing. */
function channelOf(world: RunningSandbox): Shown[] {
  const id = channelIdOf(world);
  return id === '' ? [] : world.sandbox.teams.show(personOf(world, 'helpdesk'), id).messages;
}

/** The bot's own posts in the channel. */
export function cardsOf(world: RunningSandbox): Shown[] {
  return channelOf(world).filter(({ rootId, from }) => rootId === null && from.isBot);
}

/** What the bot wrote under a question. */
export function answersTo(world: RunningSandbox, text: string): Shown[] {
  const all = channelOf(world);
  const roots = new Set(all.filter((message) => message.text.includes(text)).map(({ id }) => id));
  return all.filter(({ rootId, from }) => rootId !== null && roots.has(rootId) && from.isBot);
}

/** What the bot wrote to a person alone. */
export function chatOf(world: RunningSandbox, role: 'helpdesk' | 'user'): Shown[] {
  const { sandbox, setUp } = world;
  const { kept } = personOf(world, role).tenant;
  const chat = [...kept.botChats.values()].find(({ userId }) => userId === setUp.people[role].objectId);
  return chat === undefined ? [] : sandbox.teams.show(personOf(world, role), chat.id).messages;
}

function isFinal(world: RunningSandbox, lead: string): boolean {
  return cardsOf(world).some(({ card }) => JSON.stringify(card).includes(lead));
}

/** Looks again whenever something is written or changed in Teams. */
function until({ sandbox }: RunningSandbox, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!holds()) return;
      unsubscribe();
      resolve();
    };
    // News are told while the change is being made: looked at after it.
    const unsubscribe = sandbox.teams.news.subscribe(() => void setImmediate(look));
    look();
  });
}

/** Writes into the channel; the channel's delivery is made again until the bot took it, and once more after that. */
async function ask(world: RunningSandbox, reach: Reach, text: string): Promise<void> {
  const { teams, urls, state } = world.sandbox;
  const author = personOf(world, 'user');
  const channelId = channelIdOf(world);
  const kept = await teams.write(author, channelId, { text, mentionsBot: true });
  const deps = { state, now: world.sandbox.now, connectorUrl: () => urls.connector };
  const activity = messageActivity(deps, teams.place(author, channelId), { author, message: kept });
  for (;;) {
    const count = reach.count();
    const answer = await teams.link.post(activity);
    if (answer.reached && answer.status === 200) break;
    await reach.after(count);
  }
  await until(world, () => answersTo(world, text).length > 0);
  await teams.link.post(activity);
}

/** Presses "Review and sign", then "Sign", until the card that comes back has nothing left to sign. */
async function sign(world: RunningSandbox, reach: Reach): Promise<void> {
  const approver = personOf(world, 'approver');
  const posted = cardsOf(world).find(({ card }) => actionOf(card, 'exceptions.view') !== undefined);
  let action = actionOf(posted?.card ?? null, 'exceptions.view');
  if (posted === undefined) throw new Error('the exceptions card asks for a signature');
  while (action !== undefined) {
    const count = reach.count();
    const result = await world.sandbox.teams.press(approver, posted.id, { action, trigger: 'manual' });
    if (result.show === 'card') action = actionOf(result.card, 'exceptions.sign');
    else if (result.show === 'unreachable') await reach.after(count);
    else throw new Error(`the press ended with ${JSON.stringify(result)}`);
  }
}

function actionOf(card: GraphObject | null, verb: string): GraphObject | undefined {
  const actions = (card?.actions ?? []) as GraphObject[];
  return actions.find((action) => action.verb === verb);
}

/** The engineer belongs to no team of the customer, so the draft is read and approved in the tab. */
async function approve({ sandbox, setUp }: RunningSandbox, reach: Reach): Promise<void> {
  const { tenantId, objectId } = setUp.people.engineer;
  const token = await sandbox.teams.tabToken(sandbox.teams.person(tenantId, objectId));
  const call = async (method: string, path: string, body?: unknown): Promise<GraphObject | undefined> => {
    const response = await fetch(`${reach.url()}/api/v1/customers/${setUp.tenantId}/policy-draft${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => undefined);
    if (response !== undefined && !response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response?.json().catch(() => undefined)) as GraphObject | undefined;
  };
  for (;;) {
    const count = reach.count();
    const { digest } = (await call('GET', '')) ?? {};
    const outcome = digest === undefined ? undefined : await call('POST', '/decide', { digest, verdict: 'approved' });
    if (outcome?.outcome === 'recorded' || outcome?.outcome === 'already') return;
    // The draft may have been drawn anew in between; the engineer reads it again.
    if (outcome?.outcome !== 'stale') await reach.after(count);
  }
}
