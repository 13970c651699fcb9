import type { TopicData } from '../topic-data.ts';

export const numberMatching: TopicData = {
  id: 'number-matching',
  needsPerson: false,
  opensRoute: false,
  guide: 'authenticator',
  texts: {
    en: {
      title: 'The number on the screen',
      answer:
        'When you sign in, the sign-in page shows a two-digit number. Type that number into the Authenticator app and confirm. It proves that the request comes from your own sign-in, so you cannot approve somebody else\'s by accident; it cannot be switched off. If the app asks for a number and you see none, you did not start the sign-in: choose "No, it\'s not me".',
      nextStep:
        'Look for the number on the screen where you are signing in. If there is none, deny the request and tell us.',
    },
    de: {
      title: 'Die Zahl auf dem Bildschirm',
      answer:
        'Bei der Anmeldung zeigt die Anmeldeseite eine zweistellige Zahl. Tippen Sie sie in die Authenticator-App und bestätigen Sie. So ist sicher, dass die Anfrage von Ihrer eigenen Anmeldung stammt und Sie keine fremde aus Versehen bestätigen; abschalten lässt sich das nicht. Fragt die App nach einer Zahl und Sie sehen keine, haben Sie die Anmeldung nicht begonnen: Wählen Sie „Nein, das bin ich nicht“.',
      nextStep: 'Suchen Sie die Zahl dort, wo Sie sich anmelden. Steht keine da, lehnen Sie ab und melden Sie es uns.',
    },
  },
  signs: {
    strong: [
      'number whatdo !other',
      'matching',
      'number type authapp !notme !newphone',
      'number type mfa !newphone',
      'number type app !other !newphone',
      'number signin type !other !newphone',
      'number approve type !other !newphone !landline',
      'number auth type !newphone !landline',
      'number screen type !other !newphone',
    ],
    fair: ['number type !other', 'number signin|mfa|authapp|app !newphone'],
  },
};
