import { VendorRefusedError } from '../../lib/errors.ts';
import type { MailBounce } from '../../services/mail/mail.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import { mayBounce, noticeFor, readFrom, type SentFact } from './bounces.core.ts';
import { putBounceReading, readBounceReading } from './bounces.store.ts';
import { effectKey } from './mail-key.core.ts';
import { changeRow, type LedgerRow, readLedger } from './outreach.store.ts';
import type { OutreachDeps } from './outreach-facts.ts';
import { bouncedWith, reasonOf } from './outreach-reasons.core.ts';

/**
 * Reads the mailbox for notices about mails of the last days; a mail that came back is `bounced`, once, and goes on to
 * the other way. A mailbox that may not be read is said. Nothing is read while no notice can come.
 */
export async function runBounces(deps: OutreachDeps, job: RunningJob): Promise<Save | undefined> {
  const customer = await deps.customers.find(job.customerId);
  const { mail } = await deps.customers.connections(customer);
  const mailbox = customer.settings.mail?.mailbox;
  const rollout = await deps.phases.current(customer.id);
  if (mail === null || mailbox === undefined || rollout === null) return undefined;
  const [ledger, reading] = await deps.database.withCustomer(
    customer.id,
    async (tx) => [await readLedger(tx, rollout.id), await readBounceReading(tx)] as const,
  );
  const now = deps.clock.now();
  const rows = ledger.filter((row) => row.way === mail.way && mayBounce(sentFact(row), now));
  if (rows.length === 0) return undefined;
  const known = reading?.mailbox === mailbox ? reading.readUntil : null;
  try {
    const notices = await mail.bounces(
      new Date(readFrom(rows.map(sentFact), known?.getTime() ?? null)),
      AbortSignal.any([job.signal, deps.signal]),
    );
    deps.stopPoint('mail.bounces.read');
    return async (tx) => {
      for (const row of rows) await noteBounce(deps, tx, { row, notice: noticeFor(sentFact(row), notices) });
      await putBounceReading(tx, { mailbox, readUntil: new Date(now), failure: null });
    };
  } catch (error) {
    if (!(error instanceof VendorRefusedError)) throw error;
    deps.log.warn('outreach.bounces_unread', { customerId: customer.id, status: error.call.status ?? null });
    return (tx) => putBounceReading(tx, { mailbox, readUntil: known, failure: reasonOf('bouncesUnread') });
  }
}

function sentFact({ state, address, subject, draftId, askedAt, settledAt }: LedgerRow): SentFact {
  return { state, address, subject, draftId, sentAt: (askedAt ?? settledAt)?.getTime() ?? null };
}

/** The row and the effect that tries the other way are kept together; a row that somebody changed meanwhile is left. */
async function noteBounce(
  deps: OutreachDeps,
  tx: Tx,
  { row, notice }: { row: LedgerRow; notice: MailBounce | undefined },
): Promise<void> {
  if (notice === undefined) return;
  const at = new Date(deps.clock.now());
  const reason = bouncedWith(notice.code);
  const round = row.round + 1;
  if (!(await changeRow(tx, row, { state: 'bounced', round, reason, askedAt: null, settledAt: null }))) return;
  const { rolloutId, message, personId, scope, phase, way } = row;
  const payload = { rolloutId, message, personId, scope, round };
  await enqueue(tx, { kind: 'outreach.send', key: effectKey(row, round), payload, dueAt: at });
  const facts = { rolloutId, message, personId, phase, way, code: notice.code };
  await appendJournal(tx, { at, actor: { kind: 'system', name: 'outreach' }, event: 'outreach.bounced', facts });
}
