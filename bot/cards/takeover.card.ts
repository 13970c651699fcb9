import type { Sentence } from '../../src/rollout/phases/phase-types.core.ts';
import { type UndoPreview, undoneWords, undoWords } from '../../src/rollout/takeover/undo-texts.core.ts';
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
} from './card.ts';
import { customerOf, type Frame } from './exceptions.card.ts';
import type { Language } from './texts.ts';

type StepState = 'planned' | 'begun' | 'done' | 'skipped' | 'undone' | 'left';

/** A takeover in counts, with the first of its steps: the people are for the tab. */
export type TakeoverView = {
  state: 'asked' | 'running' | 'done' | 'refused' | 'compensated' | 'standing' | 'undoing' | 'undone' | null;
  digest: string | null;
  shortDigest: string;
  first: readonly { message: Sentence; clear: Sentence }[];
  steps: readonly { does: Sentence; undo: Sentence; state: StepState; why: string | null }[];
  left: number;
  kept: number;
  approvedBy: readonly string[];
  missing: readonly ('msp' | 'customer')[];
  failure: string | null;
  /** Whether the reader may approve, and undo. */
  mayDecide: boolean;
  /** How undoing everything stands; `isAsked`: the reader wishes it and has to confirm it. */
  everything: {
    preview: UndoPreview;
    last: { state: 'begun' | 'undone' | 'standing'; left: readonly { step: string; why: string }[] } | null;
    isAsked: boolean;
  };
  /** How a press ended. */
  notice: Sentence | null;
};

const EN = {
  title: 'Take out old MFA',
  intro:
    'Everyone answers to the enforcing policy. What asked for MFA before it is taken out step by step; everything can be put back.',
  states: {
    none: 'planned',
    asked: 'begins',
    running: 'under way',
    done: 'done',
    refused: 'refused',
    compensated: 'failed, everything was put back',
    standing: 'put back in part',
    undoing: 'is being put back',
    undone: 'put back',
  },
  facts: {
    state: 'State',
    steps: 'Steps',
    done: 'Done',
    left: 'Old policies left',
    kept: 'People who keep per-user MFA',
  },
  plan: 'Plan',
  back: 'Way back',
  more: (count: number) => `and ${count} more in the tab`,
  missing: (sides: readonly string[]) => `Still to approve: ${sides.join(', ')}.`,
  sides: { msp: 'the service provider’s engineer', customer: 'the customer’s approver' },
  approved: 'Approved by',
  view: 'Show plan',
  approve: 'Approve this plan',
  undo: 'Put the old MFA back',
  everything: 'Undo everything …',
  sure: 'Undo everything? This is what happens:',
  yes: 'Yes, undo everything',
  no: 'Keep it as it is',
  stateOf: { planned: '', begun: 'begun', done: 'done', skipped: 'passed over', undone: 'put back', left: 'left' },
  openTab: 'Open in the tab',
};

const DE: typeof EN = {
  title: 'Alte MFA herausnehmen',
  intro:
    'Alle unterliegen der erzwingenden Richtlinie. Was vorher MFA verlangte, wird Schritt für Schritt herausgenommen; alles lässt sich zurückstellen.',
  states: {
    none: 'geplant',
    asked: 'beginnt',
    running: 'läuft',
    done: 'erledigt',
    refused: 'abgelehnt',
    compensated: 'gescheitert, alles wurde zurückgestellt',
    standing: 'teilweise zurückgestellt',
    undoing: 'wird zurückgestellt',
    undone: 'zurückgestellt',
  },
  facts: {
    ...{ state: 'Stand', steps: 'Schritte', done: 'Erledigt', left: 'Alte Richtlinien, die bleiben' },
    kept: 'Personen, die benutzerbasierte MFA behalten',
  },
  plan: 'Plan',
  back: 'Weg zurück',
  more: (count) => `und ${count} weitere in der Registerkarte`,
  missing: (sides) => `Es fehlt noch die Freigabe: ${sides.join(', ')}.`,
  sides: { msp: 'Techniker des Dienstleisters', customer: 'Freigebender des Kunden' },
  approved: 'Freigegeben von',
  view: 'Plan zeigen',
  approve: 'Diesen Plan freigeben',
  undo: 'Alte MFA zurückstellen',
  everything: 'Alles zurücknehmen …',
  sure: 'Alles zurücknehmen? Das geschieht dann:',
  yes: 'Ja, alles zurücknehmen',
  no: 'So lassen',
  stateOf: {
    ...{ planned: '', begun: 'begonnen', done: 'erledigt', skipped: 'übergangen' },
    ...{ undone: 'zurückgestellt', left: 'belassen' },
  },
  openTab: 'Zur Registerkarte',
};

const TEXTS: Readonly<Record<Language, typeof EN>> = { en: EN, de: DE };

/** More steps than this stand in the tab alone, and longer texts are cut. */
const STEPS_MAX = 10;
const WORDS_MAX = 160;
const FAILURE_MAX = 400;
const APPROVERS_MAX = 4;
const LEFT_MAX = 5;

