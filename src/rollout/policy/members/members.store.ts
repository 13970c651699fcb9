import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Json } from '../../../lib/canonical-json.ts';
import type { Tx } from '../../../store/transaction.ts';
import type { MemberNote, MemberRow } from './members.core.ts';

/* Stored shapes: a change needs a migration. */
const memberRow = z
  .object({
    group_key: z.string(),
    account_id: z.string(),
    group_id: z.string(),
    state: z.enum(['adding', 'in', 'removing', 'out']),
    push_id: z.string(),
  })
  .transform(
    ({ group_key: key, account_id: accountId, group_id: groupId, push_id: pushId, state }): MemberRow => ({
      ...{ key, accountId, groupId, pushId, state },
    }),
  );

const noteRow = z
  .object({ group_key: z.string(), account_id: z.string(), what: z.string(), since: z.coerce.date() })
  .transform(
    ({ group_key: key, account_id: accountId, what, since }): MemberNote => ({
      key,
      accountId,
      what,
      sinceMs: since.getTime(),
    }),
  );

/** The memberships that were written beside pushes. */
export async function readMembers(tx: Tx): Promise<MemberRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT group_key, account_id, group_id, state, push_id::text FROM managed_members ORDER BY group_key, account_id`);
  return rows.map((row) => memberRow.parse(row));
}

/** Which accounts of one group are written how. */
export type MembersWritten = {
  key: string;
  groupId: string;
  accountIds: readonly string[];
  state: MemberRow['state'];
  /** The push that stands. */
  pushId: string;
  at: Date;
};

/** Remembers how these memberships are written. */
export async function saveMembers(tx: Tx, written: MembersWritten): Promise<void> {
  const { key, groupId, accountIds, state, pushId, at } = written;
  const ids = [...new Set(accountIds.map((id) => id.toLowerCase()))];
  await tx.execute(sql`
    INSERT INTO managed_members (customer_id, group_key, account_id, group_id, state, push_id, written_at)
    SELECT app_customer(), ${key}, account_id, ${groupId}, ${state}, ${pushId}::uuid, ${at.toISOString()}::timestamptz
    FROM jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) AS given (account_id)
    ON CONFLICT (customer_id, group_key, account_id) DO UPDATE SET group_id = excluded.group_id,
      state = excluded.state, push_id = excluded.push_id, written_at = excluded.written_at`);
}

/** Forgets what was written into a group that is gone. */
export async function forgetMembersOf(tx: Tx, key: string): Promise<void> {
  await tx.execute(sql`DELETE FROM managed_members WHERE group_key = ${key}`);
  await tx.execute(sql`DELETE FROM member_notes WHERE group_key = ${key}`);
}

/** Forgets memberships of one group that were taken out again. */
export async function forgetMembers(tx: Tx, key: string, accountIds: readonly string[]): Promise<void> {
  const ids = JSON.stringify(accountIds.map((id) => id.toLowerCase()));
  await tx.execute(sql`
    DELETE FROM managed_members WHERE group_key = ${key}
      AND account_id IN (SELECT jsonb_array_elements_text(${ids}::jsonb))`);
}

/** What was taken out while a push stood counts for the one before it, once that push is taken back. */
export async function handMembersOver(tx: Tx, from: string, to: string | null): Promise<void> {
  if (to === null) await tx.execute(sql`DELETE FROM managed_members WHERE push_id = ${from}::uuid`);
  else await tx.execute(sql`UPDATE managed_members SET push_id = ${to}::uuid WHERE push_id = ${from}::uuid`);
}

/** What was told of memberships. */
export async function readNotes(tx: Tx): Promise<MemberNote[]> {
  const { rows } = await tx.execute(sql`
    SELECT group_key, account_id, what, since FROM member_notes ORDER BY group_key, account_id, what`);
  return rows.map((row) => noteRow.parse(row));
}

/** Makes these the notes; one that stands already keeps its time. */
export async function replaceNotes(tx: Tx, notes: readonly Omit<MemberNote, 'sinceMs'>[], at: Date): Promise<void> {
  const rows = JSON.stringify(notes.map(({ key, accountId, what }) => ({ key, id: accountId.toLowerCase(), what })));
  const given = sql`jsonb_to_recordset(${rows}::jsonb) AS given (key text, id text, what text)`;
  await tx.execute(sql`
    DELETE FROM member_notes n WHERE NOT EXISTS (
      SELECT FROM ${given} WHERE given.key = n.group_key AND given.id = n.account_id AND given.what = n.what)`);
  await tx.execute(sql`
    INSERT INTO member_notes (customer_id, group_key, account_id, what, since)
    SELECT DISTINCT app_customer(), given.key, given.id, given.what, ${at.toISOString()}::timestamptz FROM ${given}
    ON CONFLICT DO NOTHING`);
}

const runRow = z.object({ job: z.string(), state: z.enum(['writing', 'done']), answer: z.json().nullable() });

/** The newest run of the upkeep. */
export type MemberRun = Omit<z.output<typeof runRow>, 'answer'> & { answer: Json };

/** The newest run of the upkeep; null before the first. */
export async function readMemberRun(tx: Tx): Promise<MemberRun | null> {
  const { rows } = await tx.execute(sql`SELECT job, state, answer FROM member_runs`);
  return rows[0] === undefined ? null : runRow.parse(rows[0]);
}

/** Makes this the newest run. */
export async function saveMemberRun(tx: Tx, run: MemberRun, at: Date): Promise<void> {
  const answer = run.answer === null ? null : JSON.stringify(run.answer);
  await tx.execute(sql`
    INSERT INTO member_runs (customer_id, job, state, answer, updated_at)
    VALUES (app_customer(), ${run.job}, ${run.state}, ${answer}::jsonb, ${at.toISOString()}::timestamptz)
    ON CONFLICT (customer_id) DO UPDATE SET job = excluded.job, state = excluded.state, answer = excluded.answer,
      updated_at = excluded.updated_at`);
}
