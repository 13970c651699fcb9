import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import type { Tx } from '../../store/transaction.ts';
import {
  type Drill,
  EMERGENCY_LOGS,
  type EmergencyLog,
  type KeptSignIn,
  type LogReading,
} from './emergency-types.core.ts';

/* Stored shapes: a change needs a migration. */
const instant = z.coerce.date().transform((date) => date.toISOString());

const drillRow = z
  .object({
    ...{ id: z.string(), account_id: z.string(), started_at: instant, expires_at: instant },
    ...{ sign_in_id: z.string().nullable(), signed_in_at: instant.nullable() },
  })
  .transform(
    (row): Drill => ({
      ...{ id: row.id, accountId: row.account_id, startedAt: row.started_at, expiresAt: row.expires_at },
      ...{ signInId: row.sign_in_id, signedInAt: row.signed_in_at },
    }),
  );

const signInRow = z
  .object({
    ...{ id: z.string(), account_id: z.string(), session: z.string(), at: instant },
    ...{ interactive: z.boolean(), succeeded: z.boolean(), app: z.string().nullable() },
    ...{ ip_address: z.string().nullable(), country: z.string().nullable(), drill_id: z.string().nullable() },
  })
  .transform(
    ({ account_id, ip_address, drill_id, ...row }): KeptSignIn => ({
      ...row,
      accountId: account_id,
      ipAddress: ip_address,
      drillId: drill_id,
    }),
  );

/** Lets the others who would change this customer's drills wait until the transaction ends. */
export async function lockEmergency(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('emergency:' || app_customer()::text, 0))`);
}

/** Every drill of the customer, the earliest first. */
export async function readDrills(tx: Tx): Promise<Drill[]> {
  const { rows } = await tx.execute(sql`SELECT * FROM emergency_drills ORDER BY started_at, id COLLATE "C"`);
  return rows.map((row) => drillRow.parse(row));
}

/** Keeps a drill that somebody started. */
export async function insertDrill(tx: Tx, drill: Drill, by: Json): Promise<void> {
  await tx.execute(sql`
    INSERT INTO emergency_drills (customer_id, id, account_id, started_at, expires_at, started_by)
    VALUES (app_customer(), ${drill.id}, ${drill.accountId}, ${drill.startedAt}::timestamptz,
      ${drill.expiresAt}::timestamptz, ${JSON.stringify(by)}::jsonb)`);
}

/** Keeps the sign-in that a drill waited for; one that has its sign-in keeps the first. */
export async function settleDrill(tx: Tx, id: string, signIn: { id: string; at: string }): Promise<void> {
  await tx.execute(sql`
    UPDATE emergency_drills SET sign_in_id = ${signIn.id}, signed_in_at = ${signIn.at}::timestamptz
    WHERE id = ${id} AND sign_in_id IS NULL`);
}

/** Keeps a sign-in; false, changing nothing, when it was seen before. */
export async function insertSignIn(tx: Tx, row: KeptSignIn): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    INSERT INTO emergency_sign_ins (customer_id, id, account_id, session, at, interactive, succeeded, app, ip_address,
      country, drill_id)
    VALUES (app_customer(), ${row.id}, ${row.accountId}, ${row.session}, ${row.at}::timestamptz, ${row.interactive},
      ${row.succeeded}, ${row.app}, ${row.ipAddress}, ${row.country}, ${row.drillId})
    ON CONFLICT DO NOTHING RETURNING 1`);
  return rows.length > 0;
}

/** The sign-ins that were seen since an instant, the earliest first. */
export async function readSignInsSince(tx: Tx, from: Date): Promise<KeptSignIn[]> {
  const { rows } = await tx.execute(sql`
    SELECT * FROM emergency_sign_ins WHERE at >= ${from.toISOString()}::timestamptz ORDER BY at, id COLLATE "C"`);
  return rows.map((row) => signInRow.parse(row));
}

/** The sign-ins of one session, the earliest first. */
export async function readSession(tx: Tx, session: string): Promise<KeptSignIn[]> {
  const { rows } = await tx.execute(sql`
    SELECT * FROM emergency_sign_ins WHERE session = ${session} ORDER BY at, id COLLATE "C"`);
  return rows.map((row) => signInRow.parse(row));
}

const readingRow = z
  .object({ log: z.enum(EMERGENCY_LOGS), read_to: instant.nullable(), problem: z.string().nullable() })
  .transform(({ log, read_to, problem }): LogReading => ({ log, readTo: read_to, problem }));

/** How far both logs were read; a log that never was is missing. */
export async function readReadings(tx: Tx): Promise<LogReading[]> {
  const { rows } = await tx.execute(sql`SELECT log, read_to, problem FROM emergency_readings ORDER BY log`);
  return rows.map((row) => readingRow.parse(row));
}

/** Makes this how far a log was read; a reading that failed keeps the mark of the one before. */
export async function saveReading(
  tx: Tx,
  log: EmergencyLog,
  { readTo, problem }: Omit<LogReading, 'log'>,
): Promise<void> {
  await tx.execute(sql`
    INSERT INTO emergency_readings (customer_id, log, read_to, problem)
    VALUES (app_customer(), ${log}, ${readTo}::timestamptz, ${problem})
    ON CONFLICT (customer_id, log) DO UPDATE SET problem = excluded.problem,
      read_to = GREATEST(emergency_readings.read_to, excluded.read_to)`);
}
