import type { TopicData } from '../topic-data.ts';

export const whatIsMfa: TopicData = {
  id: 'what-is-mfa',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'What MFA is',
      answer:
        'MFA (multi-factor authentication) means that your password alone is no longer enough to sign in. You confirm with a second thing that only you have: an app on your phone, a security key or a code. Somebody who has stolen your password still cannot get into your account.',
      nextStep: 'Set it up now; it takes about five minutes.',
    },
    de: {
      title: 'Was MFA ist',
      answer:
        'MFA (Multi-Faktor-Authentifizierung) heißt: Das Passwort allein genügt nicht mehr für die Anmeldung. Sie bestätigen mit etwas Zweitem, das nur Sie haben: einer App auf dem Handy, einem Sicherheitsschlüssel oder einem Code. Wer Ihr Passwort gestohlen hat, kommt damit allein nicht in Ihr Konto.',
      nextStep: 'Richten Sie es gleich ein; das dauert etwa fünf Minuten.',
    },
  },
  signs: {
    strong: ['whatis>>mfa !when !howto !method !postpone !degree', 'mfa whatis !howto !degree !why'],
    fair: ['authapp whatis !enrol !number !code !guest !spy'],
  },
};
