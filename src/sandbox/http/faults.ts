import { z } from 'zod';
import { type Answer, type Call, VENDOR_NAMES, type Vendor } from './exchange.ts';

/** What can go wrong on purpose. Several effects may stand together, for example a delay and a cut. */
export const faultSchema = z.strictObject({
  id: z.string().min(1),
  vendor: z.enum(VENDOR_NAMES),
  /** Path template as the log of requests shows it (`/users/{id}`), or `*` for every call of the vendor. */
  template: z.string().min(1),
  method: z.string().optional(),
  tenant: z.string().optional(),
  /** Only calls whose query holds this text. */
  queryIncludes: z.string().optional(),
  /** How many calls it strikes; absent: until it is removed. */
  times: z.int().positive().optional(),
  /** How many matching calls pass before it begins. */
  skip: z.int().nonnegative().optional(),
  /** Share of the matching calls that it strikes, drawn from the sandbox's seeded sequence. */
  probability: z.number().gt(0).max(1).optional(),
  /** Answers with this status, in the vendor's own error format where it has one. */
  status: z.int().min(200).max(599).optional(),
  /** Seconds, or any text a server might send. */
  retryAfter: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
  /** The call takes effect first and only then fails: what a lost answer looks like. */
  afterEffect: z.boolean().optional(),
  delayMs: z.int().positive().optional(),
  /** Ends the connection: without an answer, or in the middle of the body. */
  cut: z.enum(['before', 'body']).optional(),
  /** Sends only the first half of the JSON text, with a length that agrees. */
  truncate: z.boolean().optional(),
  /** Sends a web page with status 200 instead of the answer. */
  html: z.boolean().optional(),
  contentType: z.string().optional(),
  /** Answers 302 to this address. */
  redirect: z.string().optional(),
  /** Puts a next link that leads to the same page into every page. */
  endlessPages: z.boolean().optional(),
  /** Graph: an empty page with a next link to the same place. */
  emptyPage: z.boolean().optional(),
  /** Graph delta: 410 with a Location that restarts the round. */
  gone: z.boolean().optional(),
  /** HR: only the first n people exist for this call. */
  shrinkTo: z.int().nonnegative().optional(),
  /** Workday: a report without its list of entries, whoever works there. */
  noEntries: z.boolean().optional(),
  /** Gmail: a mail is accepted as usual and reaches nobody, nor the sender's own copies. */
  vanish: z.boolean().optional(),
});

export type Fault = z.infer<typeof faultSchema>;

type Armed = { fault: Fault; left: number; passing: number };

/** The faults that are switched on. */
export type Faults = {
  put(fault: Fault): void;
  remove(id: string): void;
  clear(): void;
  list(): (Fault & { left: number | null })[];
  /** The fault that strikes this call, if any; counts it. */
  take(target: { vendor: Vendor; template: string; call: Call; tenant?: string | undefined }): Fault | null;
};

/** Creates an empty set of faults whose draws follow `random`; `changed` hears of every change that must be kept. */
export function createFaults(random: () => number, changed: (faults: Fault[]) => void): Faults {
  let armed: Armed[] = [];
  const tell = () => changed(armed.map((entry) => withLeft(entry)));
  return {
    put(fault) {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY, passing: fault.skip ?? 0 };
      armed = [...armed.filter((other) => other.fault.id !== fault.id), entry];
      tell();
    },
    remove(id) {
      armed = armed.filter((entry) => entry.fault.id !== id);
      tell();
    },
    clear() {
      armed = [];
      tell();
    },
    list: () => armed.map((entry) => ({ ...entry.fault, left: Number.isFinite(entry.left) ? entry.left : null })),
    take(target) {
      const struck = armed.find((entry) => matches(entry.fault, target) && strikes(entry, { random, tell }));
      if (struck === undefined) return null;
      struck.left -= 1;
      if (struck.left <= 0) armed = armed.filter((other) => other !== struck);
      if (Number.isFinite(struck.left)) tell();
      return struck.fault;
    },
  };
}

/** Whether a matching fault strikes this time; counts the calls that it lets pass first. */
function strikes(entry: Armed, given: { random: () => number; tell: () => void }): boolean {
  if (entry.passing > 0) {
    entry.passing -= 1;
    given.tell();
    return false;
  }
  return entry.fault.probability === undefined || given.random() < entry.fault.probability;
}

/** The fault as it would have to be set again to go on from here. */
function withLeft(entry: Armed): Fault {
  const { times: _times, skip: _skip, ...rest } = entry.fault;
  return {
    ...rest,
    ...(Number.isFinite(entry.left) ? { times: entry.left } : {}),
    ...(entry.passing > 0 ? { skip: entry.passing } : {}),
  };
}

type Target = { vendor: Vendor; template: string; call: Call; tenant?: string | undefined };

function matches(fault: Fault, target: Target): boolean {
  if (fault.vendor !== target.vendor) return false;
  if (fault.template !== '*' && fault.template !== target.template) return false;
  if (fault.method !== undefined && fault.method !== target.call.method) return false;
  if (fault.tenant !== undefined && fault.tenant !== target.tenant) return false;
  return fault.queryIncludes === undefined || decodedQuery(target.call).includes(fault.queryIncludes);
}

function decodedQuery(call: Call): string {
  return [...call.query].map(([name, value]) => `${name}=${value}`).join('&');
}

/** Whether a fault replaces the answer instead of only bending it. */
export function replacesAnswer(fault: Fault): boolean {
  return fault.status !== undefined || fault.html === true || fault.redirect !== undefined;
}

/** The answer of a fault that replaces one; `vendorError` gives the vendor's own body for a status. */
export function faultAnswer(fault: Fault, vendorError: (status: number) => Answer): Answer {
  if (fault.redirect !== undefined) return { status: 302, headers: { Location: fault.redirect } };
  if (fault.html === true) {
    const text = '<!DOCTYPE html><html><head><title>Service</title></head><body>We will be back soon.</body></html>';
    return { status: fault.status ?? 200, headers: { 'Content-Type': 'text/html; charset=utf-8' }, text };
  }
  const answer = vendorError(fault.status ?? 500);
  const headers = { ...answer.headers, ...fault.headers };
  if (fault.retryAfter !== undefined) headers['Retry-After'] = fault.retryAfter;
  return fault.body === undefined ? { ...answer, headers } : { status: answer.status, headers, body: fault.body };
}
