import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../../store/transaction.ts';
import { MESSAGE_KINDS } from '../phases/phase-types.core.ts';
import { effectKey } from './mail-key.core.ts';
import { LEDGER_STATES, type LedgerState, type MailRef, type PlannedMail, type Reason } from './outreach-types.core.ts';

const reason = z.object({ code: z.string(), text: z.object({ en: z.string(), de: z.string() }) });

/** A stored shape: a change needs a migration. */
const ledgerRow = z
  .object({
    rollout_id: z.string(),
    message: z.enum(MESSAGE_KINDS),
    person: z.string(),
    scope: z.string(),
    phase: z.string(),
    state: z.enum(LEDGER_STATES),
    round: z.number(),
    revision: z.number(),
    asks: z.number(),
    address: z.string(),
    cc: z.string().nullable(),
    about: z.array(z.string()),
    way: z.enum(['outlook', 'gmail', 'teams']).nullable(),
    draft_id: z.string().nullable(),
    subject: z.string().nullable(),
    reason: reason.nullable(),
    due_at: z.coerce.date(),
    queued_at: z.coerce.date(),
    asked_at: z.coerce.date().nullable(),
    settled_at: z.coerce.date().nullable(),
  })
  .transform(({ rollout_id, person, draft_id, due_at, queued_at, asked_at, settled_at, ...row }) => ({
    ...row,
    rolloutId: rollout_id,
    personId: person,
    draftId: draft_id,
    dueAt: due_at,
    queuedAt: queued_at,
    askedAt: asked_at,
    settledAt: settled_at,
  }));

/** One message to one person and what became of it. */
export type LedgerRow = z.output<typeof ledgerRow>;

