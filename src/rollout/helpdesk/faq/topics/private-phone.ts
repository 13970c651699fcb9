import { lines, type TopicData } from '../topic-data.ts';

export const privatePhone: TopicData = {
  id: 'private-phone',
  needsPerson: false,
  opensRoute: true,
  guide: 'security-key',
  texts: {
    en: {
      title: 'You need not use your own phone',
      answer:
        'Nobody has to use a private phone for this. If you are willing: the Authenticator app only confirms sign-ins; it gives the company no access to your phone, cannot be used to wipe it and costs nothing. If you would rather not, the helpdesk arranges a security key or a hardware token for you.',
      nextStep: 'Tell us here that you would like a key or token instead.',
    },
    de: {
      title: 'Ihr privates Handy muss es nicht sein',
      answer:
        'Niemand muss dafür sein privates Handy verwenden. Wenn Sie mögen: Die Authenticator-App bestätigt nur Anmeldungen; sie gibt der Firma keinen Zugriff auf Ihr Handy, kann es nicht löschen und kostet nichts. Wenn Sie das nicht möchten, besorgt der Helpdesk Ihnen einen Sicherheitsschlüssel oder Hardware-Token.',
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
  phrasings: {
    en: lines(`
      I won't put that app on my own phone, period
      must it be on my personal mobile or can I get a work one
      is it legal that the company wants me to use my own cell for that app
      I'd need a company mobile for this. I keep my personal one personal.
      I do not want company software on my personal mobile
      Do I have to install this on my private phone?
      is the company paying for my phone if I use it for authenticator?
      My phone is my private property, I won't use it for work logins
      I do not want to use my private phone
      Do I have to use my personal phone for this?
      I refuse to install a work app on my own phone
      Can the company force me to use my own phone?
      I am not putting company software on my personal device
      Will I get a company phone for the Authenticator?
      Why should I use my own phone for work?
      Who pays for using my private phone?
      Is my employer allowed to demand that I use my personal mobile?
      I don't want the Authenticator on my private phone
      I keep work and private phone separate
      No work apps on my personal phone
      I would rather not use my own mobile for MFA
      Can I get a work phone for MFA?
      Must I use my private cell for signing in?
      My private number is none of the company's business
    `),
    de: lines(`
      Wer zahlt mir das wenn ich mein eigenes Handy dafür benutze
      Ich will meine private Nummer nicht bei Microsoft hinterlegen
      sorry aber auf mein eigenes Handy kommt mir keine App vom Arbeitgeber
      Muss ich das auf meinem privaten Handy installieren?
      Mein Privathandy gebe ich dafür nicht her
      Ich benutze mein privates Smartphone nicht für die Firma, Punkt.
      Ich möchte mein privates Handy nicht benutzen
      Muss ich dafür mein privates Handy verwenden?
      Ich weigere mich, eine Firmen-App auf meinem eigenen Handy zu installieren
      Kann die Firma mich zwingen, mein eigenes Handy zu nutzen?
      Ich installiere keine Firmensoftware auf meinem Privatgerät
      Bekomme ich ein Diensthandy für den Authenticator?
      Warum soll ich mein eigenes Handy für die Arbeit nutzen?
      Wer bezahlt die Nutzung meines Privathandys?
      Darf mein Arbeitgeber verlangen, dass ich mein privates Handy nehme?
      Ich will den Authenticator nicht auf meinem Privathandy
      Ich trenne Arbeit und Privathandy
      Keine Firmen-Apps auf meinem privaten Telefon
      Ich möchte mein eigenes Telefon lieber nicht für MFA nutzen
      Kann ich ein Firmenhandy für MFA bekommen?
      Muss ich mein Privathandy zum Anmelden nutzen?
      Meine private Nummer geht die Firma nichts an
    `),
  },
};
