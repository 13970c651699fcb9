/** A pushed customer whose tenant other administrators change, and looks at it run by hand. */
import { sql } from 'drizzle-orm';
import type { App } from '../../src/compose.ts';
import type { Actor, Identity } from '../../src/rollout/access/access.core.ts';
import type { Customer } from '../../src/rollout/customers/customers.ts';
import { createDrift, type Drift, type DriftView } from '../../src/rollout/drift/drift.ts';
import type { DriftDeps } from '../../src/rollout/drift/drift-deps.ts';
import type { JobKind } from '../../src/work/job.ts';
import { hurriedClock } from './hurried-clock.ts';

const MSP = '99999999-0000-4000-8000-000000000000';
const ENGINEER: Identity = { tenantId: MSP, objectId: '99999999-0000-4000-8000-000000000001' };

export type DriftBench = {
  drift: Drift;
  engineer: Actor;
  /** Runs one look to its end and gives every finding. */
  look(): Promise<DriftView[]>;
  /** Those that stand open. */
  open(): Promise<DriftView[]>;
  /** Runs the job that a decision asked for. */
  restore(job: string, attempt?: number, isLastAttempt?: boolean): Promise<void>;
  /** The same, with something happening between the work and the transaction that keeps its end. */
  restoreWhile(job: string, meanwhile: () => Promise<void>): Promise<void>;
  /** Moves the bench's own clock on. */
  turn(ms: number): void;
};

/** Starts watching a customer of this product by hand. */
export async function startDrift(
  app: App,
  customer: Customer,
  given: Partial<Pick<DriftDeps, 'stopPoint'>> = {},
): Promise<DriftBench> {
  let offsetMs = 0;
  const clock = { ...hurriedClock, now: () => hurriedClock.now() + offsetMs };
  const { database, customers, access, syncs, log, signal } = app;
  const stopPoint = given.stopPoint ?? (() => undefined);
  const drift = createDrift({ database, customers, access, syncs, log, signal, clock, stopPoint });
  const engineer = await app.access.actorOf(ENGINEER, customer.id);
  let runs = 0;
  const run = async (
    kind: JobKind | undefined,
    payload: unknown,
    { key, attempt = 1, isLastAttempt = false, meanwhile }: Run,
  ) => {
    const job = { customerId: customer.id, key, attempt, isLastAttempt, signal: new AbortController().signal };
    const save = await kind?.prepare(payload)?.(job);
    await meanwhile?.();
    await database.withCustomer(customer.id, async (tx) => {
      await save?.(tx);
      // The worker would end the job in this transaction.
      await tx.execute(sql`UPDATE outbox SET state = 'done' WHERE key = ${key}`);
    });
  };
  const list = async () => (await drift.list(customer, engineer)).findings;
  return {
    ...{ drift, engineer },
    look: async () => {
      runs += 1;
      await run(drift.kinds['drift.poll'], {}, { key: `drift.poll:test-${runs}` });
      return list();
    },
    open: async () => (await list()).filter(({ state }) => state === 'open'),
    restore: (job, attempt, isLastAttempt = false) =>
      run(
        drift.kinds['drift.restore'],
        { id: job.split(':')[1] },
        { key: job, isLastAttempt, ...(attempt === undefined ? {} : { attempt }) },
      ),
    restoreWhile: (job, meanwhile) =>
      run(drift.kinds['drift.restore'], { id: job.split(':')[1] }, { key: job, meanwhile }),
    turn: (ms) => {
      offsetMs += ms;
    },
  };
}

type Run = { key: string; attempt?: number; isLastAttempt?: boolean; meanwhile?: () => Promise<void> };