/** The ledger of one rollout, in the order of time. */
export async function readLedger(tx: Tx, rolloutId: string): Promise<LedgerRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT * FROM outreach_ledger WHERE rollout_id = ${rolloutId} ORDER BY due_at, message, person, scope`);
  return rows.map((row) => ledgerRow.parse(row));
}

/** The phases of a rollout whose people a message went to, or may have gone to; one that was left out told nobody. */
export async function readToldPhases(tx: Tx, rolloutId: string): Promise<Set<string>> {
  const { rows } = await tx.execute(sql`
    SELECT DISTINCT phase FROM outreach_ledger WHERE rollout_id = ${rolloutId} AND state <> 'skipped'`);
  return new Set(rows.map((row) => toldRow.parse(row).phase));
}

const toldRow = z.object({ phase: z.string() });

/** Messages with something still to be done and no effect that would do it: its job died. */
export async function readForsaken(tx: Tx): Promise<LedgerRow[]> {
  const { rows } = await tx.execute(sql`
    SELECT * FROM outreach_ledger l WHERE
      (state IN ('queued', 'drafted', 'asked') OR (state = 'bounced' AND settled_at IS NULL)) AND NOT EXISTS (
      SELECT FROM outbox o WHERE o.customer_id = l.customer_id AND o.key = l.effect AND o.state IN ('waiting', 'queued'))`);
  return rows.map((row) => ledgerRow.parse(row));
}

/** The row of a message, or null. */
export async function readRow(tx: Tx, ref: MailRef): Promise<LedgerRow | null> {
  const { rows } = await tx.execute(sql`SELECT * FROM outreach_ledger WHERE ${isRef(ref)}`);
  return rows[0] === undefined ? null : ledgerRow.parse(rows[0]);
}

/** Adds a message that is not in the ledger yet; false, changing nothing, when it is. */
export async function insertMail(tx: Tx, rolloutId: string, { mail, at }: { mail: PlannedMail; at: Date }) {
  const { rows } = await tx.execute(sql`
    INSERT INTO outreach_ledger
      (customer_id, rollout_id, message, person, scope, phase, state, round, effect, revision, asks, address, cc, about, due_at, queued_at)
    VALUES (app_customer(), ${rolloutId}, ${mail.message}, ${mail.personId}, ${mail.scope}, ${mail.phase}, 'queued', 0,
      ${effectKey({ rolloutId, ...mail }, 0)}, 0, 0,
      ${mail.to.address}, ${mail.cc?.address ?? null}, ${JSON.stringify(mail.about)}::jsonb,
      ${mail.dueAt}::timestamptz, ${at.toISOString()}::timestamptz)
    ON CONFLICT DO NOTHING RETURNING 1`);
  return rows.length > 0;
}

export type RowChange = {
  state: LedgerState;
  round?: number;
  asks?: number;
  address?: string;
  cc?: string | null;
  about?: readonly string[];
  way?: LedgerRow['way'];
  draftId?: string | null;
  subject?: string;
  reason?: Reason | null;
  askedAt?: Date | null;
  settledAt?: Date | null;
};

/**
 * Changes a message, if it still stands as it was read: the same revision. False, changing nothing, when another
 * worker was there meanwhile.
 */
export async function changeRow(tx: Tx, row: LedgerRow, change: RowChange): Promise<boolean> {
  const next = { ...row, ...change };
  const time = (at: Date | null) => sql`${at?.toISOString() ?? null}::timestamptz`;
  const { rows } = await tx.execute(sql`
    UPDATE outreach_ledger SET state = ${next.state}, round = ${next.round},
      effect = ${effectKey(row, next.round)}, revision = revision + 1, asks = ${next.asks},
      address = ${next.address}, cc = ${next.cc}, about = ${JSON.stringify(next.about)}::jsonb, way = ${next.way},
      draft_id = ${next.draftId}, subject = ${next.subject}, reason = ${next.reason === null ? null : JSON.stringify(next.reason)}::jsonb,
      asked_at = ${time(next.askedAt)}, settled_at = ${time(next.settledAt)}
    WHERE ${isRef(row)} AND revision = ${row.revision}
    RETURNING 1`);
  return rows.length > 0;
}

/** Removes settled messages of other rollouts than the newest, at most so many; gives how many. */
export async function deleteOldRows(
  tx: Tx,
  { newest, before, max }: { newest: string; before: Date; max: number },
): Promise<number> {
  const { rows } = await tx.execute(sql`
    DELETE FROM outreach_ledger l USING (
      SELECT rollout_id, message, person, scope FROM outreach_ledger
      WHERE rollout_id <> ${newest} AND settled_at < ${before.toISOString()}::timestamptz AND state <> 'unknown'
      LIMIT ${max}) old
    WHERE l.rollout_id = old.rollout_id AND l.message = old.message AND l.person = old.person AND l.scope = old.scope
    RETURNING 1`);
  return rows.length;
}

/** Until when nothing goes out of a mailbox; null where nothing holds it. */
export async function readHold(tx: Tx, mailbox: string): Promise<Date | null> {
  const { rows } = await tx.execute(sql`SELECT until FROM outreach_holds WHERE mailbox = ${mailbox.toLowerCase()}`);
  return rows[0] === undefined ? null : holdRow.parse(rows[0]).until;
}

const holdRow = z.object({ until: z.coerce.date() });

/** Holds a mailbox; the later moment counts. */
export async function saveHold(tx: Tx, mailbox: string, until: Date): Promise<void> {
  await tx.execute(sql`
    INSERT INTO outreach_holds (customer_id, mailbox, until)
    VALUES (app_customer(), ${mailbox.toLowerCase()}, ${until.toISOString()}::timestamptz)
    ON CONFLICT (customer_id, mailbox) DO UPDATE SET until = greatest(outreach_holds.until, excluded.until)`);
}

/** When the first of the mails went out that were accepted after that moment; null where none was. */
export async function firstAcceptedSince(tx: Tx, since: Date): Promise<Date | null> {
  const { rows } = await tx.execute(sql`
    SELECT min(settled_at) AS until FROM outreach_ledger
    WHERE state IN ('accepted', 'bounced') AND way IN ('outlook', 'gmail') AND settled_at > ${since.toISOString()}::timestamptz`);
  return z.object({ until: z.coerce.date().nullable() }).parse(rows[0]).until;
}

function isRef({ rolloutId, message, personId, scope }: MailRef): SQL {
  return sql`rollout_id = ${rolloutId} AND message = ${message} AND person = ${personId} AND scope = ${scope}`;
}
