/** The whole product against the whole sandbox, both in this process, over real HTTPS. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, compose } from '../../src/compose.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { neverStop, type StopPoint } from '../../src/lib/stop-point.ts';
import { parseCustomerFile } from '../../src/rollout/customers/customer-file.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type SetUp, setUpsOf } from '../../src/sandbox/set-up.ts';
import { generateWorld, type WorldName } from '../../src/sandbox/world/generate.ts';
import type { CustomerTruth } from '../../src/sandbox/world/world.ts';
import type { StoreLocation } from '../../src/store/database.ts';

/** Wide enough that no test waits for a limit; the limits themselves have tests of their own. */
const WIDE = { limit: 100_000, windowMs: 1_000 };
const WIDE_LIMITS = {
  conditionalAccess: WIDE,
  reports: WIDE,
  reportsAllTenants: WIDE,
  directory: WIDE,
  outlook: WIDE,
  bamboohr: WIDE,
};

export type RunningSandbox = { sandbox: Sandbox; truth: CustomerTruth; setUp: SetUp; stop(): Promise<void> };

/** Starts a sandbox with one made-up world in a folder of its own. */
export async function startWorld(options: { seed: number; name?: WorldName; size?: number }): Promise<RunningSandbox> {
  const { world, truth } = generateWorld({
    name: options.name ?? 'reference',
    seed: options.seed,
    size: options.size ?? 200,
    startsAt: new Date().toISOString(),
  });
  const [customerTruth] = truth.customers;
  const [setUp] = setUpsOf(world, () => customerTruth?.declared ?? never());
  if (customerTruth === undefined || setUp === undefined) return never();
  const dataDir = mkdtempSync(join(tmpdir(), 'mfa-sandbox-'));
  const sandbox = await startSandbox({
    dataDir,
    world,
    limits: {
      conditionalAccess: WIDE,
      logsAndReports: WIDE,
      logsAndReportsAllTenants: WIDE,
      resourceUnits: { small: WIDE, medium: WIDE, large: WIDE },
    },
  });
  return {
    sandbox,
    truth: customerTruth,
    setUp,
    stop: async () => {
      await sandbox.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Composes the product on a store, its worker running. */
export async function startProduct(location: StoreLocation, stopPoint: StopPoint = neverStop): Promise<App> {
  const app = await compose({
    location,
    clock: systemClock,
    isClockTurned: () => false,
    log: silentLog,
    environment: {},
    stopPoint,
    limits: WIDE_LIMITS,
  });
  app.worker.start();
  return app;
}

/** Adds the customer of a sandbox the way an engineer does. */
export async function addCustomerOf(app: App, { setUp, sandbox }: RunningSandbox): Promise<Customer> {
  const folder = mkdtempSync(join(tmpdir(), 'mfa-customer-'));
  writeFileSync(join(folder, 'secret'), setUp.clientSecret);
  writeFileSync(join(folder, 'key'), setUp.bamboohr.apiKey);
  const { breakGlass, serviceAccounts, exceptionGroupId, breakGlassGroupId } = setUp.declared;
  const file = {
    version: 1,
    name: `${setUp.name} ${setUp.tenantId.slice(0, 4)}`,
    tenantId: setUp.tenantId,
    timeZone: setUp.timeZone,
    graph: {
      baseUrl: sandbox.urls.graph,
      loginUrl: sandbox.urls.login,
      clientId: setUp.clientId,
      clientSecret: 'file:secret',
    },
    hr: {
      source: 'bamboohr',
      baseUrl: sandbox.urls.bamboohr,
      company: setUp.bamboohr.company,
      route: 'gateway',
      apiKey: 'file:key',
    },
    tls: { caFile: sandbox.caFile },
    declared: {
      breakGlass,
      serviceAccounts,
      ...(exceptionGroupId === null ? {} : { exceptionGroupId }),
      ...(breakGlassGroupId === null ? {} : { breakGlassGroupId }),
    },
  };
  // JSON is YAML.
  const { customer } = await app.customers.add(parseCustomerFile(JSON.stringify(file), join(folder, 'customer.yaml')), {
    kind: 'test',
  });
  return customer;
}

/** Syncs and gives how each source went. */
export function sync(
  app: App,
  customer: Customer,
  options: Partial<{ peopleOnly: boolean; full: boolean; acceptShrunk: boolean }> = {},
) {
  const request = { peopleOnly: false, full: false, acceptShrunk: false, actor: { kind: 'test' }, ...options };
  return app.syncs.sync(customer, request, { signal: app.signal, onProgress: () => undefined });
}

function never(): never {
  throw new Error('a world has a customer');
}
