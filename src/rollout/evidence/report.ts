import { z } from 'zod';
import type { Json } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { appendJournal } from '../../store/journal.ts';
import { defineJob, type JobKinds } from '../../work/job.ts';
import { type Actor, journalActor, may, rolesFor } from '../access/access.core.ts';
import type { Customer } from '../customers/customers.ts';
import type { Phase, PhasePerson, Rollout } from '../phases/phase-types.core.ts';
import type { ManagedName } from '../policy/managed-policies.core.ts';
import type { PolicyPush } from '../policy/push/push.ts';
import type { Syncs } from '../snapshots/syncs.ts';
import { digestOfReport, reportOf } from './report.core.ts';
import {
  insertReport,
  lockReports,
  type ReportTotals,
  readApprovals,
  readHead,
  readReport,
  readSendings,
  readTotals,
  type Sending,
  saveDocument,
  saveSending,
} from './report.store.ts';
import { closingDue, closingPayload, postTotals } from './report-closing.ts';
import { factsOf } from './report-facts.ts';
import { enqueueMail, mailPayload, type ReportMailDeps, runMail } from './report-mail.ts';
import { reportPdf } from './report-pdf.ts';
import type { Language } from './report-texts.core.ts';
import type { ApprovalFact, FindingFact, ReportFacts, ReportModel, RolloutFacts } from './report-types.core.ts';

export type Report = { digest: string; model: ReportModel };

/** The mail of a report as it stands. */
export type ReportMail = Pick<Sending, 'state' | 'to' | 'why'> & { digest: string };

export type Reports = {
  kinds: JobKinds;
  /** The report of what is stored. Calls no vendor; what was not read is said in it. */
  report(customer: Customer): Promise<Report>;
  /** The report as a PDF, in the customer's language unless another is named; kept as one that was made. */
  pdf(customer: Customer, language?: Language): Promise<Report & { bytes: Uint8Array }>;
  /**
   * Mails the report to the customer's approver, once for each digest: asked again, it tells how the mail stands. Refuses
   * with `not_allowed`. What keeps the mail from going out is told in `mail` (`approver_missing`,
   * `approver_without_mailbox`, `mail_not_configured` …) and looked at again every hour, until a newer report is sent.
   */
  send(customer: Customer, actor: Actor): Promise<ReportMail>;
  /** The figures of the report that closed the newest rollout; null before it was written. */
  totals(customerId: string): Promise<ReportTotals | null>;
  /** The mail of the report that was asked for last; null before the first. */
  mail(customerId: string): Promise<ReportMail | null>;
};

export type ReportsDeps = Omit<ReportMailDeps, 'stored'> & {
  syncs: Pick<Syncs, 'stored' | 'exceptions' | 'readings'>;
  push: Pick<PolicyPush, 'show'>;
  /** Null: phases are not kept here. */
  phases: {
    current(customerId: string): Promise<Rollout | null>;
    people(customer: Customer): Promise<readonly PhasePerson[]>;
  } | null;
  /** The findings of old sign-in methods; null: not read. */
  findings(customerId: string): Promise<readonly FindingFact[] | null>;
};

/** Creates the closing report and the job `report.mail`. */
export function createReports(deps: ReportsDeps): Reports {
  const mailDeps = { ...deps, stored: deps.syncs.stored };
  const report = async (customer: Customer): Promise<Report> => {
    const model = reportOf(await readFacts(deps, customer));
    return { model, digest: digestOfReport(model) };
  };
  return {
    report,
    kinds: {
      'report.mail': defineJob({ payload: mailPayload, handle: (asked, job) => runMail(mailDeps, asked, job) }),
      'report.due': defineJob({ payload: z.strictObject({}), handle: (_none, job) => closingDue(deps, job) }),
      'report.closing': defineJob({
        payload: closingPayload,
        handle: async (asked, job) => {
          const customer = await deps.customers.find(job.customerId);
          const { digest } = await sendReport(deps, customer, { by: THE_REPORT, report });
          return (tx) => postTotals(tx, { ...asked, digest, now: new Date(deps.clock.now()) });
        },
      }),
    },
    pdf: async (customer, language = customer.settings.language) => {
      const made = await report(customer);
      const bytes = await reportPdf(made.model, language, 'full');
      await keepMade(deps, customer, { ...made, actor: THE_REPORT });
      return { ...made, bytes };
    },
    send: (customer, actor) => send(deps, customer, { actor, report }),
    totals: (customerId) => deps.database.withCustomer(customerId, readTotals),
    mail: async (customerId) => {
      const [newest] = await deps.database.withCustomer(customerId, readSendings);
      return newest === undefined ? null : mailOf(newest.digest, newest.sending);
    },
  };
}

/** Who writes a report where nobody asks for one. */
const THE_REPORT: Json = { kind: 'system', name: 'report' };

async function keepMade(
  deps: ReportsDeps,
  customer: Customer,
  { digest, model, actor }: Report & { actor: Json },
): Promise<void> {
  const madeAt = new Date(deps.clock.now());
  const { takenAt, figures } = model;
  await deps.database.withCustomer(customer.id, async (tx) => {
    if (!(await insertReport(tx, { digest, takenAt, madeAt, figures }))) return;
    await appendJournal(tx, { at: madeAt, actor, event: 'report.made', facts: { digest, takenAt } });
  });
}

