import type { Sentence } from '../../src/rollout/phases/phase-types.core.ts';
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
import { customerOf, type Frame } from './exceptions.card.ts';
import type { Language } from './texts.ts';

/** A takeover in counts: names are for the tab. */
export type TakeoverView = {
  state: 'asked' | 'running' | 'done' | 'refused' | 'compensated' | 'standing' | 'undoing' | 'undone' | null;
  digest: string | null;
  shortDigest: string;
  first: readonly { message: Sentence; clear: Sentence }[];
  steps: readonly { does: Sentence; undo: Sentence; state: string; why: string | null }[];
  left: number;
  kept: number;
  approvedBy: readonly string[];
  missing: readonly ('msp' | 'customer')[];
  failure: string | null;
  /** Whether the reader may approve, and undo. */
  mayDecide: boolean;
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
  undo: 'Put everything back',
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
  more: (count) => `und ${count} weitere im Tab`,
  missing: (sides) => `Es fehlt noch die Freigabe: ${sides.join(', ')}.`,
  sides: { msp: 'Techniker des Dienstleisters', customer: 'Freigebender des Kunden' },
  approved: 'Freigegeben von',
  view: 'Plan zeigen',
  approve: 'Diesen Plan freigeben',
  undo: 'Alles zurückstellen',
  openTab: 'Im Tab öffnen',
};

const TEXTS: Readonly<Record<Language, typeof EN>> = { en: EN, de: DE };

/** More steps than this stand in the tab alone. */
const STEPS_MAX = 12;

/** The takeover as it stands: counts and steps, with buttons for those who decide. */
export function takeoverCard(view: TakeoverView, frame: Frame): Card {
  const texts = TEXTS[frame.language];
  const data = { customer: frame.customerId };
  const isOpen = view.state === null && view.digest !== null;
  const stands = view.state !== null && view.state !== 'undone' && view.state !== 'undoing';
  return card({
    fallbackText: texts.title,
    body: [
      heading(texts.title),
      customerOf(frame),
      view.notice === null ? null : strip('accent', [ownText(view.notice[frame.language])]),
      ownText(texts.intro),
      countsOf(view, frame),
      ...view.first.map((gate) => gateOf(gate, frame)),
      view.failure === null ? null : strip('attention', [sentence([view.failure])]),
      ...stepsOf(view, frame),
      approvalsOf(view, frame),
    ],
    actions: [
      view.mayDecide && isOpen
        ? execute(texts.approve, {
            verb: 'takeover.approve',
            data: { ...data, digest: view.digest ?? '' },
            style: 'positive',
          })
        : null,
      view.mayDecide && stands ? execute(texts.undo, { verb: 'takeover.undo', data, style: 'destructive' }) : null,
      view.mayDecide ? null : execute(texts.view, { verb: 'takeover.view', data }),
      openUrl(texts.openTab, frame.tabUrl),
    ],
    refresh: refreshFor(frame.viewers, 'takeover.view', data),
  });
}

function countsOf(view: TakeoverView, { language }: Frame): Element {
  const texts = TEXTS[language];
  const done = view.steps.filter(({ state }) => state === 'done').length;
  return facts([
    { title: texts.facts.state, value: texts.states[view.state ?? 'none'] },
    { title: texts.facts.steps, value: String(view.steps.length) },
    { title: texts.facts.done, value: String(done) },
    { title: texts.facts.left, value: String(view.left) },
    { title: texts.facts.kept, value: String(view.kept) },
    { title: texts.plan, value: view.shortDigest },
  ]);
}

function gateOf({ message, clear }: TakeoverView['first'][number], { language }: Frame): Element {
  return strip('warning', [ownText(message[language]), ownText(clear[language], { isSubtle: true, size: 'Small' })]);
}

function stepsOf({ steps }: TakeoverView, { language }: Frame): Element[] {
  const texts = TEXTS[language];
  const shown = steps
    .slice(0, STEPS_MAX)
    .map(({ does, undo }) => sentence([`${does[language]} · ${texts.back}: ${undo[language]}`], { size: 'Small' }));
  const more = steps.length - shown.length;
  return more > 0 ? [...shown, ownText(texts.more(more), { isSubtle: true, size: 'Small' })] : shown;
}

function approvalsOf({ approvedBy, missing, state, digest }: TakeoverView, { language }: Frame): Element | null {
  const texts = TEXTS[language];
  if (state !== null || digest === null) return null;
  const open = missing.length === 0 ? '' : texts.missing(missing.map((side) => texts.sides[side]));
  const by = approvedBy.length === 0 ? '' : `${texts.approved} ${approvedBy.join(', ')}. `;
  return sentence([`${by}${open}`]);
}
