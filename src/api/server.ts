import type { AddressInfo } from 'node:net';
import restify from 'restify';

/** What the server asks the product; each answers at once, from memory. */
export type ServerDeps = {
  /** Whether requests can be served; the reason when not. */
  readiness(): { ready: true } | { ready: false; why: string };
  /** Counters in Prometheus’ text form. */
  metrics(): string;
};

export type RunningServer = { url: string; close(): Promise<void> };

/**
 * Starts the HTTP server on loopback. `/healthz` says that the process lives, `/readyz` that it can serve, `/metrics`
 * gives counters. Rejects with the listener’s error, for example EADDRINUSE.
 */
export async function startServer(port: number, deps: ServerDeps): Promise<RunningServer> {
  const server = restify.createServer({ name: 'mfa-rollout', ignoreTrailingSlash: true });
  server.pre((_request, response, next) => {
    response.header('X-Content-Type-Options', 'nosniff');
    response.header('Cache-Control', 'no-store');
    next();
  });
  server.get('/healthz', (_request, response, next) => {
    response.json(200, { status: 'alive' });
    next();
  });
  server.get('/readyz', (_request, response, next) => {
    const readiness = deps.readiness();
    response.json(readiness.ready ? 200 : 503, readiness);
    next();
  });
  server.get('/metrics', (_request, response, next) => {
    response.sendRaw(200, deps.metrics(), { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
    next();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const address = server.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.server.closeAllConnections();
      }),
  };
}
