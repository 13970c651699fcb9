/**
 * How far a call got that brought no answer. `connect`: no connection, so nothing was sent. `tls`: the peer could not
 * be trusted. `sent`: the request may have been received and carried out.
 */
export type LostStage = 'connect' | 'tls' | 'sent';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

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

export type HttpAnswer = {
  status: number;
  /** Header names in lower case. */
  headers: Record<string, string>;
  /** Parsed JSON or text of a success; undefined where there was no body, and for a refusal. */
  body: unknown;
  vendorCode?: string | undefined;
};
