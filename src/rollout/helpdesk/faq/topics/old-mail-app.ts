import type { TopicData } from '../topic-data.ts';

export const oldMailApp: TopicData = {
  id: 'old-mail-app',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'Old mail programs',
      answer:
        "Mail programs that only know a password cannot do MFA and stop working with it: Outlook 2013 and older, and POP or IMAP with a password. Use the Outlook app on phone and computer, or webmail. Apple Mail, Samsung Email and current Thunderbird can do it too: remove the account there and add it again, so that Microsoft's sign-in page appears.",
      nextStep: 'Remove the account from the app and add it again; if no sign-in page appears, use Outlook.',
    },
    de: {
      title: 'Alte Mailprogramme',
      answer:
        'Mailprogramme, die nur ein Passwort kennen, beherrschen keine MFA und funktionieren dann nicht mehr: Outlook 2013 und älter sowie POP oder IMAP mit Passwort. Nehmen Sie die Outlook-App auf Handy und Computer oder Webmail. Apple Mail, Samsung E-Mail und ein aktuelles Thunderbird können es auch: Konto dort entfernen und neu hinzufügen, sodass die Anmeldeseite von Microsoft erscheint.',
      nextStep:
        'Entfernen Sie das Konto aus der App und fügen Sie es neu hinzu; erscheint keine Anmeldeseite, nehmen Sie Outlook.',
    },
  },
  signs: {
    strong: [
      'legacymail mfa !apppw !scandevice',
      'legacymail stopped|neg !apppw !scandevice',
      'legacymail password|signin|auth|account|prompt !apppw',
      'legacymail use',
      'oldmail mfa !apppw !scandevice',
      'oldmail stopped mfa|authapp|auth|signin|password !apppw !scandevice',
      'oldmail password prompt',
      'oldmail authapp',
      'oldmail auth !apppw',
    ],
    fair: ['legacymail !apppw', 'oldmail stopped !apppw !other', 'oldmail signin|password|account|auth'],
  },
};
