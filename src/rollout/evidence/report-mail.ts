import { z } from 'zod';
import type { Clock } from '../../lib/clock.ts';
import { shortDigest } from '../../lib/digest.ts';
import { AppError, INTERRUPTIONS, VendorError, VendorRefusedError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { StopPoint } from '../../lib/stop-point.ts';
import type { MailDraft, MailSender, SendAnswer } from '../../services/mail/mail.ts';
import type { Database } from '../../store/database.ts';
import { appendJournal } from '../../store/journal.ts';
import { enqueue } from '../../store/outbox.ts';
import type { Tx } from '../../store/transaction.ts';
import type { RunningJob, Save } from '../../work/job.ts';
import type { Customer, Customers } from '../customers/customers.ts';
import type { Snapshot } from '../snapshots/snapshot-file.ts';
import { type ReportRow, readDocument, readReport, readSendings, type Sending, saveSending } from './report.store.ts';
import { text } from './report-speech.ts';

/* The mail of a report: once for each digest, whatever fails on the way. What has to wait waits with its reason. */

export type ReportMailDeps = {
  database: Database;
  customers: Customers;
  clock: Clock;
  log: Log;
  stopPoint: StopPoint;
  stored(customer: Customer): Promise<Snapshot>;
  /** Aborted when the process stops. */
  signal: AbortSignal;
};

export const mailPayload = z.strictObject({ digest: z.string(), round: z.number() });

type Asked = z.output<typeof mailPayload>;

/** An accepted mail may stand as a draft for minutes while the mail system is busy; a second one is worse than a late one. */
const SETTLE_MS = 10 * 60_000;
const WAIT_MS = 60 * 60_000;
/** After so many inquiries that prove nothing a person is asked. */
const INQUIRIES_MAX = 6;

/** The name of the effect: the digest's own, and a number for each later turn. */
export function mailKeyOf({ digest, round }: Asked): string {
  return `report.mail:${digest}${round === 0 ? '' : `#${round}`}`;
}

/** Puts a turn of the mail into the outbox. */
export async function enqueueMail(tx: Tx, asked: Asked, dueAt: Date): Promise<void> {
  await enqueue(tx, { kind: 'report.mail', key: mailKeyOf(asked), payload: asked, dueAt });
}

type Run = {
  deps: ReportMailDeps;
  customer: Customer;
  asked: Asked;
  row: ReportRow;
  now: Sending;
  signal: AbortSignal;
};

/**
 * One turn of a report's mail: begins with its row, makes the draft, notes that sending is asked for, sends. A lost answer
 * is asked about after the settle time and never repeated on a guess. A missing mailbox or a mail system that is down is
 * looked at again every hour, until the mail is out or a newer report takes its place.
 */
export async function runMail(deps: ReportMailDeps, asked: Asked, job: RunningJob): Promise<Save | undefined> {
  const customer = await deps.customers.find(job.customerId);
  const { row, newest } = await deps.database.withCustomer(customer.id, async (tx) => ({
    row: await readReport(tx, asked.digest),
    newest: (await readSendings(tx))[0]?.digest,
  }));
  const now = row?.sending ?? null;
  if (row === null || now === null || now.round !== asked.round || !isOpen(now)) return undefined;
  const run = { deps, customer, asked, row, now, signal: AbortSignal.any([job.signal, deps.signal]) };
  // What was asked of the mail system has to be settled all the same.
  if (newest !== asked.digest && now.state !== 'asked') return settled(run, { state: 'superseded', why: null });
  try {
    return await workOn(run);
  } catch (error) {
    if (!(error instanceof AppError) || run.signal.aborted || INTERRUPTIONS.has(error.code)) throw error;
    if (!(error instanceof VendorRefusedError) && !job.isLastAttempt) throw error;
    deps.log.warn('report.mail.waits', { customerId: customer.id, code: error.code });
    return waits(await again(run), reasonOf(error));
  }
}

function isOpen({ state }: Sending): boolean {
  return state === 'waiting' || state === 'drafted' || state === 'asked';
}

function reasonOf(error: AppError): NonNullable<Sending['why']> {
  const isDown = error instanceof VendorError && !(error instanceof VendorRefusedError);
  return isDown
    ? { code: 'mail_system_down', message: 'The mail system does not answer; it is asked again every hour.' }
    : { code: error.code, message: error.sentence };
}

async function workOn(run: Run): Promise<Save | undefined> {
  const { mail } = await run.deps.customers.connections(run.customer);
  const mailbox = run.customer.settings.mail?.mailbox;
  if (mail === null || mailbox === undefined) {
    return waits(run, { code: 'mail_not_configured', message: 'The customer file names no mailbox to send from.' });
  }
  if (run.now.state === 'asked') return inquire(run, mail);
  if (run.now.state === 'drafted') return send(run, mail);
  const recipient = await recipientOf(run);
  if ('code' in recipient) return waits(run, recipient);
  const document = await run.deps.database.withCustomer(run.customer.id, (tx) => readDocument(tx, run.asked.digest));
  if (document === null) throw new AppError('report_document_missing', 'a report was to be mailed and has no document');
  const made = await mail.createDraft(draftOf(run, { mailbox, recipient, document }), run.signal);
  run.deps.stopPoint('report.draft.made');
  if (made.ok) {
    const drafted = await keep(run, { state: 'drafted', draftId: made.draftId, to: recipient.address, why: null });
    run.deps.stopPoint('report.drafted');
    return send(drafted, mail);
  }
  if (made.reason === 'alreadySent') return settled(run, { state: 'sent', to: recipient.address, why: null });
  return refused(run, made.reason);
}

type Recipient = { address: string; name: string };

/** The customer's approver, by the account that the customer file names. */
async function recipientOf({ deps, customer }: Run): Promise<Recipient | NonNullable<Sending['why']>> {
  const approverId = customer.settings.declared.approverAccountId;
  if (approverId === undefined) {
    const message = 'The customer file names no approver: give "declared" an approverAccountId.';
    return { code: 'approver_missing', message };
  }
  const { users } = await deps.stored(customer);
  const user = users?.find(({ id }) => id.toLowerCase() === approverId);
  const address = user?.mail?.trim() ?? '';
  if (user === undefined || user.accountEnabled === false || address === '') {
    const what = user === undefined ? 'is not among the accounts' : address === '' ? 'has no mailbox' : 'is disabled';
    const message = `The approver’s account ${what}. Mend that or name another approver; the report goes out then.`;
    return { code: 'approver_without_mailbox', message };
  }
  return { address, name: user.displayName ?? address };
}

function draftOf(
  { customer, asked, row }: Run,
  { mailbox, recipient, document }: { mailbox: string; recipient: Recipient; document: Uint8Array },
): MailDraft {
  const { language } = customer.settings;
  const day = row.takenAt.toISOString().slice(0, 10);
  const title = text('title', language);
  const words = MAIL[language].map((line) => line.replace('{customer}', () => customer.name));
  const last = `${text('digest', language)}: ${asked.digest}`;
  return {
    // The digest's own colon is fine; a key takes no other character that a digest could hold.
    key: `report:${asked.digest}`,
    from: { address: mailbox },
    to: [{ address: recipient.address, name: recipient.name }],
    cc: [],
    subject: `${title}: ${customer.name}, ${day}`,
    html: [...words, last].map((line) => `<p>${escapeHtml(line)}</p>`).join('\n'),
    text: [...words, last].join('\n\n'),
    attachments: [{ name: `mfa-report-${day}.pdf`, contentType: 'application/pdf', bytes: document }],
  };
}

const MAIL = {
  en: [
    'Attached is the report on the MFA rollout at {customer}: who is enforced, who is not and why, the signed exceptions, and what the report does not prove.',
    'It names people. Keep it where only those can read it who have to.',
  ],
  de: [
    'Im Anhang steht der Bericht zur MFA-Einführung bei {customer}: für wen MFA erzwungen ist, für wen nicht und warum, die unterschriebenen Ausnahmen und was der Bericht nicht beweist.',
    'Er nennt Personen. Bitte so ablegen, dass ihn nur lesen kann, wer ihn braucht.',
  ],
} as const;

function escapeHtml(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

async function send(run: Run, mail: MailSender): Promise<Save> {
  const { deps } = run;
  const askedAt = deps.clock.now();
  const asked = await keep(run, { state: 'asked', askedAt: new Date(askedAt).toISOString() });
  deps.stopPoint('report.asked');
  // A process that slept here may have been taken for dead: then whoever took over asks what became of the mail.
  const isFresh = deps.clock.now() - askedAt < SETTLE_MS / 2;
  const answer: SendAnswer = isFresh ? await sendOnce(asked, mail) : { kind: 'lost' };
  deps.stopPoint('report.sent');
  switch (answer.kind) {
    case 'accepted':
      return settled(asked, { state: 'sent', why: null });
    case 'lost':
      return later(asked, {}, SETTLE_MS);
    case 'refused':
      return refused(asked, answer.reason);
  }
}

/** What is thrown shows that nothing was accepted, so the draft stands; a call that was aborted shows nothing. */
async function sendOnce(run: Run, mail: MailSender): Promise<SendAnswer> {
  try {
    return await mail.send(run.now.draftId ?? '', run.signal);
  } catch (error) {
    if (!run.signal.aborted && error instanceof VendorError) await keep(run, { state: 'drafted', askedAt: null });
    throw error;
  }
}

async function inquire(run: Run, mail: MailSender): Promise<Save | undefined> {
  const { deps, now, asked } = run;
  const { draftId } = now;
  const sendAskedAt = now.askedAt === null ? deps.clock.now() : Date.parse(now.askedAt);
  const outcome = await mail.outcome(
    { key: `report:${asked.digest}`, draftId, sendAskedAt, settleMs: SETTLE_MS },
    run.signal,
  );
  switch (outcome) {
    case 'sent':
      return settled(run, { state: 'sent', why: null });
    case 'notSent':
      return send(await keep(run, { state: 'drafted', askedAt: null }), mail);
    case 'unknown': {
      const inquiries = now.inquiries + 1;
      if (inquiries < INQUIRIES_MAX) return later(run, { inquiries }, SETTLE_MS * 2 ** inquiries);
      const message =
        'Whether the mail went out cannot be told. Ask the approver, and send a new report if it did not.';
      return settled(run, { state: 'unknown', inquiries, why: { code: 'cannot_tell', message } });
    }
  }
}

const REFUSALS = {
  invalidRecipient: 'The mail system does not take the approver’s address.',
  mailboxMissing: 'The mailbox that the report is sent from cannot be used.',
  quota: 'The mail system takes no more mails for now.',
  attachmentTooLarge: 'The report is too large for a mail. Hand it over as a file: mfa-rollout report --pdf FILE.',
} as const;

/** A file does not shrink by waiting; whatever else is refused may be mended. */
function refused(run: Run, reason: keyof typeof REFUSALS): Save {
  const why = {
    code: `mail_${reason.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
    message: REFUSALS[reason],
  };
  return reason === 'attachmentTooLarge' ? settled(run, { state: 'refused', why }) : waits(run, why);
}

function waits(run: Run, why: NonNullable<Sending['why']>): Save {
  const state = run.now.state === 'asked' && run.now.draftId !== null ? 'drafted' : run.now.state;
  return later(run, { state, why, askedAt: null }, WAIT_MS);
}

function later(run: Run, change: Partial<Sending>, afterMs: number): Save {
  const { asked, now, deps } = run;
  const round = asked.round + 1;
  return async (tx) => {
    if (!(await saveSending(tx, asked.digest, { before: now, now: { ...now, ...change, round } }))) return;
    await enqueueMail(tx, { digest: asked.digest, round }, new Date(deps.clock.now() + afterMs));
  };
}

/** Notes how far the mail came, in a transaction of its own. Throws `job_lost` when another worker took it further. */
async function keep(run: Run, change: Partial<Sending>): Promise<Run> {
  const now = { ...run.now, ...change };
  const step = { before: run.now, now };
  const isOurs = await run.deps.database.withCustomer(run.customer.id, (tx) => saveSending(tx, run.asked.digest, step));
  if (!isOurs) throw new AppError('job_lost', 'another worker sends this report');
  return { ...run, now };
}

/** The run with its row as it stands now. */
async function again(run: Run): Promise<Run> {
  const row = await run.deps.database.withCustomer(run.customer.id, (tx) => readReport(tx, run.asked.digest));
  return { ...run, now: row?.sending ?? run.now };
}

function settled({ deps, asked, now }: Run, change: Partial<Sending>): Save {
  const last = { ...now, ...change };
  return async (tx) => {
    if (!(await saveSending(tx, asked.digest, { before: now, now: last }))) return;
    const facts = { digest: asked.digest, to: last.to, code: last.why?.code ?? null };
    deps.log.info('report.mail.settled', { state: last.state, digest: shortDigest(asked.digest) });
    await appendJournal(tx, { at: new Date(deps.clock.now()), actor: now.by, event: `report.${last.state}`, facts });
  };
}
