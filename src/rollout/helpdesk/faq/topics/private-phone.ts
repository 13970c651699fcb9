import type { TopicData } from '../topic-data.ts';

export const privatePhone: TopicData = {
  id: 'private-phone',
  needsPerson: false,
  opensRoute: true,
  guide: 'security-key',
  texts: {
    en: {
      title: 'You need not use your own phone',
      answer:
        'Nobody has to use a private phone for this. If you are willing: the Authenticator app only confirms sign-ins; it gives the company no access to your phone, cannot be used to wipe it, does not need your number and costs nothing. If you would rather not, the helpdesk arranges a security key or a hardware token for you.',
      nextStep: 'Tell us here that you would like a key or token instead.',
    },
    de: {
      title: 'Ihr privates Handy muss es nicht sein',
      answer:
        'Niemand muss dafür sein privates Handy verwenden. Falls Sie es doch tun: Die Authenticator-App bestätigt nur Anmeldungen. Die Firma bekommt damit keinen Zugriff auf Ihr Handy und kann es nicht löschen; die App braucht Ihre Nummer nicht und kostet nichts. Möchten Sie das nicht, besorgt der Helpdesk Ihnen einen Sicherheitsschlüssel oder Hardware-Token.',
      nextStep: 'Sagen Sie hier, dass Sie stattdessen einen Schlüssel oder Token möchten.',
    },
  },
  signs: {
    strong: [
      'ownphone neg|refuse|why !other !lost !cracked !spy !athome !notarrive !newphone !broken !stolen',
      'ownphone mfa|authapp|app|signin|work !other !lost !stolen !spy !newphone !broken !notarrive !cracked',
      'own>>phone neg !other !lost !cracked !spy !athome !notarrive !newphone !broken',
      'own>>phone refuse !other !lost !cracked',
      'own phone refuse !lost !cracked !spy !athome',
      'own phone mfa|authapp|app !spy !lost !newphone !broken !notarrive !athome',
      'work phone mfa|authapp|app !lost !broken !newphone !spy !notarrive !cracked !athome',
      'own app refuse !spy',
    ],
    fair: [
      'ownphone !other !lost !cracked !spy !newphone',
      'own phone !lost !spy !cracked',
      'refuse phone',
      'own phone why',
    ],
  },
};
