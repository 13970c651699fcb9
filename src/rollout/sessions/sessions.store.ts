import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';

export type RevocationState = 'wanted' | 'done' | 'gone' | 'failed';

/* A stored shape: a change needs a migration. */
const row = z
  .object({
    occasion: z.string(),
    account_id: z.string(),
    state: z.enum(['wanted', 'done', 'gone', 'failed']),
    asked_at: z.coerce.date().transform((date) => date.toISOString()),
    done_at: z.coerce
      .date()
      .transform((date) => date.toISOString())
      .nullable(),
    failure: z.string().nullable(),
  })
  .transform(({ account_id, asked_at, done_at, ...rest }) => ({
    ...rest,
    accountId: account_id,
    askedAt: asked_at,
    doneAt: done_at,
  }));

/** The end of one person's sessions, as it stands. */
export type Revocation = z.output<typeof row>;

/** Notes that somebody's sessions shall end; false, changing nothing, when it was noted for this occasion. */
export async function insertRevocation(
  tx: Tx,
  { occasion, accountId, at }: { occasion: string; accountId: string; at: Date },
): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    INSERT INTO session_revocations (customer_id, occasion, account_id, state, asked_at)
    VALUES (app_customer(), ${occasion}, ${accountId}, 'wanted', ${at.toISOString()}::timestamptz)
    ON CONFLICT DO NOTHING RETURNING 1`);
  return rows.length > 0;
}

/** One person's end of sessions on one occasion. */
export async function readRevocation(
  tx: Tx,
  { occasion, accountId }: { occasion: string; accountId: string },
): Promise<Revocation | undefined> {
  const { rows } = await tx.execute(
    sql`SELECT * FROM session_revocations WHERE occasion = ${occasion} AND account_id = ${accountId}`,
  );
  return rows[0] === undefined ? undefined : row.parse(rows[0]);
}

/** Every end of sessions of the customer, the latest first. */
export async function readRevocations(tx: Tx): Promise<Revocation[]> {
  const { rows } = await tx.execute(
    sql`SELECT * FROM session_revocations ORDER BY asked_at DESC, account_id COLLATE "C"`,
  );
  return rows.map((one) => row.parse(one));
}

/** Notes what came of it; false when that is noted already. */
export async function settleRevocation(
  tx: Tx,
  about: { occasion: string; accountId: string },
  settled: { state: RevocationState; at: Date; failure: string | null },
): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    UPDATE session_revocations SET state = ${settled.state}, done_at = ${settled.at.toISOString()}::timestamptz,
      failure = ${settled.failure}
    WHERE occasion = ${about.occasion} AND account_id = ${about.accountId} AND state = 'wanted' RETURNING 1`);
  return rows.length > 0;
}
