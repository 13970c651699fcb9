import type { Language, TopicId } from './faq-types.core.ts';

// What an answer adds for the person who asks, from what is known of the account. A failed read never becomes
// "registered" or "missing": what is not known is told as not known.

export type MethodName =
  | 'authenticator'
  | 'passkey'
  | 'securityKey'
  | 'sms'
  | 'hardwareToken'
  | 'windowsHello'
  | 'other';

/** What is known of the asker. `null` means not known (methods) or none set yet (phase, deadline). */
export type AskerFacts = {
  enrolment: 'capable' | 'not' | 'unknown';
  methods: readonly MethodName[] | null;
  phase: string | null;
  /** An ISO date (YYYY-MM-DD). */
  deadline: string | null;
  guideUrl: string | null;
};

const METHOD_WORDS: Record<Language, Record<MethodName, string>> = {
  en: {
    authenticator: 'Microsoft Authenticator',
    passkey: 'passkey',
    securityKey: 'security key',
    sms: 'phone number',
    hardwareToken: 'hardware token',
    windowsHello: 'Windows Hello',
    other: 'another method',
  },
  de: {
    authenticator: 'Microsoft Authenticator',
    passkey: 'Passkey',
    securityKey: 'Sicherheitsschlüssel',
    sms: 'Telefonnummer',
    hardwareToken: 'Hardware-Token',
    windowsHello: 'Windows Hello',
    other: 'eine andere Methode',
  },
};

type Words = Record<Language, string>;

/** The lines to add to a topic's answer, in order; empty for topics that do not depend on the asker. */
export function personalise(topic: TopicId, language: Language, facts: AskerFacts): string[] {
  return (LINES[topic]?.(facts) ?? []).map((line) => line[language]);
}

const LINES: Partial<Record<TopicId, (facts: AskerFacts) => Words[]>> = {
  'when-me': (facts) => [phaseLine(facts), deadlineLine(facts), ...enrolmentLine(facts)],
  'am-i-done': (facts) => [...enrolmentLine(facts), methodsLine(facts), ...(isMissing(facts) ? guideLine(facts) : [])],
  'how-to-enrol': (facts) => [...enrolmentLine(facts), ...guideLine(facts), deadlineLine(facts)],
  'which-methods': (facts) => [methodsLine(facts), ...guideLine(facts)],
};

function isMissing({ enrolment }: AskerFacts): boolean {
  return enrolment === 'not';
}

function enrolmentLine({ enrolment }: AskerFacts): Words[] {
  switch (enrolment) {
    case 'capable':
      return [{ en: 'You are registered and ready for MFA.', de: 'Sie sind registriert und für MFA bereit.' }];
    case 'not':
      return [{ en: 'You are not registered for MFA yet.', de: 'Sie sind noch nicht für MFA registriert.' }];
    case 'unknown':
      return [
        {
          en: 'I cannot tell at the moment whether you are registered for MFA.',
          de: 'Ob Sie für MFA registriert sind, kann ich gerade nicht sagen.',
        },
      ];
  }
}

function methodsLine({ methods }: AskerFacts): Words {
  if (methods === null) {
    return {
      en: 'Which methods you have registered is not known to me at the moment.',
      de: 'Welche Methoden Sie registriert haben, weiß ich gerade nicht.',
    };
  }
  if (methods.length === 0) return { en: 'Registered methods: none.', de: 'Registrierte Methoden: keine.' };
  const list = (language: Language) => [...new Set(methods.map((name) => METHOD_WORDS[language][name]))].join(', ');
  return { en: `Registered methods: ${list('en')}.`, de: `Registrierte Methoden: ${list('de')}.` };
}

function phaseLine({ phase }: AskerFacts): Words {
  if (phase === null) {
    return { en: 'You are not assigned to a phase yet.', de: 'Sie sind noch keiner Phase zugeordnet.' };
  }
  return { en: `Your phase: ${phase}.`, de: `Ihre Phase: ${phase}.` };
}

function deadlineLine({ deadline }: AskerFacts): Words {
  if (deadline === null) return { en: 'Your date is not set yet.', de: 'Ihr Termin steht noch nicht fest.' };
  const [year = '', month = '', day = ''] = deadline.split('-');
  return { en: `Your date: ${deadline}.`, de: `Ihr Termin: ${day}.${month}.${year}.` };
}

function guideLine({ guideUrl }: AskerFacts): Words[] {
  if (guideUrl === null) return [];
  return [{ en: `Guide: ${guideUrl}`, de: `Anleitung: ${guideUrl}` }];
}
