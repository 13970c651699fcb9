import { silentLog } from '../../src/lib/log.ts';
import { createGraph, type Graph } from '../../src/services/graph/client.ts';
import { createHttpClient } from '../../src/services/http.ts';
import { createPacers } from '../../src/services/limits.ts';
import type { LogServer } from './log-server.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The product's Graph clients of a log server's tenants: one deployment, whose pacers all of them share. */
export function createLogTenants({ server, time }: { server: LogServer; time: VirtualTime }): {
  graph(n: number): Graph;
  close(): Promise<void>;
} {
  const clock = time.callers;
  const pacers = createPacers(clock);
  const http = createHttpClient({ clock, log: silentLog, random: () => 0 });
  return {
    graph(n) {
      const app = { tenantId: `eeeeeeee-0000-4000-8000-${String(n).padStart(12, '0')}`, clientId: 'the-app' };
      // The log server knows a tenant by its token.
      const tokens = { token: () => Promise.resolve(app.tenantId), invalidate: () => true };
      return createGraph({ http, clock, pacers, tokens, app }, server.url);
    },
    close: () => http.close(),
  };
}
