import type { CallFacts, Vendor } from './exchange.ts';

/** One answered call, for tests and for measuring: never a body or a token. */
type LoggedRequest = CallFacts & {
  vendor: Vendor;
  method: string;
  template: string;
  path: string;
  query: Record<string, string>;
  status: number;
  /** The sandbox's time, ISO 8601. */
  at: string;
  bytes: number;
  /** Set for a part of a batch. */
  batched?: true;
  fault?: string;
};

/** What has been asked since the last reset, oldest first. It lives in memory: a log, no state of a vendor. */
export type RequestLog = {
  add(request: LoggedRequest): void;
  list(): readonly LoggedRequest[];
  clear(): void;
};

const KEPT_REQUESTS = 200_000;

/** Creates a log that drops its oldest tenth when it is full. */
export function createRequestLog(): RequestLog {
  let kept: LoggedRequest[] = [];
  return {
    add(request) {
      if (kept.length >= KEPT_REQUESTS) kept = kept.slice(KEPT_REQUESTS / 10);
      kept.push(request);
    },
    list: () => kept,
    clear() {
      kept = [];
    },
  };
}
