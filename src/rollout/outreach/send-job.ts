import { AppError, VendorError, VendorRefusedError } from '../../lib/errors.ts';
import type { MailSender, SendAnswer } from '../../services/mail/mail.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import type { Customer } from '../customers/customers.ts';
import { effectKey, mailKey } from './mail-key.core.ts';
import { changeRow, type LedgerRow, type RowChange, readRow } from './outreach.store.ts';
import type { OutreachDeps, Rendered } from './outreach-facts.ts';
import { reasonOf } from './outreach-reasons.core.ts';
import type { MailRef, Reason } from './outreach-types.core.ts';
import { judgeMail, type Ready } from './send-judgement.ts';

/** Accepted mails may go on standing as drafts for minutes while Exchange is busy; a second mail is worse than a late one. */
const SETTLE_MS = 10 * 60_000;
/** After so many answers that prove nothing a person is asked. */
const ASKS_MAX = 5;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** One run of the job about one mail. */
type Run = {
  deps: OutreachDeps;
  customer: Customer;
  sender: MailSender;
  mailbox: string;
  key: string;
  settleMs: number;
  signal: AbortSignal;
};

/**
 * Sends one mail once: begins with its row, judges the person afresh, makes the draft, notes that sending is asked for,
 * sends. Whatever is lost on the way is asked about after the settle time and never repeated on a guess. Nothing that has
 * to wait is lost: it is put off with its reason.
 */
export async function runSend(
  deps: OutreachDeps,
  asked: MailRef & { round: number },
  job: RunningJob,
): Promise<Save | undefined> {
  const customer = await deps.customers.find(job.customerId);
  const read = () => deps.database.withCustomer(customer.id, (tx) => readRow(tx, asked));
  const row = await read();
  if (row === null || row.round !== asked.round || !isOpen(row)) return undefined;
  const signal = AbortSignal.any([job.signal, deps.signal]);
  try {
    return await workOn(deps, { customer, row, signal });
  } catch (error) {
    if (!(error instanceof AppError) || signal.aborted || isPassing(error)) throw error;
    if (!(error instanceof VendorRefusedError) && !job.isLastAttempt) throw error;
    deps.log.warn('outreach.put_off', { customerId: customer.id, key: mailKey(asked), code: error.code });
    const left = await read();
    return left === null || !isOpen(left)
      ? undefined
      : postponed({ deps, row: left, reason: reasonFor(error), afterMs: HOUR_MS });
  }
}

