import type { Decision } from '../../src/rollout/approvals/approvals.core.ts';
import type { ExceptionKind, ExceptionRow } from '../../src/rollout/exceptions/exception-types.core.ts';
import {
  type Action,
  type Card,
  card,
  type Element,
  execute,
  facts,
  heading,
  openUrl,
  ownText,
  refreshFor,
  sentence,
  strip,
  table,
} from './card.ts';
import { type Language, momentIn, textsIn } from './texts.ts';

/** Rows that a card may name; more are signed in the tab. */
export const NAMED_ROWS_MAX = 20;

/** What every card of a decision needs beside its content. */
export type Frame = {
  customerId: string;
  /** Stands on the card: in the provider's own Teams the conversation does not say whose decision it is. */
  customerName: string;
  language: Language;
  timeZone: string;
  /** Address of the tab page on which the same is decided. */
  tabUrl: string;
  /** People (`29:…`) who have a view of their own. */
  viewers: readonly string[];
};

/** Counts and digest of the exception table, without names. */
export type ExceptionCounts = {
  digest: string;
  shortDigest: string;
  total: number;
  byKind: Partial<Record<ExceptionKind, number>>;
  signature: { state: 'unsigned' } | { state: 'signed' | 'outdated'; decision: Decision };
};

/** The table as one person may see it. */
export type ExceptionView = ExceptionCounts & {
  rows: readonly ExceptionRow[] | null;
  mayDecide: { yes: true } | { yes: false; why: string };
  /** What to say before it: how the press of a button ended. */
  notice: 'stale' | { already: Decision } | null;
};

/** The card of the channel: counts and digest, no names. */
export function exceptionsCard(counts: ExceptionCounts, frame: Frame): Card {
  const texts = textsIn(frame.language);
  const isSigned = counts.signature.state === 'signed';
  return card({
    fallbackText: `${texts.exceptionsTitle}: ${counts.total}`,
    body: [
      heading(texts.exceptionsTitle),
      customerOf(frame),
      ownText(texts.exceptionsIntro(counts.total)),
      countsOf(counts, frame),
      signatureOf(counts, frame),
    ],
    actions: [isSigned ? null : reviewAction(counts, frame), openUrl(texts.openTab, frame.tabUrl)],
    refresh: refreshFor(isSigned ? [] : frame.viewers, 'exceptions.view', idsOf(counts, frame)),
  });
}

/** The card of one person: named rows and, for the signer, the button. */
export function exceptionsViewCard(view: ExceptionView, frame: Frame): Card {
  const texts = textsIn(frame.language);
  const { rows, mayDecide } = view;
  const isOpen = view.signature.state !== 'signed';
  const fits = rows !== null && rows.length <= NAMED_ROWS_MAX;
  return card({
    fallbackText: `${texts.exceptionsTitle}: ${view.total}`,
    body: [
      noticeOf(view.notice, frame),
      heading(isOpen && mayDecide.yes ? texts.exceptionsYours(view.total) : texts.exceptionsTitle),
      customerOf(frame),
      countsOf(view, frame),
      fits ? rowsOf(rows, frame) : null,
      rows !== null && !fits ? ownText(texts.exceptionsInTab(rows.length), { weight: 'Bolder' }) : null,
      signatureOf(view, frame),
      isOpen && !mayDecide.yes ? ownText(`${texts.notYourDecision} ${mayDecide.why}`, { isSubtle: true }) : null,
    ],
    actions: [isOpen && mayDecide.yes && fits ? signAction(view, frame) : null, openUrl(texts.openTab, frame.tabUrl)],
    refresh: refreshFor(isOpen ? frame.viewers : [], 'exceptions.view', idsOf(view, frame)),
  });
}

function idsOf({ digest }: ExceptionCounts, { customerId }: Frame) {
  return { customer: customerId, digest };
}

function reviewAction(counts: ExceptionCounts, frame: Frame): Action {
  return execute(textsIn(frame.language).reviewAndSign, {
    verb: 'exceptions.view',
    data: idsOf(counts, frame),
    style: 'positive',
  });
}

function signAction(view: ExceptionView, frame: Frame): Action {
  return execute(textsIn(frame.language).sign(view.total), {
    verb: 'exceptions.sign',
    data: idsOf(view, frame),
    style: 'positive',
  });
}

function countsOf(counts: ExceptionCounts, { language }: Frame): Element {
  const texts = textsIn(language);
  const kinds = Object.keys(texts.kinds) as ExceptionKind[];
  const rows = kinds.flatMap((kind) => {
    const value = counts.byKind[kind] ?? 0;
    return value === 0 ? [] : [{ title: texts.kinds[kind], value: String(value) }];
  });
  return facts([...rows, { title: texts.content, value: counts.shortDigest }]);
}

function rowsOf(rows: readonly ExceptionRow[], { language }: Frame): Element {
  const texts = textsIn(language);
  const [account, why, proposal, until] = texts.exceptionsColumns;
  const columns = [
    { title: account, width: 3 },
    { title: why, width: 3 },
    { title: proposal, width: 2 },
    { title: until, width: 3 },
  ];
  const untilOf = (row: ExceptionRow) =>
    row.endsAt ?? (row.reviewAt === null ? texts.noEnd : `${texts.reviewed} ${row.reviewAt}`);
  return table(
    columns,
    rows.map((row) => [row.displayName, texts.kinds[row.kind], texts.proposals[row.proposal], untilOf(row)]),
  );
}

function signatureOf({ signature }: ExceptionCounts, frame: Frame): Element {
  const texts = textsIn(frame.language);
  switch (signature.state) {
    case 'unsigned':
      return strip('warning', [ownText(texts.unsigned)]);
    case 'signed':
      return strip('good', [decidedBy(texts.signedBy, signature.decision, frame)]);
    case 'outdated':
      return strip('attention', [decidedBy(texts.outdated, signature.decision, frame)]);
  }
}

/** Whose decision it is. */
export function customerOf({ customerName }: Frame): Element {
  return sentence([{ foreign: customerName, max: 80 }], { isSubtle: true, spacing: 'None' });
}

/** Who decided and when. */
export function decidedBy(lead: string, { displayName, at }: Decision, { language, timeZone }: Frame): Element {
  const texts = textsIn(language);
  const who = displayName ?? texts.somebody;
  return sentence([lead, { foreign: who }, texts.on, momentIn(language, at, timeZone), '.'], { weight: 'Bolder' });
}

/** How the press of a button ended, where it did not end as wanted. */
export function noticeOf(notice: ExceptionView['notice'], frame: Frame): Element | null {
  const texts = textsIn(frame.language);
  if (notice === null) return null;
  if (notice === 'stale') return strip('attention', [ownText(texts.staleTitle)]);
  return strip('accent', [decidedBy(texts.alreadyDecided, notice.already, frame)]);
}
