import {
  DRIFT_ADVICE,
  DRIFT_TITLES,
  EFFECT_UNKNOWN,
  ENDED_TEXTS,
  objectWords,
} from '../../src/rollout/drift/drift-texts.core.ts';
import type { DriftFinding, DriftVerdict } from '../../src/rollout/drift/drift-types.core.ts';
import type { Offer } from '../../src/rollout/drift/remedy.core.ts';
import type { TwoPeople } from '../../src/rollout/drift/two-people.core.ts';
import { missingWords } from '../../src/rollout/drift/two-people-texts.core.ts';
import {
  type ActionData,
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
import { customerOf, type Frame } from './exceptions.card.ts';
import { type Language, momentIn, textsIn } from './texts.ts';

/** A finding as a card shows it. */
export type DriftFacts = DriftFinding & {
  offers: Record<DriftVerdict, Offer>;
  /** Who has approved what takes two people; absent where one decides. */
  two?: Record<DriftVerdict, TwoPeople | null>;
};

export type DriftCardView = DriftFacts & {
  /** The names of those it concerns, by object id; null for everybody's copy, which names nobody. */
  names: ReadonlyMap<string, string> | null;
  mayDecide: { yes: true } | { yes: false; why: string } | null;
  /** Whether this person may give one of two approvals. */
  mayApprove?: { yes: boolean };
  /** How the press of a button ended, where it did not end as wanted. */
  notice: string | null;
};

const ROWS_MAX = 20;
const CHARS_MAX = 400;
const NAMES_CHARS_MAX = 1_000;

/** The card of one finding: what, where, with what effect and what to do; named rows and buttons for an engineer. */
export function driftCard(view: DriftCardView, frame: Frame): Card {
  const { language } = frame;
  const texts = driftTextsIn(language);
  const data: ActionData = { customer: frame.customerId, id: view.id, digest: view.digest };
  const title = DRIFT_TITLES[view.kind][language];
  const isOpen = view.state === 'open';
  return card({
    fallbackText: title,
    body: [
      view.notice === null ? null : strip('attention', [sentence([{ foreign: view.notice, max: CHARS_MAX }])]),
      heading(title),
      customerOf(frame),
      sentence([{ foreign: objectWords(view)?.[language] ?? view.name, max: CHARS_MAX }], { weight: 'Bolder' }),
      ownText((view.effect?.sentence ?? EFFECT_UNKNOWN)[language]),
      factsOf(view, frame),
      view.names === null ? null : actorLine(view, frame),
      view.names === null ? null : rowsOf(view, view.names, frame),
      standing(view, frame),
      ...(isOpen ? VERDICTS.map((verdict) => twoPeople(view, verdict, frame)) : []),
      view.mayDecide?.yes === false && !mayPress(view, 'accept') && !mayPress(view, 'restore')
        ? ownText(view.mayDecide.why, { isSubtle: true })
        : null,
    ],
    actions: [
      ...VERDICTS.map((verdict) => {
        if (!mayPress(view, verdict)) return null;
        const title = isTwo(view, verdict) ? texts.approve[verdict] : texts[verdict];
        return execute(title, { verb: `drift.${verdict}`, data, style: STYLES[verdict] });
      }),
      view.mayDecide === null && isOpen ? execute(texts.review, { verb: 'drift.view', data }) : null,
      openUrl(textsIn(language).openTab, frame.tabUrl),
    ],
    refresh: refreshFor(frame.viewers, 'drift.view', data),
  });
}

const VERDICTS = ['restore', 'accept'] as const satisfies readonly DriftVerdict[];
const STYLES = { restore: 'positive', accept: 'destructive' } as const;

function isTwo({ offers }: DriftCardView, verdict: DriftVerdict): boolean {
  const offer = offers[verdict];
  return offer.yes && offer.two !== undefined;
}

function mayPress(view: DriftCardView, verdict: DriftVerdict): boolean {
  if (view.state !== 'open' || !view.offers[verdict].yes) return false;
  return isTwo(view, verdict) ? view.mayApprove?.yes === true : view.mayDecide?.yes === true;
}

/** What two people are asked, whom it costs cover, and who has said yes; names stand in the copy of those who may see them. */
function twoPeople(view: DriftCardView, verdict: DriftVerdict, { language, timeZone }: Frame): Element | null {
  const offer = view.offers[verdict];
  if (!offer.yes || offer.two === undefined) return null;
  const texts = driftTextsIn(language);
  const given = view.two?.[verdict];
  const lines = [sentence([`${texts.twoTitles[verdict]}: `, { foreign: offer.two[language], max: CHARS_MAX }])];
  const { names } = view;
  if (names !== null && (given?.lost.length ?? 0) > 0) lines.push(whoLoses(given?.lost ?? [], names, language));
  for (const { displayName, by, at } of given?.approvals ?? []) {
    const who = names === null ? texts.somebody : (displayName ?? by.objectId);
    lines.push(
      sentence([`${texts.approvedBy} `, { foreign: who, max: CHARS_MAX }, ', ', momentIn(language, at, timeZone)]),
    );
  }
  if (given != null && given.missing.length > 0) lines.push(ownText(missingWords(given.missing)[language]));
  if (given?.expiresAt != null)
    lines.push(ownText(`${texts.lapses} ${momentIn(language, given.expiresAt, timeZone)}`, { isSubtle: true }));
  return strip('warning', lines);
}

function whoLoses(lost: readonly string[], names: ReadonlyMap<string, string>, language: Language): Element {
  const texts = driftTextsIn(language);
  const shown = lost.slice(0, ROWS_MAX).map((id) => names.get(id.toLowerCase()) ?? id);
  const more = lost.length - shown.length;
  const list = `${shown.join(', ')}${more > 0 ? `, ${texts.more(more)}` : ''}`;
  return sentence([`${texts.whoLoses}: `, { foreign: list, max: NAMES_CHARS_MAX }]);
}

function factsOf(view: DriftCardView, { language, timeZone }: Frame): Element {
  const texts = driftTextsIn(language);
  return facts([
    { title: texts.severity, value: texts.severities[view.severity] },
    { title: texts.differs, value: String(Object.keys(view.after).length) },
    { title: texts.seen, value: momentIn(language, view.firstSeen, timeZone) },
    { title: texts.by, value: texts.actors[view.actor === null ? 'open' : view.actor.kind] },
  ]);
}

function actorLine({ actor }: DriftCardView, { language, timeZone }: Frame): Element | null {
  if (actor === null || actor.kind === 'unnamed') return null;
  const { by } = driftTextsIn(language);
  const who = { foreign: actor.name ?? actor.id, max: CHARS_MAX };
  return sentence([`${by}: `, who, ', ', momentIn(language, actor.at, timeZone)]);
}

function rowsOf({ before, after }: DriftCardView, names: ReadonlyMap<string, string>, { language }: Frame): Element {
  const texts = driftTextsIn(language);
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const said = (value: unknown) => (value === undefined || value === null ? '–' : textOf(value));
  const rows = keys.slice(0, ROWS_MAX).map((key) => [names.get(key) ?? key, said(before[key]), said(after[key])]);
  return table(
    texts.columns.map((title) => ({ title, width: 1 })),
    rows,
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function standing(view: DriftCardView, { language }: Frame): Element {
  if (view.state !== 'open')
    return strip(view.state === 'accepted' ? 'warning' : 'good', [ownText(ENDED_TEXTS[view.state][language])]);
  const refusals =
    view.mayDecide?.yes === true || view.mayApprove?.yes === true ? [view.offers.restore, view.offers.accept] : [];
  const why = refusals.flatMap((offer) =>
    offer.yes ? [] : [sentence([{ foreign: offer.why[language], max: CHARS_MAX }], { size: 'Small' })],
  );
  const failed =
    view.failure === null
      ? []
      : [sentence([{ foreign: view.failure[language], max: CHARS_MAX }], { weight: 'Bolder' })];
  const style = view.severity === 1 ? 'attention' : 'warning';
  return strip(style, [ownText(DRIFT_ADVICE[view.kind][language]), ...failed, ...why]);
}

const EN = {
  severity: 'Urgency',
  severities: { 1: 'look at once', 2: 'look soon' },
  differs: 'Differences',
  seen: 'Found',
  by: 'Done by',
  actors: {
    open: 'the audit log does not say yet',
    user: 'a person whom the audit log names',
    app: 'an application that the audit log names',
    unnamed: 'nobody is named in the audit log',
  },
  columns: ['What', 'Before', 'Now'],
  restore: 'Restore what was approved',
  accept: 'Accept what is there now',
  approve: { restore: 'Approve: restore', accept: 'Approve: accept this loss of cover' },
  twoTitles: { restore: 'To restore takes two people', accept: 'To accept takes two people' },
  whoLoses: 'Who loses cover',
  more: (n: number) => `${n} more`,
  approvedBy: 'Approved by',
  somebody: 'one person',
  lapses: 'The approval lapses',
  review: 'Look and decide',
  gone: 'There is no such finding any more.',
};

type DriftTexts = typeof EN;

const DE: DriftTexts = {
  severity: 'Dringlichkeit',
  severities: { 1: 'sofort ansehen', 2: 'bald ansehen' },
  differs: 'Unterschiede',
  seen: 'Gefunden',
  by: 'Urheber',
  actors: {
    open: 'das Überwachungsprotokoll sagt es noch nicht',
    user: 'eine Person, die das Überwachungsprotokoll nennt',
    app: 'eine Anwendung, die das Überwachungsprotokoll nennt',
    unnamed: 'das Überwachungsprotokoll nennt niemanden',
  },
  columns: ['Was', 'Vorher', 'Jetzt'],
  restore: 'Freigegebenes wiederherstellen',
  accept: 'Jetzigen Stand annehmen',
  approve: { restore: 'Freigeben: wiederherstellen', accept: 'Freigeben: diesen Verlust an Schutz annehmen' },
  twoTitles: { restore: 'Wiederherstellen braucht zwei Personen', accept: 'Annehmen braucht zwei Personen' },
  whoLoses: 'Wer Schutz verliert',
  more: (n) => `${n} weitere`,
  approvedBy: 'Freigegeben von',
  somebody: 'einer Person',
  lapses: 'Die Freigabe verfällt',
  review: 'Ansehen und entscheiden',
  gone: 'Diesen Befund gibt es nicht mehr.',
};

/** The words in a language. */
export function driftTextsIn(language: Language): DriftTexts {
  switch (language) {
    case 'en':
      return EN;
    case 'de':
      return DE;
  }
}
