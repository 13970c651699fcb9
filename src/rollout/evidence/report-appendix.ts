import type { Paper } from './pdf-paper.ts';
import { drawTable, type TableCell } from './pdf-table.ts';
import { APPENDICES, type Appendix, headingOf, type Speech } from './report-speech.ts';
import {
  CLASS_TEXTS,
  ENROLMENT_TEXTS,
  EXCEPTION_TEXTS,
  FINDING_TEXTS,
  KIND_TEXTS,
  REASON_TEXTS,
} from './report-texts.core.ts';
import type { ReportAccount, ReportException, Standing } from './report-types.core.ts';

/**
 * Writes the rows behind the figures: who is not enforced and why, who cannot be told, the exceptions, and, in full, who
 * is enforced and who is out of scope.
 */
export async function writeAppendix(speech: Speech, size: 'full' | 'short'): Promise<void> {
  speech.paper.newPage();
  if (size === 'short') speech.paper.paragraph(speech.word('shortNote'));
  for (const appendix of APPENDICES) {
    if (size === 'short' && (appendix === 'enforced' || appendix === 'outOfScope')) continue;
    speech.paper.section(headingOf(appendix, speech));
    await writeRows(speech, appendix);
  }
}

function writeRows(speech: Speech, appendix: Appendix): Promise<void> {
  switch (appendix) {
    case 'notEnforced':
    case 'unknown':
    case 'enforced':
    case 'outOfScope':
      return writeAccounts(speech, appendix);
    case 'exceptions':
      return writeExceptionRows(speech);
    case 'hr':
      return writeHrRows(speech);
    case 'findings':
      return writeFindingRows(speech);
  }
}

async function writeAccounts(speech: Speech, standing: Standing): Promise<void> {
  const { paper, model, word } = speech;
  const rows = model.accounts.filter((account) => account.standing === standing);
  if (rows.length === 0) {
    paper.paragraph(speech.word('none'));
    return;
  }
  const columns = [
    { title: word('name'), parts: 3 },
    { title: word('signInName'), parts: 3.6 },
    { title: word('department'), parts: 2.2 },
    { title: word('phase'), parts: 1.8 },
    { title: word('mfa'), parts: 1.3 },
    { title: word(standing === 'enforced' ? 'methods' : 'why'), parts: 3.4 },
  ] as const;
  await drawTable(paper, columns, accountRows(speech, rows, standing === 'enforced'));
}

function* accountRows(
  speech: Speech,
  rows: readonly ReportAccount[],
  showMethods: boolean,
): Generator<readonly TableCell[]> {
  const { paper, language } = speech;
  for (const account of rows) {
    const { displayName, userPrincipalName, accountId, department, phase, enrolment, methods, reason } = account;
    const why = reason === null ? '' : REASON_TEXTS[reason][language];
    const told = account.class === 'employee' ? why : join([CLASS_TEXTS[account.class][language], why]);
    yield [
      paper.shown(displayName, userPrincipalName, accountId),
      userPrincipalName === null ? accountId : paper.shown(userPrincipalName, accountId),
      optional(paper, department),
      phase === null ? '–' : speech.phaseName(phase),
      ENROLMENT_TEXTS[enrolment][language],
      showMethods ? optional(paper, methods.join(', ')) : told,
    ];
  }
}

function join(parts: readonly string[]): string {
  return [...new Set(parts.filter((part) => part !== ''))].join(': ');
}

function optional(paper: Paper, value: string | null): string {
  return value === null || value.trim() === '' ? '–' : paper.shown(value);
}

async function writeExceptionRows(speech: Speech): Promise<void> {
  const { paper, model, word, language } = speech;
  if (model.exceptions.length === 0) {
    paper.paragraph(word('none'));
    return;
  }
  const columns = [
    { title: word('name'), parts: 3 },
    { title: word('kind'), parts: 2 },
    { title: word('why'), parts: 3.4 },
    { title: word('control'), parts: 3.4 },
    { title: word('until'), parts: 1.9 },
    { title: word('state'), parts: 2.2 },
  ] as const;
  const rows = model.exceptions.map((row) => [
    paper.shown(row.displayName, row.userPrincipalName, row.accountId),
    KIND_TEXTS[row.kind][language],
    optional(paper, row.reason),
    optional(paper, row.compensatingControl),
    untilText(row, speech),
    EXCEPTION_TEXTS[row.state][language],
  ]);
  await drawTable(paper, columns, rows);
}

function untilText({ endsAt, reviewAt }: ReportException, { word }: Speech): string {
  if (endsAt !== null) return endsAt;
  return reviewAt === null ? '–' : `${word('review')} ${reviewAt}`;
}

async function writeHrRows({ paper, model, word }: Speech): Promise<void> {
  if (model.hrWithoutAccount.length === 0) {
    paper.paragraph(word('none'));
    return;
  }
  const columns = [
    { title: word('name'), parts: 3 },
    { title: word('employeeId'), parts: 2 },
    { title: word('department'), parts: 2 },
    { title: word('why'), parts: 5 },
  ] as const;
  const rows = model.hrWithoutAccount.map(({ displayName, employeeId, department, why }) => [
    paper.shown(displayName, employeeId),
    paper.shown(employeeId),
    optional(paper, department),
    optional(paper, why),
  ]);
  await drawTable(paper, columns, rows);
}

async function writeFindingRows(speech: Speech): Promise<void> {
  const { paper, model, word, language } = speech;
  if (model.findings === null) {
    paper.paragraph(speech.unread('findings'));
    return;
  }
  if (model.findings.length === 0) {
    paper.paragraph(word('none'));
    return;
  }
  const columns = [
    { title: word('name'), parts: 3 },
    { title: word('application'), parts: 3 },
    { title: word('protocol'), parts: 2.5 },
    { title: word('state'), parts: 1.6 },
  ] as const;
  const rows = model.findings.map(({ id, accountId, application, protocol, state }) => [
    accountId === null ? paper.shown(id) : speech.accountName(accountId),
    paper.shown(application),
    paper.shown(protocol),
    FINDING_TEXTS[state][language],
  ]);
  await drawTable(paper, columns, rows);
}
