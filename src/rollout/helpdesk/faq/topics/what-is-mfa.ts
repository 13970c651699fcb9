import { lines, type TopicData } from '../topic-data.ts';

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
        'MFA (Multi-Faktor-Authentifizierung) heißt: Das Passwort allein genügt nicht mehr für die Anmeldung. Sie bestätigen mit etwas Zweitem, das nur Sie haben: einer App auf dem Handy, einem Sicherheitsschlüssel oder einem Code. Wer Ihr Passwort gestohlen hat, kommt damit noch nicht in Ihr Konto.',
      nextStep: 'Richten Sie es gleich ein; das dauert etwa fünf Minuten.',
    },
  },
  signs: {
    strong: ['whatis>>mfa !when !howto !method !postpone !degree', 'mfa whatis !howto !degree !why'],
    fair: ['authapp whatis !enrol !number !code !guest !spy'],
  },
  phrasings: {
    en: lines(`
      MFA means nothing to me, what is it about?
      I'm 61 and not technical. What do you mean by multifactor?
      is mfa a virus scanner or something??
      everybody says em-ef-ay this, MFA that. What is it in normal words?
      "two-step verification" — what on earth does that mean for me?
      Sorry for the dumb question, but what's MFA and do I need to care?
      MFA? Is that the same as 2FA?
      What is MFA?
      What does MFA mean?
      What does 2FA stand for?
      Explain multi-factor authentication to me
      What is two-factor authentication?
      What is two-step verification?
      I have never heard of a second factor
      What is meant by a second factor?
      Can somebody explain this MFA thing?
      What exactly is multi factor?
      I do not understand what MFA is
      MFA in simple words please
      Difference between password and MFA
      What is the Authenticator app for?
      What does strong authentication mean?
      How does MFA work?
    `),
    de: lines(`
      Worum geht es bei diesem MFA?
      Mit MFA kann ich nichts anfangen
      Könnt ihr mal erklären was es mit diesem MFA auf sich hat
      Unser Chef redet von Multifaktor. Was meint er damit?
      Was heisst denn MFA auf Deutsch?
      MFA - was ist das und brauche ich das?
      Was ist MFA?
      Was bedeutet MFA?
      Wofür steht 2FA?
      Erklär mir Multi-Faktor-Authentifizierung
      Was ist eine Zwei-Faktor-Authentifizierung?
      Was heißt zweistufige Anmeldung?
      Von einem zweiten Faktor habe ich nie gehört
      Was ist mit zweitem Faktor gemeint?
      Kann jemand dieses MFA erklären?
      Was genau ist Multifaktor?
      Ich verstehe nicht, was MFA ist
      MFA einfach erklärt bitte
      Unterschied zwischen Passwort und MFA
      Wozu ist die Authenticator-App da?
      Was bedeutet starke Authentifizierung?
      Wie funktioniert MFA?
    `),
  },
};
