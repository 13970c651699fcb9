import type { AnswerKind, HoldoutStep } from '../../src/rollout/holdouts/holdout-types.core.ts';
import type { Language } from './texts.ts';

const EN = {
  title: 'Still to enrol for MFA',
  intro: {
    before: 'These people of your team cannot answer MFA yet, and it will soon be required of them.',
    lastDay: 'It is almost time, and these people of your team cannot answer MFA yet.',
    enforced: 'MFA is required by now, and these people of your team still cannot answer it.',
  } as Record<HoldoutStep, string>,
  engineerTitle: 'Still to enrol, without a manager to ask',
  engineerIntro: 'Nobody above these people can be asked to help, so they are yours.',
  phase: (day: string) => ` · MFA from ${day}`,
  allDone: 'Nobody is left on this list. Thank you.',
  done: ' has enrolled.',
  over: 'This is settled already: ',
  more: (left: number) =>
    `${left} more ${left === 1 ? 'person' : 'people'} of yours: answer for these first, the next then come up here.`,
  answers: {
    remindNow: 'Reminder asked for by ',
    onLeave: 'On leave, says ',
    needsToken: 'Token asked for by ',
    extend: 'More time asked for by ',
    tapRequest: 'Access pass asked for by ',
  } as Record<AnswerKind, string>,
  until: (day: string) => `, until ${day}`,
  toSign: 'A proposal: it counts once the approver has signed it.',
  already: 'Somebody was faster. ',
  day: 'Last day (for “on leave” and “extend”)',
  remind: 'Remind now',
  onLeave: 'On leave until',
  token: 'Needs a token',
  extend: 'Extend until',
  tap: 'Ask for an access pass',
  gone: 'This list is not valid any more: another rollout has begun.',
};

export type HoldoutTexts = typeof EN;

const DE: HoldoutTexts = {
  title: 'Noch nicht für MFA registriert',
  intro: {
    before: 'Diese Personen Ihres Teams können MFA noch nicht beantworten; bald ist es für sie Pflicht.',
    lastDay: 'Es ist fast so weit, und diese Personen Ihres Teams können MFA noch nicht beantworten.',
    enforced: 'MFA ist inzwischen Pflicht, und diese Personen Ihres Teams können es noch immer nicht beantworten.',
  },
  engineerTitle: 'Noch nicht registriert, ohne Führungskraft',
  engineerIntro: 'Über diesen Personen kann niemand um Hilfe gebeten werden, darum sind es Ihre.',
  phase: (day) => ` · MFA ab ${day}`,
  allDone: 'Auf dieser Liste steht niemand mehr. Danke.',
  done: ' ist registriert.',
  over: 'Das ist schon erledigt: ',
  more: (left) =>
    `${left} weitere ${left === 1 ? 'Person' : 'Personen'}: Antworten Sie zuerst für diese, dann rücken die nächsten hier nach.`,
  answers: {
    remindNow: 'Um Erinnerung gebeten von ',
    onLeave: 'Abwesend laut ',
    needsToken: 'Token angefragt von ',
    extend: 'Um mehr Zeit gebeten von ',
    tapRequest: 'Zugangspass angefragt von ',
  },
  until: (day) => `, bis ${day}`,
  toSign: 'Ein Vorschlag: Er gilt, sobald die Freigabe ihn unterschrieben hat.',
  already: 'Jemand war schneller. ',
  day: 'Letzter Tag (für „abwesend“ und „verlängern“)',
  remind: 'Jetzt erinnern',
  onLeave: 'Abwesend bis',
  token: 'Braucht einen Token',
  extend: 'Verlängern bis',
  tap: 'Zugangspass anfragen',
  gone: 'Diese Liste gilt nicht mehr: Ein anderer Rollout hat begonnen.',
};

/** The words in a language. */
export function holdoutTextsIn(language: Language): HoldoutTexts {
  switch (language) {
    case 'en':
      return EN;
    case 'de':
      return DE;
  }
}
