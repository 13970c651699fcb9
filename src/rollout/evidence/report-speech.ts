import type { Answer } from '../exceptions/exception-types.core.ts';
import type { Paper } from './pdf-paper.ts';
import { FIGURE_TEXTS, type Language, UNREAD_TEXTS } from './report-texts.core.ts';
import type { FigureKey, ReportModel, Standing, UnreadPart } from './report-types.core.ts';
import { WORDS } from './report-words.core.ts';

/** A report being put into words on paper: the words of its language, and names as the fonts can show them. */
export type Speech = {
  paper: Paper;
  model: ReportModel;
  language: Language;
  word(key: keyof typeof WORDS): string;
  /** A figure, or the words for one that was not read. */
  figure(key: FigureKey): string;
  /** Where the rows of a figure stand. */
  rowsOf(key: FigureKey): string;
  answer(fact: Answer): string;
  /** The sentence that says that a part was not read. */
  unread(part: UnreadPart): string;
  accountName(accountId: string): string;
  phaseName(name: string | null): string;
};

/** A word of the report in a language. */
export function text(key: keyof typeof WORDS, language: Language): string {
  return WORDS[key][language];
}

/** The colour of a standing in charts. */
export const STANDING_COLORS: Readonly<Record<Standing, string>> = {
  enforced: '#1b6e46',
  excepted: '#8a5a00',
  notEnforced: '#b3261e',
  unknown: '#5b6472',
  outOfScope: '#9aa5b3',
};

/** An instant as people read it; always in UTC, so that nobody has to guess. */
export function instantText(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The tables of the appendix, in order; their letters stand beside the figures. */
export const APPENDICES = ['notEnforced', 'unknown', 'exceptions', 'enforced', 'outOfScope', 'hr', 'findings'] as const;

export type Appendix = (typeof APPENDICES)[number];

/** The letter of a table of the appendix. */
export function letterOf(appendix: Appendix): string {
  return String.fromCharCode('A'.charCodeAt(0) + APPENDICES.indexOf(appendix));
}

const PLACES: readonly (readonly [start: string, places: readonly Appendix[]])[] = [
  ['accounts.total', ['notEnforced', 'unknown', 'exceptions', 'enforced', 'outOfScope']],
  ['accounts.people', ['notEnforced', 'unknown', 'exceptions', 'enforced', 'outOfScope']],
  ['accounts.outOfScope', ['outOfScope']],
  ['accounts.inScope', ['notEnforced', 'unknown', 'exceptions', 'enforced']],
  ['scope.enforced', ['enforced']],
  ['scope.excepted', ['exceptions']],
  ['scope.notEnforced', ['notEnforced']],
  ['scope.unknown', ['unknown']],
  ['enrolment.', ['notEnforced', 'unknown', 'exceptions', 'enforced']],
  ['enforced.', ['enforced']],
  ['exceptions.', ['exceptions']],
  ['hr.', ['hr']],
  ['findings.', ['findings']],
];

/** Begins to put a report into words. */
export function createSpeech(paper: Paper, model: ReportModel, language: Language): Speech {
  const word = (key: keyof typeof WORDS) => text(key, language);
  const accounts = new Map(model.accounts.map((account) => [account.accountId.toLowerCase(), account]));
  const answers = { yes: word('yes'), no: word('no'), unknown: word('unknown') };
  return {
    paper,
    model,
    language,
    word,
    figure: (key) => (model.figures[key] === null ? word('notRead') : String(model.figures[key])),
    rowsOf: (key) => {
      const places = PLACES.find(([start]) => key.startsWith(start))?.[1];
      // Policies stand in a table of their own part.
      if (places === undefined) return word('policies');
      return `${word('appendix')} ${places.map(letterOf).join(', ')}`;
    },
    answer: (fact) => answers[fact],
    unread: (part) => `${sentence(UNREAD_TEXTS[part][language])}: ${word('notRead')}.`,
    accountName: (accountId) => {
      const account = accounts.get(accountId.toLowerCase());
      if (account === undefined) return accountId;
      return paper.shown(account.displayName, account.userPrincipalName, account.accountId);
    },
    phaseName: (name) => {
      if (name === null) return word('noPhase');
      const ordinal = model.phases.find((phase) => phase.name === name)?.ordinal ?? null;
      return paper.shown(name, ordinal === null ? null : `${word('phase')} ${ordinal}`);
    },
  };
}

function sentence(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** The heading of a table of the appendix. */
export function headingOf(appendix: Appendix, { language, word, figure }: Speech): string {
  const names: Readonly<Record<Appendix, string>> = {
    notEnforced: `${FIGURE_TEXTS['scope.notEnforced'][language]} (${figure('scope.notEnforced')})`,
    unknown: `${FIGURE_TEXTS['scope.unknown'][language]} (${figure('scope.unknown')})`,
    exceptions: `${word('exceptions')} (${figure('exceptions.total')})`,
    enforced: `${FIGURE_TEXTS['scope.enforced'][language]} (${figure('scope.enforced')})`,
    outOfScope: `${FIGURE_TEXTS['accounts.outOfScope'][language]} (${figure('accounts.outOfScope')})`,
    hr: `${FIGURE_TEXTS['hr.withoutAccount'][language]} (${figure('hr.withoutAccount')})`,
    findings: word('findings'),
  };
  return `${word('appendix')} ${letterOf(appendix)}: ${names[appendix]}`;
}
