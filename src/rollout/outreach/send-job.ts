import { AppError, VendorError, VendorRefusedError } from '../../lib/errors.ts';
import type { SendAnswer } from '../../services/mail/mail.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import type { Customer } from '../customers/customers.ts';
import { mailKey } from './mail-key.core.ts';
import { heldBack, heldUntil, waitsForMailbox } from './mailbox-hold.ts';
import { byTeams } from './other-way.ts';
import { type LedgerRow, type RowChange, readRow } from './outreach.store.ts';
import type { OutreachDeps } from './outreach-facts.ts';
import { reasonOf } from './outreach-reasons.core.ts';
import type { MailRef } from './outreach-types.core.ts';
import { judgeMail, type MailJudgement, type Ready } from './send-judgement.ts';
import {
  HOUR_MS,
  isOpen,
  isPassing,
  keep,
  type MailRun,
  postponed,
  type Run,
  reasonFor,
  reread,
  settled,
  written,
} from './send-run.ts';

/** Accepted mails may go on standing as drafts for minutes while Exchange is busy; a second mail is worse than a late one. */
const SETTLE_MS = 10 * 60_000;
/** After so many answers that prove nothing a person is asked. */
const ASKS_MAX = 5;

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
  const run: Run = { deps, customer, key: mailKey(row), signal };
  if (row.way === 'teams' || row.state === 'bounced')
    return byTeams(run, row, { reason: row.reason ?? reasonOf('notTaken') });
  const { mail } = await deps.customers.connections(customer);
  const mailbox = customer.settings.mail?.mailbox;
  if (mail === null || mailbox === undefined) {
    if (deps.teamsChat === undefined)
      return postponed({ deps, row, reason: reasonOf('noMailSystem'), afterMs: HOUR_MS });
    // A mail that may be on its way is settled once there is a mailbox to ask again.
    if (row.state !== 'asked') return byTeams(run, row, { reason: reasonOf('byTeamsAlone') });
    return postponed({ deps, row, reason: reasonOf('noMailSystem'), afterMs: HOUR_MS });
  }
  const sending: MailRun = { ...run, sender: mail, mailbox, settleMs: deps.settleMs ?? SETTLE_MS };
  return row.state === 'asked' ? settleAsked(sending, row) : judgeAndSend(sending, row);
}

async function judgeAndSend(run: MailRun, row: LedgerRow): Promise<Save | undefined> {
  const { deps, signal } = run;
  const held = await heldUntil(run);
  if (held !== null) return waitsForMailbox(run, row, { until: held });
  const judged = await judgeMail(deps, { customer: run.customer, row, signal });
  switch (judged.kind) {
    case 'skip':
      return needless(run, row, judged);
    case 'wait':
      return postponed({ deps, row, reason: judged.reason, afterMs: judged.afterMs ?? HOUR_MS });
    case 'ready': {
      if (judged.mail.to.address === '') return byTeams(run, row, { reason: reasonOf('noAddress'), ready: judged });
      const drafted = await withDraft(run, row, judged);
      return typeof drafted === 'object' ? sendDraft(run, drafted, judged) : drafted;
    }
  }
}

/** A message that lost its sense does not go on lying in the mailbox; one that had gone out after all was no waste. */
async function needless(
  { sender, ...run }: MailRun,
  row: LedgerRow,
  { reason }: Extract<MailJudgement, { kind: 'skip' }>,
): Promise<Save> {
  const { draftId } = row;
  const left = draftId === null ? null : await sender.discardDraft({ key: run.key, draftId }, run.signal);
  if (left === 'sent') return settled(run, row, { state: 'accepted', way: sender.way });
  return settled(run, row, { state: 'skipped', reason });
}

/** The row with its draft, which says what is true now; a save where it ends here, and undefined where another worker was there meanwhile. */
async function withDraft(run: MailRun, row: LedgerRow, ready: Ready): Promise<LedgerRow | Save | undefined> {
  const { deps, sender, mailbox, key, signal } = run;
  const { mail } = ready;
  const text = await written(run, ready.ask);
  if (!text.ok) return postponed({ deps, row, reason: text.reason, afterMs: HOUR_MS });
  const { rendered } = text;
  const person = ({ displayName, address }: typeof mail.to) => ({ name: displayName, address });
  const made = await sender.createDraft(
    {
      ...rendered,
      key,
      draftId: row.draftId,
      from: { address: mailbox },
      to: [person(mail.to)],
      cc: mail.cc === null ? [] : [person(mail.cc)],
    },
    signal,
  );
  deps.stopPoint('mail.draft.made');
  const facts = {
    address: mail.to.address,
    cc: mail.cc?.address ?? null,
    about: mail.about,
    way: sender.way,
    subject: rendered.subject,
  };
  if (!made.ok && made.reason === 'alreadySent') return settled(run, row, { ...facts, state: 'accepted' });
  if (!made.ok) return refused(run, row, { reason: made.reason, ready });
  const isOurs = await keep(run, row, { ...facts, state: 'drafted', draftId: made.draftId });
  deps.stopPoint('mail.drafted');
  return isOurs ? reread(run, row) : undefined;
}

async function sendDraft(run: MailRun, row: LedgerRow, ready: Ready): Promise<Save | undefined> {
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
      return refused(run, asked, { reason: answer.reason, ready });
  }
}

/** What is thrown shows that nothing was accepted, so the draft stands as before; a call that was aborted shows nothing. */
async function sendOnce(run: MailRun, row: LedgerRow): Promise<SendAnswer> {
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
  ready: Ready;
};

async function refused(run: MailRun, row: LedgerRow, { reason, ready }: Refusal): Promise<Save> {
  const { deps } = run;
  const standing: Partial<RowChange> = { askedAt: null, state: row.draftId === null ? 'queued' : 'drafted' };
  if (reason === 'quota') return heldBack(run, row, standing);
  if (reason === 'mailboxMissing')
    return postponed({ deps, row, reason: reasonOf('mailboxMissing'), afterMs: HOUR_MS, change: standing });
  const why = reasonOf(reason === 'invalidRecipient' ? reason : 'notTaken');
  // No draft is left behind in the mailbox by what goes another way.
  if (row.draftId !== null) await run.sender.discardDraft({ key: run.key, draftId: row.draftId }, run.signal);
  return byTeams(run, { ...row, way: run.sender.way }, { reason: why, ready });
}

/** Sending was asked for and the answer is not known: asks, once the settle time has passed. */
async function settleAsked(run: MailRun, row: LedgerRow): Promise<Save | undefined> {
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
