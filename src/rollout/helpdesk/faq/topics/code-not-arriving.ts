import type { TopicData } from '../topic-data.ts';

export const codeNotArriving: TopicData = {
  id: 'code-not-arriving',
  needsPerson: false,
  opensRoute: false,
  guide: 'authenticator',
  texts: {
    en: {
      title: 'The code or request does not arrive',
      answer:
        'Open the Authenticator app yourself: waiting requests show up there, and it also shows a six-digit code that needs no network ("Sign in another way" on the sign-in page). Check that notifications are allowed, flight mode and focus mode are off and the phone\'s time is automatic. For SMS: signal, the right number, no block for unknown senders; wait a minute before asking again.',
      nextStep: 'If it still does not arrive, tell the helpdesk which method it is and since when.',
    },
    de: {
      title: 'Code oder Anfrage kommt nicht an',
      answer:
        'Öffnen Sie die Authenticator-App selbst: Wartende Anfragen erscheinen dort, und sie zeigt auch einen sechsstelligen Code, der kein Netz braucht („Auf andere Weise anmelden“ auf der Anmeldeseite). Prüfen Sie, ob Mitteilungen erlaubt, Flug- und Fokusmodus aus und die Uhrzeit auf automatisch gestellt sind; bei SMS, ob Empfang da ist, die Nummer stimmt und unbekannte Absender nicht blockiert sind. Warten Sie eine Minute, bevor Sie neu anfordern.',
      nextStep: 'Kommt weiterhin nichts, sagen Sie dem Helpdesk, um welche Methode es geht und seit wann.',
    },
  },
  signs: {
    strong: [
      'code rejected !other !lockout !newphone',
      'notarrive pushy',
      'app|authapp neg>prompt|push !notme !often',
      'notarrive code !other !abroad !mailing !notme',
      'notarrive sms code|mfa|signin|auth|phone !other !abroad',
      'notarrive push authapp|mfa|signin|phone|approve|code',
      'notarrive authapp !abroad !newphone !guest !cantget !notme',
      'notarrive prompt mfa|authapp|phone|approve',
      'notarrive call auth|mfa|code|signin',
      'sms notarrive !other !abroad',
      'mfa notarrive sms|push|code|prompt',
    ],
    fair: ['notarrive push|prompt|call|sms|code !mailing !notme'],
  },
};
