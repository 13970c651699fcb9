import { shortDigest } from '../../lib/digest.ts';
import type { PhaseState } from '../phases/phase-types.core.ts';
import { type Bar, drawBars } from './pdf-charts.ts';
import { INK } from './pdf-letters.ts';
import { createPaper, lineHeight } from './pdf-paper.ts';
import { type Column, drawTable, type TableCell } from './pdf-table.ts';
import { digestOfReport } from './report.core.ts';
import { writeAppendix } from './report-appendix.ts';
import { writeEvidence } from './report-evidence.ts';
import { createSpeech, instantText, type Speech, STANDING_COLORS, text } from './report-speech.ts';
import { FIGURE_TEXTS, type Language, LIMITS, PHASE_TEXTS, STANDING_TEXTS, UNREAD_TEXTS } from './report-texts.core.ts';
import { FIGURES, type FigureKey, type ReportModel, type Standing } from './report-types.core.ts';

/** Which rows the appendix holds: every account, or those that somebody has to look at. */
export type AppendixSize = 'full' | 'short';

const IN_SCOPE = ['enforced', 'excepted', 'notEnforced', 'unknown'] as const;

/**
 * The report as a PDF: tagged, fonts embedded, charts as vector, one language. The same report gives the same bytes on
 * one build of Node (its zlib packs them). Twenty thousand accounts take seconds, during which others have their turn.
 */
export async function reportPdf(model: ReportModel, language: Language, appendix: AppendixSize): Promise<Uint8Array> {
  const digest = digestOfReport(model);
  const { customer, takenAt } = model;
  const title = text('title', language);
  const paper = createPaper({
    title,
    subject: `${customer.name}, ${takenAt}, ${digest}`,
    owner: customer.name,
    lang: language,
    date: new Date(takenAt),
    pageWords: [text('page', language), text('of', language)],
    foot: `${text('asOf', language)} ${instantText(takenAt)} · ${shortDigest(digest)}`,
  });
  const speech = createSpeech(paper, model, language);
  writeTitle(speech, title, digest);
  await writeSummary(speech);
  await writePhases(speech);
  await writeEvidence(speech);
  writeUnread(speech);
  writeLimits(speech);
  await writeAppendix(speech, appendix);
  if (paper.replaced() > 0) paper.paragraph(speech.word('glyphNote'), { size: 8, color: INK.soft });
  return paper.finish();
}

function writeTitle({ paper, model, word }: Speech, title: string, digest: string): void {
  const { customer, takenAt, journal, rollout } = model;
  paper.section(title);
  const name = paper.shown(customer.name);
  paper.paragraph(name, { font: 'bold', size: 13 });
  const deadline = rollout === null || rollout === 'none' ? [] : [`${word('deadline')}: ${rollout.deadline}`];
  const head = journal === null ? word('notRead') : `${word('entry')} ${journal.seq}, ${journal.hash}`;
  const lines = [
    `${word('asOf')}: ${instantText(takenAt)} (${takenAt})`,
    `${word('tenant')}: ${customer.tenantId}`,
    ...deadline,
    `${word('digest')}: ${digest}`,
    `${word('journal')}: ${head}`,
  ];
  for (const line of lines) paper.paragraph(line, { size: 8.5, color: INK.soft });
}

async function writeSummary(speech: Speech): Promise<void> {
  const { paper, model, language, word, figure } = speech;
  paper.section(word('summary'));
  drawTiles(speech, ['accounts.inScope', 'scope.enforced', 'scope.excepted', 'scope.notEnforced', 'scope.unknown']);
  paper.paragraph(word('enforcedNote'));
  const { figures } = model;
  const alt = IN_SCOPE.map((standing) => `${STANDING_TEXTS[standing][language]}: ${figure(`scope.${standing}`)}`);
  drawBars(paper, {
    alt: `${word('overall')}. ${alt.join('; ')}`,
    bars: [barOf(speech, word('overall'), (standing) => figures[`scope.${standing}`] ?? 0)],
  });
  paper.section(word('totals'), 2);
  const columns = [
    { title: word('figure'), parts: 6 },
    { title: word('count'), parts: 1.6, align: 'right' },
    { title: word('rows'), parts: 3.2 },
    { title: word('key'), parts: 3.4 },
  ] as const;
  await drawTable(
    paper,
    columns,
    FIGURES.map((key) => [FIGURE_TEXTS[key][language], numberCell(speech, key), speech.rowsOf(key), key]),
  );
  paper.paragraph(word('scopeNote'), { size: 8.5, color: INK.soft });
}

