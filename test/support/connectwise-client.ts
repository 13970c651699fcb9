import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { siteOf } from '../../src/sandbox/connectwise/site.ts';
import type { Reply, TestSandbox } from './sandbox-client.ts';

type Given = {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  codebase?: string;
  /** Replaces the credentials, or leaves them out. */
  key?: string | null;
};

/** Calls the PSA as the integration's member; `path` begins behind `/apis/3.0`. */
export type PsaCaller = (path: string, given?: Given) => Promise<Reply>;

/** A caller with the credentials of the sandbox's site. */
export function psaCaller(sandbox: TestSandbox): PsaCaller {
  const site = siteOf(sandbox.state.world);
  return (path, { codebase = 'v4_6_release', key, headers, ...rest } = {}) => {
    const text = key ?? `${site.company}+${site.publicKey}:${site.privateKey}`;
    const authorization = key === null ? {} : { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
    const url = path.startsWith('https:') ? path : `${sandbox.urls.connectwise}/${codebase}/apis/3.0${path}`;
    return sandbox.ask(url, { ...rest, headers: { clientid: site.clientId, ...authorization, ...headers } });
  };
}

export type Delivered = { path: string; body: string; signature: string; json: Record<string, unknown> };

/** A server on loopback that hears callbacks. */
export type CallbackReceiver = {
  url: string;
  heard: Delivered[];
  /** Resolves when `count` callbacks have been heard in all. */
  until(count: number): Promise<void>;
  stop(): Promise<void>;
};

/** Starts a receiver of callbacks. */
export async function startReceiver(): Promise<CallbackReceiver> {
  const heard: Delivered[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const signature = String(request.headers['x-content-signature']);
      heard.push({ path: request.url ?? '', body, signature, json: JSON.parse(body) as Record<string, unknown> });
      response.writeHead(200);
      response.end();
      for (const wake of waiting) wake();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    heard,
    async until(count) {
      while (heard.length < count) {
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
