import { AppError, INTERRUPTIONS, VendorError, VendorRefusedError } from '../../lib/errors.ts';
import type { MailSender } from '../../services/mail/mail.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Save } from '../../work/job.ts';
import type { Customer } from '../customers/customers.ts';
import { effectKey } from './mail-key.core.ts';
import { changeRow, type LedgerRow, type RowChange, readRow } from './outreach.store.ts';
import type { OutreachDeps, RenderAsk, Rendered } from './outreach-facts.ts';
import { cannotWrite, reasonOf } from './outreach-reasons.core.ts';
import type { MailRef, Reason } from './outreach-types.core.ts';

export const HOUR_MS = 3_600_000;

/** One run of the job about one message. */
export type Run = {
  deps: OutreachDeps;
  customer: Customer;
  key: string;
  signal: AbortSignal;
};

/** A run that has a mailbox to send from. */
export type MailRun = Run & { sender: MailSender; mailbox: string; settleMs: number };

/** Whether something is still to be done about a message. */
export function isOpen({ state, settledAt }: Pick<LedgerRow, 'state' | 'settledAt'>): boolean {
  switch (state) {
    case 'queued':
    case 'drafted':
    case 'asked':
      return true;
    // It came back, and the other way to the person is still to be tried.
    case 'bounced':
      return settledAt === null;
    case 'accepted':
    case 'refused':
    case 'fellOver':
    case 'unknown':
    case 'skipped':
      return false;
  }
}

/** Puts a mail off: the same row, a later effect. */
export function postponed({ deps, row, reason, afterMs, change }: Postponement): Save {
  return async (tx) => {
    const now = deps.clock.now();
    const round = row.round + 1;
    if (!(await changeRow(tx, row, { state: row.state, ...change, reason, round }))) return;
    const { rolloutId, message, personId, scope } = row;
    const payload = { rolloutId, message, personId, scope, round };
    const dueAt = new Date(now + afterMs);
    await enqueue(tx, { kind: 'outreach.send', key: effectKey(row, round), payload, dueAt });
  };
}

type Postponement = {
  deps: Pick<OutreachDeps, 'clock'>;
  row: LedgerRow;
  reason: Reason | null;
  afterMs: number;
  change?: Partial<RowChange>;
};

/** Why a message waits after such an error. */
export function reasonFor(error: AppError): Reason {
  if (error instanceof VendorRefusedError) return reasonOf('vendorRefuses');
  if (error instanceof VendorError) return reasonOf('vendorDown');
  return { code: error.code, text: { en: error.sentence, de: error.sentence } };
}

/** Whether an error passes by itself: the process stops, or the store has no room at the moment. */
export function isPassing({ code }: AppError): boolean {
  return INTERRUPTIONS.has(code) || code.startsWith('store_');
}

export type Written = { ok: true; rendered: Rendered } | { ok: false; reason: Reason };

/**
 * Writes the message. What keeps it from being written, such as a template that somebody broke, is a person's to mend and
 * stays as it is however often one tries: it is given as a reason and not thrown.
 */
export async function written({ deps }: Pick<Run, 'deps'>, ask: RenderAsk): Promise<Written> {
  try {
    return { ok: true, rendered: await deps.render(ask) };
  } catch (error) {
    if (!(error instanceof AppError) || error instanceof VendorError || isPassing(error)) throw error;
    return { ok: false, reason: cannotWrite(error.sentence) };
  }
}

/** Notes how far the mail came, in a transaction of its own; false when another worker was there meanwhile. */
export function keep({ deps, customer }: Run, row: LedgerRow, change: RowChange): Promise<boolean> {
  return deps.database.withCustomer(customer.id, (tx) => changeRow(tx, row, change));
}

/** The row as it stands now. */
export async function reread({ deps, customer }: Run, ref: MailRef): Promise<LedgerRow> {
  const row = await deps.database.withCustomer(customer.id, (tx) => readRow(tx, ref));
  if (row === null) throw new AppError('mail_row_missing', 'a mail is no longer in the ledger');
  return row;
}

/** Ends a message and journals how. */
export function settled({ deps }: Pick<Run, 'deps'>, row: LedgerRow, change: RowChange): Save {
  return async (tx) => {
    const at = new Date(deps.clock.now());
    const way = change.way ?? row.way;
    const reason = change.reason ?? null;
    if (!(await changeRow(tx, row, { ...change, way, reason, settledAt: at }))) return;
    const { rolloutId, message, personId, phase } = row;
    const facts = { rolloutId, message, personId, phase, way, code: reason?.code ?? null };
    await appendJournal(tx, {
      at,
      actor: { kind: 'system', name: 'outreach' },
      event: `outreach.${change.state}`,
      facts,
    });
  };
}
