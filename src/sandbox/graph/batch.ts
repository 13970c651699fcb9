import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Answer, Call } from '../http/exchange.ts';
import type { GraphVersion } from './context.ts';
import { badRequest, graphError } from './errors.ts';

const STEPS_MAX = 20;

const stepSchema = z.object({
  id: z.string().min(1),
  method: z.string().min(1),
  url: z.string().min(1),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
  dependsOn: z.array(z.string()).optional(),
});
const batchSchema = z.object({ requests: z.array(stepSchema) });

type Step = z.infer<typeof stepSchema>;
type Response = { id: string; status: number; headers: Record<string, string>; body?: unknown };

export type BatchDeps = {
  version: GraphVersion;
  /** Answers one part as if it had come alone. */
  answer(call: Call): Promise<Answer>;
};

/**
 * POST /$batch: up to twenty calls in one, each judged and limited for itself. The outer status is 200 whatever the
 * parts answer; they come back in another order; a part whose predecessor failed gets 424.
 */
export async function answerBatch(call: Call, deps: BatchDeps): Promise<Answer> {
  const steps = readSteps(call.body);
  if (!Array.isArray(steps)) return steps;
  const answers = new Map<string, Response>();
  for (const step of steps) {
    const failed = (step.dependsOn ?? []).some((id) => (answers.get(id)?.status ?? 0) >= 400);
    answers.set(
      step.id,
      failed ? dependencyFailed(step) : toResponse(step, await deps.answer(toCall(step, call, deps.version))),
    );
  }
  return { status: 200, body: { responses: shuffled([...answers.values()]) } };
}

function readSteps(body: string): Step[] | Answer {
  const parsed = batchSchema.safeParse(parseJson(body));
  if (!parsed.success) return badRequest('Invalid batch payload format.', 'BadRequest');
  const steps = parsed.data.requests;
  if (steps.length === 0) return badRequest('Invalid batch payload format.', 'BadRequest');
  if (steps.length > STEPS_MAX) {
    const message = `Number of batch request steps exceeds the maximum value of ${STEPS_MAX}.`;
    return badRequest(message, 'MaximumValueExceeded');
  }
  const ids = new Set<string>();
  for (const step of steps) {
    if (ids.has(step.id.toLowerCase())) return badRequest(`Duplicate request id : ${step.id}.`, 'BadRequest');
    const unknown = (step.dependsOn ?? []).find((id) => !ids.has(id.toLowerCase()));
    if (unknown !== undefined)
      return badRequest(`Request id : ${step.id} depends on unknown ${unknown}.`, 'BadRequest');
    ids.add(step.id.toLowerCase());
    const type = Object.keys(step.headers ?? {}).find((name) => name.toLowerCase() === 'content-type');
    if (step.body !== undefined && type === undefined) {
      return badRequest(`Write request id : ${step.id} does not contain Content-Type header or body.`, 'BadRequest');
    }
  }
  return steps;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The caller's text is no JSON: the schema refuses the missing value.
    return undefined;
  }
}

/** Addresses are relative to the version of the batch; the rights are those of the whole. */
function toCall(step: Step, outer: Call, version: GraphVersion): Call {
  const relative = step.url.startsWith('/') ? step.url : `/${step.url}`;
  const mark = relative.indexOf('?');
  const headers = Object.fromEntries(
    Object.entries(step.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return {
    method: step.method.toUpperCase(),
    path: `/${version}${mark < 0 ? relative : relative.slice(0, mark)}`,
    query: new URLSearchParams(mark < 0 ? '' : relative.slice(mark + 1)),
    headers: { ...headers, authorization: outer.headers.authorization },
    body: step.body === undefined ? '' : JSON.stringify(step.body),
  };
}

function toResponse(step: Step, answer: Answer): Response {
  const headers = { 'Content-Type': 'application/json', ...answer.headers };
  const body = answer.text ?? answer.body;
  return { id: step.id, status: answer.status, headers, ...(body === undefined ? {} : { body }) };
}

function dependencyFailed(step: Step): Response {
  return toResponse(step, graphError(424, 'FailedDependency', 'A request that this one depends on has failed.'));
}

/** Another order than the one sent, but the same for the same ids: the caller must go by id. */
function shuffled(responses: Response[]): Response[] {
  const mark = (id: string) => createHash('sha256').update(id).digest('hex');
  const mixed = [...responses].sort((a, b) => (mark(a.id) < mark(b.id) ? -1 : 1));
  const unchanged = mixed.every((response, index) => response.id === responses[index]?.id);
  return unchanged ? mixed.reverse() : mixed;
}
