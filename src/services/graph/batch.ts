import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { AppError, VendorBrokenError, VendorRefusedError, VendorUnreachableError } from '../../lib/errors.ts';
import { retryAfterMs, retryDecision } from '../http-retry.ts';
import type { HttpAnswer } from '../http-types.ts';
import { parsedAnswer } from '../parsed-answer.ts';
import { type GraphCallName, graphCallOf } from './calls.ts';
import { filledPath, type Graph, queryOf } from './client.ts';
import { graphErrorCode } from './middleware.ts';
import type { ReadOptions } from './pages.ts';
import { graphCallFacts } from './wire.ts';

/** One answer inside a batch. `body` is undefined for a refusal. */
export type BatchAnswer = { status: number; body: unknown; vendorCode: string | undefined };

export type BatchRead = {
  /** The GET call that is made for each id. */
  call: GraphCallName;
  ids: readonly string[];
  query?: Record<string, string | number>;
  options?: ReadOptions | undefined;
};

export type BatchWrite = {
  /** The PATCH call that is made for each item. */
  call: GraphCallName;
  items: readonly { id: string; body: object }[];
  options?: ReadOptions | undefined;
};

type Batch = {
  call: GraphCallName;
  items: readonly { id: string; body?: object }[];
  query?: Record<string, string | number> | undefined;
  options?: ReadOptions | undefined;
};
type Deps = { graph: Graph; clock: Clock };

const BATCH_SIZE = 20;
const ROUNDS_MAX = 6;
const WAIT_MAX_MS = 120_000;
/** Pauses of a batch are spread by the outer call's jitter already. */
const NO_JITTER = 0;

const answersSchema = z.looseObject({
  responses: z.array(
    z.looseObject({
      id: z.string(),
      status: z.number().int(),
      headers: z.record(z.string(), z.union([z.string(), z.number()])).nullish(),
      body: z.unknown().optional(),
    }),
  ),
  /** There are parts that this answer had no room for. */
  '@odata.nextLink': z.string().nullish(),
});
type Inner = z.infer<typeof answersSchema>['responses'][number];

/**
 * Makes one read for each id, twenty in a request, and hands over each id's answer whatever its status, in the order
 * of the ids. Throttled and failed reads are asked again after the longest pause that one of them was told. Refuses
 * calls that write or that belong to the report and Conditional Access limits, which a batch would only break faster.
 * Throws VendorBrokenError when an answer is missing, and VendorUnreachableError when some stay without one.
 */
export async function* readInBatches(
  deps: Deps,
  { ids, ...read }: BatchRead,
): AsyncGenerator<{ id: string; answer: BatchAnswer }, void, undefined> {
  refuseUnfit(read.call, 'GET');
  yield* inBatches(deps, { ...read, items: ids.map((id) => ({ id })) });
}

/**
 * Sets a value on each item, twenty in a request, as `readInBatches` reads: what was throttled or met an error of the
 * server is sent again, and a lost answer too, so that the call must be a PATCH that says what shall be and not what shall
 * change. What stays without an answer is thrown; those before it are written.
 */
export async function* writeInBatches(
  deps: Deps,
  write: BatchWrite,
): AsyncGenerator<{ id: string; answer: BatchAnswer }, void, undefined> {
  refuseUnfit(write.call, 'PATCH');
  yield* inBatches(deps, write);
}

function refuseUnfit(name: GraphCallName, allowed: 'GET' | 'PATCH'): void {
  const { limit, method } = graphCallOf(name);
  if (method === allowed && limit !== 'reports' && limit !== 'conditionalAccess') return;
  throw new AppError('not_for_batch', `${name} must not be put into a batch`);
}

async function* inBatches(
  deps: Deps,
  batch: Batch,
): AsyncGenerator<{ id: string; answer: BatchAnswer }, void, undefined> {
  for (let start = 0; start < batch.items.length; start += BATCH_SIZE) {
    const items = batch.items.slice(start, start + BATCH_SIZE);
    const answers = await oneBatch(deps, { ...batch, items });
    for (const [index, { id }] of items.entries()) yield { id, answer: takenAnswer(batch.call, answers.get(index)) };
  }
}

async function oneBatch(deps: Deps, batch: Batch): Promise<Map<number, BatchAnswer>> {
  const done = new Map<number, BatchAnswer>();
  let open = [...batch.items.keys()];
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const inner = await sendBatch(deps, batch, open);
    const verdicts = open.map((index) => ({
      index,
      inner: inner.get(index),
      wait: waitOf(inner.get(index), attempt, deps.clock.now()),
    }));
    for (const { index, inner: answer, wait } of verdicts) {
      if (wait === null) done.set(index, innerAnswer(batch.call, answer));
    }
    open = verdicts.filter(({ wait }) => wait !== null).map(({ index }) => index);
    if (open.length > 0) await pause(deps.clock, batch, Math.max(...verdicts.map(({ wait }) => wait ?? 0)));
  }
  return done;
}

