/** One sandbox with many generated tenants and one product with as many customers, on a clock that only work moves. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, type AppDeps, compose } from '../../../src/compose.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import { silentLog } from '../../../src/lib/log.ts';
import type { Identity } from '../../../src/rollout/access/access.core.ts';
import { parseCustomerFile } from '../../../src/rollout/customers/customer-file.ts';
import type { Customer } from '../../../src/rollout/customers/customers.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts';
import type { Carry } from '../../../src/services/http-types.ts';
import type { StoreLocation } from '../../../src/store/database.ts';
import { enqueue } from '../../../src/store/outbox.ts';
import { WIDE_LIMITS } from '../product.ts';
import type { GeneratedTenant } from './build-tenant.ts';
import { createGeneratedClock } from './generated-clock.ts';

const MSP = '99999999-0000-4000-8000-000000000000';
export const ENGINEER: Identity = { tenantId: MSP, objectId: '99999999-0000-4000-8000-000000000001' };
export const APPROVER: Identity = { tenantId: MSP, objectId: '99999999-0000-4000-8000-000000000002' };

const WIDE = { limit: 1_000_000, windowMs: 1_000 };
/** A wait of half a minute and more would last as long on the machine's clock. */
const LIMITS = { ...WIDE_LIMITS, gmail: WIDE, gmailProject: WIDE };
const SANDBOX_LIMITS = {
  ...{ conditionalAccess: WIDE, logsAndReports: WIDE, logsAndReportsAllTenants: WIDE },
  resourceUnits: { small: WIDE, medium: WIDE, large: WIDE },
  teams: { read: WIDE, write: WIDE, remove: WIDE, message: WIDE, perTeam: WIDE },
};
/** Nothing here has to outlast the machine, and a disk that is waited for after every write takes half of the time. */
export const QUICK_FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
/** A Monday. */
const START_MS = Date.parse('2027-01-11T06:00:00Z');
/** Mails have links; nobody follows them. */
const NOWHERE = 'http://127.0.0.1:9';
/** So long a pause lies between two looks at a queue in which nothing can run yet. */
const IDLE_MS = 20_000;
const IDLE_MAX = 400;

/** A heartbeat and more: so long nobody hears of a process that is dead, before its jobs are given to others. */
const DEAD_MS = 30_000;

export type Stage = {
  sandbox: Sandbox;
  /** The first instance, to which people talk. */
  app: App;
  hooks: {
    /** What it throws is a power cut there. */
    stopPoint(name: string): void;
    heard(name: string): void;
    /** Whatever lost its power is up again and has done nothing yet. */
    restarted(): Promise<void>;
    /** Works off what can run by now in place of the instances here; resolves with how often the power went there. */
    worksElsewhere: ((stage: Stage) => Promise<number>) | undefined;
    /** Takes the product's calls to the sandbox within this process; without it they go over TLS. */
    carry?: Carry | undefined;
  };
  /** Where the store stands, for a process of its own. */
  location: StoreLocation;
  now(): number;
  /** How often the power went. */
  cuts(): number;
  moveTo(instantMs: number): void;
  /** Whether an instance has no power: then whatever it is asked fails, in whatever way. */
  isCut(): boolean;
  /** Builds anew whatever instance has no power, on the same store; the first one where all have. */
  restart(): Promise<void>;
  /** Works the queue until a promise that waits for it is settled. */
  through<T>(begin: (app: App) => Promise<T>): Promise<T>;
  /** Puts a recurring job of one customer into the queue and works it off. */
  run(customer: Customer, kind: string): Promise<void>;
  /** Works off whatever can run by now. */
  drain(): Promise<void>;
  /** `sections` stand in the customer's file beside what every customer has. */
  addCustomer(made: GeneratedTenant, sections?: object): Promise<Customer>;
  stop(): Promise<void>;
};

/** Thrown from a stop point in place of a power cut: nothing after it happens. */
export class PowerCut extends Error {}

export type StageWishes = {
  /** Processes on one store, which has to be a server's where there are more than one. */
  instances?: number;
  /** Jobs that each of them works on at once. */
  slots?: number;
};

