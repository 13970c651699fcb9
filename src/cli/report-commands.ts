import type { Command } from 'commander';
import { z } from 'zod';
import { AppError } from '../lib/errors.ts';
import { digestOfReport, reportOf } from '../rollout/evidence/report.core.ts';
import type { ReportMail } from '../rollout/evidence/report.ts';
import { offlineFacts } from '../rollout/evidence/report-facts.ts';
import { reportPdf } from '../rollout/evidence/report-pdf.ts';
import { FIGURE_TEXTS, UNREAD_TEXTS } from '../rollout/evidence/report-texts.core.ts';
import { FIGURES, type ReportModel } from '../rollout/evidence/report-types.core.ts';
import { parseSnapshot } from '../rollout/snapshots/snapshot-file.ts';
import { actingAs, directoryId } from './acting.ts';
import type { Backend } from './backend.ts';
import { readTextFile, writeFileWhole } from './files.ts';
import { type OperationTable, oneCustomer, operation } from './operation.ts';
import { type Answer, minuteText, oneLine, table } from './output.ts';
import { given } from './request.ts';

const language = z.enum(['en', 'de']).optional();

const reporting = oneCustomer.extend({ withPdf: z.boolean(), language });

const sending = oneCustomer.extend({
  /** Object id or sign-in name. */
  as: z.string().trim().min(1),
  tenant: directoryId.optional(),
});

/** The commands about the closing report. The document travels as base64: the command line writes the file. */
export const REPORT_OPERATIONS: OperationTable = {
  report: operation(reporting, async ({ app }, { customer: named, withPdf, language: wanted }) => {
    const customer = await app.customers.find(named);
    if (withPdf) {
      const { bytes, digest, model } = await app.reports.pdf(customer, wanted);
      return { ...reportAnswer(model, digest), json: { digest, pdf: base64Of(bytes) } };
    }
    const { digest, model } = await app.reports.report(customer);
    const mail = await app.reports.mail(customer.id);
    const answer = reportAnswer(model, digest);
    return mail === null ? answer : { ...answer, text: `${answer.text}\n${mailText(mail)}` };
  }),
  'report send': operation(sending, async ({ app }, { customer: named, as, tenant }) => {
    const customer = await app.customers.find(named);
    const mail = await app.reports.send(customer, await actingAs(app, customer, { as, tenant }));
    return { json: mail, text: mailText(mail) };
  }),
};

/**
 * The report of a snapshot file: it has no phases, approvals, findings and journal, and says so. Refuses a broken file
 * with its code and a sentence.
 */
export async function offlineReport(snapshotText: string, options: Record<string, unknown>): Promise<Answer> {
  const snapshot = parseSnapshot(snapshotText);
  const { withPdf, language: wanted } = z.object({ withPdf: z.boolean().optional(), language }).parse(options);
  const model = reportOf(offlineFacts(snapshot));
  const digest = digestOfReport(model);
  const answer = reportAnswer(model, digest);
  if (withPdf !== true) return answer;
  return { ...answer, json: { digest, pdf: base64Of(await reportPdf(model, wanted ?? 'en', 'full')) } };
}

/** Adds `report`. */
export function addReport(program: Command, backend: Backend): void {
  program
    .command('report [customer]')
    .description('the closing report: who is enforced, who is not and why, exceptions, and what it does not prove')
    .option('--pdf <file>', 'write it as a PDF')
    .option('--language <code>', 'en or de; the customer’s own when left out')
    .option('--send', 'mail it to the customer’s approver; needs --as', false)
    .option('--as <person>', 'who sends it: name, sign-in name or object id of somebody with a role at the customer')
    .option('--tenant <id>', 'the tenant that person is at home in, where the id stands in the grants more than once')
    .option('--snapshot <file>', 'report on this snapshot file, without server and store')
    .action(async (customer: string | undefined, options: ReportOptions) => {
      const { as, tenant, language: wanted, pdf } = options;
      if (options.send) {
        if (as === undefined) throw new AppError('usage', 'Say who sends the report, with --as PERSON.');
        backend.print(await backend.operate('report send', given({ customer, as, tenant })));
        return;
      }
      const asked = given({ withPdf: pdf !== undefined, language: wanted });
      const answer =
        options.snapshot === undefined
          ? await backend.operate('report', given({ ...asked, customer }))
          : await backend.offline('report', readTextFile(options.snapshot), asked);
      backend.print(pdf === undefined ? answer : written(pdf, answer));
    });
}

type ReportOptions = {
  pdf?: string;
  language?: string;
  send: boolean;
  as?: string;
  tenant?: string;
  snapshot?: string;
};

function written(file: string, { json, text }: Answer): Answer {
  const { digest, pdf } = z.object({ digest: z.string(), pdf: z.base64() }).parse(json);
  writeFileWhole(file, Buffer.from(pdf, 'base64'));
  return { json: { file, digest }, text: `${text}\nWritten to ${file}` };
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function reportAnswer(model: ReportModel, digest: string): Answer {
  const rows = FIGURES.map((key) => [FIGURE_TEXTS[key].en, String(model.figures[key] ?? 'not read'), key]);
  const unread = model.notRead.map((part) => UNREAD_TEXTS[part].en).join(', ');
  const lines = [
    `${oneLine(model.customer.name)}, as of ${minuteText(model.takenAt)}`,
    table(['figure', 'number', 'key'], rows),
    ...(unread === '' ? [] : [`Not read: ${unread}.`]),
    `Digest: ${digest}`,
  ];
  return { json: { digest, report: model }, text: lines.join('\n') };
}

function mailText({ state, to, why }: ReportMail): string {
  const address = to === null ? '' : ` to ${to}`;
  const because = why === null ? '' : ` ${why.message}`;
  return `The mail with the report${address}: ${MAIL_STATES[state]}.${because}`;
}

const MAIL_STATES: Readonly<Record<ReportMail['state'], string>> = {
  waiting: 'waiting to go out',
  drafted: 'waiting to go out',
  asked: 'handed over, not yet confirmed',
  sent: 'sent',
  unknown: 'not known whether it went out',
  refused: 'refused',
  superseded: 'replaced by that of a newer report',
};
