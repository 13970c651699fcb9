import { shortDigest } from '../../lib/digest.ts';
import { drawBars } from './pdf-charts.ts';
import { INK } from './pdf-letters.ts';
import { type Column, drawTable } from './pdf-table.ts';
import { instantText, type Speech, STANDING_COLORS } from './report-speech.ts';
import { EXCEPTION_TEXTS, FIGURE_TEXTS, KIND_TEXTS, POLICY_STATE_TEXTS } from './report-texts.core.ts';
import type { ExceptionState } from './report-types.core.ts';

/** Writes the parts that prove: policy state, exceptions, enrolment, signatures, findings. */
export async function writeEvidence(speech: Speech): Promise<void> {
  await writePolicies(speech);
  await writeExceptions(speech);
  await writeEnrolment(speech);
  await writeApprovals(speech);
  await writeFindings(speech);
}

async function writePolicies(speech: Speech): Promise<void> {
  const { paper, model, language, word, answer } = speech;
  paper.section(word('policies'));
  const { policies, securityDefaultsOn: on } = model;
  const defaults = on === null ? word('notRead') : word(on ? 'on' : 'off');
  paper.paragraph(`${word('securityDefaults')}: ${defaults}`);
  if (policies === null) {
    paper.paragraph(speech.unread('policies'));
    return;
  }
  if (policies.length === 0) {
    paper.paragraph(word('noPolicies'));
    return;
  }
  const columns = [
    { title: word('policy'), parts: 4 },
    { title: word('state'), parts: 2.4 },
    { title: word('managed'), parts: 1.6 },
    { title: 'MFA', parts: 0.9 },
    { title: word('covers'), parts: 1.2, align: 'right' },
  ] as const;
  await drawTable(
    paper,
    columns,
    policies.map((policy) => [
      paper.shown(policy.name, policy.id),
      POLICY_STATE_TEXTS.get(policy.state)?.[language] ?? paper.shown(policy.state),
      policy.managed ?? '–',
      answer(policy.asksForMfa ? 'yes' : 'no'),
      policy.accountsCovered === null ? word('notRead') : String(policy.accountsCovered),
    ]),
  );
}

const EXCEPTION_STATES = [
  'carvedOut',
  'enforcedAnyway',
  'unsigned',
  'ended',
  'signInBlocked',
  'outOfScope',
  'accountGone',
] as const satisfies readonly ExceptionState[];

async function writeExceptions(speech: Speech): Promise<void> {
  const { paper, model, language, word } = speech;
  paper.section(word('exceptions'));
  if (model.notRead.includes('exceptions')) {
    paper.paragraph(speech.unread('exceptions'));
    return;
  }
  const { signature } = model;
  if (signature === null) paper.paragraph(word('unsigned'));
  else {
    const by = `${word('signedBy')} ${paper.shown(signature.by)}, ${instantText(signature.at)}`;
    paper.paragraph(`${by} (${shortDigest(signature.digest)})`);
  }
  if (model.exceptions.length === 0) paper.paragraph(word('noExceptions'));
  else {
    const states = EXCEPTION_STATES.filter((state) => model.exceptions.some((row) => row.state === state));
    const columns: Column[] = [
      { title: word('kind'), parts: 3 },
      ...states.map((state): Column => ({ title: EXCEPTION_TEXTS[state][language], parts: 2, align: 'right' })),
    ];
    const rows = model.exceptionKinds.map(({ kind }) => {
      const counts = states.map(
        (state) => model.exceptions.filter((row) => row.kind === kind && row.state === state).length,
      );
      return [KIND_TEXTS[kind][language], ...counts.map(String)];
    });
    await drawTable(paper, columns, rows);
  }
  await writeBreakGlass(speech);
}

async function writeBreakGlass({ paper, model, word, answer, accountName }: Speech): Promise<void> {
  paper.section(word('breakGlass'), 2);
  const accounts = model.breakGlass ?? [];
  if (accounts.length === 0) {
    paper.paragraph(word('noBreakGlass'));
    return;
  }
  const columns = [
    { title: word('name'), parts: 4 },
    ...(['enabled', 'cloudOnly', 'initialDomain', 'globalAdmin', 'strongMethod'] as const).map((key) => {
      return { title: word(key), parts: 1.7 };
    }),
  ];
  await drawTable(
    paper,
    columns,
    accounts.map((check) => [
      accountName(check.accountId),
      answer(check.enabled),
      answer(check.cloudOnly),
      answer(check.initialDomain),
      answer(check.permanentGlobalAdmin),
      answer(check.phishingResistantMethod),
    ]),
  );
}

async function writeEnrolment(speech: Speech): Promise<void> {
  const { paper, model, language, word, figure } = speech;
  paper.section(word('enrolment'));
  const { registrationReadAt: readAt } = model;
  if (readAt === null) {
    paper.paragraph(speech.unread('registration'));
    return;
  }
  paper.paragraph(`${word('registrationRead')} ${instantText(readAt)}.`);
  const keys = ['enrolment.capable', 'enrolment.not', 'enrolment.unknown'] as const;
  const colors = [STANDING_COLORS.enforced, STANDING_COLORS.notEnforced, STANDING_COLORS.unknown];
  const pieces = keys.map((key, index) => {
    return { label: FIGURE_TEXTS[key][language], value: model.figures[key] ?? 0, color: colors[index] ?? INK.accent };
  });
  drawBars(paper, {
    alt: keys.map((key) => `${FIGURE_TEXTS[key][language]}: ${figure(key)}`).join('; '),
    bars: [{ label: word('overall'), pieces }],
  });
  if (model.methods.length === 0) return;
  const columns = [
    { title: word('method'), parts: 4 },
    { title: word('accounts'), parts: 1, align: 'right' },
  ] as const;
  await drawTable(
    paper,
    columns,
    model.methods.map(({ method, accounts }) => [paper.shown(method), String(accounts)]),
  );
}

async function writeApprovals(speech: Speech): Promise<void> {
  const { paper, model, word } = speech;
  paper.section(word('approvals'));
  const { approvals } = model;
  if (approvals === null) paper.paragraph(speech.unread('approvals'));
  else if (approvals.length === 0) paper.paragraph(word('noApprovals'));
  else {
    const columns = [
      { title: word('when'), parts: 2.6 },
      { title: word('what'), parts: 3.4 },
      { title: word('who'), parts: 3 },
      { title: word('digestOf'), parts: 2.4 },
      { title: word('journalEntry'), parts: 1.2, align: 'right' },
    ] as const;
    const rows = approvals.map(({ at, event, by, digest, seq }) => {
      const short = digest === null ? '–' : shortDigest(digest);
      return [instantText(at), paper.shown(event), paper.shown(by), short, String(seq)];
    });
    await drawTable(paper, columns, rows);
  }
}

async function writeFindings(speech: Speech): Promise<void> {
  const { paper, model, word, language, figure } = speech;
  paper.section(word('findings'));
  if (model.findings === null) paper.paragraph(speech.unread('findings'));
  else if (model.findings.length === 0) paper.paragraph(word('noFindings'));
  else {
    const keys = ['findings.open', 'findings.waived', 'findings.gone'] as const;
    const columns = keys.map((key) => ({ title: FIGURE_TEXTS[key][language], parts: 1 }));
    await drawTable(paper, columns, [keys.map((key) => figure(key))]);
  }
}
