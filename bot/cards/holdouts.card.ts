import type { HoldoutAnswer, HoldoutStep } from '../../src/rollout/holdouts/holdout-types.core.ts';
import type { Sentence } from '../../src/rollout/phases/phase-types.core.ts';
import {
  type Action,
  actionSet,
  type Card,
  card,
  type Element,
  execute,
  heading,
  openUrl,
  ownText,
  sentence,
  strip,
} from './card.ts';
import { type HoldoutTexts, holdoutTextsIn } from './holdout-texts.ts';
import { dayIn } from './phase-texts.ts';
import { type Language, momentIn, textsIn } from './texts.ts';

/** One person of a manager's own. */
export type HoldoutLine = {
  accountId: string;
  displayName: string;
  step: HoldoutStep;
  standing: 'open' | 'enrolled' | 'excused';
  /** Why he is on the engineer's list. */
  why: Sentence | null;
  answer: HoldoutAnswer | null;
  reminded: HoldoutAnswer | null;
  /** Whether the answer waits for the approver's signature. */
  isProposed: boolean;
  seen: number;
};

export type HoldoutView = {
  rolloutId: string;
  ordinal: number;
  phase: string;
  enforceOn: string;
  list: 'mine' | 'engineer';
  lines: readonly HoldoutLine[];
  /** How the press of a button ended, where the lines do not say it. */
  notice: { already: HoldoutAnswer } | { over: Sentence } | { said: Sentence } | null;
};

export type HoldoutFrame = { customerId: string; language: Language; timeZone: string; tabUrl: string };

/** Five buttons a person take room: so many bytes of them, and of those who are done, leave the card small enough. */
const OPEN_BYTES = 18_500;
const DONE_BYTES = 3_500;
const NAME_CHARS_MAX = 60;

/** The card of one list: names stand on it, so it goes into a personal chat and nowhere else. */
export function holdoutsCard(view: HoldoutView, frame: HoldoutFrame): Card {
  const texts = holdoutTextsIn(frame.language);
  const isMine = view.list === 'mine';
  const open = view.lines.filter(({ standing }) => standing === 'open');
  const done = view.lines.filter(({ standing }) => standing === 'enrolled');
  const shown = fitting(
    open.map((line) => personOf(line, { view, frame, texts })),
    OPEN_BYTES,
  );
  const left = open.length - shown.length;
  const title = isMine ? texts.title : texts.engineerTitle;
  const intro = isMine ? texts.intro[open[0]?.step ?? 'before'] : texts.engineerIntro;
  return card({
    fallbackText: title,
    body: [
      noticeOf(view, frame),
      heading(title),
      sentence([{ foreign: view.phase, max: 80 }, texts.phase(dayIn(frame.language, view.enforceOn))], {
        weight: 'Bolder',
        spacing: 'Small',
      }),
      ownText(open.length === 0 ? texts.allDone : intro),
      ...shown.flat(),
      left > 0 ? ownText(texts.more(left), { isSubtle: true }) : null,
      ...fitting(
        done.map(({ displayName }) => doneOf(displayName, texts)),
        DONE_BYTES,
      ),
    ],
    actions: [openUrl(textsIn(frame.language).openTab, frame.tabUrl)],
  });
}

/** The first of these parts that fit together into so many bytes. */
function fitting<T>(parts: readonly T[], bytesMax: number): T[] {
  let bytes = 0;
  const isFull = (part: T) => {
    bytes += Buffer.byteLength(JSON.stringify(part));
    return bytes > bytesMax;
  };
  const end = parts.findIndex(isFull);
  return parts.slice(0, end === -1 ? parts.length : end);
}

type Drawing = { view: HoldoutView; frame: HoldoutFrame; texts: HoldoutTexts };

function personOf(line: HoldoutLine, drawing: Drawing): Element[] {
  const { frame, texts } = drawing;
  return [
    sentence([{ foreign: line.displayName, max: NAME_CHARS_MAX }], { weight: 'Bolder', spacing: 'Large' }),
    ...(line.why === null ? [] : [ownText(line.why[frame.language], { isSubtle: true, spacing: 'None' })]),
    ...[line.reminded, line.answer].flatMap((answer) =>
      answer === null ? [] : [sentence(answerParts(answer, frame), { size: 'Small', spacing: 'None' })],
    ),
    ...(line.isProposed ? [ownText(texts.toSign, { size: 'Small', isSubtle: true, spacing: 'None' })] : []),
    { type: 'Input.Date', id: dayInput(line.accountId), label: texts.day, spacing: 'Small' },
    actionSet(buttonsOf(line, drawing)),
  ];
}

/** The name under which a person's date comes back with every press. */
export function dayInput(accountId: string): string {
  return `until-${accountId}`;
}

function buttonsOf(line: HoldoutLine, { view, frame, texts }: Drawing): Action[] {
  const data = {
    ...{ customer: frame.customerId, id: view.rolloutId, phase: String(view.ordinal) },
    ...{ who: line.accountId, list: view.list, seen: String(line.seen) },
  };
  return [
    execute(texts.remind, { verb: 'holdouts.remindNow', data, style: 'positive' }),
    execute(texts.onLeave, { verb: 'holdouts.onLeave', data }),
    execute(texts.extend, { verb: 'holdouts.extend', data }),
    execute(texts.token, { verb: 'holdouts.needsToken', data }),
    execute(texts.tap, { verb: 'holdouts.tapRequest', data }),
  ];
}

function answerParts(
  { kind, until, displayName, at }: HoldoutAnswer,
  { language, timeZone }: HoldoutFrame,
): Parameters<typeof sentence>[0] {
  const texts = holdoutTextsIn(language);
  const common = textsIn(language);
  const day = until === null ? '' : texts.until(dayIn(language, until));
  const who = { foreign: displayName ?? common.somebody, max: NAME_CHARS_MAX };
  return [texts.answers[kind], who, day, common.on, momentIn(language, at, timeZone), '.'];
}

function doneOf(displayName: string, texts: HoldoutTexts): Element {
  return sentence(['✓ ', { foreign: displayName, max: NAME_CHARS_MAX }, texts.done], {
    color: 'Good',
    spacing: 'Small',
  });
}

function noticeOf({ notice }: HoldoutView, frame: HoldoutFrame): Element | null {
  const texts = holdoutTextsIn(frame.language);
  if (notice === null) return null;
  if ('already' in notice) return strip('accent', [sentence([texts.already, ...answerParts(notice.already, frame)])]);
  if ('over' in notice) return strip('good', [ownText(`${texts.over}${notice.over[frame.language]}`)]);
  return strip('accent', [ownText(notice.said[frame.language])]);
}
