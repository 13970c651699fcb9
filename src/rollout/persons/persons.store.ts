import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/transaction.ts';
import { COVER_LEVELS } from './persons.core.ts';

/* Stored shapes: a change needs a migration. */
const evaluated = z.object({
  covered: z.enum(COVER_LEVELS),
  by: z.array(z.object({ name: z.string(), why: z.string() })),
  why: z.string(),
  canAnswer: z.enum(['yes', 'no', 'unknown']),
  at: z.string(),
});
const sentence = z.object({ en: z.string(), de: z.string() });
const outcome = z.object({
  refusal: z.object({ code: z.string(), rule: z.string().nullable(), message: sentence }).nullable(),
  after: evaluated.nullable(),
});
const actor = z.looseObject({ kind: z.string(), displayName: z.string().nullish() });

const switchRow = z
  .object({
    seq: z.number(),
    account_id: z.string(),
    kind: z.enum(['on', 'back']),
    state: z.enum(['asked', 'writing', 'done', 'refused']),
    job: z.string(),
    actor,
    anyway: z.boolean(),
    before: evaluated.nullable(),
    outcome: outcome.nullable(),
    asked_at: z.coerce.date(),
    updated_at: z.coerce.date(),
  })
  .transform(({ account_id: accountId, asked_at, updated_at, actor: by, ...row }) => ({
    ...row,
    accountId,
    actor: by as Json,
    by: by.displayName ?? null,
    askedAt: asked_at.toISOString(),
    updatedAt: updated_at.toISOString(),
  }));

/** One asked switch of one person and how far it came. */
export type SwitchRow = z.output<typeof switchRow>;

const COLUMNS = sql`seq, account_id, kind, state, job, actor, anyway, before, outcome, asked_at, updated_at`;

/** Lets others who would switch somebody wait until the transaction ends. */
export async function lockSwitches(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('person-switch:' || app_customer()::text, 0))`);
}

/** The switches of one account, the newest first. */
export async function readSwitches(tx: Tx, accountId: string): Promise<SwitchRow[]> {
  const { rows } = await tx.execute(
    sql`SELECT ${COLUMNS} FROM person_switches WHERE account_id = ${accountId} ORDER BY seq DESC`,
  );
  return rows.map((row) => switchRow.parse(row));
}

/** The switch of this number, or null. */
export async function readSwitch(tx: Tx, seq: number): Promise<SwitchRow | null> {
  const { rows } = await tx.execute(sql`SELECT ${COLUMNS} FROM person_switches WHERE seq = ${seq}`);
  return rows[0] === undefined ? null : switchRow.parse(rows[0]);
}

/** How many others were switched on since then, or are about to be. */
export async function countSwitched(tx: Tx, { since, not }: { since: Date; not: string }): Promise<number> {
  const { rows } = await tx.execute<{ count: number }>(sql`
    SELECT count(DISTINCT account_id)::integer AS count FROM person_switches
    WHERE kind = 'on' AND state <> 'refused' AND account_id <> ${not} AND asked_at >= ${since.toISOString()}::timestamptz`);
  return rows[0]?.count ?? 0;
}

/** The number of the next switch. Switches have to be locked. */
export async function nextSwitch(tx: Tx): Promise<number> {
  const { rows } = await tx.execute<{ next: number }>(
    sql`SELECT (coalesce(max(seq), 0) + 1)::integer AS next FROM person_switches`,
  );
  return rows[0]?.next ?? 1;
}

export type NewSwitch = Pick<SwitchRow, 'seq' | 'accountId' | 'kind' | 'job' | 'actor' | 'anyway'> & { at: Date };

/** Adds an asked switch. */
export async function insertSwitch(tx: Tx, { seq, accountId, kind, job, ...asked }: NewSwitch): Promise<void> {
  const at = asked.at.toISOString();
  await tx.execute(sql`
    INSERT INTO person_switches (customer_id, seq, account_id, kind, state, job, actor, anyway, asked_at, updated_at)
    VALUES (app_customer(), ${seq}, ${accountId}, ${kind}, 'asked', ${job}, ${JSON.stringify(asked.actor)}::jsonb,
      ${asked.anyway}, ${at}::timestamptz, ${at}::timestamptz)`);
}

/** Whether the effect of this key is still to be brought about. */
export async function isUnderWay(tx: Tx, key: string): Promise<boolean> {
  const { rows } = await tx.execute(
    sql`SELECT 1 FROM outbox WHERE customer_id = app_customer() AND key = ${key} AND state IN ('waiting', 'queued')`,
  );
  return rows.length > 0;
}

/** Gives an open switch to another job, for whoever asked for it again. */
export async function reviveSwitch(
  tx: Tx,
  seq: number,
  { job, actor: by, anyway, at }: { job: string; actor: Json; anyway: boolean; at: Date },
): Promise<void> {
  await tx.execute(sql`
    UPDATE person_switches SET job = ${job}, actor = ${JSON.stringify(by)}::jsonb, anyway = ${anyway},
      updated_at = ${at.toISOString()}::timestamptz
    WHERE seq = ${seq} AND state IN ('asked', 'writing')`);
}

/** Notes that the write begins, and the evaluated status before it; the first one stays. */
export async function noteSwitch(tx: Tx, seq: number, { before, at }: { before: SwitchRow['before']; at: Date }) {
  await tx.execute(sql`
    UPDATE person_switches SET state = 'writing', before = coalesce(before, ${JSON.stringify(before)}::jsonb),
      updated_at = ${at.toISOString()}::timestamptz
    WHERE seq = ${seq} AND state IN ('asked', 'writing')`);
}

type End = {
  state: 'done' | 'refused';
  before: SwitchRow['before'];
  outcome: NonNullable<SwitchRow['outcome']>;
  at: Date;
};

/** Ends a switch; false when it was ended before, so that nobody tells its end twice. */
export async function endSwitch(tx: Tx, seq: number, { state, before, outcome: end, at }: End): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    UPDATE person_switches SET state = ${state}, outcome = ${JSON.stringify(end)}::jsonb,
      before = coalesce(before, ${before === null ? null : JSON.stringify(before)}::jsonb),
      updated_at = ${at.toISOString()}::timestamptz
    WHERE seq = ${seq} AND state IN ('asked', 'writing') RETURNING seq`);
  return rows.length > 0;
}
