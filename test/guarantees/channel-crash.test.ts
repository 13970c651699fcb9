import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TeamsSettings } from '../../src/config.ts';
import { CARD_SUBJECTS } from '../../src/rollout/helpdesk/channel.core.ts';
import { readJournal, verifyJournal } from '../../src/store/journal.ts';
import type { ChannelChildTask } from '../support/channel-child.ts';
import { addTeamCustomer, cardsAsked, emptyTeam, teamOf, teamsOf, teamsWrites } from '../support/channel-world.ts';
import { startChild } from '../support/child.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { composeProduct, type RunningSandbox, startProduct, startWorld } from '../support/product.ts';

/** Before a write, after each kind of them, and when all are through. */
const STOP_POINTS = [
  'channel.app.made',
  'channel.channel.begun',
  'channel.channel.made',
  'channel.tab.guide.made',
  'channel.opened',
];
const STEPS = ['app', 'channel', 'tab.app', 'tab.guide', 'tab.faq'];
const ROUND_MS = 60_000;

let world: RunningSandbox;
const folder = mkdtempSync(join(tmpdir(), 'mfa-channel-'));
const prepared = join(folder, 'prepared');
let customerId: string;
let teams: TeamsSettings;
beforeAll(async () => {
  world = await startWorld({ seed: 63 });
  const app = await composeProduct({ dataDir: prepared }, teamsOf(world));
  customerId = (await addTeamCustomer(app, world)).id;
  if (app.teams === undefined) throw new Error('the product knows its app');
  teams = app.teams;
  await app.close();
}, ROUND_MS);
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

it.each(STOP_POINTS)(
  'opening a channel, killed at the point %s, is finished by the next start and makes nothing twice',
  async (point) => {
    emptyTeam(world);
    world.sandbox.requests.clear();
    const location = { dataDir: join(folder, point) };
    cpSync(prepared, location.dataDir, { recursive: true });
    const task: ChannelChildTask = { location, customerId, teams, stopAt: point };
    const child = startChild('channel-child.ts', [JSON.stringify(task)]);
    await expect(child.line((line) => line === 'done')).rejects.toThrow('the process ended without the line');

    const app = await startProduct(location, { clock: hurriedClock, ...teamsOf(world) });
    // Joins the job that the dead process had begun.
    const opened = await app.channel.open(await app.customers.find(customerId), { kind: 'test' }, app.signal);
    const { installations, channels } = teamOf(world);
    expect([installations, channels.length, channels[0]?.tabs.length]).toEqual([1, 1, 3]);
    expect(teamsWrites(world)).toHaveLength(STEPS.length);
    expect(opened).toMatchObject({ state: 'open', channelId: channels[0]?.id, did: STEPS });
    expect(await cardsAsked(app, customerId, opened)).toHaveLength(CARD_SUBJECTS.length);
    const { check, rows } = await app.database.withCustomer(customerId, async (tx) => ({
      check: await verifyJournal(tx, customerId),
      rows: await readJournal(tx, customerId),
    }));
    expect(check).toMatchObject({ ok: true });
    const told = rows.map(({ event }) => event).filter((event) => event.startsWith('channel.'));
    expect(told).toEqual([...STEPS.flatMap(() => ['channel.begun', 'channel.done']), 'channel.opened']);
    await app.close();
  },
  ROUND_MS,
);
