import type { TopicData } from '../topic-data.ts';

export const unexpectedPrompt: TopicData = {
  id: 'unexpected-prompt',
  needsPerson: true,
  opensRoute: true,
  guide: null,
  texts: {
    en: {
      title: 'A request you did not start',
      answer:
        'Deny it, and never type a number or pass on a code that somebody asks you for. A request you did not start means that somebody may know your password. In the app choose "No, it\'s not me". Then change your password from a device you trust. If you have approved it already, say so at once: the helpdesk can end that session.',
      nextStep: 'Tell us when it happened and what it said; the helpdesk looks at your sign-ins right away.',
    },
    de: {
      title: 'Eine Anfrage, die Sie nicht ausgelöst haben',
      answer:
        'Lehnen Sie ab, tippen Sie keine Zahl ein und geben Sie keinen Code weiter, nach dem jemand fragt. Eine Anfrage, die Sie nicht ausgelöst haben, heißt: Jemand kennt vielleicht Ihr Passwort. Wählen Sie in der App „Nein, das bin ich nicht“ und ändern Sie danach Ihr Passwort auf einem Gerät, dem Sie vertrauen. Haben Sie schon bestätigt, sagen Sie es sofort: Der Helpdesk kann die Sitzung beenden.',
      nextStep: 'Schreiben Sie, wann es war und was da stand; der Helpdesk sieht sich Ihre Anmeldungen gleich an.',
    },
  },
  signs: {
    strong: [
      'notme prompt|push !other !often',
      'notme authapp prompt|push',
      'push|prompt neg signin !notarrive !cantget !often !other',
      'notme sms|code !other',
      'scam',
      'notme sms code',
      'notme authapp',
      'notme prompt !other',
      'notme approve !other !spy',
      'notme code mfa|signin|sms|phone|code !other',
      'notme push signin|mfa|authapp|approve',
      'intruder account|signin|mfa|authapp|prompt|push',
      'notme mfa',
      'intruder',
    ],
    fair: ['notme approve|signin', 'notme signin|code|push|account|phone'],
  },
};
