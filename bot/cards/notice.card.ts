import { type Card, card, execute, facts, heading, openUrl, ownText } from './card.ts';
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
