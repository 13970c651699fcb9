import type { Clock } from '../lib/clock.ts';

export type HeldToken = {
  /** A token that is valid for a while yet; concurrent callers share one request for it. */
  token(signal?: AbortSignal): Promise<string>;
  /**
   * Forgets the token, if it is still the one given: it was refused. One that was held for less than `heldMs` is kept.
   * True where the next token will be another one.
   */
  invalidate(token: string, heldMs?: number): boolean;
};

/** Renewed this long before its end, so that a call that waits in a queue does not arrive with a dead token. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** Holds the token that `fetch` brings, by its clock, until shortly before it ends. */
export function createHeldToken(clock: Clock, fetch: () => Promise<{ token: string; lifetimeMs: number }>): HeldToken {
  let held: { token: string; since: number; renewAt: number } | null = null;
  let flight: Promise<string> | null = null;

  const fetchToken = async (): Promise<string> => {
    const asked = clock.now();
    const { token, lifetimeMs } = await fetch();
    held = { token, since: asked, renewAt: asked + Math.max(lifetimeMs - RENEW_BEFORE_MS, lifetimeMs / 2) };
    return token;
  };

  return {
    async token(signal) {
      if (held !== null && clock.now() < held.renewAt) return held.token;
      flight ??= fetchToken().finally(() => {
        flight = null;
      });
      // The flight is shared, so one caller's abort ends that caller's wait only.
      return signal === undefined ? flight : raced(flight, signal);
    },
    invalidate(token, heldMs = 0) {
      if (held?.token !== token) return true;
      if (clock.now() - held.since < heldMs) return false;
      held = null;
      return true;
    },
  };
}

function raced(flight: Promise<string>, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    flight.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
