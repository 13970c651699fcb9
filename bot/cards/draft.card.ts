import type { Decision } from '../../src/rollout/approvals/approvals.core.ts';
import {
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
} from './card.ts';
import { customerOf, decidedBy, type ExceptionView, type Frame, noticeOf } from './exceptions.card.ts';
import { type PushPart, pushActions, pushElements } from './push-part.ts';
import { textsIn } from './texts.ts';

/** What the review card of a policy draft says: no names, so that it may stand in the channel. */
export type DraftFacts = {
  digest: string;
  shortDigest: string;
  sentence: string;
  policies: readonly string[];
  changes: number;
  stuck: number;
  findings: number;
  state: { state: 'open' } | { state: 'approved' | 'held' | 'outdated'; decision: Decision };
};

export type DraftView = DraftFacts & {
  /** How an approved draft stands in the tenant; left out where nothing is told of it. */
  push?: PushPart | undefined;
  mayDecide: { yes: true } | { yes: false; why: string } | null;
  notice: ExceptionView['notice'];
};

const SENTENCE_CHARS_MAX = 1_500;

/** The review card; with buttons for somebody who may decide. `mayDecide` null: the copy that everybody sees. */
export function draftCard(view: DraftView, frame: Frame): Card {
  const texts = textsIn(frame.language);
  const { mayDecide } = view;
  const isOpen = view.state.state !== 'approved';
  const data = { customer: frame.customerId, digest: view.digest };
  const seen = 'decision' in view.state ? { seen: view.state.decision.id } : {};
  const decides = isOpen && mayDecide?.yes === true;
  const hold = execute(texts.hold, { verb: 'draft.hold', data: { ...data, ...seen }, style: 'destructive' });
  const approve = execute(texts.approve, { verb: 'draft.approve', data: { ...data, ...seen }, style: 'positive' });
  return card({
    fallbackText: texts.draftTitle,
    body: [
      noticeOf(view.notice, frame),
      heading(texts.draftTitle),
      customerOf(frame),
      sentence([{ foreign: view.sentence, max: SENTENCE_CHARS_MAX }]),
      ownText(texts.draftIntro, { isSubtle: true, size: 'Small' }),
      countsOf(view, frame),
      stateOf(view, frame),
      ...(isOpen || view.push === undefined ? [] : pushElements(view.push, frame.language)),
      mayDecide?.yes === false && isOpen
        ? ownText(`${texts.notYourDecision} ${mayDecide.why}`, { isSubtle: true })
        : null,
    ],
    actions: [
      decides ? approve : null,
      decides && view.state.state !== 'held' ? hold : null,
      isOpen && mayDecide === null ? execute(texts.reviewDraft, { verb: 'draft.view', data }) : null,
      ...(isOpen || view.push === undefined ? [] : pushActions(view.push, data, frame.language)),
      openUrl(texts.readInTab, frame.tabUrl),
    ],
    refresh: refreshFor(isOpen || view.push !== undefined ? frame.viewers : [], 'draft.view', data),
  });
}

function countsOf(view: DraftView, { language }: Frame): Element {
  const texts = textsIn(language);
  return facts([
    { title: texts.draftFacts.policies, value: String(view.policies.length) },
    { title: texts.draftFacts.changes, value: String(view.changes) },
    { title: texts.draftFacts.stuck, value: String(view.stuck) },
    { title: texts.draftFacts.findings, value: String(view.findings) },
    { title: texts.content, value: view.shortDigest },
  ]);
}

function stateOf({ state }: DraftView, frame: Frame): Element {
  const texts = textsIn(frame.language);
  switch (state.state) {
    case 'open':
      return strip('warning', [ownText(texts.openDraft)]);
    case 'approved':
      return strip('good', [decidedBy(texts.approvedBy, state.decision, frame)]);
    case 'held':
      return strip('attention', [decidedBy(texts.heldBy, state.decision, frame)]);
    case 'outdated':
      return strip('attention', [decidedBy(texts.draftOutdated, state.decision, frame)]);
  }
}
