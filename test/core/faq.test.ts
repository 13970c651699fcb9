import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFaq } from '../../src/rollout/helpdesk/faq/faq.ts';
import { TOPIC_IDS } from '../../src/rollout/helpdesk/faq/faq-types.core.ts';
import { personalise } from '../../src/rollout/helpdesk/faq/personalise.core.ts';
import { ALL_TOPICS } from '../../src/rollout/helpdesk/faq/topics/all-topics.ts';
import { distance, folded } from '../../src/rollout/helpdesk/faq/words.core.ts';

const faq = createFaq();
const LANGUAGES = ['en', 'de'] as const;

describe('the topics', () => {
  it('are the ones of the rollout, each once', () => {
    expect(faq.topics).toEqual(TOPIC_IDS);
  });

  it.each(ALL_TOPICS)('$id has a short text in both languages', ({ texts }) => {
    for (const language of LANGUAGES) {
      expect(texts[language].answer.split(/\s+/).length).toBeLessThanOrEqual(90);
      expect(texts[language].title.length).toBeGreaterThan(3);
      expect(texts[language].nextStep.length).toBeGreaterThan(10);
    }
  });

  it('do not say that anybody was told: a text is also read where nothing was handed over', () => {
    for (const { texts } of ALL_TOPICS) {
      const said = LANGUAGES.map((language) => `${texts[language].answer} ${texts[language].nextStep}`).join(' ');
      expect(said).not.toMatch(
        /has been told|am passing|will get back|ist informiert|gebe Ihre|meldet sich (hier )?bei/,
      );
    }
  });

  it('tell nobody to pass on a code', () => {
    for (const id of ['unexpected-prompt', 'locked-out', 'talk-to-human'] as const) {
      expect(faq.topic(id, 'en').answer).toMatch(/never|not write/i);
    }
  });
});

describe('ask', () => {
  it.each([
    ['lost my phnoe', 'lost-phone'],
    ['LOST MY PHONE!!!!', 'lost-phone'],
    ['Wo bekomme ich einen Sicherheitsschluessel', 'security-key'],
    ['wo bekomme ich einen sicherheitsschlüßel', 'security-key'],
    ['Wie registriere ich den Autenticator', 'how-to-enrol'],
    ['Hab mein Diensthandy verloren', 'lost-phone'],
    ['<p>How do I set up <b>MFA</b>?</p>', 'how-to-enrol'],
    ['how do I einrichten the Authenticator', 'how-to-enrol'],
  ])('understands %j in spite of its writing', (text, topic) => {
    expect(faq.ask(text).topic).toBe(topic);
  });

  it.each([
    'printer scanner jams',
    'my phone screen is cracked',
    'my password expired',
    "I'm on holiday next week",
    'my sister has an MFA in fine arts',
    '',
    '   ',
    '🎉',
    '؟؟؟',
    'what',
    'bitte?',
  ])('leaves %j alone', (text) => {
    expect(faq.ask(text)).toMatchObject({ action: 'silent', topic: null, score: 0, text: null });
  });

  it('hands urgent matters to a person, with the text of the topic', () => {
    for (const text of [
      'my phone was stolen',
      'I am locked out of my account',
      'I got an MFA request I did not start',
    ]) {
      expect(faq.ask(text)).toMatchObject({ action: 'handOver', text: { opensRoute: true } });
    }
  });

  it('answers in the language of the message, or in the one that is asked for', () => {
    expect(faq.ask('Was ist MFA?').language).toBe('de');
    expect(faq.ask('What is MFA?').language).toBe('en');
    expect(faq.ask('Was ist MFA?', { language: 'en' }).text?.title).toBe('What MFA is');
  });

  it('takes any text, answers alike twice, and keeps topic and action in step', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 100 })), (text) => {
        const match = faq.ask(text);
        expect(match.topic === null).toBe(match.action === 'silent');
        expect(match.score).toBeGreaterThanOrEqual(0);
        expect(match.score).toBeLessThanOrEqual(1);
        expect(faq.ask(text)).toEqual(match);
      }),
      { numRuns: 150 },
    );
  });

  it('reads a megabyte no further than its first part', () => {
    const question = 'How do I set up MFA? ';
    const long = question + 'x y z '.repeat(200_000);
    expect(faq.ask(long)).toEqual(faq.ask(long.slice(0, 4_000)));
    expect(faq.ask('\u202E\u0000\u0007'.repeat(300_000)).action).toBe('silent');
  });
});

describe('words', () => {
  it('fold umlauts and accents to one writing', () => {
    expect(folded('SCHLÜSSEL')).toBe(folded('schluessel'));
    expect(folded('Straße é')).toBe('strasse e');
  });

  it.each([
    ['phone', 'phnoe', 1],
    ['phone', 'phone', 0],
    ['authenticator', 'autenticater', 2],
    ['phone', 'scanner', 3],
  ])('%s and %s are %i apart, counted up to 2', (left, right, apart) => {
    expect(distance(left, right, 2)).toBe(apart);
  });
});

describe('personalise', () => {
  const unknown = { enrolment: 'unknown', methods: null, phase: null, deadline: null, guideUrl: null } as const;
  const known = {
    enrolment: 'capable',
    methods: ['authenticator', 'sms', 'sms'],
    phase: 'Sales',
    deadline: '2026-03-02',
    guideUrl: 'https://guide.example/en',
  } as const;

  it('tells phase, date and enrolment', () => {
    expect(personalise('when-me', 'en', known)).toEqual([
      'Your phase: Sales.',
      'Your date: 2026-03-02.',
      'You are registered and ready for MFA.',
    ]);
    expect(personalise('when-me', 'de', known)[1]).toBe('Ihr Termin: 02.03.2026.');
  });

  it('names each method once', () => {
    expect(personalise('which-methods', 'en', known)[0]).toBe(
      'Registered methods: Microsoft Authenticator, phone number.',
    );
  });

  it('says what is not known and never guesses', () => {
    for (const topic of ['when-me', 'am-i-done', 'how-to-enrol', 'which-methods'] as const) {
      const lines = personalise(topic, 'en', unknown).join(' ');
      expect(lines).toMatch(/cannot tell|not known|not set/);
      expect(lines).not.toMatch(/You are registered|You are not registered|none/);
    }
  });

  it('adds nothing where the asker does not matter', () => {
    expect(personalise('privacy', 'de', known)).toEqual([]);
  });
});
