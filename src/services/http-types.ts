import type { Readable } from 'node:stream';

/**
 * How far a call got that brought no answer. `connect`: no connection, so nothing was sent. `tls`: the peer could not
 * be trusted. `sent`: the request may have been received and carried out.
 */
export type LostStage = 'connect' | 'tls' | 'sent';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Takes a JSON body as it arrives, for answers that are too long to be held. One of its own for each try. */
export type BodyCollector = {
  /** False: the body is no use any more and the rest of it is not wanted. */
  take(chunk: Uint8Array): boolean;
  /** What the answer's body is said to be; not ok: no JSON, or why it cannot be used. */
  done(): { ok: true; value: unknown } | { ok: false; why?: string };
};

export type HttpRequest = {
  vendor: string;
  method: HttpMethod;
  url: string;
  /** The address as a template (`/users/{id}`): what errors and logs show instead of the address. */
  pathTemplate: string;
  headers?: Record<string, string>;
  /** Text, or bytes as they are (an app package). */
  body?: string | Uint8Array;
  /** What a success carries. `none`: the body, if any, is read and dropped. */
  expect: 'json' | 'text' | 'none';
  /** Takes the body of a success that is expected to be `json`, in place of one that holds it whole. */
  collect?: () => BodyCollector;
  /** Media types accepted for `text`. */
  textTypes?: readonly string[];
  /** True for a call that changes nothing although its method is not GET. */
  repeatable?: boolean;
  deadlineMs?: number;
  bytesMax?: number;
  attemptsMax?: number;
  signal?: AbortSignal | undefined;
  /** Runs each try in its turn (pacing). */
  turn?: (tryOnce: () => Promise<HttpAnswer>) => Promise<HttpAnswer>;
  /** Finds the vendor's error code where the usual places do not hold it. */
  vendorCode?: (body: unknown) => string | undefined;
  /** A sentence for a person, by status, where the answer is no. */
  refusalMessage?: (status: number) => string | undefined;
};

/** What came of one request, before anything of it is believed. */
export type CarriedAnswer = {
  statusCode: number;
  headers: Record<string, string | string[] | undefined>;
  body: Readable;
};

/**
 * Carries one request to an address that is no other machine's: what answers stands in this process. Undefined for every
 * address that it does not know, which is then called over the network. Rejects as a socket would.
 */
export type Carry = (
  url: string,
  given: { method: HttpMethod; headers: Record<string, string>; body: string | Uint8Array | null; signal: AbortSignal },
) => Promise<CarriedAnswer> | undefined;

export type HttpAnswer = {
  status: number;
  /** Header names in lower case. */
  headers: Record<string, string>;
  /** Parsed JSON or text of a success; undefined where there was no body, and for a refusal. */
  body: unknown;
  vendorCode?: string | undefined;
};
