import type { StuckPerson } from '../../src/rollout/helpdesk/stuck.core.ts';
import type { HelpFrame } from './access-pass.card.ts';
import { actionSet, type Card, card, type Element, execute, heading, openUrl, ownText, sentence } from './card.ts';
import { type HelpTexts, helpTextsIn } from './help-texts.ts';
import { dayIn } from './phase-texts.ts';
import { textsIn } from './texts.ts';

/** So many people with their reasons leave the card small enough. */
const PEOPLE_MAX = 8;
const REASONS_MAX = 3;

/** Who is stuck and why, with the next step for each: names stand on it, so it goes to helpers alone. */
export function stuckCard(people: readonly StuckPerson[], frame: HelpFrame & { tabUrl: string }): Card {
  const texts = helpTextsIn(frame.language);
  const left = people.length - PEOPLE_MAX;
  return card({
    fallbackText: texts.stuckTitle,
    body: [
      heading(texts.stuckTitle),
      people.length === 0 ? ownText(texts.stuckNone) : null,
      ...people.slice(0, PEOPLE_MAX).flatMap((person) => personOf(person, frame, texts)),
      left > 0 ? ownText(texts.stuckMore(left), { isSubtle: true }) : null,
    ],
    actions: [openUrl(textsIn(frame.language).openTab, frame.tabUrl)],
  });
}

function personOf(person: StuckPerson, frame: HelpFrame, texts: HelpTexts): Element[] {
  const { language, customerId: customer } = frame;
  const lines = person.why
    .slice(0, REASONS_MAX)
    .flatMap(({ text, next }) => [
      sentence([{ foreign: text[language], max: 200 }], { spacing: 'Small' }),
      sentence([texts.stuckNext, next[language]], { size: 'Small', isSubtle: true, spacing: 'None' }),
    ]);
  return [
    sentence(
      [
        { foreign: person.displayName, max: 60 },
        ' · ',
        { foreign: texts.stuckFor(person.phase, dayIn(language, person.enforceOn)), max: 120 },
      ],
      { weight: 'Bolder', spacing: 'Large' },
    ),
    ...lines,
    actionSet([execute(texts.showPass, { verb: 'pass.view', data: { customer, id: person.accountId } })]),
  ];
}