async function workOn(
  deps: OutreachDeps,
  { customer, row, signal }: { customer: Customer; row: LedgerRow; signal: AbortSignal },
): Promise<Save | undefined> {
  const { mail } = await deps.customers.connections(customer);
  const mailbox = customer.settings.mail?.mailbox;
  if (mail === null || mailbox === undefined)
    return postponed({ deps, row, reason: reasonOf('noMailSystem'), afterMs: HOUR_MS });
  const settleMs = deps.settleMs ?? SETTLE_MS;
  const run = { deps, customer, sender: mail, mailbox, key: mailKey(row), settleMs, signal };
  return row.state === 'asked' ? settleAsked(run, row) : judgeAndSend(run, row);
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

function isOpen({ state }: LedgerRow): boolean {
  return state === 'queued' || state === 'drafted' || state === 'asked';
}

function isPassing({ code }: AppError): boolean {
  return code === 'process_stopping' || code === 'job_lost' || code === 'worker_stopping';
}

function reasonFor(error: AppError): Reason {
  if (error instanceof VendorRefusedError) return reasonOf('vendorRefuses');
  if (error instanceof VendorError) return reasonOf('vendorDown');
  return { code: error.code, text: { en: error.sentence, de: error.sentence } };
}

async function judgeAndSend(run: Run, row: LedgerRow): Promise<Save | undefined> {
  const { deps, signal } = run;
  const judged = await judgeMail(deps, { customer: run.customer, row, signal });
  switch (judged.kind) {
    case 'skip':
      return settled(run, row, { state: 'skipped', reason: judged.reason });
    case 'wait':
      return postponed({ deps, row, reason: judged.reason, afterMs: judged.afterMs ?? HOUR_MS });
    case 'ready': {
      const drafted = await withDraft(run, row, judged);
      return typeof drafted === 'object' ? sendDraft(run, drafted, judged) : drafted;
    }
  }
}

/** The row with its draft; a save where it ends here, and undefined where another worker was there meanwhile. */
async function withDraft(run: Run, row: LedgerRow, ready: Ready): Promise<LedgerRow | Save | undefined> {
  if (row.state === 'drafted' && row.draftId !== null) return row;
  const { deps, sender, mailbox, key, signal } = run;
  const { mail } = ready;
  const rendered = await deps.render(ready.ask);
  const person = ({ displayName, address }: typeof mail.to) => ({ name: displayName, address });
  const made = await sender.createDraft(
    {
      ...rendered,
      key,
      from: { address: mailbox },
      to: [person(mail.to)],
      cc: mail.cc === null ? [] : [person(mail.cc)],
    },
    signal,
  );
  deps.stopPoint('mail.draft.made');
  const facts = { address: mail.to.address, cc: mail.cc?.address ?? null, about: mail.about, way: sender.way };
  if (!made.ok && made.reason === 'alreadySent') return settled(run, row, { ...facts, state: 'accepted' });
  if (!made.ok) return refused(run, row, { reason: made.reason, rendered });
  const isOurs = await keep(run, row, { ...facts, state: 'drafted', draftId: made.draftId });
  deps.stopPoint('mail.drafted');
  return isOurs ? reread(run, row) : undefined;
}

async function sendDraft(run: Run, row: LedgerRow, ready: Ready): Promise<Save | undefined> {
  const { deps, settleMs } = run;
  const askedAt = new Date(deps.clock.now());
  if (!(await keep(run, row, { state: 'asked', askedAt, reason: null }))) return undefined;
  deps.stopPoint('mail.asked');
  const asked = await reread(run, row);
  // A process that slept here may have been taken for dead: then whoever took over asks what became of the mail.
  const answer: SendAnswer =
    deps.clock.now() - askedAt.getTime() < settleMs / 2 ? await sendOnce(run, asked) : { kind: 'lost' };
  deps.stopPoint('mail.sent');
  switch (answer.kind) {
    case 'accepted':
      return settled(run, asked, { state: 'accepted' });
    case 'lost':
      return postponed({ deps, row: asked, reason: null, afterMs: settleMs });
    case 'refused':
      return refused(run, asked, { reason: answer.reason, rendered: () => deps.render(ready.ask) });
  }
}

/** What is thrown shows that nothing was accepted, so the draft stands as before; a call that was aborted shows nothing. */
async function sendOnce(run: Run, row: LedgerRow): Promise<SendAnswer> {
  const signal = AbortSignal.any([run.signal, AbortSignal.timeout(run.settleMs / 2)]);
  try {
    return await run.sender.send(row.draftId ?? '', signal);
  } catch (error) {
    if (!signal.aborted && error instanceof VendorError) await keep(run, row, { state: 'drafted', askedAt: null });
    throw error;
  }
}

type Refusal = {
  /** As the mail system's connector names it. */
  reason: string;
  rendered: Rendered | (() => Promise<Rendered>);
};

async function refused(run: Run, row: LedgerRow, { reason, rendered }: Refusal): Promise<Save> {
  const { deps } = run;
  const standing: Partial<RowChange> = { askedAt: null, state: row.draftId === null ? 'queued' : 'drafted' };
  if (reason === 'quota') return postponed({ deps, row, reason: reasonOf('quota'), afterMs: DAY_MS, change: standing });
  if (reason === 'mailboxMissing')
    return postponed({ deps, row, reason: reasonOf('mailboxMissing'), afterMs: HOUR_MS, change: standing });
  return undeliverable(run, row, { reason: reasonOf(reason === 'invalidRecipient' ? reason : 'notTaken'), rendered });
}

/** What no mail reaches goes by Teams, where there is a way; else it is refused, with what both said. */
async function undeliverable(
  run: Run,
  row: LedgerRow,
  { reason, rendered }: { reason: Reason; rendered: Rendered | (() => Promise<Rendered>) },
): Promise<Save> {
  const { deps, customer, key, signal } = run;
  if (deps.teamsChat === undefined) return settled(run, row, { state: 'refused', reason });
  const message = typeof rendered === 'function' ? await rendered() : rendered;
  const answer = await deps.teamsChat({ customer, accountId: row.personId, key, message, signal });
  deps.stopPoint('mail.fell_over');
  if (answer.ok) return settled(run, row, { state: 'fellOver', way: 'teams', reason });
  const both = { en: `${reason.text.en} ${answer.reason.en}`, de: `${reason.text.de} ${answer.reason.de}` };
  return settled(run, row, { state: 'refused', reason: { ...reason, text: both } });
}

/** Sending was asked for and the answer is not known: asks, once the settle time has passed. */
async function settleAsked(run: Run, row: LedgerRow): Promise<Save | undefined> {
  const { deps, sender, key, settleMs, signal } = run;
  const now = deps.clock.now();
  const askedAt = row.askedAt?.getTime() ?? now;
  // A clock that was set back says nothing about how long ago it was: the time is counted anew.
  if (askedAt > now)
    return postponed({ deps, row, reason: row.reason, afterMs: settleMs, change: { askedAt: new Date(now) } });
  if (now - askedAt < settleMs) return postponed({ deps, row, reason: row.reason, afterMs: askedAt + settleMs - now });
  const outcome = await sender.outcome({ key, draftId: row.draftId, sendAskedAt: askedAt, settleMs }, signal);
  deps.stopPoint('mail.outcome');
  switch (outcome) {
    case 'sent':
      return settled(run, row, { state: 'accepted' });
    case 'notSent': {
      if (!(await keep(run, row, { state: 'drafted', askedAt: null }))) return undefined;
      return judgeAndSend(run, await reread(run, row));
    }
    case 'unknown': {
      const asks = row.asks + 1;
      if (asks >= ASKS_MAX) return settled(run, row, { state: 'unknown', asks, reason: reasonOf('cannotTell') });
      return postponed({ deps, row, reason: row.reason, afterMs: settleMs * 2 ** asks, change: { asks } });
    }
  }
}

/** Notes how far the mail came, in a transaction of its own; false when another worker was there meanwhile. */
function keep({ deps, customer }: Run, row: LedgerRow, change: RowChange): Promise<boolean> {
  return deps.database.withCustomer(customer.id, (tx) => changeRow(tx, row, change));
}

async function reread({ deps, customer }: Run, ref: MailRef): Promise<LedgerRow> {
  const row = await deps.database.withCustomer(customer.id, (tx) => readRow(tx, ref));
  if (row === null) throw new AppError('mail_row_missing', 'a mail is no longer in the ledger');
  return row;
}

function settled({ deps, sender }: Run, row: LedgerRow, change: RowChange): Save {
  return async (tx) => {
    const at = new Date(deps.clock.now());
    const way = change.way ?? row.way ?? sender.way;
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
