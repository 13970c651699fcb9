import { dayOf, timeOf } from '../../lib/local-time.ts';
import type { Tx } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import type { Save } from '../../work/job.ts';
import { holdUntil, mailboxFull } from './mailbox-hold.core.ts';
import { firstAcceptedSince, type LedgerRow, type RowChange, readHold, saveHold } from './outreach.store.ts';
import { HOUR_MS, type MailRun, postponed } from './send-run.ts';

const DAY_MS = 24 * HOUR_MS;

/** Until when nothing goes out of the run's mailbox; null where it may send. */
export async function heldUntil({ deps, customer, mailbox }: MailRun): Promise<Date | null> {
  const until = await deps.database.withCustomer(customer.id, (tx) => readHold(tx, mailbox));
  return until !== null && until.getTime() > deps.clock.now() ? until : null;
}

/** Puts a message off until its mailbox may send again, with the reason and `change` beside it. */
export function waitsForMailbox(
  { deps, customer, mailbox }: MailRun,
  row: LedgerRow,
  { until, change = {} }: { until: Date; change?: Partial<RowChange> },
): Save {
  const { timeZone } = customer.settings;
  const reason = mailboxFull(mailbox, `${dayOf(until, timeZone)} ${timeOf(until, timeZone)}`);
  return postponed({ deps, row, reason, afterMs: until.getTime() - deps.clock.now(), change });
}

/** The mailbox may send no more today: holds it, so that the mails behind this one are not refused one by one. */
export function heldBack(run: MailRun, row: LedgerRow, change: Partial<RowChange>): Save {
  const { deps, mailbox } = run;
  return async (tx: Tx) => {
    const nowMs = deps.clock.now();
    const first = await firstAcceptedSince(tx, new Date(nowMs - DAY_MS));
    const until = new Date(holdUntil({ nowMs, firstSentMs: first?.getTime() ?? null }));
    await saveHold(tx, mailbox, until);
    await waitsForMailbox(run, row, { until, change })(tx);
    await appendJournal(tx, {
      at: new Date(nowMs),
      actor: { kind: 'system', name: 'outreach' },
      event: 'outreach.mailboxHeld',
      facts: { mailbox, until: until.toISOString() },
    });
  };
}
