import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createOperations } from '../../src/cli/operations.ts';
import type { App } from '../../src/compose.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { CARD_SUBJECTS } from '../../src/rollout/helpdesk/channel.core.ts';
import type { HelpdeskChannel } from '../../src/rollout/helpdesk/channel.ts';
import type { StoreLocation } from '../../src/store/database.ts';
import { readJournal } from '../../src/store/journal.ts';
import {
  addTeamCustomer,
  cardsAsked,
  emptyTeam,
  PUBLIC_URL,
  teamOf,
  teamsOf,
  teamsWrites,
} from '../support/channel-world.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { type RunningSandbox, startProduct, startWorld } from '../support/product.ts';
import { describeStore } from '../support/store.ts';

const ACTOR = { kind: 'test' };
const ALL = ['app', 'channel', 'tab.app', 'tab.guide', 'tab.faq'];
const CHANNELS = '/teams/{id}/channels';
const TABS = '/teams/{id}/channels/{channel}/tabs';
const INSTALLED = '/teams/{id}/installedApps';

describeStore('opening the help channel', (store) => {
  let world: RunningSandbox;
  let app: App;
  let customer: Customer;
  let location: StoreLocation;
  let told = 0;
  beforeAll(async () => {
    world = await startWorld({ seed: 61 });
    location = await store.location();
    app = await startProduct(location, { clock: hurriedClock, ...teamsOf(world) });
  });
  afterAll(async () => {
    await app.close();
    await world.stop();
  });
  // Each test begins with an empty team; what the product remembers of the one before is gone there.
  beforeEach(async () => {
    emptyTeam(world);
    world.sandbox.faults.clear();
    world.sandbox.requests.clear();
    customer = await addTeamCustomer(app, world);
    told = (await journal()).length;
  });

  const journal = () => app.database.withCustomer(customer.id, (tx) => readJournal(tx, customer.id));
  const open = (who = customer): Promise<HelpdeskChannel> => app.channel.open(who, ACTOR, app.signal);
  const strike = (method: string, template: string, fault: object) =>
    world.sandbox.faults.put({ id: `${method} ${template}`, vendor: 'graph', method, template, times: 1, ...fault });
  const events = async () => {
    const rows = (await journal()).slice(told);
    return rows.map(({ event }) => event).filter((event) => event.startsWith('channel.'));
  };

  it('brings app, channel, tabs and cards into the team, and run again changes nothing', async () => {
    const opened = await open();
    expect(opened).toMatchObject({ state: 'open', name: 'it-support', did: ALL, failure: null });
    const [channel, ...others] = teamOf(world).channels;
    expect(others).toEqual([]);
    expect(channel).toMatchObject({ id: opened.channelId, displayName: 'it-support' });
    expect(channel?.tabs.map(({ displayName, contentUrl }) => [displayName, contentUrl])).toEqual([
      ['MFA Rollout', `${PUBLIC_URL}/tab/#overview`],
      ['Enrolment guide', `${PUBLIC_URL}/guide/${customer.id}/en`],
      ['FAQ', `${PUBLIC_URL}/faq/${customer.id}/en`],
    ]);
    const cards = CARD_SUBJECTS.map((subject) => `cards.post:${opened.channelId ?? ''}:${subject}`).sort();
    expect(await cardsAsked(app, customer.id, opened)).toEqual(cards);
    const written = await events();
    expect(written).toEqual([...ALL.flatMap(() => ['channel.begun', 'channel.done']), 'channel.opened']);

    world.sandbox.requests.clear();
    expect(await open()).toEqual({ ...opened, did: [] });
    expect(teamsWrites(world).filter((write) => !write.includes('token'))).toEqual([]);
    expect(await events()).toEqual(written);
    expect(await cardsAsked(app, customer.id, opened)).toEqual(cards);
  });

  it('is a command, whose check finds nothing missing', async () => {
    const operations = createOperations(app, undefined);
    const run = async (name: string) =>
      (await operations.run(name, {}, () => undefined)) as { json: object; text: string };
    expect((await run('channel show')).json).toHaveProperty('channel');
    expect(await run('channel open')).toMatchObject({
      json: { customer: { id: customer.id }, change: 'opened', channel: { state: 'open', did: ALL } },
      text: expect.stringContaining('it-support: https://') as string,
    });
    expect(await run('channel open')).toMatchObject({ json: { change: 'none', channel: { did: [] } } });
    const { json } = await run('customers check');
    const { checks } = json as { checks: { what: string; ok: boolean }[] };
    expect(checks.filter(({ what }) => what.startsWith('Teams')).map(({ ok }) => ok)).toEqual([true, true]);
  });

  it('is one job when two ask at once', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    expect(one).toEqual(two);
    expect(teamOf(world).channels).toHaveLength(1);
    expect(teamsWrites(world)).toHaveLength(ALL.length);
  });

  if (!store.showsAll) return;
  it('speaks the language of the customer', async () => {
    const german = await addTeamCustomer(app, world, {});
    await app.customers.add({ ...german.settings, language: 'de' }, ACTOR);
    await open(await app.customers.find(customer.id));
    const [channel] = teamOf(world).channels;
    expect(channel?.description).toMatch(/^Fragen/);
    expect(channel?.tabs.map(({ displayName }) => displayName)).toEqual([
      'MFA-Einführung',
      'Anleitung',
      'Häufige Fragen',
    ]);
  });

  it('finds channel and tabs by their ids when somebody renamed them', async () => {
    const opened = await open();
    const { tenantId } = world.setUp;
    const [channel] = teamOf(world).channels;
    const kept = world.sandbox.state.tenants.get(tenantId)?.kept;
    for (const tab of channel?.tabs ?? []) {
      const stored = kept?.tabs.get(tab.id);
      if (stored !== undefined) kept?.tabs.set(tab.id, { ...stored, displayName: `${tab.displayName} (old)` });
    }
    const stored = kept?.channels.get(opened.channelId ?? '');
    if (stored !== undefined) kept?.channels.set(stored.id, { ...stored, displayName: 'Helpdesk' });
    world.sandbox.requests.clear();
    expect(await open()).toEqual({ ...opened, name: 'Helpdesk', webUrl: expect.any(String) as string, did: [] });
    expect(teamsWrites(world)).toEqual([]);
  });

  it('makes again what somebody deleted, and with a new channel its cards', async () => {
    const first = await open();
    const kept = world.sandbox.state.tenants.get(world.setUp.tenantId)?.kept;
    kept?.tabs.delete(first.tabs.guide ?? '');
    const second = await open();
    expect(second.did).toEqual(['tab.guide']);
    expect(second.tabs).toMatchObject({ app: first.tabs.app, faq: first.tabs.faq });
    expect(await cardsAsked(app, customer.id, second)).toHaveLength(CARD_SUBJECTS.length);
    kept?.channels.delete(first.channelId ?? '');
    const third = await open();
    expect(third.did).toEqual(['channel', 'tab.app', 'tab.guide', 'tab.faq']);
    expect(third.channelId).not.toBe(first.channelId);
    expect(await cardsAsked(app, customer.id, third)).toHaveLength(CARD_SUBJECTS.length);
  });

  it('adopts a channel of this name that somebody made, however it is written', async () => {
    const kept = world.sandbox.state.tenants.get(world.setUp.tenantId)?.kept;
    const { teamId } = world.setUp.teams;
    const made = { id: '19:own@thread.tacv2', teamId, displayName: 'IT-Support', description: null };
    kept?.channels.set(made.id, { ...made, createdDateTime: '2026-01-01T00:00:00Z' });
    expect(await open()).toMatchObject({ channelId: made.id, name: 'IT-Support', did: ['app', ...ALL.slice(2)] });
  });

  it.each([
    ['the installation', INSTALLED],
    ['the channel', CHANNELS],
    ['a tab', TABS],
  ])('makes %s once when the answer to it is lost', async (_what, template) => {
    strike('POST', template, { status: 504, afterEffect: true });
    expect(await open()).toMatchObject({ did: ALL });
    const { installations, channels } = teamOf(world);
    expect([installations, channels.length, channels[0]?.tabs.length]).toEqual([1, 1, 3]);
    expect((await events()).filter((event) => event === 'channel.begun')).toHaveLength(ALL.length);
  });

  it('waits for a channel that Graph does not show yet', async () => {
    world.sandbox.faults.put({ id: 'late', vendor: 'graph', template: `${CHANNELS}/{channel}`, status: 404, times: 2 });
    strike('GET', TABS, { status: 404 });
    expect(await open()).toMatchObject({ did: ALL });
  });

  it('puts new tabs in the place of those with an address of before', async () => {
    const { tabs } = await open();
    await app.close();
    const moved = 'https://elsewhere.example';
    app = await startProduct(location, { clock: hurriedClock, ...teamsOf(world, moved) });
    expect(await open()).toMatchObject({ did: ALL.slice(2) });
    const live = teamOf(world).channels[0]?.tabs ?? [];
    expect(live.map(({ contentUrl }) => String(contentUrl).startsWith(moved))).toEqual([true, true, true]);
    expect(live.some(({ id }) => Object.values(tabs).includes(id))).toBe(false);
  });

  it.each([
    ['team_missing', 'groupId', { teamId: '00000000-0000-4000-8000-00000000dead' }, undefined],
    ['teams_app_missing', 'catalogue', { teamsAppId: 'somebody-elses' }, undefined],
    [
      'team_archived',
      'Restore it',
      {},
      { method: 'GET', template: '/teams/{id}', body: { id: 'x', isArchived: true } },
    ],
    ['permission_missing', 'grant Channel.Create.Group', {}, { method: 'POST', template: CHANNELS, status: 403 }],
    ['channel_name_taken', '30 days', {}, { method: 'POST', template: CHANNELS, status: 400 }],
  ] as const)(
    'refuses with %s and the way out, and goes on when it is mended',
    async (code, sentence, section, fault) => {
      if (fault !== undefined) {
        const { method, template, ...effect } = fault;
        strike(method, template, { times: 100, ...('body' in effect ? { status: 200 } : {}), ...effect });
      }
      const broken = await addTeamCustomer(app, world, section);
      await expect(open(broken)).rejects.toMatchObject({
        code,
        userMessage: expect.stringContaining(sentence) as string,
      });
      expect(await app.channel.find(customer.id)).toMatchObject({ state: 'refused', failure: { code } });
      world.sandbox.faults.clear();
      customer = await addTeamCustomer(app, world);
      expect(await open()).toMatchObject({ state: 'open', failure: null });
    },
  );
});

describeStore('a customer without Teams', (store) => {
  let world: RunningSandbox;
  beforeAll(async () => {
    world = await startWorld({ seed: 62 });
  });
  afterAll(() => world.stop());

  it('is told what to put where, by the customer file and by the server', async () => {
    const app = await startProduct(await store.location());
    const customer = await addTeamCustomer(app, world);
    const refusal = (setting: string) => ({
      code: 'teams_not_configured',
      userMessage: expect.stringContaining(setting) as string,
    });
    await expect(app.channel.open(customer, ACTOR, app.signal)).rejects.toMatchObject(refusal('BOT_APP_ID'));
    const { teams: _, ...settings } = customer.settings;
    await expect(app.channel.open({ ...customer, settings }, ACTOR, app.signal)).rejects.toMatchObject(
      refusal('"teams"'),
    );
    expect(await app.channel.find(customer.id)).toBeNull();
    await app.close();
  });
});
