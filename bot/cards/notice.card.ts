import type { PhaseState } from '../../src/rollout/phases/phase-types.core.ts';
import {
  actionSet,
  type Card,
  card,
  type Element,
  execute,
  facts,
  heading,
  openUrl,
  ownText,
  sentence,
  strip,
} from './card.ts';
import { dayIn, phaseTextsIn } from './phase-texts.ts';
import { type Language, textsIn } from './texts.ts';

/** What the bot is there for. */
export function helpCard({ language, guideUrl }: { language: Language; guideUrl: string | null }): Card {
  const texts = textsIn(language);
  return card({
    fallbackText: texts.helpIntro,
    body: [heading(texts.helpTitle), ownText(texts.helpIntro), ownText(texts.helpExamples)],
    actions: [guideUrl === null ? null : openUrl(texts.openGuide, guideUrl)],
  });
}

/** Where the enrolment guide stands. */
export function guideCard({ language, guideUrl }: { language: Language; guideUrl: string }): Card {
  const texts = textsIn(language);
  return card({
    fallbackText: `${texts.guideTitle}: ${guideUrl}`,
    body: [heading(texts.guideTitle), ownText(texts.guideIntro)],
    actions: [openUrl(texts.openGuide, guideUrl)],
  });
}

/** Asks a member to do what a bot cannot: pin. */
export function pinCard({ language, guideUrl }: { language: Language; guideUrl: string }): Card {
  const texts = textsIn(language);
  return card({
    fallbackText: texts.pinTitle,
    body: [heading(texts.pinTitle), ownText(texts.pinIntro)],
    actions: [openUrl(texts.openGuide, guideUrl)],
  });
}

/** One sentence of ours as a card. */
export function messageCard({ text }: { text: string }): Card {
  return card({ fallbackText: text, body: [ownText(text)] });
}

/** Says that the message before this one may be missing; a question for the helpdesk can be shown from here. */
export function lostCard(given: { customerId: string; language: Language; handOverId: string | null }): Card {
  const { customerId, language, handOverId: id } = given;
  const texts = textsIn(language);
  const text = id === null ? texts.lost : texts.lostQuestion;
  const show =
    id === null ? null : execute(texts.showQuestion, { verb: 'handOver.view', data: { customer: customerId, id } });
  return card({ fallbackText: text, body: [ownText(text)], actions: [show] });
}

export type CustomerStatus = {
  customerId: string;
  name: string;
  counts: Record<'capable' | 'not' | 'unknown', number> | null;
};

/** A card that names more would be too long to read; the tab lists them all. */
const CUSTOMERS_MAX = 10;

/** How far the enrolment is at each of the customers that somebody of ours works for, with the way to the decisions. */
export function customersCard(given: { language: Language; customers: readonly CustomerStatus[] }): Card {
  const texts = textsIn(given.language);
  const left = given.customers.length - CUSTOMERS_MAX;
  return card({
    fallbackText: texts.statusTitle,
    body: [
      heading(texts.statusTitle),
      ...given.customers.slice(0, CUSTOMERS_MAX).flatMap(({ customerId, name, counts }) => {
        const data = { customer: customerId };
        const words = counts === null ? texts.noData : texts.statusLine(counts);
        return [
          sentence([{ foreign: name, max: 80 }], { weight: 'Bolder', spacing: 'Large' }),
          ownText(words, { spacing: 'None' }),
          actionSet([
            execute(texts.showExceptions, { verb: 'exceptions.view', data }),
            execute(texts.showDraft, { verb: 'draft.view', data }),
          ]),
        ];
      }),
      left > 0 ? ownText(texts.moreCustomers(left), { isSubtle: true }) : null,
    ],
  });
}

/** A phase in one line, named by its rollout and place. */
export type PhaseLine = {
  rolloutId: string;
  ordinal: number;
  name: string;
  state: PhaseState;
  enforceOn: string;
  revision: number;
};

/** Phases that somebody looks at now; the buttons of more would crowd the card. */
const SHOWN_PHASES_MAX = 3;
/** A procedure may have many; the tab lists them all. */
const PHASES_MAX = 12;

function phaseLines(
  phases: readonly PhaseLine[],
  { language, customerId }: { language: Language; customerId: string },
): Element[] {
  const texts = phaseTextsIn(language);
  if (phases.length === 0) return [];
  const shown = phases.filter(({ state }) => state === 'ready' || state === 'blocked').slice(0, SHOWN_PHASES_MAX);
  const left = phases.length - PHASES_MAX;
  return [
    ownText(texts.statusTitle, { weight: 'Bolder', spacing: 'Large' }),
    ...phases.slice(0, PHASES_MAX).map(({ ordinal, name, state, enforceOn }) => {
      const line = `: ${texts.states[state]}, ${dayIn(language, enforceOn)}`;
      return sentence([`${ordinal + 1}. `, { foreign: name, max: 60 }, line], { spacing: 'Small' });
    }),
    ...(left > 0 ? [ownText(texts.moreGates(left), { isSubtle: true })] : []),
    ...(shown.length === 0
      ? []
      : [
          actionSet(
            shown.map(({ rolloutId, ordinal, revision }) => {
              const data = { customer: customerId, id: rolloutId, phase: String(ordinal), revision: String(revision) };
              return execute(texts.statusShow(ordinal + 1), { verb: 'phase.view', data });
            }),
          ),
        ]),
  ];
}

/** The urgent ones first; nothing where nothing stands. */
function driftLine({ drift, language }: { drift?: { urgent: number; other: number } | undefined; language: Language }) {
  if (drift === undefined || drift.urgent + drift.other === 0) return null;
  const line = ownText(textsIn(language).statusDrift(drift));
  return strip(drift.urgent > 0 ? 'attention' : 'warning', [line]);
}

/** How far the enrolment and the phases are; counts only. */
export function statusCard(given: {
  language: Language;
  customerId: string;
  counts: Record<'capable' | 'not' | 'unknown', number> | null;
  tabUrl: string;
  phases: readonly PhaseLine[];
  /** What others changed and nobody decided about; absent for who may not see that. */
  drift?: { urgent: number; other: number } | undefined;
}): Card {
  const texts = textsIn(given.language);
  const { counts } = given;
  const rows =
    counts === null
      ? []
      : (['capable', 'not', 'unknown'] as const).map((state) => ({
          title: texts.statusFacts[state],
          value: String(counts[state]),
        }));
  const data = { customer: given.customerId };
  return card({
    fallbackText: texts.statusTitle,
    body: [
      heading(texts.statusTitle),
      counts === null ? ownText(texts.noData) : facts(rows),
      driftLine(given),
      ...phaseLines(given.phases, given),
    ],
    actions: [
      execute(texts.showExceptions, { verb: 'exceptions.view', data }),
      execute(texts.showDraft, { verb: 'draft.view', data }),
      openUrl(texts.openTab, given.tabUrl),
    ],
  });
}
