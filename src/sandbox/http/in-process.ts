import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { PassThrough, Readable } from 'node:stream';

/** A request as a client in this very process gives it. */
export type InProcessCall = {
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array | null;
  signal: AbortSignal;
};

export type InProcessAnswer = {
  statusCode: number;
  headers: Record<string, string | string[] | undefined>;
  body: Readable;
};

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Hands a request to what answers a listener, without a socket in between: the same status, headers and body, and the
 * same losses. Rejects as a connection does that ends without an answer, and with the signal's reason. Bodies are not
 * packed: they have no way to go.
 */
export function answerInProcess(handle: Handler, url: string, call: InProcessCall): Promise<InProcessAnswer> {
  const { signal } = call;
  return new Promise((resolve, reject) => {
    const response = createResponse(resolve, reject);
    const stop = () => {
      reject(signal.reason as Error);
      response.destroy();
    };
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener('abort', stop, { once: true });
    response.once('close', () => signal.removeEventListener('abort', stop));
    // Handlers use of both no more than what stands here.
    handle(requestOf(url, call) as IncomingMessage, response as unknown as ServerResponse).catch((error: unknown) => {
      reject(error as Error);
      response.destroy();
    });
  });
}

function requestOf(url: string, { method, headers, body }: InProcessCall): unknown {
  const { pathname, search } = new URL(url);
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const pieces = body === null || body.length === 0 ? [] : [typeof body === 'string' ? Buffer.from(body) : body];
  return Object.assign(Readable.from(pieces), {
    ...{ method, url: `${pathname}${search}` },
    headers: Object.fromEntries(named.filter(([name]) => name !== 'accept-encoding')),
  });
}

/** What a handler writes its answer to; the caller reads the body as it is written. */
function createResponse(resolve: (answer: InProcessAnswer) => void, reject: (error: Error) => void) {
  const body = new PassThrough();
  // Whoever reads it hears of the cut; before anybody does, nobody has to.
  body.on('error', () => undefined);
  const response = Object.assign(body, {
    headersSent: false,
    writeHead: (statusCode: number, given: OutgoingHttpHeaders = {}) => {
      response.headersSent = true;
      resolve({ statusCode, headers: headersOf(given), body });
      return response;
    },
    socket: {
      destroy: () => {
        const error = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
        reject(error);
        body.destroy(error);
      },
    },
  });
  return response;
}

function headersOf(given: OutgoingHttpHeaders): InProcessAnswer['headers'] {
  const named = Object.entries(given).map(([name, value]) => [
    name.toLowerCase(),
    typeof value === 'number' ? String(value) : value,
  ]);
  return Object.fromEntries(named) as InProcessAnswer['headers'];
}
