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
      headers: z.record(z.string(), z.string()).nullish(),
      body: z.unknown().optional(),
    }),
  ),
});
type Inner = z.infer<typeof answersSchema>['responses'][number];

/**
 * Makes one read for each id, twenty in a request, and hands over each id's answer whatever its status, in the order
 * of the ids. Throttled and failed reads are asked again after the longest pause that one of them was told. Refuses
 * calls that write or that belong to the report and Conditional Access limits, which a batch would only break faster.
 * Throws VendorBrokenError when an answer is missing, and VendorUnreachableError when some stay without one.
 */
export async function* readInBatches(
  deps: { graph: Graph; clock: Clock },
  read: BatchRead,
): AsyncGenerator<{ id: string; answer: BatchAnswer }, void, undefined> {
  const { limit, method } = graphCallOf(read.call);
  if (method !== 'GET' || limit === 'reports' || limit === 'conditionalAccess') {
    throw new AppError('not_for_batch', `${read.call} must not be put into a batch`);
  }
  for (let start = 0; start < read.ids.length; start += BATCH_SIZE) {
    const ids = read.ids.slice(start, start + BATCH_SIZE);
    const answers = await oneBatch(deps, { ...read, ids });
    for (const [index, id] of ids.entries()) yield { id, answer: takenAnswer(read.call, answers.get(index)) };
  }
}

async function oneBatch(deps: { graph: Graph; clock: Clock }, read: BatchRead): Promise<Map<number, BatchAnswer>> {
  const done = new Map<number, BatchAnswer>();
  let open = [...read.ids.keys()];
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const inner = await sendBatch(deps.graph, read, open);
    const verdicts = open.map((index) => ({
      index,
      inner: inner.get(index),
      wait: waitOf(inner.get(index), attempt, deps.clock.now()),
    }));
    for (const { index, inner: answer, wait } of verdicts) {
      if (wait === null) done.set(index, innerAnswer(read.call, answer));
    }
    open = verdicts.filter(({ wait }) => wait !== null).map(({ index }) => index);
    if (open.length > 0) await pause(deps.clock, read, Math.max(...verdicts.map(({ wait }) => wait ?? 0)));
  }
  return done;
}

async function pause(clock: Clock, read: BatchRead, waitMs: number): Promise<void> {
  read.options?.signal?.throwIfAborted();
  await clock.sleep(waitMs, read.options?.signal);
}

async function sendBatch(graph: Graph, read: BatchRead, open: readonly number[]): Promise<Map<number, Inner>> {
  const { version, path, limit, cost } = graphCallOf(read.call);
  const name = version === 'beta' ? 'batch.beta' : 'batch.v1';
  const requests = open.map((index) => ({
    id: String(index),
    method: 'GET',
    url: `${filledPath(path, { id: read.ids[index] ?? '' })}${queryOf(read.query ?? {})}`,
  }));
  // Every read inside counts by itself, so the batch spends the sum of their costs.
  const answer = await graph.request(name, {
    ...read.options,
    body: { requests },
    repeatable: true,
    limit,
    cost: (cost ?? 1) * open.length,
  });
  return byIndex(name, answer, open);
}

function byIndex(name: GraphCallName, answer: HttpAnswer, open: readonly number[]): Map<number, Inner> {
  const facts = graphCallFacts(name, answer);
  const { responses } = parsedAnswer(answersSchema, answer.body, facts);
  const found = new Map(responses.map((response) => [Number(response.id), response]));
  if (found.size !== responses.length) throw new VendorBrokenError(facts, 'the batch answers one read twice');
  if (open.some((index) => !found.has(index))) throw new VendorBrokenError(facts, 'the batch leaves a read unanswered');
  return found;
}

/** How long to wait before asking again; null when the answer is final. */
function waitOf(inner: Inner | undefined, attempt: number, now: number): number | null {
  if (inner === undefined) return null;
  const header = Object.entries(inner.headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after')?.[1];
  const decision = retryDecision({
    repeatable: true,
    attempt,
    attemptsMax: ROUNDS_MAX,
    waitMaxMs: WAIT_MAX_MS,
    outcome: { kind: 'status', status: inner.status, retryAfterMs: retryAfterMs(header, now) },
    jitter: NO_JITTER,
  });
  return decision.retry ? decision.waitMs : null;
}

function innerAnswer(call: GraphCallName, inner: Inner | undefined): BatchAnswer {
  if (inner === undefined) throw new VendorBrokenError(graphCallFacts(call), 'the batch leaves a read unanswered');
  const { status, body } = inner;
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
  if (answer === undefined) throw new VendorBrokenError(graphCallFacts(call), 'the batch leaves a read unanswered');
  return answer;
}

/** The error for a refused read inside a batch that the caller has no use for. */
export function batchRefusal(call: GraphCallName, answer: BatchAnswer): VendorRefusedError {
  const { status, vendorCode } = answer;
  const facts = { ...graphCallFacts(call), status, ...(vendorCode === undefined ? {} : { vendorCode }) };
  return new VendorRefusedError(
    facts,
    `refused inside a batch with status ${status}${vendorCode === undefined ? '' : ` (${vendorCode})`}`,
  );
}
