import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Clock, createManualClock, type ManualClock, systemClock } from '../../src/lib/clock.ts';
import { readInBatches, writeInBatches } from '../../src/services/graph/batch.ts';
import { listGroups } from '../../src/services/graph/groups.ts';
import { type GraphBench, startGraphBench } from '../support/graph-bench.ts';
import type { Arrived, Reply } from '../support/vendor-double.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(...args: Parameters<typeof startGraphBench>): Promise<GraphBench> {
  const bench = await startGraphBench(...args);
  closing.push(() => bench.close());
  return bench;
}

/** A clock by hand on which only pauses sleep: deadlines run on the machine's time and are not reached. */
function pausingClock(): { manual: ManualClock; clock: Clock } {
  const manual = createManualClock(0);
  const sleep: Clock['sleep'] = (ms, signal) => (ms >= 60_000 ? systemClock : manual).sleep(ms, signal);
  return { manual, clock: { now: () => manual.now(), sleep } };
}

async function untilPaused(manual: ManualClock): Promise<void> {
  while (manual.sleepers() === 0) await new Promise(setImmediate);
}

const form = z.object({
  requests: z.array(
    z.object({
      id: z.string(),
      method: z.string(),
      url: z.string(),
      headers: z.record(z.string(), z.string()).optional(),
      body: z.unknown().optional(),
    }),
  ),
});
type Part = z.infer<typeof form>['requests'][number];
type Answer = { status: number; headers?: Record<string, string | number>; body?: unknown };

const partsOf = (request: Arrived | undefined) => form.parse(JSON.parse(request?.body ?? '{}')).requests;
const batchReply = (request: Arrived, answer: (part: Part) => Answer): Reply => ({
  json: { responses: partsOf(request).map((part) => ({ id: part.id, ...answer(part) })) },
});
const THROTTLED: Answer = {
  status: 429,
  headers: { 'retry-after': '8' },
  body: { error: { code: 'TooManyRequests' } },
};

describe('an answer that leaves parts out', () => {
  const oneOf = (request: Arrived, more: object): Reply => {
    const [part] = partsOf(request);
    return { json: { responses: [{ id: part?.id, status: 200, headers: null, body: {} }], ...more } };
  };

  it('has the rest asked for again where it links to more', async () => {
    const { manual, clock } = pausingClock();
    const link = { '@odata.nextLink': 'https://elsewhere.example.com/v1.0/$batch?$skiptoken=2' };
    const bench = await start((request, index) => oneOf(request, index === 0 ? link : {}), { clock });
    const read = async () => {
      const ids: string[] = [];
      const asked = readInBatches({ graph: bench.graph, clock }, { call: 'users.get', ids: ['a', 'b'] });
      for await (const { id, answer } of asked) ids.push(`${id} ${answer.status}`);
      return ids;
    };
    const done = read();
    await untilPaused(manual);
    manual.advance(60_000);
    expect(await done).toEqual(['a 200', 'b 200']);
    expect(bench.arrived().map((request) => partsOf(request).map(({ url }) => url))).toEqual([
      ['/users/a', '/users/b'],
      ['/users/b'],
    ]);
  });

  it('is broken where it does not', async () => {
    const bench = await start((request) => oneOf(request, { '@odata.nextLink': null }));
    const asked = readInBatches({ graph: bench.graph, clock: systemClock }, { call: 'users.get', ids: ['a', 'b'] });
    await expect(asked.next()).rejects.toThrow('leaves a part unanswered');
  });
});

describe('a throttled part of a batch', () => {
  it.each([
    ['a text', { 'retry-after': '8' }],
    ['a number', { 'Retry-After': 8 }],
  ])('holds the other calls of its limit as well, as long as it was told in %s', async (_form, headers) => {
    const { manual, clock } = pausingClock();
    const bench = await start(
      (request, index) => {
        if (!request.path.endsWith('$batch')) return { json: { value: [] } };
        return batchReply(request, () => (index === 0 ? { ...THROTTLED, headers } : { status: 200, body: {} }));
      },
      { clock },
    );
    const batch = readInBatches({ graph: bench.graph, clock }, { call: 'users.get', ids: ['a'] }).next();
    await untilPaused(manual);
    const other = listGroups(bench.graph);
    // Everything that could send by now has had its turn; only the pause keeps the listing back.
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    expect(bench.arrived().map(({ path }) => path)).toEqual(['/v1.0/$batch']);

    manual.advance(8_000);
    await Promise.all([batch, other]);
    expect(bench.arrived()).toHaveLength(3);
  });
});

describe('writeInBatches', () => {
  it('sends each part as a PATCH of JSON, twenty in a request, and gives the answers in order', async () => {
    const bench = await start((request) => batchReply(request, () => ({ status: 204 })));
    const items = Array.from({ length: 25 }, (_none, index) => ({ id: `u${index}`, body: { state: index } }));
    const answers: string[] = [];
    const written = writeInBatches(
      { graph: bench.graph, clock: createManualClock(0) },
      { call: 'perUserMfa.update', items },
    );
    for await (const { id, answer } of written) answers.push(`${id} ${answer.status}`);

    expect(answers).toEqual(items.map(({ id }) => `${id} 204`));
    expect(bench.arrived().map((request) => [request.path, partsOf(request).length])).toEqual([
      ['/beta/$batch', 20],
      ['/beta/$batch', 5],
    ]);
    expect(partsOf(bench.arrived()[1])[0]).toMatchObject({
      method: 'PATCH',
      url: '/users/u20/authentication/requirements',
      headers: { 'Content-Type': 'application/json' },
      body: { state: 20 },
    });
  });

  it('sends a call again for none but those that failed, and gives a refusal as it is', async () => {
    const { manual, clock } = pausingClock();
    const bench = await start(
      (request, index) =>
        batchReply(request, ({ url }) => {
          if (url.includes('/refused/')) return { status: 403, body: { error: { code: 'Forbidden' } } };
          return index === 0 && url.includes('/late/') ? { status: 424 } : { status: 204 };
        }),
      { clock },
    );
    const items = ['first', 'refused', 'late'].map((id) => ({ id, body: {} }));
    const statuses: number[] = [];
    const run = (async () => {
      const written = writeInBatches({ graph: bench.graph, clock }, { call: 'perUserMfa.update', items });
      for await (const { answer } of written) statuses.push(answer.status);
    })();
    await untilPaused(manual);
    manual.jump();
    await run;

    expect(statuses).toEqual([204, 403, 204]);
    expect(partsOf(bench.arrived()[1]).map(({ url }) => url.split('/')[2])).toEqual(['late']);
  });

  it('refuses a call that is no PATCH', async () => {
    const bench = await start(() => 'cut');
    const items = [{ id: 'a', body: {} }];
    const written = writeInBatches(
      { graph: bench.graph, clock: createManualClock(0) },
      { call: 'groups.create', items },
    );
    await expect(written.next()).rejects.toMatchObject({ code: 'not_for_batch' });
    expect(bench.arrived()).toEqual([]);
  });
});
