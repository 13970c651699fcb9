import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import type { OutcomeFact } from './impact.core.ts';
import { OUTCOMES } from './log-entry.core.ts';
import type { LogState } from './log-state.core.ts';
import { ANSWER_MS } from './stop-line.core.ts';
import type { Challenge, EnforcedTally, OutcomeTally } from './tally.core.ts';

/* Stored shapes: a change needs a migration. */
const span = z.object({ from: z.string(), to: z.string() });
const instant = z.coerce.date().transform((date) => date.toISOString());
const instantMs = z.coerce.date().transform((date) => date.getTime());

const logRow = z.object({
  log: z.enum(['interactive', 'nonInteractive']),
  state: z.enum(['read', 'failed', 'notLicensed']),
  why: z.string().nullable(),
  readFrom: instant.nullable(),
  mark: z.object({ readTo: z.string(), known: z.array(z.string()) }).nullable(),
  lost: z.array(span),
  revision: z.number(),
});

/** One log with its mark, as the next reading needs it. */
export type LogRow = z.output<typeof logRow>;

const outcomeRow = z.object({
  accountId: z.string(),
  policyId: z.string(),
  outcome: z.enum(OUTCOMES),
  lastMs: instantMs,
});

const challengeRow = z.object({
  accountId: z.string(),
  atMs: instantMs,
  kind: z.enum(['failed', 'passed']),
  code: z.number(),
});

