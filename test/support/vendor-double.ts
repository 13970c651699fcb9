import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCertificates, type TestCertificates } from './certificates.ts';

/** A request as it arrived. */
export type Arrived = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
  /** The raw path and query. */
  url: string;
};

/** What the double answers: an ordinary answer, a cut connection, or silence. */
export type Reply =
  | { status?: number; headers?: Record<string, string>; json?: unknown; raw?: string | Buffer }
  | 'cut'
  | 'cutInBody'
  | 'silence';

export type VendorDouble = {
  url: string;
  origin: string;
  arrived: Arrived[];
  /** Waits for the n-th request (from 1). */
  arrival(count: number): Promise<void>;
  close(): Promise<void>;
};

export type Authority = TestCertificates & { caFile: string };

/** Makes a certificate authority and one certificate for 127.0.0.1 that it signed, with its file for `tls.caFile`. */
export function createAuthority(): Authority {
  const certificates = createTestCertificates();
  const caFile = join(mkdtempSync(join(tmpdir(), 'vendor-double-')), 'ca.pem');
  writeFileSync(caFile, certificates.caPem);
  return { ...certificates, caFile };
}

/** Starts a server on loopback that answers as told; with an authority it speaks TLS. */
export async function startVendorDouble(
  answer: (request: Arrived, index: number) => Reply | Promise<Reply>,
  authority?: Authority,
): Promise<VendorDouble> {
  const arrived: Arrived[] = [];
  const waiting: { count: number; wake: () => void }[] = [];
  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(incoming);
    arrived.push(request);
    for (const { wake } of waiting.filter(({ count }) => arrived.length >= count)) wake();
    send(await answer(request, arrived.length - 1), response);
  };
  const listener = (incoming: IncomingMessage, response: ServerResponse) => {
    handle(incoming, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  };
  const server: Server =
    authority === undefined
      ? createHttpServer(listener)
      : createHttpsServer({ key: authority.key, cert: authority.cert }, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `${authority === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  return {
    url: origin,
    origin,
    arrived,
    arrival: (count) =>
      arrived.length >= count
        ? Promise.resolve()
        : new Promise((wake) => {
            waiting.push({ count, wake });
          }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<Arrived> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? '/', 'http://double.invalid');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: incoming.method ?? '',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString('utf8'),
    url: incoming.url ?? '',
  };
}

function send(reply: Reply, response: ServerResponse): void {
  if (reply === 'silence') return;
  if (reply === 'cut') {
    response.socket?.destroy();
    return;
  }
  if (reply === 'cutInBody') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"value":[', () => response.socket?.destroy());
    return;
  }
  const isJson = reply.json !== undefined;
  response.writeHead(reply.status ?? 200, {
    ...(isJson ? { 'content-type': 'application/json' } : {}),
    ...reply.headers,
  });
  response.end(isJson ? JSON.stringify(reply.json) : (reply.raw ?? ''));
}
