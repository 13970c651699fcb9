import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import { type ExceptionRequest, REQUEST_KINDS } from './exception-types.core.ts';

/* Stored shapes: a change needs a migration. */
const requestRow = z
  .object({
    seq: z.number(),
    account_id: z.string(),
    kind: z.enum(REQUEST_KINDS),
    until: z.string(),
    reason: z.string().nullable(),
    tenant_id: z.string(),
    object_id: z.string(),
    display_name: z.string().nullable(),
    asked_at: z.coerce.date(),
    state: z.enum(['open', 'replaced', 'withdrawn']),
  })
  .transform(
    ({ seq, kind, until, reason, state, ...row }): StoredRequest => ({
      ...{ seq, kind, until, reason, state, accountId: row.account_id, displayName: row.display_name },
      by: { tenantId: row.tenant_id, objectId: row.object_id },
      at: row.asked_at.toISOString(),
    }),
  );

/** A request and what became of it: another one about the same account replaced it, or somebody withdrew it. */
export type StoredRequest = ExceptionRequest & { state: 'open' | 'replaced' | 'withdrawn' };

const COLUMNS = sql`seq, account_id, kind, until::text, reason, tenant_id, object_id, display_name, asked_at, state`;

/** Lets others who would ask for or withdraw something wait until the transaction ends. */
export async function lockRequests(tx: Tx): Promise<void> {
  await tx.execute(
    sql`SELECT pg_advisory_xact_lock(hashtextextended('exception-requests:' || app_customer()::text, 0))`,
  );
}

/** Every request of the customer, the earliest first. */
export async function readRequests(tx: Tx): Promise<StoredRequest[]> {
  const { rows } = await tx.execute(sql`SELECT ${COLUMNS} FROM exception_requests ORDER BY seq`);
  return rows.map((row) => requestRow.parse(row));
}

/** The requests that nobody replaced or withdrew, the earliest first. */
export async function readOpenRequests(tx: Tx): Promise<StoredRequest[]> {
  const { rows } = await tx.execute(sql`SELECT ${COLUMNS} FROM exception_requests WHERE state = 'open' ORDER BY seq`);
  return rows.map((row) => requestRow.parse(row));
}

/** Adds a request in place of any other one about the account, and gives it its number. Requests have to be locked. */
export async function insertRequest(tx: Tx, asked: Omit<ExceptionRequest, 'seq'>): Promise<ExceptionRequest> {
  const { accountId, kind, until, reason, by, displayName, at } = asked;
  await tx.execute(sql`
    UPDATE exception_requests SET state = 'replaced', closed_at = ${at}::timestamptz
    WHERE account_id = ${accountId} AND state = 'open'`);
  const { rows } = await tx.execute<{ seq: number }>(sql`
    INSERT INTO exception_requests
      (customer_id, seq, account_id, kind, until, reason, tenant_id, object_id, display_name, asked_at, state)
    SELECT app_customer(), coalesce(max(seq), 0) + 1, ${accountId}, ${kind}, ${until}::date, ${reason},
      ${by.tenantId}, ${by.objectId}, ${displayName}, ${at}::timestamptz, 'open'
    FROM exception_requests RETURNING seq`);
  return { ...asked, seq: Number(rows[0]?.seq ?? 0) };
}

/** Withdraws a request; false when it was none that is open. */
export async function closeRequest(tx: Tx, seq: number, at: Date): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    UPDATE exception_requests SET state = 'withdrawn', closed_at = ${at.toISOString()}::timestamptz
    WHERE seq = ${seq} AND state = 'open' RETURNING seq`);
  return rows.length > 0;
}
