import type { Limits } from '../../src/services/limits.ts';
import { createConnectWise } from '../../src/services/psa/connectwise/api.ts';
import type { ConnectWiseSettings } from '../../src/services/psa/connectwise/settings.ts';
import { createConnectWiseDouble } from './connectwise-double.ts';
import { startVendorBench } from './vendor-bench.ts';
import type { Arrived, Reply } from './vendor-double.ts';

type Start = {
  vendor?: ReturnType<typeof createConnectWiseDouble>;
  answer?: (request: Arrived) => Reply;
  settings?: Partial<ConnectWiseSettings>;
  limits?: Partial<Limits>;
};

/** The product's ConnectWise in front of a double, or of other answers. */
export async function startConnectWise({ vendor = createConnectWiseDouble(), answer, settings, limits }: Start = {}) {
  const bench = await startVendorBench((request) => (answer ?? vendor.answer)(request), limits);
  const connectWise = createConnectWise(
    { http: bench.http, clock: bench.clock, pacer: bench.pacers.connectwise(bench.double.url) },
    {
      baseUrl: bench.double.url,
      companyId: 'contoso',
      publicKey: 'pub',
      privateKey: 'priv',
      clientId: 'client-guid',
      ...settings,
    },
  );
  const inApi = () => bench.double.arrived.filter(({ path }) => path.includes('/apis/3.0/'));
  return { ...bench, vendor, connectWise, inApi };
}
