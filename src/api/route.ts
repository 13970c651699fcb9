/** What a route of the server is: data, so that the table of routes can be read and mounted in one place. */
import type { IncomingHttpHeaders } from 'node:http';

/** A request as a route sees it. */
export type RouteRequest = {
  /** Values of the path's `:names`, decoded. */
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The parsed JSON of a POST; undefined without a body. For a route that takes bytes, the bytes as a Buffer. */
  body: unknown;
  /** Names this request to the person and in the log. */
  reference: string;
};

/** What is sent back. Without a body nothing follows the headers. */
export type RouteAnswer = {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer | undefined;
};

/** One route; a GET answers HEAD as well. A thrown AppError becomes the JSON error of its code. */
export type Route = {
  method: 'GET' | 'POST';
  /** In restify's form: `/api/v1/customers/:id/people`. */
  path: string;
  /** Most bytes of a POST's body, where it may be more than a press of a button. */
  bodyBytesMax?: number;
  /** Whether a POST's body is handed on as it came, because a signature covers its bytes. */
  takesBytes?: boolean;
  handle(request: RouteRequest): Promise<RouteAnswer> | RouteAnswer;
};
