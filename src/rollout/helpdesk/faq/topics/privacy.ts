import { lines, type TopicData } from '../topic-data.ts';

export const privacy: TopicData = {
  id: 'privacy',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'What the app sees, and what it does not',
      answer:
        'The Authenticator app only confirms sign-ins. It does not give the company access to your photos, messages, contacts, calls or browsing, and nobody can wipe or control your phone through it. It uses the camera only for the QR code. Your fingerprint or face stays on the phone. The company sees that a method is registered and, as for any sign-in, when and roughly from where you signed in.',
      nextStep: 'If you would still rather not have the app, ask for a security key or token.',
    },
    de: {
      title: 'Was die App sieht und was nicht',
      answer:
        'Die Authenticator-App bestätigt nur Anmeldungen. Sie gibt der Firma keinen Zugriff auf Fotos, Nachrichten, Kontakte, Anrufe oder Browserverlauf, und niemand kann Ihr Handy damit löschen oder steuern. Die Kamera braucht sie nur für den QR-Code. Fingerabdruck oder Gesicht bleiben auf dem Handy. Die Firma sieht, dass eine Methode registriert ist, und wie bei jeder Anmeldung, wann und ungefähr von wo.',
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
  phrasings: {
    en: lines(`
      Is it GDPR compliant, and what is stored?
      Which information does the app send to the company?
      does this authenticator read my texts?
      is installing it GDPR compliant? what gets stored
      will management know where I am through this authenticator
      is authenticator some kind of spyware
      is my location shared with the company
      Does Authenticator give IT access to my phone?
      can you guys see my whatsapp with that app
      Can the company see what is on my phone?
      Does the Authenticator track my location?
      What data does the Authenticator collect?
      Can IT read my messages through the app?
      Is the Authenticator app spying on me?
      Can you wipe my phone with the app?
      What about data protection with the Authenticator?
      Is my fingerprint stored by the company?
      What permissions does the Authenticator need?
      Can my boss see where I am?
      Does the app have access to my photos and contacts?
      Why does the app need my camera?
      Is MFA compliant with GDPR?
      Who can see my private phone number?
      Can my employer monitor my phone?
      Privacy of the Authenticator app
    `),
    de: lines(`
      Was wird bei der App gespeichert?
      Kann mein Chef durch den Authenticator sehen wann ich arbeite
      Kann die IT mit dem Authenticator meine WhatsApp Nachrichten lesen?
      Hat die IT dann Zugriff auf mein Handy?
      Was sieht die Firma von meinem Privathandy durch den Authenticator
      Wird mein Standort übertragen?
      Kann die Firma sehen, was auf meinem Handy ist?
      Verfolgt der Authenticator meinen Standort?
      Welche Daten sammelt der Authenticator?
      Kann die IT über die App meine Nachrichten lesen?
      Spioniert mich die Authenticator-App aus?
      Könnt ihr mit der App mein Handy löschen?
      Wie ist das mit dem Datenschutz beim Authenticator?
      Wird mein Fingerabdruck von der Firma gespeichert?
      Welche Berechtigungen braucht der Authenticator?
      Kann mein Chef sehen, wo ich bin?
      Hat die App Zugriff auf meine Fotos und Kontakte?
      Warum braucht die App meine Kamera?
      Ist MFA DSGVO-konform?
      Wer sieht meine private Handynummer?
      Kann mein Arbeitgeber mein Handy überwachen?
      Datenschutz bei der Authenticator-App
    `),
  },
};
