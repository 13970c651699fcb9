import type { TopicData } from '../topic-data.ts';

export const postpone: TopicData = {
  id: 'postpone',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'More time',
      answer:
        'Setting MFA up takes about five minutes and can be done at any time before your date, so earlier is easiest. I cannot move a date myself. If you are on leave, ill, or waiting for a key or a phone, your manager or the helpdesk can give you more time; the reason and the new date are recorded.',
      nextStep: 'Write why and until when you need more time, and the helpdesk or your manager decides.',
    },
    de: {
      title: 'Mehr Zeit',
      answer:
        'Die Einrichtung dauert etwa fünf Minuten und geht jederzeit vor Ihrem Termin; früher ist am einfachsten. Ich selbst kann keinen Termin verschieben. Wenn Sie abwesend oder krank sind oder auf Schlüssel oder Handy warten, können Ihre Führungskraft oder der Helpdesk Ihnen mehr Zeit geben; Grund und neuer Termin werden festgehalten.',
      nextStep: 'Schreiben Sie, warum und bis wann Sie mehr Zeit brauchen; Helpdesk oder Führungskraft entscheiden.',
    },
  },
  signs: {
    strong: [
      'mfa postpone !cantget',
      'authapp postpone !cantget !notarrive !notme',
      'mfa|authapp postpone !cantget !notarrive',
      'authapp postpone !notarrive !cantget',
      'postpone enrol !other',
    ],
    fair: ['postpone mfa|authapp|enrol|signin'],
  },
};
