import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import {
  type IssuedPass,
  PASS_STATES,
  type PassRegistration,
  type PassState,
  PROOF_KINDS,
} from './access-pass-types.core.ts';

/* Stored shapes: a change needs a migration. */
const instant = z.coerce.date().transform((date) => date.toISOString());
const person = z.object({ tenantId: z.string(), objectId: z.string(), displayName: z.string().nullable() });

const passRow = z
  .object({
    id: z.string(),
    account_id: z.string(),
    state: z.enum(PASS_STATES),
    pass_id: z.string().nullable(),
    minutes: z.number(),
    proof: z.object({ kind: z.enum(PROOF_KINDS), note: z.string().nullable() }),
    override_reason: z.string().nullable(),
    requests: z.array(person.extend({ at: z.string() })),
    issued_by: person,
    asked_at: instant,
    starts_at: instant.nullable(),
    expires_at: instant.nullable(),
    ended_at: instant.nullable(),
    failure: z.string().nullable(),
    registration: z
      .object({
        at: z.string(),
        from: z.string().nullable(),
        usual: z.array(z.string()),
        verdict: z.enum(['usual', 'foreign', 'unknown']),
      })
      .nullable(),
  })
  .transform(
    (row): IssuedPass => ({
      ...{ id: row.id, accountId: row.account_id, state: row.state, passId: row.pass_id, minutes: row.minutes },
      ...{ proof: row.proof, overrideReason: row.override_reason, requests: row.requests, issuedBy: row.issued_by },
      ...{ askedAt: row.asked_at, startsAt: row.starts_at, expiresAt: row.expires_at, endedAt: row.ended_at },
      ...{ failure: row.failure, registration: row.registration },
    }),
  );

/** Lets the others who would issue a pass of this customer wait until the transaction ends. */
export async function lockPasses(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('access-passes:' || app_customer()::text, 0))`);
}

/** Every pass of the customer, the latest first. */
export async function readPasses(tx: Tx): Promise<IssuedPass[]> {
  const { rows } = await tx.execute(sql`SELECT * FROM access_passes ORDER BY asked_at DESC, id COLLATE "C"`);
  return rows.map((row) => passRow.parse(row));
}

/** The passes of one person, the latest first. */
export async function readPassesOf(tx: Tx, accountId: string): Promise<IssuedPass[]> {
  const { rows } = await tx.execute(
    sql`SELECT * FROM access_passes WHERE account_id = ${accountId} ORDER BY asked_at DESC, id COLLATE "C"`,
  );
  return rows.map((row) => passRow.parse(row));
}

/** Notes that a pass is about to be asked for. */
export async function insertPass(tx: Tx, pass: IssuedPass): Promise<void> {
  await tx.execute(sql`
    INSERT INTO access_passes (customer_id, id, account_id, state, minutes, proof, override_reason, requests, issued_by,
      asked_at)
    VALUES (app_customer(), ${pass.id}, ${pass.accountId}, ${pass.state}, ${pass.minutes},
      ${JSON.stringify(pass.proof)}::jsonb, ${pass.overrideReason}, ${JSON.stringify(pass.requests)}::jsonb,
      ${JSON.stringify(pass.issuedBy)}::jsonb, ${pass.askedAt}::timestamptz)`);
}

export type PassChange = {
  state: PassState;
  passId?: string | null;
  startsAt?: string | null;
  expiresAt?: string | null;
  endedAt?: string | null;
  failure?: string | null;
};

/** Changes a pass that still stands as it did; false, changing nothing, when it went on meanwhile. */
export async function changePass(tx: Tx, pass: IssuedPass, change: PassChange): Promise<boolean> {
  const next = { ...pass, ...change };
  const { rows } = await tx.execute(sql`
    UPDATE access_passes SET state = ${next.state}, pass_id = ${next.passId}, starts_at = ${next.startsAt}::timestamptz,
      expires_at = ${next.expiresAt}::timestamptz, ended_at = ${next.endedAt}::timestamptz, failure = ${next.failure}
    WHERE id = ${pass.id} AND state = ${pass.state} RETURNING 1`);
  return rows.length > 0;
}

/** Keeps the first registration after a pass; false when one was kept before. */
export async function saveRegistration(tx: Tx, id: string, registration: PassRegistration): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    UPDATE access_passes SET registration = ${JSON.stringify(registration)}::jsonb
    WHERE id = ${id} AND registration IS NULL RETURNING 1`);
  return rows.length > 0;
}

/** Accounts with a pass of ours that can be used at this moment. */
export async function readHolders(tx: Tx, at: Date): Promise<string[]> {
  const { rows } = await tx.execute(sql`
    SELECT account_id FROM access_passes
    WHERE state = 'issued' AND starts_at <= ${at.toISOString()}::timestamptz
      AND expires_at > ${at.toISOString()}::timestamptz`);
  return rows.map((row) => z.object({ account_id: z.string() }).parse(row).account_id);
}
