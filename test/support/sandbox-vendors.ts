import { silentLog } from '../../src/lib/log.ts';
import { siteOf } from '../../src/sandbox/connectwise/site.ts';
import type { workdayCredentials } from '../../src/sandbox/workday/credentials.ts';
import type { World } from '../../src/sandbox/world/world.ts';
import { createBambooSource } from '../../src/services/hr/bamboohr/provider.ts';
import type { BambooSettings } from '../../src/services/hr/bamboohr/settings.ts';
import { createWorkdaySource } from '../../src/services/hr/workday/provider.ts';
import { createHttpClient } from '../../src/services/http.ts';
import { createPacers } from '../../src/services/limits.ts';
import { createConnectWise } from '../../src/services/psa/connectwise/api.ts';
import type { ConnectWiseSettings } from '../../src/services/psa/connectwise/settings.ts';
import { WIDE } from './graph-bench.ts';
import { startTestSandbox } from './sandbox-client.ts';

const DEADLINE_FROM_MS = 60_000;

/** A sandbox with the product's own clients of the other vendors in front of it, over HTTP. */
export async function startSandboxVendors(world: World) {
  const sandbox = await startTestSandbox(world);
  const { manual } = sandbox;
  const clock = {
    now: () => manual.now(),
    /** A pause turns the sandbox's time on by its length; a deadline is not reached. */
    sleep: (ms: number, signal?: AbortSignal) => {
      if (ms >= DEADLINE_FROM_MS) return manual.sleep(ms, signal);
      manual.advance(ms);
      return Promise.resolve();
    },
  };
  const http = createHttpClient({ clock, log: silentLog, caFile: sandbox.caFile, random: () => 0 });
  const pacers = createPacers(clock, WIDE);
  const site = siteOf(world);
  return {
    sandbox,
    connectWise: (settings: Partial<ConnectWiseSettings> = {}) =>
      createConnectWise(
        { http, clock, pacer: pacers.connectwise(sandbox.urls.connectwise) },
        {
          ...{ baseUrl: sandbox.urls.connectwise, companyId: site.company, clientId: site.clientId },
          ...{ publicKey: site.publicKey, privateKey: site.privateKey, ...settings },
        },
      ),
    bamboo: (settings: Omit<BambooSettings, 'baseUrl'> & { baseUrl?: string }) =>
      createBambooSource({ http, clock, pacer: pacers.bamboohr }, { baseUrl: sandbox.urls.bamboohr, ...settings }),
    /** Of the company with these credentials. */
    workday: ({ tenant, owner, report, userName, password }: ReturnType<typeof workdayCredentials>) =>
      createWorkdaySource(
        { http, clock, pacer: pacers.workday },
        {
          reportUrl: `${sandbox.urls.workday}/ccx/service/customreport2/${tenant}/${owner}/${report}`,
          ...{ username: userName, password },
        },
      ),
    async end() {
      await http.close();
      await sandbox.end();
    },
  };
}
