import type { TopicData } from '../topic-data.ts';

export const privacy: TopicData = {
  id: 'privacy',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'What the app sees, and what it does not',
      answer:
        'The Authenticator app only confirms sign-ins. It does not give the company access to your photos, messages, contacts, calls or browsing, and nobody can wipe or control your phone through it. It uses the camera only for the QR code. Your fingerprint or face stays on the phone. The company sees which methods are registered (for the app the model or name of the phone, for SMS its number) and, as for any sign-in, when and roughly from where you signed in.',
      nextStep: 'If you would still rather not have the app, ask for a security key or token.',
    },
    de: {
      title: 'Was die App sieht und was nicht',
      answer:
        'Die Authenticator-App bestätigt nur Anmeldungen. Sie gibt der Firma keinen Zugriff auf Fotos, Nachrichten, Kontakte, Anrufe oder Browserverlauf, und niemand kann Ihr Handy damit löschen oder steuern. Die Kamera braucht sie nur für den QR-Code. Fingerabdruck oder Gesicht bleiben auf dem Handy. Die Firma sieht, welche Methoden registriert sind (bei der App Modell oder Namen des Handys, bei SMS die Nummer), und wie bei jeder Anmeldung, wann und ungefähr von wo Sie sich angemeldet haben.',
      nextStep: 'Möchten Sie die App trotzdem nicht, fragen Sie nach einem Sicherheitsschlüssel oder Token.',
    },
  },
  signs: {
    strong: [
      'location work|share|app|authapp !other',
      'spyon app|authapp !other !amidone !code !number',
      'spyon phone work|app|helpdesk !other',
      'authapp spy !number !notarrive !amidone',
      'app spy phone|own|work|location !other !amidone',
      'mfa spy !number !notarrive !amidone !code',
      'spy phone work',
    ],
    fair: ['spy app|phone|authapp'],
  },
};
