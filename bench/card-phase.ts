/**
 * Cards to everybody in virtual time, at what Teams allows a bot: 1,000 through the bot's adapter into chats that are
 * known, 20,000 through its pace alone, and 200 messages into one channel. Teams is a counter here that refuses what
 * goes beyond a window; a message costs the SDK more than all the rest.
 */
import { createAdapter } from '../bot/adapter.ts';
import type { Wire } from '../bot/connector-http.ts';
import { createTeamsPace } from '../src/rollout/conversations/pace.ts';
import { leastCardsMs, leastThreadMs, TEAMS_TENANT, TEAMS_THREAD } from './support/least.ts';
import { type BenchLine, countLine, noneLine, ratioLine } from './support/line.ts';
import { createVirtualTime, type VirtualTime } from './support/virtual-time.ts';

const STARTS_AT = Date.parse('2026-01-12T08:00:00Z');
const TARGET = 1.01;
const TENANT = 'eeeeeeee-0000-4000-8000-000000000001';
const CARDS = 1_000;
const MANY = 20_000;
const IN_ONE_THREAD = 200;
const CARD = { card: { type: 'AdaptiveCard', version: '1.5', body: [] }, summary: 'Your team' };

/** Runs the bench. */
export async function runCardPhase(): Promise<BenchLine[]> {
  const chats = (count: number) => Array.from({ length: count }, (_none, n) => `a:chat-${n}`);
  const thread = Array.from({ length: IN_ONE_THREAD }, () => '19:channel@thread.tacv2');
  return [
    ...linesOf('through the adapter', await postThrough(chats(CARDS)), leastCardsMs(CARDS)),
    ...linesOf('pace alone', await paceAlone(chats(MANY)), leastCardsMs(MANY)),
    ...linesOf('into one channel', await paceAlone(thread), leastThreadMs(IN_ONE_THREAD)),
  ];
}

type Posted = { messages: number; calls: number; refused: number; makespanMs: number };

function linesOf(label: string, { messages, calls, refused, makespanMs }: Posted, least: number): BenchLine[] {
  const name = `card-phase/${messages} ${label}`;
  return [
    countLine({ name: `${name}: calls`, value: calls, limit: messages, peer: '2 each where the chat is opened first' }),
    noneLine(`${name}: refused with 429`, refused),
    ratioLine({ name: `${name}: ms until the last one`, value: makespanMs, limit: least, target: TARGET }),
  ];
}

/** The real adapter on a wire that ends in the counter. */
async function postThrough(chats: readonly string[]): Promise<Posted> {
  const time = createVirtualTime(STARTS_AT);
  const teams = createCounter(time);
  const wire: Wire = {
    exchange: ({ url }) => {
      const [, chat = ''] = /conversations\/([^/]+)/.exec(url) ?? [];
      const status = teams.take(decodeURIComponent(chat)) ? 201 : 429;
      return Promise.resolve({ status, headers: {}, text: JSON.stringify({ id: 'posted' }) });
    },
    close: () => Promise.resolve(),
  };
  const settings = {
    ...{ appId: 'eeeeeeee-0000-4000-8000-000000000002', appSecret: 'invented', homeTenantId: TENANT },
    ...{ openIdMetadataUrl: 'http://127.0.0.1:9/keys', loginUrl: 'http://127.0.0.1:9', connectorHosts: [] },
    publicUrl: 'http://127.0.0.1:9',
  };
  const token = { token: () => Promise.resolve('invented'), forget: () => undefined };
  const clock = time.waiters;
  const adapter = createAdapter({ settings, wire, token, clock, pace: createTeamsPace(clock), random: () => 0 });
  const address = { serviceUrl: 'http://127.0.0.1:9/emea/', tenantId: TENANT };
  await time.run(() => Promise.all(chats.map((chat) => adapter.post(address, chat, CARD))));
  return { messages: chats.length, ...teams.seen() };
}

async function paceAlone(threads: readonly string[]): Promise<Posted> {
  const time = createVirtualTime(STARTS_AT);
  const teams = createCounter(time);
  const pace = createTeamsPace(time.waiters);
  const post = (conversationId: string) =>
    pace({ tenantId: TENANT, conversationId }, () => Promise.resolve(teams.take(conversationId)));
  await time.run(() => Promise.all(threads.map(post)));
  return { messages: threads.length, ...teams.seen() };
}

/** Teams' windows, kept on the clock: a call beyond one of them is refused, and counts all the same. */
function createCounter({ now }: VirtualTime): { take(thread: string): boolean; seen(): Omit<Posted, 'messages'> } {
  const taken = new Map<string, number[]>();
  const state = { calls: 0, refused: 0, makespanMs: 0 };
  const isFull = (key: string, { limit, windowMs }: { limit: number; windowMs: number }) => {
    const before = taken.get(key)?.at(-limit);
    return before !== undefined && now() - before < windowMs;
  };
  return {
    take: (thread) => {
      const isRefused = isFull('', TEAMS_TENANT) || TEAMS_THREAD.some((window) => isFull(thread, window));
      for (const key of ['', thread]) {
        const calls = taken.get(key) ?? [];
        calls.push(now());
        taken.set(key, calls);
      }
      state.calls += 1;
      state.refused += isRefused ? 1 : 0;
      state.makespanMs = now() - STARTS_AT;
      return !isRefused;
    },
    seen: () => ({ ...state }),
  };
}