/** The takeover as it stands: counts and steps, with buttons for those who decide. */
export function takeoverCard(view: TakeoverView, frame: Frame): Card {
  const texts = TEXTS[frame.language];
  const data = { customer: frame.customerId };
  const { failure, notice } = view;
  const { isAsked } = view.everything;
  const plan = [
    ownText(texts.intro),
    countsOf(view, frame),
    ...view.first.map((gate) => gateOf(gate, frame)),
    failure === null ? null : strip('attention', [sentence([{ foreign: failure, max: FAILURE_MAX }])]),
    ...stepsOf(view, frame),
    approvalsOf(view, frame),
  ];
  return card({
    fallbackText: texts.title,
    body: [
      heading(texts.title),
      customerOf(frame),
      notice === null ? null : strip('accent', [ownText(notice[frame.language])]),
      isAsked ? confirmationOf(view, frame) : undoneOf(view, frame),
      ...(isAsked ? [] : plan),
    ],
    actions: isAsked ? confirming(frame) : actionsOf(view, frame),
    refresh: refreshFor(frame.viewers, 'takeover.view', data),
  });
}

function actionsOf(view: TakeoverView, frame: Frame): (Action | null)[] {
  const texts = TEXTS[frame.language];
  const data = { customer: frame.customerId };
  const isOpen = view.state === null && view.digest !== null;
  const { policies, groups } = view.everything.preview;
  const isUndoable = view.state !== null && view.state !== 'undone' && view.state !== 'undoing';
  const approve = {
    verb: 'takeover.approve',
    data: { ...data, digest: view.digest ?? '' },
    style: 'positive',
  } as const;
  return [
    view.mayDecide && isOpen ? execute(texts.approve, approve) : null,
    view.mayDecide && isUndoable ? execute(texts.undo, { verb: 'takeover.undo', data, style: 'destructive' }) : null,
    view.mayDecide && policies + groups > 0 ? execute(texts.everything, { verb: 'undo.ask', data }) : null,
    view.mayDecide ? null : execute(texts.view, { verb: 'takeover.view', data }),
    openUrl(texts.openTab, frame.tabUrl),
  ];
}

function confirming({ customerId, language }: Frame): Action[] {
  const texts = TEXTS[language];
  const data = { customer: customerId };
  return [
    execute(texts.yes, { verb: 'undo.everything', data, style: 'destructive' }),
    execute(texts.no, { verb: 'takeover.view', data }),
  ];
}

/** What undoing everything would do, before somebody confirms it. */
function confirmationOf({ everything }: TakeoverView, { language }: Frame): Element {
  const does = undoWords(everything.preview).map((one) => sentence([{ foreign: one[language], max: FAILURE_MAX }]));
  return strip('warning', [ownText(TEXTS[language].sure, { weight: 'Bolder' }), ...does]);
}

/** How the last undoing of everything stands. */
function undoneOf({ everything: { last } }: TakeoverView, { language }: Frame): Element | null {
  if (last === null) return null;
  const left = last.left
    .slice(0, LEFT_MAX)
    .map(({ step, why }) => sentence([{ foreign: `${step}: ${why}`, max: WORDS_MAX }], { size: 'Small' }));
  const more = last.left.length - left.length;
  return strip(last.state === 'standing' ? 'attention' : 'accent', [
    ownText(undoneWords(last.state, last.left.length)[language]),
    ...left,
    ...(more > 0 ? [ownText(TEXTS[language].more(more), { isSubtle: true, size: 'Small' })] : []),
  ]);
}

function countsOf(view: TakeoverView, { language }: Frame): Element {
  const texts = TEXTS[language];
  const done = view.steps.filter(({ state }) => state === 'done').length;
  return facts([
    { title: texts.facts.state, value: texts.states[view.state ?? 'none'] },
    { title: texts.facts.steps, value: String(view.steps.length) },
    ...(view.state === null ? [] : [{ title: texts.facts.done, value: String(done) }]),
    { title: texts.facts.left, value: String(view.left) },
    { title: texts.facts.kept, value: String(view.kept) },
    ...(view.digest === null ? [] : [{ title: texts.plan, value: view.shortDigest }]),
  ]);
}

function gateOf({ message, clear }: TakeoverView['first'][number], { language }: Frame): Element {
  return strip('warning', [ownText(message[language]), ownText(clear[language], { isSubtle: true, size: 'Small' })]);
}

function stepsOf({ steps }: TakeoverView, { language }: Frame): Element[] {
  const texts = TEXTS[language];
  const shown = steps.slice(0, STEPS_MAX).map((step, index) => stepOf(step, { language, number: index + 1 }));
  const more = steps.length - shown.length;
  return more > 0 ? [...shown, ownText(texts.more(more), { isSubtle: true, size: 'Small' })] : shown;
}

function stepOf(
  { does, undo, state, why }: TakeoverView['steps'][number],
  { language, number }: { language: Language; number: number },
): Element {
  const texts = TEXTS[language];
  const reached = texts.stateOf[state];
  const told = `${does[language]}${reached === '' ? '' : ` (${reached})`}`;
  return sentence(
    [
      `${number}. `,
      { foreign: told, max: WORDS_MAX },
      ...(why === null ? [] : [' – ', { foreign: why, max: WORDS_MAX }]),
      ` · ${texts.back}: `,
      { foreign: undo[language], max: WORDS_MAX },
    ],
    { size: 'Small' },
  );
}

function approvalsOf({ approvedBy, missing, state, digest }: TakeoverView, { language }: Frame): Element | null {
  const texts = TEXTS[language];
  if (state !== null || digest === null) return null;
  const open = missing.length === 0 ? '' : texts.missing(missing.map((side) => texts.sides[side]));
  const by = approvedBy.slice(0, APPROVERS_MAX).flatMap((foreign) => [' ', { foreign, max: 60 }]);
  return sentence(by.length === 0 ? [open] : [texts.approved, ...by, '. ', open]);
}
