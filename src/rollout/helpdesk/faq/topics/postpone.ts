import { lines, type TopicData } from '../topic-data.ts';

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
      'mfa postpone !cantget',
      'authapp postpone !notarrive !cantget',
      'postpone enrol !other',
    ],
    fair: ['postpone mfa|authapp|enrol|signin'],
  },
  phrasings: {
    en: lines(`
      Could I get an extra week for MFA?
      I need two more weeks for MFA
      I'd like to postpone the MFA switch until after the trade fair
      swamped till Friday, can I do MFA next week instead?
      can you give me till the end of the month for the MFA thing
      Not a good time right now, can MFA wait until after quarter close?
      I'm on parental leave until March, what about the MFA deadline
      Can I postpone MFA?
      Can I do the MFA setup later?
      I need more time for MFA
      Is there an extension for the MFA deadline?
      I have no time for this MFA registration right now
      Can I be skipped for now with two-factor?
      Can I do it next month?
      I am on parental leave, can MFA wait?
      Can you move my MFA date?
      Can I get an exemption from MFA?
      I will not make the MFA deadline
      Delay the two-factor setup please
      Please do not switch on MFA for me yet
      I can only do the Authenticator after my holiday
      Remind me about MFA later
    `),
    de: lines(`
      Ich bräuchte eine Woche länger für MFA
      Brauche noch zwei Wochen für die MFA, geht das?
      Könnten wir MFA bei mir auf Januar schieben
      Geht das mit der MFA auch nächsten Monat?
      Ich bin bis Ende des Monats in Elternzeit, kann das mit MFA warten?
      ich schaff das bis zur frist nicht mit der mfa
      Kann ich MFA verschieben?
      Kann ich die MFA-Einrichtung später machen?
      Ich brauche mehr Zeit für MFA
      Gibt es eine Verlängerung der MFA-Frist?
      Ich habe gerade keine Zeit für diese MFA-Registrierung
      Kann ich bei Zwei-Faktor erst einmal ausgelassen werden?
      Kann ich das nächsten Monat machen?
      Ich bin in Elternzeit, kann MFA warten?
      Könnt ihr meinen MFA-Termin verschieben?
      Bekomme ich eine Ausnahme von MFA?
      Ich schaffe die MFA-Frist nicht
      Bitte die Zwei-Faktor-Einrichtung aufschieben
      Bitte schaltet MFA bei mir noch nicht ein
      Ich kann den Authenticator erst nach meinem Urlaub einrichten
      Erinnert mich später an MFA
    `),
  },
};
