import { sql } from 'drizzle-orm';
import type { Database } from '../store/database.ts';
import type { DueEffect } from '../store/transaction.ts';
import { buryLost, type Queue } from './queue.ts';

/** A job that every customer gets again and again; its payload is an empty object. */
export type Recurring = { kind: string; everySeconds: number };

export type Schedule = {
  /** Turns everything due by the queue's clock into jobs, each exactly once; gives how many. */
  tick(): Promise<number>;
  /** When the next recurring job is due, in the clock's time; undefined when there is none. */
  nextSlotAt(): number | undefined;
};

/** Rows moved in one transaction. */
const BATCH_ROWS = 500;
const PRUNE_EVERY_MS = 60 * 60 * 1000;
const RECURRING_KEPT_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * When things happen. Waiting is data: a due time in an outbox row, looked at by the tick. Any number of instances may
 * tick at once: rows are taken under a lock, and a row's job has the row's id. A recurring job is due once in each slot
 * of time; slots missed while nobody ran are not made up for, and none is added while the one before is still open.
 */
export function createSchedule(database: Database, queue: Queue, recurring: readonly Recurring[]): Schedule {
  let prunedAt = Number.NEGATIVE_INFINITY;
  return {
    tick: async () => {
      await queue.showTime();
      const now = queue.clock.now();
      await database.withPortfolio(async (tx) => {
        await buryLost(tx, new Date(now));
        for (const entry of recurring) await tx.execute(openSlot(entry, now));
        if (now - prunedAt >= PRUNE_EVERY_MS) await tx.execute(prune(now));
      });
      if (now - prunedAt >= PRUNE_EVERY_MS) prunedAt = now;
      let moved = 0;
      for (;;) {
        const batch = await moveDue(database, queue, now);
        moved += batch;
        if (batch < BATCH_ROWS) return moved;
      }
    },
    nextSlotAt: () => {
      const now = queue.clock.now();
      const next = recurring.map((entry) => slotStart(entry, now) + entry.everySeconds * 1000);
      return next.length === 0 ? undefined : Math.min(...next);
    },
  };
}

function moveDue(database: Database, queue: Queue, now: number): Promise<number> {
  return database.withPortfolio(async (tx) => {
    const { rows } = await tx.execute<DueEffect>(sql`
      UPDATE outbox SET state = 'queued' WHERE id IN (
        SELECT id FROM outbox WHERE state = 'waiting' AND due_at <= ${new Date(now).toISOString()}::timestamptz
        ORDER BY due_at LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED)
      RETURNING id, customer_id AS "customerId", kind, key, payload, priority`);
    queue.send(rows);
    return rows.length;
  });
}

function slotStart(entry: Recurring, now: number): number {
  const everyMs = entry.everySeconds * 1000;
  return Math.floor(now / everyMs) * everyMs;
}

function openSlot(entry: Recurring, now: number): ReturnType<typeof sql> {
  const slot = new Date(slotStart(entry, now)).toISOString();
  return sql`
    INSERT INTO outbox (id, customer_id, kind, key, payload, state, recurring, due_at)
    SELECT gen_random_uuid(), c.id, ${entry.kind}, ${`${entry.kind}@${slot}`}, '{}', 'waiting', true, ${slot}::timestamptz
    FROM customers c
    WHERE NOT EXISTS (SELECT FROM outbox o
      WHERE o.customer_id = c.id AND o.kind = ${entry.kind} AND o.recurring AND o.state IN ('waiting', 'queued'))
    ON CONFLICT DO NOTHING`;
}

function prune(now: number): ReturnType<typeof sql> {
  const before = new Date(now - RECURRING_KEPT_MS).toISOString();
  return sql`DELETE FROM outbox WHERE recurring AND state = 'done' AND settled_at < ${before}::timestamptz`;
}
