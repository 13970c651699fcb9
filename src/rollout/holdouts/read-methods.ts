import { AppError, VendorRefusedError } from '../../lib/errors.ts';
import type { Graph } from '../../services/graph/client.ts';
import { readUserMethods } from '../../services/graph/registration.ts';
import type { MethodReading } from './holdout-types.core.ts';

/** Graph's own pace is kept below this; more at once would only keep other readings of the customer waiting. */
const AT_ONCE = 4;

export type MethodsAsk = {
  accountIds: readonly string[];
  /** The instant of a reading, ISO 8601. */
  now(): string;
  signal: AbortSignal;
};

/**
 * Reads each account's own methods as of now. Whoever cannot be read gets the code of what kept it from coming about and
 * no enrolment that was not read; an account that is gone is left to the master list. Throws where the process stops.
 */
export async function readMethodsOf(
  graph: Graph,
  { accountIds, now, signal }: MethodsAsk,
): Promise<Map<string, MethodReading>> {
  const readings = new Map<string, MethodReading>();
  const waiting = accountIds.values();
  const work = async () => {
    for (const accountId of waiting) readings.set(accountId, await readOne(graph, accountId, { now, signal }));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return readings;
}

async function readOne(
  graph: Graph,
  accountId: string,
  { now, signal }: Pick<MethodsAsk, 'now' | 'signal'>,
): Promise<MethodReading> {
  try {
    const { mfaCapable } = await readUserMethods(graph, accountId, { signal });
    return { enrolment: mfaCapable, readAt: now(), problem: null };
  } catch (error) {
    if (!(error instanceof AppError) || signal.aborted) throw error;
    const isGone = error instanceof VendorRefusedError && error.call.status === 404;
    return { enrolment: 'unknown', readAt: null, problem: isGone ? 'account_gone' : error.code };
  }
}
