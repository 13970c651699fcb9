import { join } from 'node:path';
import { type App, compose } from '../compose.ts';
import { sandboxCustomers } from '../embedded-sandbox.ts';
import { AppError } from '../lib/errors.ts';
import { dayAfter } from '../lib/local-time.ts';
import type { Log } from '../lib/log.ts';
import { neverStop } from '../lib/stop-point.ts';
import type { Customer } from '../rollout/customers/customers.ts';
import type { Snapshot } from '../rollout/snapshots/snapshot-file.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { setUpsOf } from '../sandbox/set-up.ts';
import { generateWorld } from '../sandbox/world/generate.ts';
import { addSandboxCustomers } from '../sandbox-customers.ts';
import { createRehearsalClock, type RehearsalClock } from './rehearsal-clock.ts';
import { type SnapshotWorld, worldOfSnapshot } from './snapshot-world.ts';

/** Where a rehearsal plays: the product and simulated vendors in this process, on one turned clock. */
export type Stage = {
  app: App;
  sandbox: Sandbox;
  customer: Customer;
  /** Moves time on to an instant, in which people live; never back. */
  moveTo(instantMs: number): void;
  /** Works the queue until nothing can run at the present time; gives how many jobs ran. */
  work(): Promise<number>;
  /** How many jobs ran so far. */
  ran(): number;
};

/** Kinds of made-up customers whose whole rollout can be played. */
type RehearsedWorld = 'reference' | 'securityDefaults' | 'oldPolicies';

export type StageWishes = {
  seed: number;
  size: number;
  startsOn: string;
  /** Which kind of made-up customer; absent: `reference`, who has neither Security Defaults on nor MFA required of anybody. */
  world?: RehearsedWorld | undefined;
  /** The people and policies of a customer; absent: all are made up. */
  snapshot?: Snapshot | undefined;
  log: Log;
};

/** Days before the first one, for signing and for the policies to be brought up. */
const DAYS_BEFORE = 3;
/** Mails have links; nobody follows them. */
const NOWHERE = 'http://127.0.0.1:9';

/**
 * Starts the simulated vendors and the product in a folder. Limits are the vendors' published ones, and what has to wait
 * for them waits on the turned clock. Rejects with `rehearsal_snapshot_incomplete`.
 */
export async function setStage(wishes: StageWishes, dataDir: string): Promise<Stage> {
  const startsAt = `${dayAfter(wishes.startsOn, -DAYS_BEFORE)}T08:00:00.000Z`;
  const { world, declared } = worldFor(wishes, startsAt);
  const clock = createRehearsalClock(Date.parse(startsAt));
  const sandbox = await startSandbox({
    dataDir: join(dataDir, 'sandbox'),
    isKept: false,
    world,
    clock: clock.answering,
    life: true,
  });
  try {
    return await buildOn(sandbox, { wishes, dataDir, declared, clock });
  } catch (error) {
    // Its servers would keep the process alive that is to tell the reason.
    await sandbox.stop();
    throw error;
  }
}

type Ground = Pick<SnapshotWorld, 'declared'> & { wishes: StageWishes; dataDir: string; clock: RehearsalClock };

async function buildOn(sandbox: Sandbox, { wishes, dataDir, declared, clock }: Ground): Promise<Stage> {
  const now = { ...clock, now: () => sandbox.clock.now() };
  const app = await compose({
    location: { inMemory: true },
    clock: now,
    isClockTurned: () => true,
    log: wishes.log,
    environment: {},
    stopPoint: neverStop,
    publicUrl: NOWHERE,
  });
  try {
    const { world } = sandbox.state;
    const customers = sandboxCustomers.parse(setUpsOf(world, () => declared, sandbox.urls.connector));
    const { urls, caFile, googleKeyFile, app: facts } = sandbox;
    await addSandboxCustomers(dataDir, { urls, caFile, googleKeyFile, app: facts, customers }, app);
    const customer = await app.customers.find(customers[0]?.tenantId);
    return stageOf(app, sandbox, customer);
  } catch (error) {
    await app.close();
    throw error;
  }
}

function stageOf(app: App, sandbox: Sandbox, customer: Customer): Stage {
  let ran = 0;
  return {
    ...{ app, sandbox, customer },
    moveTo: (instantMs) => sandbox.advance(Math.max(0, instantMs - app.clock.now())),
    work: async () => {
      const count = await app.worker.drain();
      ran += count;
      return count;
    },
    ran: () => ran,
  };
}

function worldFor({ seed, size, snapshot, world: name = 'reference' }: StageWishes, startsAt: string): SnapshotWorld {
  if (snapshot !== undefined) return worldOfSnapshot(snapshot, { seed, startsAt });
  const { world, truth } = generateWorld({ name, seed, size, startsAt });
  const [customer] = truth.customers;
  if (customer === undefined) throw new AppError('rehearsal_broken', 'the made-up world has no customer');
  return { world, declared: customer.declared };
}
