/**
 * The tables that every part of the product shares. A noun's own tables stand in its folder (`<noun>.store.ts`).
 * A change here needs a migration in ./migrations; test/store/schema.test.ts compares the two.
 */
import { boolean, integer, jsonb, pgTable, primaryKey, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';
import type { Json } from '../lib/canonical-json.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const customers = pgTable('customers', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  config: jsonb('config').$type<Json>().notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  updatedAt: instant('updated_at').notNull().defaultNow(),
});

export type OutboxState = 'waiting' | 'queued' | 'done' | 'dead';

export const outbox = pgTable(
  'outbox',
  {
    /** Also the id of the job it becomes, so that it becomes one job only. */
    id: uuid('id').primaryKey(),
    customerId: uuid('customer_id').notNull(),
    kind: text('kind').notNull(),
    /** Names the effect; a second row with the same key is not taken, for ever. */
    key: text('key').notNull(),
    payload: jsonb('payload').$type<Json>().notNull(),
    state: text('state').$type<OutboxState>().notNull(),
    priority: integer('priority').notNull().default(0),
    /** One of a recurring series: removed some time after it is done. */
    recurring: boolean('recurring').notNull().default(false),
    dueAt: instant('due_at').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    settledAt: instant('settled_at'),
    /** Code of the last failure; set when the state is dead. */
    failure: text('failure'),
  },
  (table) => [unique('outbox_customer_key').on(table.customerId, table.key)],
);

export const journal = pgTable(
  'journal',
  {
    customerId: uuid('customer_id').notNull(),
    seq: integer('seq').notNull(),
    at: instant('at').notNull(),
    actor: jsonb('actor').$type<Json>().notNull(),
    event: text('event').notNull(),
    facts: jsonb('facts').$type<Json>().notNull(),
    prevHash: text('prev_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [primaryKey({ columns: [table.customerId, table.seq] })],
);

export const watermarks = pgTable(
  'watermarks',
  {
    customerId: uuid('customer_id').notNull(),
    name: text('name').notNull(),
    value: jsonb('value').$type<Json>().notNull(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.customerId, table.name] })],
);
