import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import type { FindingRow } from './findings.core.ts';

const instantMs = z.coerce.date().transform((date) => date.getTime());

/** A stored shape: a change needs a migration. */
const findingRow = z.object({
  key: z.string(),
  accountId: z.string(),
  appId: z.string(),
  appName: z.string(),
  protocol: z.string(),
  count: z.coerce.number(),
  firstMs: instantMs,
  lastMs: instantMs,
  state: z.enum(['open', 'inWork', 'waived', 'gone']),
  openedAt: z.coerce
    .date()
    .transform((date) => date.toISOString())
    .nullable(),
  taken: z.object({ actor: z.json(), at: z.string() }).nullable(),
  waiver: z.object({ actor: z.json(), at: z.string(), until: z.string(), why: z.string() }).nullable(),
  revision: z.number(),
});

const COLUMNS = sql`key, account_id AS "accountId", app_id AS "appId", app_name AS "appName", protocol, count,
  first_at AS "firstMs", last_at AS "lastMs", state, opened_at AS "openedAt", taken, waiver, revision`;

const BATCH_ROWS = 1_000;

/** Every finding of the transaction's customer, in the order of the keys. */
export async function readFindings(tx: Tx): Promise<FindingRow[]> {
  const { rows } = await tx.execute(sql`SELECT ${COLUMNS} FROM sign_in_findings ORDER BY key COLLATE "C"`);
  return rows.map((row) => findingRow.parse(row));
}

/** Those of them that are known. */
export async function readFindingsOf(tx: Tx, keys: readonly string[]): Promise<FindingRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT ${COLUMNS} FROM sign_in_findings
    WHERE key IN (SELECT jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb))
    ORDER BY key COLLATE "C"`);
  return rows.map((row) => findingRow.parse(row));
}

/** Makes these what is known. */
export async function saveFindings(tx: Tx, findings: readonly FindingRow[]): Promise<void> {
  for (let start = 0; start < findings.length; start += BATCH_ROWS) {
    const rows = findings.slice(start, start + BATCH_ROWS).map(({ firstMs, lastMs, ...row }) => ({
      ...row,
      first: new Date(firstMs).toISOString(),
      last: new Date(lastMs).toISOString(),
    }));
    await tx.execute(sql`
      INSERT INTO sign_in_findings (customer_id, key, account_id, app_id, app_name, protocol, count, first_at, last_at,
        state, opened_at, taken, waiver, revision)
      SELECT app_customer(), r.key, r."accountId", r."appId", r."appName", r.protocol, r.count, r.first, r.last, r.state,
        r."openedAt", nullif(r.taken, 'null'::jsonb), nullif(r.waiver, 'null'::jsonb), r.revision
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(key text, "accountId" text, "appId" text,
        "appName" text, protocol text, count bigint, first timestamptz, last timestamptz, state text,
        "openedAt" timestamptz, taken jsonb, waiver jsonb, revision integer)
      ON CONFLICT (customer_id, key) DO UPDATE SET app_name = excluded.app_name, count = excluded.count,
        first_at = excluded.first_at, last_at = excluded.last_at, state = excluded.state,
        opened_at = excluded.opened_at, taken = excluded.taken, waiver = excluded.waiver, revision = excluded.revision`);
  }
}