function numberCell({ model, figure }: Speech, key: FigureKey): TableCell {
  return { text: figure(key), font: model.figures[key] === null ? 'regular' : 'bold' };
}

function barOf({ language }: Speech, label: string, countOf: (standing: (typeof IN_SCOPE)[number]) => number): Bar {
  const pieces = IN_SCOPE.map((standing) => {
    const color = STANDING_COLORS[standing];
    return { label: STANDING_TEXTS[standing][language], value: countOf(standing), color };
  });
  return { label, pieces };
}

const TILE = { height: 52, gap: 8 } as const;

function drawTiles({ paper, model, language, figure }: Speech, keys: readonly FigureKey[]): void {
  const { doc, left, width } = paper;
  paper.room(TILE.height);
  const tileWidth = (width - TILE.gap * (keys.length - 1)) / keys.length;
  const { y } = paper;
  for (const [index, key] of keys.entries()) {
    const x = left + index * (tileWidth + TILE.gap);
    paper.artifact(() => doc.roundedRect(x, y, tileWidth, TILE.height, 4).fill(INK.shade));
    const value = figure(key);
    const size = model.figures[key] === null ? 11 : 20;
    const label = FIGURE_TEXTS[key][language];
    paper.add(
      doc.struct('P', {}, [
        () => {
          paper.line(value, { x: x + 8, y: y + 6 + (20 - size) / 2, font: 'bold', size });
          for (const [row, line] of paper
            .wrap(label, tileWidth - 12, { size: 7.5 })
            .slice(0, 2)
            .entries())
            paper.line(line, { x: x + 8, y: y + 32 + row * 9, size: 7.5, color: INK.soft });
        },
      ]),
    );
  }
  paper.y = y + TILE.height + 10;
}

async function writePhases(speech: Speech): Promise<void> {
  const { paper, model, language, word } = speech;
  paper.section(word('phases'));
  if (model.rollout === 'none') paper.paragraph(word('noRollout'));
  if (model.rollout === null) paper.paragraph(speech.unread('rollout'));
  if (model.rollout === null || model.rollout === 'none') return;
  const rows = model.phases.filter(({ name, counts }) => name !== null || inScope(counts) > 0);
  const named = rows.map((phase) => ({ ...phase, label: speech.phaseName(phase.name) }));
  const alt = named.map(({ label, counts }) => `${label}: ${counts.enforced} / ${inScope(counts)}`);
  drawBars(paper, {
    alt: `${word('byPhase')}. ${alt.join('; ')}`,
    bars: named.map(({ label, counts }) => barOf(speech, label, (standing) => counts[standing])),
  });
  const columns: Column[] = [
    { title: word('phase'), parts: 3 },
    { title: word('state'), parts: 2 },
    { title: word('enforceOn'), parts: 1.8 },
    { title: word('enforcedAt'), parts: 2.5 },
    ...IN_SCOPE.map((standing): Column => ({ title: STANDING_TEXTS[standing][language], parts: 1.6, align: 'right' })),
  ];
  await drawTable(
    paper,
    columns,
    named.map(({ label, state, enforceOn, enforcedAt, counts }) => [
      label,
      stateText(state, language),
      enforceOn ?? '–',
      enforcedAt === null ? '–' : instantText(enforcedAt),
      ...IN_SCOPE.map((standing) => String(counts[standing])),
    ]),
  );
}

function inScope(counts: Readonly<Record<Standing, number>>): number {
  return IN_SCOPE.reduce((sum, standing) => sum + counts[standing], 0);
}

function stateText(state: PhaseState | null, language: Language): string {
  return state === null ? '–' : PHASE_TEXTS[state][language];
}

function writeUnread({ paper, model, language, word }: Speech): void {
  paper.section(word('unread'));
  if (model.notRead.length === 0 && model.exceptionsUnread.length === 0) {
    paper.paragraph(word('allRead'));
    return;
  }
  paper.paragraph(word('unreadNote'));
  const sources = model.exceptionsUnread.map((source) => `${word('exceptions')}: ${source}`);
  paper.list([...model.notRead.map((part) => UNREAD_TEXTS[part][language]), ...sources]);
}

function writeLimits({ paper, language, word }: Speech): void {
  paper.section(word('limits'));
  paper.room(lineHeight() * 4);
  paper.list(LIMITS.map((limit) => limit[language]));
}