/** Lets others who would change what is known of the customer's sign-ins wait until the transaction ends. */
export async function lockSignIns(tx: Tx): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended('sign-ins:' || app_customer()::text, 0))`);
}

/** The log of the transaction's customer; undefined before its first reading. */
export async function readLogRow(tx: Tx, log: LogRow['log']): Promise<LogRow | undefined> {
  const { rows } = await tx.execute(sql`
    SELECT log, state, why, read_from AS "readFrom", mark, lost, revision FROM sign_in_logs WHERE log = ${log}`);
  return rows[0] === undefined ? undefined : logRow.parse(rows[0]);
}

/** Both logs without the ids of their marks, as judgements need them. */
export async function readLogStates(tx: Tx): Promise<LogState[]> {
  const { rows } = await tx.execute(sql`
    SELECT log, state, why, read_from AS "readFrom", lost, revision,
      CASE WHEN mark IS NULL THEN NULL ELSE jsonb_build_object('readTo', mark->>'readTo', 'known', '[]'::jsonb) END AS mark
    FROM sign_in_logs ORDER BY log`);
  return rows.map((row) => {
    const { mark, revision: _, ...state } = logRow.parse(row);
    return { ...state, readTo: mark?.readTo ?? null };
  });
}

/** Makes this what is known of a log. */
export async function saveLogRow(tx: Tx, row: LogRow, triedAt: Date): Promise<void> {
  const mark = row.mark === null ? null : JSON.stringify(row.mark);
  await tx.execute(sql`
    INSERT INTO sign_in_logs (customer_id, log, state, why, read_from, mark, lost, tried_at, revision)
    VALUES (app_customer(), ${row.log}, ${row.state}, ${row.why}, ${row.readFrom}::timestamptz, ${mark}::jsonb,
      ${JSON.stringify(row.lost)}::jsonb, ${triedAt.toISOString()}::timestamptz, ${row.revision})
    ON CONFLICT (customer_id, log) DO UPDATE SET state = excluded.state, why = excluded.why,
      read_from = excluded.read_from, mark = excluded.mark, lost = excluded.lost, tried_at = excluded.tried_at,
      revision = excluded.revision`);
}

/** Rows of one statement: a parameter of some hundred kilobytes at most. */
const BATCH_ROWS = 2_000;

/** Sign-ins under the enforcing policy stand beside the report-only outcomes, under a word of their own. */
type EnforcedOutcome = EnforcedTally & { outcome: 'enforced' };

/** Adds what a reading counted to what was counted before. */
export async function addOutcomes(tx: Tx, tallies: readonly (OutcomeTally | EnforcedOutcome)[]): Promise<void> {
  for (const batch of batches(tallies.map(({ firstMs, lastMs, ...row }) => ({ ...row, ...times(firstMs, lastMs) })))) {
    await tx.execute(sql`
      INSERT INTO sign_in_outcomes (customer_id, account_id, policy_id, outcome, count, first_at, last_at)
      SELECT app_customer(), r."accountId", r."policyId", r.outcome, r.count, r.first, r.last
      FROM jsonb_to_recordset(${batch}::jsonb)
        AS r("accountId" text, "policyId" text, outcome text, count bigint, first timestamptz, last timestamptz)
      ON CONFLICT (customer_id, account_id, policy_id, outcome) DO UPDATE SET
        count = sign_in_outcomes.count + excluded.count,
        first_at = least(sign_in_outcomes.first_at, excluded.first_at),
        last_at = greatest(sign_in_outcomes.last_at, excluded.last_at)`);
  }
}

/** When each of these accounts was last seen with which outcome, since an instant. */
export async function readOutcomes(tx: Tx, accountIds: readonly string[], sinceMs: number): Promise<OutcomeFact[]> {
  const { rows } = await tx.execute(sql`
    SELECT account_id AS "accountId", policy_id AS "policyId", outcome, last_at AS "lastMs" FROM sign_in_outcomes
    WHERE outcome <> 'enforced' AND last_at >= ${new Date(sinceMs).toISOString()}::timestamptz
      AND account_id IN (SELECT jsonb_array_elements_text(${JSON.stringify(accountIds)}::jsonb))`);
  return rows.map((row) => outcomeRow.parse(row));
}

/** The earliest sign-in of these accounts under the enforcing policy since an instant; null where none is kept. */
export async function readFirstEnforced(
  tx: Tx,
  accountIds: readonly string[],
  sinceMs: number,
): Promise<string | null> {
  const { rows } = await tx.execute(sql`
    SELECT min(first_at) AS first FROM sign_in_outcomes
    WHERE outcome = 'enforced' AND first_at >= ${new Date(sinceMs).toISOString()}::timestamptz
      AND account_id IN (SELECT jsonb_array_elements_text(${JSON.stringify(accountIds)}::jsonb))`);
  return z.object({ first: instant.nullable() }).parse(rows[0]).first;
}

/** Keeps failures and successes of people under enforcement; one that is kept already stays. */
export async function addChallenges(tx: Tx, challenges: readonly Challenge[]): Promise<void> {
  const rows = challenges.map(({ atMs, ...row }) => ({ ...row, at: new Date(atMs).toISOString() }));
  for (const batch of batches(rows)) {
    await tx.execute(sql`
      INSERT INTO sign_in_challenges (customer_id, account_id, at, kind, code)
      SELECT app_customer(), r."accountId", r.at, r.kind, r.code
      FROM jsonb_to_recordset(${batch}::jsonb) AS r("accountId" text, at timestamptz, kind text, code integer)
      ON CONFLICT DO NOTHING`);
  }
}

/** Forgets what no late row can change any more: failures that were answered, and then the successes themselves. */
export async function pruneChallenges(tx: Tx, beforeMs: number): Promise<void> {
  const before = new Date(beforeMs).toISOString();
  await tx.execute(sql`
    DELETE FROM sign_in_challenges f WHERE f.kind = 'failed' AND f.at < ${before}::timestamptz AND EXISTS (
      SELECT FROM sign_in_challenges p WHERE p.kind = 'passed' AND p.account_id = f.account_id AND p.at >= f.at
        AND p.at <= f.at + make_interval(secs => ${ANSWER_MS / 1000}))`);
  await tx.execute(sql`DELETE FROM sign_in_challenges WHERE kind = 'passed' AND at < ${before}::timestamptz`);
}

/** The challenges of these accounts since an instant. */
export async function readChallenges(tx: Tx, accountIds: readonly string[], sinceMs: number): Promise<Challenge[]> {
  const { rows } = await tx.execute(sql`
    SELECT account_id AS "accountId", at AS "atMs", kind, code FROM sign_in_challenges
    WHERE at >= ${new Date(sinceMs).toISOString()}::timestamptz
      AND account_id IN (SELECT jsonb_array_elements_text(${JSON.stringify(accountIds)}::jsonb))`);
  return rows.map((row) => challengeRow.parse(row));
}

const answerRow = z.object({ accountId: z.string(), atMs: challengeRow.shape.atMs });

/** When each watched account last answered MFA, in ms; only the last day of answers is kept. */
export async function lastAnswers(tx: Tx): Promise<Map<string, number>> {
  const { rows } = await tx.execute(sql`
    SELECT account_id AS "accountId", max(at) AS "atMs" FROM sign_in_challenges WHERE kind = 'passed' GROUP BY account_id`);
  return new Map(rows.map((row) => answerRow.parse(row)).map(({ accountId, atMs }) => [accountId, atMs]));
}

function times(firstMs: number, lastMs: number): { first: string; last: string } {
  return { first: new Date(firstMs).toISOString(), last: new Date(lastMs).toISOString() };
}

function* batches(rows: readonly object[]): Generator<string> {
  for (let start = 0; start < rows.length; start += BATCH_ROWS) {
    yield JSON.stringify(rows.slice(start, start + BATCH_ROWS));
  }
}
