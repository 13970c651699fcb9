import { actionSet, type Card, card, execute, facts, heading, openUrl, ownText, sentence } from './card.ts';
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

/** How far the enrolment is; counts only. */
export function statusCard(given: {
  language: Language;
  customerId: string;
  counts: Record<'capable' | 'not' | 'unknown', number> | null;
  tabUrl: string;
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
    body: [heading(texts.statusTitle), counts === null ? ownText(texts.noData) : facts(rows)],
    actions: [
      execute(texts.showExceptions, { verb: 'exceptions.view', data }),
      execute(texts.showDraft, { verb: 'draft.view', data }),
      openUrl(texts.openTab, given.tabUrl),
    ],
  });
}
