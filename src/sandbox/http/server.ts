import {
  createServer as createPlainServer,
  type IncomingMessage,
  type Server as PlainServer,
  type ServerResponse,
} from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import type { Clock } from '../../lib/clock.ts';
import type { ServerIdentity } from './certificates.ts';
import { type Answer, type Call, headerOf, type Matched, type VendorApp } from './exchange.ts';
import { type Fault, type Faults, faultAnswer, replacesAnswer } from './faults.ts';
import type { RequestLog } from './requests.ts';

export type ServerDeps = { clock: Clock; log: RequestLog; faults: Faults };

export type Listener = { url: string; port: number; stop(): Promise<void> };

const KEEP_ALIVE_MS = 65_000;
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;
/** Smaller answers gain nothing from being packed. */
const GZIP_FROM_BYTES = 1024;
const JSON_TYPE = 'application/json; charset=utf-8';

/** Listens on loopback, with TLS unless `identity` is null, and hands every request to `handle`; `port` 0 takes a free one. */
export async function listen(
  deps: { identity: ServerIdentity | null; port: number },
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Listener> {
  const server =
    deps.identity === null
      ? createPlainServer({ keepAlive: true })
      : createServer({ key: deps.identity.key, cert: deps.identity.cert, keepAlive: true });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('request', (request, response) => {
    handle(request, response).catch((error: unknown) => {
      // Nothing below may throw for a caller's mistake, so this is a fault of the sandbox itself; say so loudly.
      process.stderr.write(`sandbox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(deps.port, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  const scheme = deps.identity === null ? 'http' : 'https';
  return { url: `${scheme}://127.0.0.1:${port}`, port, stop: () => stopServer(server) };
}

/** Reads a request whole. Answers 413 itself, and gives null, when the body is larger than any vendor would take. */
export async function readCall(request: IncomingMessage, response: ServerResponse): Promise<Call | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) {
      // Not chained: restify, where it is loaded into this process, makes writeHead of every server answer nothing.
      response.writeHead(413, { Connection: 'close' });
      response.end();
      return null;
    }
    chunks.push(chunk);
  }
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** Serves one vendor: match, fault, answer, log. */
export function createVendorHandler(
  app: VendorApp & { errorAnswer(status: number): Answer },
  deps: ServerDeps,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const call = await readCall(request, response);
    if (call === null) return;
    const at = new Date(deps.clock.now()).toISOString();
    const matched = app.match(call);
    const target = { vendor: app.vendor, template: matched.template, call, tenant: matched.facts.tenant };
    const fault = deps.faults.take(target);
    const sent = await answerCall(deps, { app, call, matched, fault, request, response }).finally(matched.release);
    deps.log.add({
      ...matched.facts,
      vendor: app.vendor,
      method: call.method,
      template: matched.template,
      path: call.path,
      query: Object.fromEntries(call.query),
      status: fault?.cut === 'before' ? 0 : sent.status,
      at,
      bytes: sent.bytes,
      ...(fault === null ? {} : { fault: fault.id }),
    });
  };
}

type Serving = {
  app: { errorAnswer(status: number): Answer };
  call: Call;
  matched: Matched;
  fault: Fault | null;
  request: IncomingMessage;
  response: ServerResponse;
};

async function answerCall(deps: ServerDeps, serving: Serving): Promise<{ status: number; bytes: number }> {
  const { app, call, matched, fault, request, response } = serving;
  if (fault?.delayMs !== undefined) await deps.clock.sleep(fault.delayMs);
  const answer = await answerWithFault(app, { call, matched, fault });
  const bytes =
    answer.stream === undefined || fault?.cut !== undefined || fault?.truncate === true
      ? send({ request, response, fault }, answer)
      : await sendStream({ request, response }, answer, answer.stream);
  return { status: answer.status, bytes };
}

async function answerWithFault(
  app: { errorAnswer(status: number): Answer },
  given: { call: Call; matched: Matched; fault: Fault | null },
): Promise<Answer> {
  const { fault, matched } = given;
  if (fault === null) return matched.answer({});
  const replaces = replacesAnswer(fault) || fault.cut === 'before';
  if (replaces && fault.afterEffect !== true) return faultAnswer(fault, app.errorAnswer);
  const answer = await matched.answer(fault);
  if (replacesAnswer(fault)) return faultAnswer(fault, app.errorAnswer);
  return fault.contentType === undefined
    ? answer
    : { ...answer, headers: { ...answer.headers, 'Content-Type': fault.contentType } };
}

function jsonOf(answer: Answer): string {
  return answer.body === undefined ? '' : JSON.stringify(answer.body);
}

/** Writes a body piece by piece as fast as the caller reads it; gives the bytes before packing. */
async function sendStream(
  to: { request: IncomingMessage; response: ServerResponse },
  answer: Answer,
  pieces: Iterable<string>,
): Promise<number> {
  let bytes = 0;
  function* counted() {
    for (const piece of pieces) {
      bytes += Buffer.byteLength(piece);
      yield piece;
    }
  }
  const headers: Record<string, string | string[]> = { 'Content-Type': JSON_TYPE, ...answer.headers };
  const packs = acceptsGzip(to.request);
  if (packs) Object.assign(headers, { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' });
  to.response.writeHead(answer.status, headers);
  const source = Readable.from(counted());
  const sent = packs ? pipeline(source, createGzip({ level: 1 }), to.response) : pipeline(source, to.response);
  await sent.catch((error: unknown) => {
    // A caller that goes away in the middle is its own affair; what has no code of the network is ours.
    if (!(error instanceof Error && 'code' in error)) throw error;
  });
  return bytes;
}

function acceptsGzip(request: IncomingMessage): boolean {
  return /\bgzip\b/.test(headerOf({ headers: request.headers }, 'accept-encoding') ?? '');
}

/** Writes an answer, packed when the caller takes gzip, and gives the bytes of its body. */
export function send(
  to: { request: IncomingMessage; response: ServerResponse; fault?: Fault | null },
  answer: Answer,
): number {
  const { response, fault } = to;
  if (fault?.cut === 'before') {
    response.socket?.destroy();
    return 0;
  }
  let text = answer.text ?? (answer.stream === undefined ? jsonOf(answer) : [...answer.stream].join(''));
  if (fault?.truncate === true) text = text.slice(0, Math.floor(text.length / 2));
  const headers: Record<string, string | string[]> = { ...answer.headers };
  if (text !== '' && headers['Content-Type'] === undefined) headers['Content-Type'] = JSON_TYPE;
  let bytes = Buffer.from(text, 'utf8');
  if (bytes.length >= GZIP_FROM_BYTES && acceptsGzip(to.request)) {
    bytes = gzipSync(bytes, { level: 1 });
    headers['Content-Encoding'] = 'gzip';
    headers.Vary = 'Accept-Encoding';
  }
  if (answer.status !== 204) headers['Content-Length'] = String(bytes.length);
  response.writeHead(answer.status, headers);
  if (fault?.cut === 'body') {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy());
    return bytes.length;
  }
  response.end(bytes);
  return bytes.length;
}

async function stopServer(server: Server | PlainServer): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