/** Half of what Outlook takes as a whole: beyond it the mail carries the report without those who are done. */
const FULL_BYTES_MAX = 1_500_000;

async function send(
  deps: ReportsDeps,
  customer: Customer,
  { actor, report }: { actor: Actor; report: Reports['report'] },
): Promise<ReportMail> {
  if (!may(actor, 'sendReport')) {
    const userMessage = `Only somebody with the role ${rolesFor('sendReport').join(' or ')} sends the report.`;
    throw new AppError('not_allowed', userMessage, { userMessage });
  }
  return sendReport(deps, customer, { by: journalActor(actor), report });
}

async function sendReport(
  deps: ReportsDeps,
  customer: Customer,
  { by, report }: { by: Json; report: Reports['report'] },
): Promise<ReportMail> {
  const { digest, model } = await report(customer);
  const { language } = customer.settings;
  const known = await deps.database.withCustomer(customer.id, (tx) => readReport(tx, digest));
  if (known?.sending != null) return mailOf(digest, known.sending);
  const full = await reportPdf(model, language, 'full');
  const document = full.byteLength <= FULL_BYTES_MAX ? full : await reportPdf(model, language, 'short');
  await keepMade(deps, customer, { digest, model, actor: by });
  return deps.database.withCustomer(customer.id, async (tx) => {
    await lockReports(tx);
    const row = await readReport(tx, digest);
    if (row?.sending != null) return mailOf(digest, row.sending);
    const at = new Date(deps.clock.now());
    const progress = { round: 0, draftId: null, askedAt: null, inquiries: 0, to: null, why: null };
    const now: Sending = { ...progress, state: 'waiting', by, since: at.toISOString() };
    await saveDocument(tx, digest, document);
    await saveSending(tx, digest, { before: null, now });
    await enqueueMail(tx, { digest, round: 0 }, at);
    await appendJournal(tx, { at, actor: by, event: 'report.sendAsked', facts: { digest } });
    return mailOf(digest, now);
  });
}

function mailOf(digest: string, sending: Sending | null): ReportMail {
  if (sending === null) throw new TypeError('this report is not being mailed');
  const { state, to, why } = sending;
  return { digest, state, to, why };
}

async function readFacts(deps: ReportsDeps, customer: Customer): Promise<ReportFacts> {
  const snapshot = await deps.syncs.stored(customer);
  const exceptions = (snapshot.users ?? null) === null ? null : await deps.syncs.exceptions(customer);
  const { journal, approvals } = await deps.database.withCustomer(customer.id, async (tx) => ({
    journal: await readHead(tx),
    approvals: await readApprovals(tx),
  }));
  const push = await deps.push.show(customer);
  const { name, id: tenantId, settings } = customer;
  return factsOf(snapshot, {
    customer: { name, tenantId, timeZone: settings.timeZone },
    exceptions,
    signature: signatureIn(approvals),
    managed: managedOf(push?.objects ?? []),
    registrationReadAt: await registrationReadAt(deps, customer),
    rollout: await rolloutFacts(deps, customer, snapshot.hr !== undefined && snapshot.users !== undefined),
    approvals,
    findings: await deps.findings(customer.id),
    journal,
  });
}

function signatureIn(approvals: readonly ApprovalFact[]): { by: string; at: string; digest: string } | null {
  const last = approvals.findLast(({ event, digest }) => event === 'exceptions.signed' && digest !== null);
  return last?.digest == null ? null : { by: last.by, at: last.at, digest: last.digest };
}

function managedOf(objects: readonly { key: string; kind: string; objectId: string }[]): Map<string, ManagedName> {
  const names = (key: string): ManagedName[] => (key === 'ENFORCE' || key === 'OBSERVE' ? [key] : []);
  return new Map(
    objects
      .filter(({ kind }) => kind === 'policy')
      .flatMap(({ key, objectId }) => names(key).map((name) => [objectId.toLowerCase(), name] as const)),
  );
}

async function registrationReadAt({ syncs }: ReportsDeps, customer: Customer): Promise<string | null> {
  const readings = await syncs.readings(customer);
  const times = readings
    .filter(({ source }) => source === 'registration' || source === 'authenticationMethods')
    .flatMap(({ readAt }) => (readAt === null ? [] : [readAt.toISOString()]));
  return times.sort().at(-1) ?? null;
}

async function rolloutFacts(
  { phases }: ReportsDeps,
  customer: Customer,
  isRosterRead: boolean,
): Promise<RolloutFacts | 'none' | null> {
  if (phases === null) return null;
  const rollout = await phases.current(customer.id);
  if (rollout === null) return 'none';
  const people = isRosterRead ? await phases.people(customer) : null;
  const { startsOn, deadline, state } = rollout;
  return {
    ...{ startsOn, deadline, state },
    phases: rollout.phases.map(phaseFacts),
    people: people?.map(({ accountId, phase }) => ({ accountId, phase })) ?? null,
  };
}

function phaseFacts({ name, ordinal, state, enforceOn, enforcedAt }: Phase): RolloutFacts['phases'][number] {
  return { name, ordinal, state, enforceOn, enforcedAt };
}
