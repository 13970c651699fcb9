import type { Clock } from '../../lib/clock.ts';
import { VendorRefusedError } from '../../lib/errors.ts';

/** Teams shows what was just made after seconds, seldom more. */
const PAUSES_MS = [300, 700, 1_500, 3_500, 7_500];

/** The read's result, or null where Graph says that there is no such thing. */
export async function orMissing<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof VendorRefusedError && error.call.status === 404) return null;
    throw error;
  }
}

/** Reads until there is a result, with growing pauses and an end: null when there is none by then. */
export async function untilShown<T>(
  clock: Clock,
  read: () => Promise<T | null | undefined>,
  signal?: AbortSignal,
): Promise<T | null> {
  for (const pauseMs of [...PAUSES_MS, null]) {
    const found = await read();
    if (found !== null && found !== undefined) return found;
    if (pauseMs !== null) await clock.sleep(pauseMs, signal);
  }
  return null;
}
