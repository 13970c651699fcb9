import type { IncomingHttpHeaders } from 'node:http';

export const VENDOR_NAMES = [
  'login',
  'graph',
  'bamboohr',
  'workday',
  'gmail',
  'googleToken',
  'connectwise',
  'connector',
] as const;

export type Vendor = (typeof VENDOR_NAMES)[number];

/** A request as the vendors see it: the path still encoded, the query decoded, the whole body as text. */
export type Call = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
};

/** What goes back: `body` as JSON, or `text` as it stands, or `stream` piece by piece, or nothing. */
export type Answer = {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: unknown;
  text?: string;
  /** A body too large to be built as one text; it is read once. */
  stream?: Iterable<string>;
};

/** Facts about a call that are known once it has been looked at; they go into the log of requests. */
export type CallFacts = { tenant?: string; appId?: string };

/** Wrong turns that only the vendor's own code can take; the other faults are done to its finished answer. */
export type Bend = {
  gone?: boolean | undefined;
  endlessPages?: boolean | undefined;
  emptyPage?: boolean | undefined;
  shrinkTo?: number | undefined;
  noEntries?: boolean | undefined;
  vanish?: boolean | undefined;
};

/** A call matched to a place in a vendor's interface: its path template, and how to answer it. */
export type Matched = {
  template: string;
  facts: CallFacts;
  answer(bend: Bend): Promise<Answer>;
  /** Called once when the call is over, answered or not: what counts calls under way counts down. */
  release?(): void;
};

/** One simulated vendor. */
export type VendorApp = { vendor: Vendor; match(call: Call): Matched };

/** The value of a header, the first when it was sent twice. */
export function headerOf(call: Pick<Call, 'headers'>, name: string): string | undefined {
  const value = call.headers[name.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
}