async function pause(clock: Clock, { options }: Batch, waitMs: number): Promise<void> {
  options?.signal?.throwIfAborted();
  await clock.sleep(waitMs, options?.signal);
}

async function sendBatch({ graph }: Deps, batch: Batch, open: readonly number[]): Promise<Map<number, Inner>> {
  const { version, path, limit, cost, method } = graphCallOf(batch.call);
  const name = version === 'beta' ? 'batch.beta' : 'batch.v1';
  const requests = open.map((index) => {
    const { id = '', body } = batch.items[index] ?? {};
    const url = `${filledPath(path, { id })}${queryOf(batch.query ?? {})}`;
    const content = body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body };
    return { id: String(index), method, url, ...content };
  });
  // Every call inside counts by itself, so the batch spends the sum of their costs.
  const answer = await graph.request(name, {
    ...batch.options,
    body: { requests },
    repeatable: true,
    limit,
    cost: (cost ?? 1) * open.length,
    throttledMs: longestPause,
  });
  return byIndex(name, answer, open);
}

/** A throttled part speaks for its whole limit: nobody else's calls should run into it meanwhile. */
function longestPause({ body }: HttpAnswer, now: number): number | null {
  const parsed = answersSchema.safeParse(body);
  const throttled = parsed.success ? parsed.data.responses.filter(({ status }) => status === 429) : [];
  const pauses = throttled.map((inner) => retryAfterMs(retryAfterOf(inner), now) ?? 0);
  return pauses.length === 0 ? null : Math.max(...pauses);
}

function retryAfterOf(inner: Inner): string | undefined {
  const found = Object.entries(inner.headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after');
  return found === undefined ? undefined : String(found[1]);
}

function byIndex(name: GraphCallName, answer: HttpAnswer, open: readonly number[]): Map<number, Inner> {
  const facts = graphCallFacts(name, answer);
  const { responses, '@odata.nextLink': more } = parsedAnswer(answersSchema, answer.body, facts);
  const found = new Map(responses.map((response) => [Number(response.id), response]));
  if (found.size !== responses.length) throw new VendorBrokenError(facts, 'the batch answers one part twice');
  for (const index of open.filter((part) => !found.has(part))) {
    if ((more ?? null) === null) throw new VendorBrokenError(facts, 'the batch leaves a part unanswered');
    // Whatever may stand in a batch here may be asked twice, so that the rest is asked again in place of the link.
    found.set(index, { id: String(index), status: 503 });
  }
  return found;
}

/** How long to wait before asking again; null when the answer is final. */
function waitOf(inner: Inner | undefined, attempt: number, now: number): number | null {
  if (inner === undefined) return null;
  const decision = retryDecision({
    repeatable: true,
    attempt,
    attemptsMax: ROUNDS_MAX,
    waitMaxMs: WAIT_MAX_MS,
    outcome: { kind: 'status', status: statusOf(inner), retryAfterMs: retryAfterMs(retryAfterOf(inner), now) },
    jitter: NO_JITTER,
  });
  return decision.retry ? decision.waitMs : null;
}

/** 424: not carried out, since another part failed. Nothing here depends on another, so that it is no refusal. */
function statusOf({ status }: Inner): number {
  return status === 424 ? 503 : status;
}

function innerAnswer(call: GraphCallName, inner: Inner | undefined): BatchAnswer {
  if (inner === undefined) throw new VendorBrokenError(graphCallFacts(call), 'the batch leaves a part unanswered');
  const { body } = inner;
  const status = statusOf(inner);
  if (status === 429 || status >= 500) {
    throw new VendorUnreachableError(
      { ...graphCallFacts(call), status },
      `gave no usable answer inside a batch, status ${status}`,
    );
  }
  return status < 300
    ? { status, body, vendorCode: undefined }
    : { status, body: undefined, vendorCode: graphErrorCode(body) };
}

function takenAnswer(call: GraphCallName, answer: BatchAnswer | undefined): BatchAnswer {
  if (answer === undefined) throw new VendorBrokenError(graphCallFacts(call), 'the batch leaves a part unanswered');
  return answer;
}

/** The error for a refused call inside a batch that the caller has no use for. */
export function batchRefusal(call: GraphCallName, answer: BatchAnswer): VendorRefusedError {
  const { status, vendorCode } = answer;
  const facts = { ...graphCallFacts(call), status, ...(vendorCode === undefined ? {} : { vendorCode }) };
  return new VendorRefusedError(
    facts,
    `refused inside a batch with status ${status}${vendorCode === undefined ? '' : ` (${vendorCode})`}`,
  );
}
