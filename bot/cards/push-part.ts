import { type Action, type ActionData, type Element, execute, ownText, sentence, strip } from './card.ts';
import { pushTextsIn } from './push-texts.ts';
import type { Language } from './texts.ts';

export type PushState = 'asked' | 'running' | 'live' | 'refused' | 'compensated' | 'standing' | 'undoing' | 'undone';

/** How a draft stands in the tenant. */
export type PushPart = {
  /** The newest push; null before the first. */
  last: { state: PushState; failure: string | null; done: number; all: number } | null;
  /** What pushing would write, and what forbids it; null for whoever may not push, and where nothing is to be pushed. */
  preview: { steps: readonly string[]; refusal: string | null } | null;
};

const UNDER_WAY: readonly PushState[] = ['asked', 'running', 'undoing'];
const STEPS_SHOWN = 12;
const STEP_CHARS_MAX = 160;
const WHY_CHARS_MAX = 700;

/** Whether a job works on it at this moment. */
export function isUnderWay({ last }: PushPart): boolean {
  return last !== null && UNDER_WAY.includes(last.state);
}

/** What the draft's card says of the push: for everybody how it stands, for an engineer what it would write. */
export function pushElements(push: PushPart, language: Language): Element[] {
  const texts = pushTextsIn(language);
  const { last, preview } = push;
  const told =
    last === null
      ? []
      : [
          strip(LOOK[last.state], [
            ownText(texts.states[last.state]),
            ...(last.failure === null ? [] : [sentence([{ foreign: last.failure, max: WHY_CHARS_MAX }])]),
            ...(isUnderWay(push) && last.all > 0 ? [ownText(texts.progress(last.done, last.all))] : []),
          ]),
        ];
  if (preview === null || isUnderWay(push)) return told;
  const left = preview.steps.length - STEPS_SHOWN;
  return [
    ...told,
    ownText(preview.steps.length === 0 ? texts.nothing : texts.preview),
    ...preview.steps.slice(0, STEPS_SHOWN).map((step) => sentence(['• ', { foreign: step, max: STEP_CHARS_MAX }])),
    ...(left > 0 ? [ownText(texts.more(left), { isSubtle: true })] : []),
    ...(preview.refusal === null
      ? []
      : [strip('attention', [ownText(texts.refused), sentence([{ foreign: preview.refusal, max: WHY_CHARS_MAX }])])]),
  ];
}

const LOOK: Record<PushState, 'good' | 'warning' | 'attention'> = {
  ...{ asked: 'warning', running: 'warning', undoing: 'warning', live: 'good', undone: 'warning' },
  ...{ refused: 'attention', compensated: 'attention', standing: 'attention' },
};

/** The buttons of whoever may push. */
export function pushActions(push: PushPart, data: ActionData, language: Language): Action[] {
  const texts = pushTextsIn(language);
  if (push.preview === null) return [];
  if (isUnderWay(push)) return [execute(texts.lookAgain, { verb: 'draft.view', data })];
  const { steps, refusal } = push.preview;
  const stands = push.last?.state === 'live' || push.last?.state === 'standing';
  return [
    ...(steps.length > 0 && refusal === null
      ? [execute(texts.push(steps.length), { verb: 'draft.push', data, style: 'positive' })]
      : []),
    ...(stands ? [execute(texts.undo, { verb: 'draft.undo', data, style: 'destructive' })] : []),
  ];
}
