/** The whole product against the whole sandbox, both in this process, over real HTTPS. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, type AppDeps, compose } from '../../src/compose.ts';
import { type Clock, createManualClock, systemClock } from '../../src/lib/clock.ts';
import { silentLog } from '../../src/lib/log.ts';
import { neverStop } from '../../src/lib/stop-point.ts';
import { parseCustomerFile } from '../../src/rollout/customers/customer-file.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type SetUp, setUpsOf } from '../../src/sandbox/set-up.ts';
import { generateWorld, type WorldName } from '../../src/sandbox/world/generate.ts';
import type { CustomerTruth } from '../../src/sandbox/world/world.ts';
import type { StoreLocation } from '../../src/store/database.ts';
import { outbox } from '../../src/store/schema.ts';
import { awaitEffect } from '../../src/work/await-effect.ts';

/** Wide enough that no test waits for a limit; the limits themselves have tests of their own. */
const WIDE = { limit: 100_000, windowMs: 1_000 };
export const WIDE_LIMITS = {
  conditionalAccess: WIDE,
  reports: WIDE,
  reportsAllTenants: WIDE,
  directory: WIDE,
  outlook: WIDE,
  exchangeMails: WIDE,
  teams: WIDE,
  teamsOne: WIDE,
  bamboohr: WIDE,
};
const WIDE_SANDBOX_LIMITS = {
  conditionalAccess: WIDE,
  logsAndReports: WIDE,
  logsAndReportsAllTenants: WIDE,
  resourceUnits: { small: WIDE, medium: WIDE, large: WIDE },
  exchangeMails: WIDE,
  teams: { read: WIDE, write: WIDE, remove: WIDE, message: WIDE, perTeam: WIDE },
};

const HOUR_MS = 3_600_000;

/** One made-up customer: what an engineer is told about it, and what is true of it. */
export type MadeCustomer = { setUp: SetUp; truth: CustomerTruth };

/** The first customer stands in `setUp` and `truth`; a portfolio has more of them. */
export type RunningSandbox = MadeCustomer & { sandbox: Sandbox; customers: MadeCustomer[]; stop(): Promise<void> };

export type WorldWishes = {
  seed: number;
  name?: WorldName;
  size?: number;
  /** The published limits instead of wide ones. */
  publishedLimits?: boolean;
  /** The sandbox's clock stands still, an hour ahead: whenever the same world is read, the same comes out. */
  frozen?: boolean;
};

/** Starts a sandbox with one made-up world in a folder of its own. */
export async function startWorld(wishes: WorldWishes): Promise<RunningSandbox> {
  const clock: Clock = wishes.frozen === true ? createManualClock(Date.now() + HOUR_MS) : systemClock;
  const { world, truth } = generateWorld({
    name: wishes.name ?? 'reference',
    seed: wishes.seed,
    size: wishes.size ?? 200,
    startsAt: new Date(clock.now()).toISOString(),
  });
  const setUps = setUpsOf(world, (tenantId) => truthOf(truth.customers, tenantId).declared);
  const customers = setUps.map((setUp) => ({ setUp, truth: truthOf(truth.customers, setUp.tenantId) }));
  const dataDir = mkdtempSync(join(tmpdir(), 'mfa-sandbox-'));
  const limits = wishes.publishedLimits === true ? {} : { limits: WIDE_SANDBOX_LIMITS };
  const sandbox = await startSandbox({ dataDir, world, clock, ...limits });
  return {
    ...(customers[0] ?? never()),
    sandbox,
    customers,
    stop: async () => {
      await sandbox.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function truthOf(customers: readonly CustomerTruth[], tenantId: string): CustomerTruth {
  return customers.find((customer) => customer.tenantId === tenantId) ?? never();
}

/** Composes the product on a store, its worker not yet running. */
export function composeProduct(location: StoreLocation, given: Partial<AppDeps> = {}): Promise<App> {
  return compose({
    location,
    clock: systemClock,
    isClockTurned: () => false,
    log: silentLog,
    environment: {},
    stopPoint: neverStop,
    limits: WIDE_LIMITS,
    ...given,
  });
}

/** The same with its worker running. */
export async function startProduct(location: StoreLocation, given: Partial<AppDeps> = {}): Promise<App> {
  const app = await composeProduct(location, given);
  app.worker.start();
  return app;
}

type CustomerFileDraft = { [key: string]: unknown; graph: Record<string, string>; hr: Record<string, string> };

/** What every customer of a sandbox has in its file: tenant and HR source, with secrets in files beside it. */
export function plainCustomerFile({ setUp, sandbox }: { setUp: SetUp; sandbox: Sandbox }): CustomerFileDraft {
  return {
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
  };
}

/** Adds the customer of a sandbox the way an engineer does. */
export async function addCustomerOf(
  app: App,
  made: { setUp: SetUp; sandbox: Sandbox },
  change: (file: CustomerFileDraft) => void = () => undefined,
): Promise<Customer> {
  const { setUp } = made;
  const folder = mkdtempSync(join(tmpdir(), 'mfa-customer-'));
  writeFileSync(join(folder, 'secret'), setUp.clientSecret);
  writeFileSync(join(folder, 'key'), setUp.bamboohr.apiKey);
  const { breakGlass, serviceAccounts, exceptionGroupId, breakGlassGroupId } = setUp.declared;
  const file: CustomerFileDraft = {
    ...plainCustomerFile(made),
    declared: {
      breakGlass,
      serviceAccounts,
      ...(exceptionGroupId === null ? {} : { exceptionGroupId }),
      ...(breakGlassGroupId === null ? {} : { breakGlassGroupId }),
    },
  };
  change(file);
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

/** Waits until the one sync that another process asked for is through, whoever does it. */
export async function awaitBegunSync(app: App, customerId: string): Promise<void> {
  const rows = await app.database.withCustomer(customerId, (tx) => tx.select({ key: outbox.key }).from(outbox));
  const begun = rows.map(({ key }) => key).filter((key) => /^sync:[^:]+$/.test(key));
  if (begun.length !== 1) throw new Error(`one sync was begun, not ${begun.length}`);
  for (const suffix of ['', ':evidence'])
    await awaitEffect(app.database, { customerId, key: `${begun[0] ?? ''}${suffix}` }, app.signal);
}

function never(): never {
  throw new Error('a world has a customer');
}