/** Starts both; `storeAt` makes a store that is ready: a folder, or a database of a server. */
export async function startStage(
  tenants: readonly GeneratedTenant[],
  storeAt: () => string | StoreLocation | Promise<StoreLocation>,
  { instances = 1, slots = 1 }: StageWishes = {},
): Promise<Stage> {
  const folder = mkdtempSync(join(QUICK_FOLDER, 'mfa-generated-'));
  const clock = createGeneratedClock(START_MS);
  const world = {
    ...{ seed: 1, name: 'generated', startsAt: new Date(START_MS).toISOString() },
    tenants: tenants.map(({ tenant }) => tenant),
    bambooCompanies: tenants.map(({ company }) => company),
  };
  const sandbox = await startSandbox({ dataDir: join(folder, 'sandbox'), world, clock, limits: SANDBOX_LIMITS });
  const place = await storeAt();
  const location = typeof place === 'string' ? { dataDir: place } : place;
  const hooks: Stage['hooks'] = {
    ...{ stopPoint: () => undefined, heard: () => undefined, restarted: async () => undefined },
    worksElsewhere: undefined,
  };
  const now = () => sandbox.clock.now();
  const time = { now, sleep: clock.sleep };
  const running: Instance[] = [];
  for (let n = 0; n < instances; n += 1) running.push(await startInstance({ location, time, hooks }));
  const [first] = running;
  if (first === undefined) throw new Error('somebody has to work');
  const stage: Stage = {
    ...{ sandbox, hooks, now, location },
    cuts: () => running.reduce((sum, one) => sum + one.cuts, cutsElsewhere),
    get app() {
      return first.app;
    },
    isCut: () => running.some((one) => one.isCut),
    moveTo: (instantMs) => sandbox.advance(Math.max(0, instantMs - now())),
    restart: async () => {
      const dead = running.filter(({ isCut }) => isCut);
      for (const one of dead.length === 0 ? [first] : dead) await one.restart();
      await hooks.restarted();
      await releaseDead();
    },
    through: (begin) => through(stage, begin),
    run: async (customer, kind) => {
      runs += 1;
      const key = `${kind}:${now()}-${runs}`;
      const effect = { kind, key, payload: {}, dueAt: new Date(now()) };
      await stage.app.database.withCustomer(customer.id, (tx) => enqueue(tx, effect));
      await stage.drain();
    },
    drain: async () => {
      if (hooks.worksElsewhere !== undefined) {
        const cuts = await hooks.worksElsewhere(stage);
        cutsElsewhere += cuts;
        if (cuts === 0) return;
        await hooks.restarted();
        await releaseDead();
        await stage.drain();
        return;
      }
      await Promise.all(running.map((one) => one.drain(slots)));
      if (!stage.isCut()) return;
      await stage.restart();
      await stage.drain();
    },
    addCustomer: (made, sections = {}) => addCustomer(stage, made, { folder, sections }),
    stop: async () => {
      for (const one of running) await one.app.close();
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
      if ('dataDir' in location) rmSync(location.dataDir, { recursive: true, force: true });
    },
  };
  // The folder's lock says that a process is dead; of one on a server only its silence does.
  const releaseDead = async () => {
    if ('dataDir' in location) return;
    stage.moveTo(now() + DEAD_MS);
    await first.app.queue.showTime();
    await first.app.queue.supervise();
  };
  let runs = 0;
  let cutsElsewhere = 0;
  return stage;
}

type Instance = {
  app: App;
  /** It has no power: whatever it began is as far as it came, and its store takes nothing more from it. */
  isCut: boolean;
  cuts: number;
  restart(): Promise<void>;
  drain(slots: number): Promise<void>;
};

/** The product as it is composed here, and in a process of its own. */
export function composeStaged(parts: Pick<AppDeps, 'location' | 'clock' | 'stopPoint' | 'carry'>): Promise<App> {
  return compose({
    ...{ ...parts, isClockTurned: () => true, log: silentLog },
    ...{ environment: {}, limits: LIMITS, publicUrl: NOWHERE },
  });
}

type InstanceParts = { location: StoreLocation; time: Clock; hooks: Stage['hooks'] };

