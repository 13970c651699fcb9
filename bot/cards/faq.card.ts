import { type Card, card, type Element, execute, facts, heading, openUrl, ownText, sentence, strip } from './card.ts';
import { type Language, momentIn, textsIn } from './texts.ts';

/** What the master list says about the one who asks; null: he is not in it. */
export type OwnFacts = { enrolment: 'capable' | 'not' | 'unknown'; methods: readonly string[] } | null;

export type Answer = {
  customerId: string;
  language: Language;
  topic: { id: string; title: string; answer: string; nextStep: string };
  guideUrl: string | null;
  /** Undefined in a channel: nobody's private facts stand there. */
  own: OwnFacts | undefined;
};

/** The answer to a question. In a channel it offers the private answer instead of private facts. */
export function answerCard(given: Answer): Card {
  const texts = textsIn(given.language);
  const { topic, own } = given;
  const data = { customer: given.customerId, topic: topic.id };
  return card({
    fallbackText: topic.title,
    body: [
      heading(topic.title),
      ownText(topic.answer),
      topic.nextStep === '' ? null : ownText(topic.nextStep, { weight: 'Bolder' }),
      own === undefined ? null : ownFactsOf(own, given.language),
    ],
    actions: [
      given.guideUrl === null ? null : openUrl(texts.openGuide, given.guideUrl),
      own === undefined ? execute(texts.answerPrivately, { verb: 'faq.private', data }) : null,
      execute(texts.notHelpful, { verb: 'faq.person', data }),
    ],
  });
}

function ownFactsOf(own: OwnFacts, language: Language): Element {
  const texts = textsIn(language);
  if (own === null) return strip('emphasis', [ownText(texts.notInList)]);
  const style = own.enrolment === 'capable' ? 'good' : own.enrolment === 'not' ? 'warning' : 'emphasis';
  return strip(style, [ownText(texts.enrolment[own.enrolment], { weight: 'Bolder' }), methodsOf(own, language)]);
}

function methodsOf({ methods }: NonNullable<OwnFacts>, language: Language): Element {
  const texts = textsIn(language);
  const names = methods.length === 0 ? [texts.noMethods] : [{ foreign: namesOf(methods, language), max: 300 }];
  return sentence([texts.methods, ...names]);
}

/** Graph's words for methods in those of people; a word that is new to us stays as it is. */
function namesOf(methods: readonly string[], language: Language): string {
  const { methodNames } = textsIn(language);
  return methods.map((method) => (Object.hasOwn(methodNames, method) ? methodNames[method] : method)).join(', ');
}

export type Candidate = { topic: string; title: string };

/** The question back: the topics that could be meant, one button each. */
export function askBackCard(given: { customerId: string; language: Language; candidates: readonly Candidate[] }): Card {
  const texts = textsIn(given.language);
  // One below the other: their titles are too long for a row.
  const buttons = given.candidates.slice(0, 5).map(({ topic, title }) => ({
    type: 'ActionSet',
    spacing: 'Small',
    actions: [execute(title, { verb: 'faq.topic', data: { customer: given.customerId, topic } })],
  }));
  return card({
    fallbackText: texts.askBack,
    body: [heading(texts.askBack), ownText(texts.askBackIntro), ...buttons],
  });
}

/** Every question of the FAQ to pick from; with the answer to the one that was picked. */
export function faqCard(given: {
  customerId: string;
  language: Language;
  topics: readonly Candidate[];
  guideUrl: string;
  picked: { id: string; title: string; answer: string; nextStep: string } | null;
}): Card {
  const texts = textsIn(given.language);
  const { picked } = given;
  const choices = given.topics.map(({ topic, title }) => ({ title, value: topic }));
  return card({
    fallbackText: texts.faqTitle,
    body: [
      heading(texts.faqTitle),
      ownText(texts.faqIntro),
      {
        type: 'Input.ChoiceSet',
        id: 'topic',
        label: texts.question,
        choices,
        value: picked?.id ?? choices[0]?.value ?? '',
        isRequired: true,
        errorMessage: texts.faqIntro,
      },
      picked === null
        ? null
        : strip('emphasis', [
            ownText(picked.title, { weight: 'Bolder' }),
            ownText(picked.answer),
            ...(picked.nextStep === '' ? [] : [ownText(picked.nextStep)]),
          ]),
    ],
    actions: [
      execute(texts.faqPick, { verb: 'faq.pick', data: { customer: given.customerId } }),
      openUrl(texts.openGuide, given.guideUrl),
    ],
  });
}

export type HandOverFacts = {
  asker: string | null;
  question: string;
  topicTitle: string | null;
  own: OwnFacts;
  threadUrl: string | null;
};

/** What the helpdesk gets: the question with what is known about the one who asks. */
export function handOverCard(given: {
  customerId: string;
  id: string;
  language: Language;
  timeZone: string;
  facts: HandOverFacts;
  taken: { displayName: string | null; at: string } | null;
}): Card {
  const texts = textsIn(given.language);
  const { asker, question, topicTitle, own, threadUrl } = given.facts;
  const rows = [
    ...(topicTitle === null ? [] : [{ title: texts.topic, value: topicTitle }]),
    { title: texts.enrolled, value: own === null ? texts.enrolledValues.unknown : texts.enrolledValues[own.enrolment] },
  ];
  const methods = own === null || own.methods.length === 0 ? texts.noMethods : namesOf(own.methods, given.language);
  return card({
    fallbackText: texts.handOverTitle,
    body: [
      heading(texts.handOverTitle),
      sentence([{ foreign: asker ?? texts.somebody }, texts.asks], { weight: 'Bolder' }),
      { type: 'Container', style: 'emphasis', items: [sentence([{ foreign: question, max: 1_000 }])] },
      facts(rows),
      sentence([`${texts.registered}: `, { foreign: methods, max: 300 }]),
      given.taken === null ? null : takenStrip(given.taken, given),
    ],
    actions: [
      given.taken === null
        ? execute(texts.take, {
            verb: 'handOver.take',
            data: { customer: given.customerId, id: given.id },
            style: 'positive',
          })
        : null,
      threadUrl === null ? null : openUrl(texts.openThread, threadUrl),
    ],
  });
}

function takenStrip(
  taken: { displayName: string | null; at: string },
  { language, timeZone }: { language: Language; timeZone: string },
): Element {
  const texts = textsIn(language);
  const who = { foreign: taken.displayName ?? texts.somebody };
  return strip('good', [sentence([texts.takenBy, who, texts.on, momentIn(language, taken.at, timeZone), '.'])]);
}
