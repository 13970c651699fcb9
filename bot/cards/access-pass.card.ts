import { PROOF_TEXTS } from '../../src/rollout/access-pass/access-pass-texts.core.ts';
import {
  type PassRegistration,
  type PassRequest,
  type PassState,
  PROOF_KINDS,
} from '../../src/rollout/access-pass/access-pass-types.core.ts';
import type { Sentence } from '../../src/rollout/phases/phase-types.core.ts';
import { type Action, type Card, card, type Element, execute, heading, ownText, sentence, strip } from './card.ts';
import { type HelpTexts, helpTextsIn } from './help-texts.ts';
import { type Language, momentIn, textsIn } from './texts.ts';

export type HelpFrame = { customerId: string; language: Language; timeZone: string };

export type PassView = {
  accountId: string;
  displayName: string;
  requests: readonly PassRequest[];
  /** The latest pass of the person; null: there was none. */
  last: { state: PassState; expiresAt: string | null } | null;
  /** What the press of a button came to, where the rest does not say it. */
  notice: Sentence | 'withdrawn' | 'sessionsAsked' | null;
};

/** The longest note that a card takes. */
const NOTE_CHARS_MAX = 500;
const NAME_CHARS_MAX = 60;

/** The card on which a pass for one person is issued or withdrawn: names stand on it, so it goes to helpers alone. */
export function passCard(view: PassView, frame: HelpFrame): Card {
  const texts = helpTextsIn(frame.language);
  const isLive = view.last?.state === 'issued';
  return card({
    fallbackText: texts.passTitle,
    body: [
      noticeOf(view.notice, frame.language, texts),
      heading(texts.passTitle),
      sentence([texts.passFor, { foreign: view.displayName, max: NAME_CHARS_MAX }], { weight: 'Bolder' }),
      ...view.requests.map((request) => requestOf(request, frame)),
      lastOf(view, frame),
      ownText(texts.passIntro, { isSubtle: true }),
      ...(isLive ? [] : inputs(texts, frame.language)),
    ],
    actions: buttons(view, { frame, texts, isLive }),
  });
}

function noticeOf(notice: PassView['notice'], language: Language, texts: HelpTexts): Element | null {
  if (notice === null) return null;
  if (notice === 'withdrawn') return strip('good', [ownText(texts.withdrawn)]);
  if (notice === 'sessionsAsked') return strip('good', [ownText(texts.sessionsAsked)]);
  return strip('warning', [ownText(notice[language])]);
}

function requestOf({ displayName, at }: PassRequest, { language, timeZone }: HelpFrame): Element {
  const common = textsIn(language);
  const who = { foreign: displayName ?? common.somebody, max: NAME_CHARS_MAX };
  return sentence([helpTextsIn(language).askedBy, who, common.on, momentIn(language, at, timeZone), '.'], {
    spacing: 'Small',
  });
}

function lastOf({ last }: PassView, { language, timeZone }: HelpFrame): Element | null {
  if (last === null) return null;
  const texts = helpTextsIn(language);
  const until =
    last.state === 'issued' && last.expiresAt !== null
      ? ` · ${texts.validUntil}${momentIn(language, last.expiresAt, timeZone)}`
      : '';
  return ownText(`${texts.last}${texts.states[last.state]}${until}`, { spacing: 'Small' });
}

function inputs(texts: HelpTexts, language: Language): Element[] {
  const choices = PROOF_KINDS.map((kind) => ({ title: PROOF_TEXTS[kind][language], value: kind }));
  return [
    {
      ...{ type: 'Input.ChoiceSet', id: 'proof', label: texts.proof, style: 'expanded', choices },
    },
    { type: 'Input.Text', id: 'note', label: texts.note, maxLength: NOTE_CHARS_MAX },
    { type: 'Input.Number', id: 'minutes', label: texts.minutes, min: 10, max: 480 },
    { type: 'Input.Text', id: 'override', label: texts.override, maxLength: NOTE_CHARS_MAX },
  ];
}

function buttons(
  view: Pick<PassView, 'accountId'>,
  { frame, texts, isLive }: { frame: HelpFrame; texts: HelpTexts; isLive: boolean },
): Action[] {
  const data = { customer: frame.customerId, id: view.accountId };
  const first = isLive
    ? execute(texts.withdraw, { verb: 'pass.withdraw', data })
    : execute(texts.issue, { verb: 'pass.issue', data, style: 'positive' });
  return [first, execute(texts.endSessions, { verb: 'sessions.end', data, style: 'destructive' })];
}

/**
 * The one showing of a pass, for the answer to whoever issued it. This card is never stored, posted or drawn again.
 */
export function issuedCard(
  view: { accountId: string; displayName: string; secret: string; expiresAt: string },
  frame: HelpFrame,
): Card {
  const texts = helpTextsIn(frame.language);
  const data = { customer: frame.customerId, id: view.accountId };
  const secret = { type: 'TextRun', text: view.secret, size: 'ExtraLarge', weight: 'Bolder', fontType: 'Monospace' };
  return card({
    fallbackText: texts.passTitle,
    body: [
      heading(texts.passTitle),
      sentence([texts.passFor, { foreign: view.displayName, max: NAME_CHARS_MAX }], { weight: 'Bolder' }),
      strip('attention', [ownText(texts.issued), { type: 'RichTextBlock', inlines: [secret] }]),
      ownText(`${texts.validUntil}${momentIn(frame.language, view.expiresAt, frame.timeZone)}`),
      ownText(texts.goTo),
      ownText(texts.lostHint, { isSubtle: true }),
    ],
    actions: [execute(texts.withdraw, { verb: 'pass.withdraw', data })],
  });
}

/** Tells that a method was registered after a pass from elsewhere, or from nobody knows where. */
export function alarmCard(
  view: { accountId: string; displayName: string; registration: PassRegistration },
  frame: HelpFrame,
): Card {
  const texts = helpTextsIn(frame.language);
  const { from, usual, verdict, at } = view.registration;
  const data = { customer: frame.customerId, id: view.accountId };
  const isForeign = verdict === 'foreign' && from !== null;
  return card({
    fallbackText: texts.alarmTitle,
    body: [
      strip('attention', [heading(texts.alarmTitle)]),
      sentence(
        [
          { foreign: view.displayName, max: NAME_CHARS_MAX },
          textsIn(frame.language).on,
          momentIn(frame.language, at, frame.timeZone),
          '.',
        ],
        { weight: 'Bolder' },
      ),
      sentence([isForeign ? texts.alarmForeign(from, usual.join(', ')) : texts.alarmUnknown]),
    ],
    actions: [execute(texts.endSessions, { verb: 'sessions.end', data, style: 'destructive' })],
  });
}