async function startInstance({ location, time, hooks }: InstanceParts): Promise<Instance> {
  const build = () =>
    composeStaged({
      ...{ location, clock: time },
      carry: (url, given) => hooks.carry?.(url, given),
      stopPoint: (name) => {
        // What runs beside the job that met its end gets no further either.
        if (one.isCut) throw new PowerCut(name);
        hooks.heard(name);
        try {
          hooks.stopPoint(name);
        } catch (error) {
          if (error instanceof PowerCut) cut();
          throw error;
        }
      },
    });
  let closed: Promise<void> | undefined;
  const cut = () => {
    one.isCut = true;
    one.cuts += 1;
    closed = one.app.database.close();
    closed.catch(() => undefined);
  };
  const one: Instance = {
    app: await build(),
    isCut: false,
    cuts: 0,
    restart: async () => {
      // Its store is closed already where the power went.
      await one.app.close().catch((error: unknown) => {
        if (!one.isCut) throw error;
      });
      await closed;
      closed = undefined;
      one.app = await build();
      one.isCut = false;
    },
    drain: async (slots) => {
      const drains = Array.from({ length: slots }, () => one.app.worker.drain());
      for (const outcome of await Promise.allSettled(drains)) {
        if (outcome.status === 'rejected' && !one.isCut) throw outcome.reason;
      }
    },
  };
  return one;
}

/** Whoever waits while the power goes asks again afterwards, as a person would. */
async function through<T>(stage: Stage, begin: (app: App) => Promise<T>): Promise<T> {
  const { app } = stage;
  let isOver = false;
  const isWaiting = () => !isOver;
  const settled = begin(app).finally(() => {
    isOver = true;
  });
  settled.catch(() => undefined);
  for (let idle = 0; isWaiting() && stage.app === app; ) {
    const before = stage.now();
    await stage.drain();
    // Lets whoever waits hear of what was just settled.
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (!isWaiting()) break;
    idle += 1;
    if (idle > IDLE_MAX) throw new Error('nothing goes on any more');
    if (stage.now() - before < IDLE_MS) stage.moveTo(before + IDLE_MS);
  }
  return stage.app === app ? settled : through(stage, begin);
}

type Adding = { folder: string; sections: object };

async function addCustomer(stage: Stage, made: GeneratedTenant, { folder, sections }: Adding): Promise<Customer> {
  const { sandbox, app } = stage;
  const { tenant, company, reader, writer, declared, recipe } = made;
  const own = mkdtempSync(join(folder, 'customer-'));
  writeFileSync(join(own, 'reader'), reader.clientSecret);
  writeFileSync(join(own, 'writer'), writer.clientSecret);
  writeFileSync(join(own, 'hr'), company.apiKey);
  const { breakGlass, serviceAccounts, breakGlassGroupId } = declared;
  const file = {
    ...{ version: 1, name: `Tailspin ${recipe.seed}`, tenantId: tenant.tenantId, timeZone: 'Europe/Berlin' },
    graph: {
      ...{ baseUrl: sandbox.urls.graph, loginUrl: sandbox.urls.login },
      ...{ clientId: reader.clientId, clientSecret: 'file:reader' },
    },
    writer: { clientId: writer.clientId, clientSecret: 'file:writer' },
    hr: {
      ...{ source: 'bamboohr', baseUrl: sandbox.urls.bamboohr, company: company.domain },
      ...{ route: 'gateway', apiKey: 'file:hr' },
    },
    tls: { caFile: sandbox.caFile },
    ...sections,
    rails: { accountsMax: 1_000, percentMax: 100 },
    declared: {
      ...{ breakGlass, serviceAccounts },
      ...(breakGlassGroupId === null ? {} : { breakGlassGroupId }),
    },
  };
  const parsed = parseCustomerFile(JSON.stringify(file), join(own, 'customer.yaml'));
  const { customer } = await app.customers.add(parsed, { kind: 'test' });
  await app.access.grant(customer.id, { identity: ENGINEER, role: 'engineer', displayName: 'Eva' }, 'test');
  await app.access.grant(customer.id, { identity: APPROVER, role: 'approver', displayName: 'Ada' }, 'test');
  return customer;
}
