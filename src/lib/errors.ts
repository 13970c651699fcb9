/**
 * Thrown errors. Expected refusals are returned as values; what is thrown is either a mistake the user can mend
 * (`userMessage` says how) or a fault. Vendors fail in exactly three ways, and the type tells the layer: the vendor
 * answered no (refused), nobody answered in time (unreachable), or the answer cannot be believed (broken).
 */
export type ErrorDetails = {
  /** A sentence a person may see: what is wrong and what to do next. */
  userMessage?: string;
  /** Facts for the log: ids only, never bodies, mails or tokens. */
  facts?: Record<string, string | number | boolean | null>;
  cause?: unknown;
};

/** Base of every error this product throws on purpose; `code` is stable and may be tested for. */
export class AppError extends Error {
  readonly code: string;
  readonly userMessage: string | undefined;
  readonly facts: Record<string, string | number | boolean | null>;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.userMessage = details.userMessage;
    this.facts = details.facts ?? {};
  }

  /** What a person is told: the sentence meant for people, else the message. */
  get sentence(): string {
    return this.userMessage ?? this.message;
  }
}

/**
 * Codes of work that was told to stop or that another worker took over. They say nothing of what the work was about:
 * whoever comes next goes on with it.
 */
export const INTERRUPTIONS: ReadonlySet<string> = new Set(['process_stopping', 'worker_stopping', 'job_lost']);

/** Where a vendor call failed. `path` is the template (`/users/{id}`), never the filled-in address. */
export type VendorCall = {
  vendor: string;
  method: string;
  path: string;
  status?: number;
  /** The vendor's own error code, where the answer carried one. */
  vendorCode?: string;
  /** The vendor's id of the request, for a support case. */
  requestId?: string;
};

/** Base of the three vendor errors; callers decide by the subclass, never by the text. */
export class VendorError extends AppError {
  readonly call: VendorCall;

  constructor(code: string, call: VendorCall, reason: string, details: ErrorDetails = {}) {
    super(code, `${call.vendor} ${call.method} ${call.path}: ${reason}`, {
      ...details,
      facts: { ...call, ...details.facts },
    });
    this.call = call;
  }
}

/** The vendor answered, and the answer is no: a 4xx other than throttling. Trying again changes nothing. */
export class VendorRefusedError extends VendorError {
  constructor(call: VendorCall, reason: string, details: ErrorDetails = {}) {
    super('vendor_refused', call, reason, details);
  }
}

/** No usable answer in time: network, TLS, time-out, throttling or 5xx after the allowed tries. */
export class VendorUnreachableError extends VendorError {
  constructor(call: VendorCall, reason: string, details: ErrorDetails = {}) {
    super('vendor_unreachable', call, reason, details);
  }
}

/** An answer came and cannot be believed: not JSON, wrong shape, too large, endless paging, another host. */
export class VendorBrokenError extends VendorError {
  constructor(call: VendorCall, reason: string, details: ErrorDetails = {}) {
    super('vendor_broken', call, reason, details);
  }
}
