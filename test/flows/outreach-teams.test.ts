import { afterAll, beforeAll, expect, it } from 'vitest';
import { outreachCard } from '../../bot/cards/outreach.card.ts';
import { storedCard } from '../../bot/proactive.ts';
import type { App } from '../../src/compose.ts';
import { createConversations } from '../../src/rollout/conversations/conversations.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import type { TeamsAnswer, TeamsChat } from '../../src/rollout/outreach/outreach-facts.ts';
import { createTeamsChat } from '../../src/rollout/outreach/teams-chat.ts';
import { serviceUrlOf } from '../../src/sandbox/teams/ids.ts';
import { addTeamCustomer, teamsOf } from '../support/channel-world.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { worldPeople } from '../support/outreach-world.ts';
import { composeProduct, type RunningSandbox, startWorld } from '../support/product.ts';
import { embeddedFolder } from '../support/store.ts';

const GUIDE = 'https://rollout.example/guide';
const MESSAGE = { subject: 'MFA for <Ada> **Example**', html: '', text: `Hello Ada,\n\nplease enrol: ${GUIDE}.` };
const WIDE = { limit: 1_000, windowMs: 1_000 };

let world: RunningSandbox;
let app: App;
let customer: Customer;
let chat: TeamsChat;
let people: string[];
let laterMs = 0;
const clock = { ...hurriedClock, now: () => hurriedClock.now() + laterMs };
const { signal } = new AbortController();

beforeAll(async () => {
  world = await startWorld({ seed: 69, size: 100 });
  const { connector } = world.sandbox.urls;
  const settings = await teamsOf(world).teams?.();
  if (settings === undefined) throw new Error('the sandbox has an app');
  const teams = { ...settings, connectorHosts: [new URL(connector).host], caFile: world.sandbox.caFile };
  app = await composeProduct(
    { dataDir: embeddedFolder() },
    { clock, teams: () => Promise.resolve(teams), teamsLimits: { thread: [WIDE], tenant: WIDE } },
  );
  customer = await addTeamCustomer(app, world);
  const conversations = createConversations(app);
  const { tenantId, teams: place } = world.setUp;
  const seen = { conversationId: '19:a@thread.tacv2', botId: `28:${teams.appId}`, userId: null, teamId: place.teamId };
  await conversations.saw(customer.id, {
    ...{ ...seen, tenantId, kind: 'channel', party: '19:a@thread.tacv2', state: 'installed' },
    serviceUrl: serviceUrl(),
  });
  const card: Parameters<typeof createTeamsChat>[0]['card'] = (message) =>
    storedCard(outreachCard({ ...message, language: 'en' }));
  chat = createTeamsChat({ ...app, conversations, clientId: teams.appId, card });
  people = worldPeople(world, 4).map(({ accountId }) => accountId);
});
afterAll(async () => {
  await app.close();
  await world.stop();
});

const serviceUrl = () => serviceUrlOf(world.sandbox.urls.connector, world.setUp.tenantId);

function kept() {
  const found = world.sandbox.state.tenants.get(world.setUp.tenantId)?.kept;
  if (found === undefined) throw new Error('the tenant is there');
  return found;
}

const chatsOf = (userId: string) => [...kept().botChats.values()].filter((one) => one.userId === userId);

function writtenTo(userId: string): string[] {
  const ids = chatsOf(userId).map(({ id }) => id);
  const activities = [...kept().activities.values()].filter(({ conversationId }) => ids.includes(conversationId));
  return activities.map(({ activity }) => JSON.stringify(activity));
}

const whyNot = (answer: TeamsAnswer | null) => (answer?.kind === 'refused' ? answer.reason.en : answer?.kind);

/** Writes and works until the bot has done what it can. */
async function write(accountId: string, key: string): Promise<TeamsAnswer | null> {
  const first = await chat.post({ customer, accountId, key, message: MESSAGE, signal });
  await app.worker.drain();
  return first.kind === 'pending' ? chat.standing(customer, key) : first;
}

it('brings the app to a person and writes once, with the guide behind a button and no markup of others', async () => {
  const [person = ''] = people;
  expect(await chat.standing(customer, 'teams:1')).toBeNull();
  expect(await write(person, 'teams:1')).toEqual({ kind: 'posted' });
  expect(await write(person, 'teams:1')).toEqual({ kind: 'posted' });
  const [written, ...others] = writtenTo(person);
  expect(others).toEqual([]);
  expect(written).toContain(`"url":"${GUIDE}"`);
  expect(written).toContain('"text":"MFA for <Ada> **Example**","type":"TextRun"');
  const installed = [...kept().installations.values()].filter(({ holderId }) => holderId === person);
  expect(installed).toHaveLength(1);
});

it('says that the person blocked the bot, and does not ask Teams again', async () => {
  const [, person = ''] = people;
  await write(person, 'teams:2');
  for (const one of chatsOf(person)) kept().botChats.set(one.id, { ...one, isBlocked: true });
  const conversationId = chatsOf(person)[0]?.id ?? '';
  // As the bot hears of it when the person writes to it for the first time.
  await createConversations(app).saw(customer.id, {
    ...{ tenantId: world.setUp.tenantId, kind: 'personal', party: person, conversationId, state: 'installed' },
    ...{ serviceUrl: serviceUrl(), botId: 'b', userId: 'u', teamId: null },
  });
  const answer = await write(person, 'teams:3');
  expect(whyNot(answer)).toContain('blocked the bot');
  world.sandbox.requests.clear();
  expect(await write(person, 'teams:4')).toEqual(answer);
  expect(world.sandbox.requests.list()).toEqual([]);
  expect(writtenTo(person)).toHaveLength(1);
});

it('is in doubt when the connector’s answer was lost: no chat can be looked through', async () => {
  const [, , person = ''] = people;
  await write(person, 'teams:5');
  world.sandbox.faults.put({
    id: 'lost',
    vendor: 'connector',
    method: 'POST',
    template: '*',
    // Opening the chat comes before.
    skip: 1,
    cut: 'before',
    afterEffect: true,
    times: 1,
  });
  expect(await write(person, 'teams:6')).toEqual({ kind: 'pending' });
  laterMs += 600_000;
  await app.queue.showTime();
  await app.worker.drain();
  expect(await chat.standing(customer, 'teams:6')).toEqual({ kind: 'unknown' });
  expect(writtenTo(person).filter((text) => text.includes(MESSAGE.subject))).toHaveLength(2);
});

it('says that the app is not in the catalogue', async () => {
  const [, , , person = ''] = people;
  const apps = [...kept().teamsApps];
  kept().teamsApps.clear();
  const answer = await chat.post({ customer, accountId: person, key: 'teams:7', message: MESSAGE, signal });
  for (const [id, one] of apps) kept().teamsApps.set(id, one);
  expect(whyNot(answer)).toContain('catalogue');
});
