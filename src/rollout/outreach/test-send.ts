import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { defineJob, type JobKind, type RunningJob } from '../../work/job.ts';
import type { Customer } from '../customers/customers.ts';
import { MESSAGE_KINDS, type MessageKind } from '../phases/phase-types.core.ts';
import { copyOf } from './cadence-managers.core.ts';
import type { OutreachDeps, RenderAsk } from './outreach-facts.ts';

export const TEST_KIND = 'outreach.test';

const ABOUT_MAX = 3;

/**
 * The job that sends one sample. It is tried once: nobody wants a second sample, and whoever asked for it reads why there
 * was none.
 */
export function runTestSend(deps: OutreachDeps): JobKind {
  return defineJob({
    payload: z.strictObject({ message: z.enum(MESSAGE_KINDS), to: z.string() }),
    retryLimit: 0,
    handle: (ask, job) => sendSample(deps, ask, job),
  });
}

async function sendSample(
  deps: OutreachDeps,
  { message, to }: { message: MessageKind; to: string },
  job: RunningJob,
): Promise<undefined> {
  const customer = await deps.customers.find(job.customerId);
  const { mail: sender } = await deps.customers.connections(customer);
  const mailbox = customer.settings.mail?.mailbox;
  if (sender === null || mailbox === undefined) throw new AppError('mail_not_configured', 'no mailbox to send from');
  const rendered = await deps.render(await sampleAsk(deps, customer, message));
  const signal = AbortSignal.any([job.signal, deps.signal]);
  const key = job.key.replace('mail.test', 'mail-test');
  const made = await sender.createDraft(
    { ...rendered, key, from: { address: mailbox }, to: [{ address: to }], cc: [] },
    signal,
  );
  if (!made.ok) throw new AppError(`mail_${made.reason}`, 'the mail system does not take the sample');
  const answer = await sender.send(made.draftId, signal);
  if (answer.kind === 'refused')
    throw new AppError(`mail_${answer.reason}`, 'the mail system does not take the sample');
  if (answer.kind === 'lost') throw new AppError('mail_answer_lost', 'the mail system gave no answer');
  return undefined;
}

const FAILURES: Readonly<Record<string, string>> = {
  mail_not_configured: 'This customer has no mailbox to send from: give its file the section "mail".',
  mail_invalidRecipient: 'The mail system takes no mail for this address. Check how it is written.',
  mail_quota: 'The mailbox has sent as much as it may today. Try again tomorrow.',
  mail_mailboxMissing: 'The mail system does not know the mailbox of the customer file. Correct its section "mail".',
  mail_notTaken: 'The mail system does not take this mail as it is.',
  mail_answer_lost:
    'The mail system’s answer was lost: the sample may have been sent. Look into the inbox before trying again.',
  rollout_none: 'No phase has anybody in it, and a sample shows a person of a phase. See "mfa-rollout status".',
  vendor_refused:
    'The mail system refuses the request. Run "mfa-rollout customers check": a permission may be missing.',
  vendor_unreachable: 'The mail system does not answer. Try again later.',
  vendor_broken: 'The mail system gave an answer that cannot be understood. Try again later.',
};

/** Why there was no sample, in the code and words of what went wrong rather than of the job. */
export function sampleFailure(error: AppError): AppError {
  const code = typeof error.facts.code === 'string' ? error.facts.code : error.code;
  const userMessage =
    FAILURES[code] ?? `No sample was sent (${code}). Preview the message to see what is wrong with it.`;
  return new AppError(code, userMessage, { userMessage, cause: error });
}

/** The first phase that somebody is in, with its first person: a sample shows real names, as the mail will. */
async function sampleAsk(deps: OutreachDeps, customer: Customer, kind: MessageKind): Promise<RenderAsk> {
  const rollout = await deps.phases.current(customer.id);
  const people = await deps.phases.people(customer);
  const phase = rollout?.phases.find(({ name }) => people.some((person) => person.phase === name));
  const inPhase = people.filter((person) => person.phase === phase?.name);
  const [reader] = inPhase;
  if (rollout === null || phase === undefined || reader === undefined)
    throw new AppError('rollout_none', 'there is no phase with anybody in it');
  const manager = copyOf(reader, new Map(people.map((person) => [person.accountId, person])));
  const { language } = customer.settings;
  const about = kind === 'managerNudge' ? inPhase.slice(0, ABOUT_MAX) : [];
  return { customer, rollout, phase, kind, language, reader, manager, about };
}
