import type { TopicData } from '../topic-data.ts';

export const promptTooOften: TopicData = {
  id: 'prompt-too-often',
  needsPerson: false,
  opensRoute: false,
  guide: 'passkey',
  texts: {
    en: {
      title: 'Asked too often',
      answer:
        'Usually you are asked rarely on a device that you always use. If it happens more often: answer "Stay signed in?" with Yes, do not use private browser windows, do not let the browser delete its cookies on closing, and use the installed Outlook and Teams apps. Signing in to Windows with a PIN or fingerprint (Windows Hello) helps too. Only approve what you started yourself.',
      nextStep: 'If you are still asked several times a day, tell the helpdesk which app and device it is.',
    },
    de: {
      title: 'Zu häufige Abfragen',
      answer:
        'Auf einem Gerät, das Sie immer verwenden, werden Sie normalerweise selten gefragt. Geschieht es öfter, beantworten Sie „Angemeldet bleiben?“ mit Ja, meiden Sie private Browserfenster, lassen Sie die Cookies beim Schließen nicht löschen und nutzen Sie die installierten Apps Outlook und Teams. Auch die Windows-Anmeldung mit PIN oder Fingerabdruck (Windows Hello) hilft. Bestätigen Sie nur, was Sie selbst begonnen haben.',
      nextStep: 'Werden Sie trotzdem mehrmals am Tag gefragt, nennen Sie dem Helpdesk App und Gerät.',
    },
  },
  signs: {
    strong: [
      'mfa|authapp often !notme !notarrive !abroad !oldmail !spyon',
      'mfa often !notme !notarrive !oldmail !abroad',
      'authapp often !notme !notarrive !spy !oldmail',
      'prompt often code|approve|signin|auth|mfa|authapp !notme !oldmail !password',
      'approve often phone|code|signin|auth|app !notme !other',
      'code often signin|type|prompt !notme !notarrive !oldmail',
      'signin often !other !notme !cantget !guest !password !legacymail !shared',
      'auth often !notme',
      'often prompt signin !password !oldmail !notme !notarrive',
    ],
    fair: ['often !password !notme prompt|code|approve|signin|auth !notarrive'],
  },
};
