import { lines, type TopicData } from '../topic-data.ts';

export const oldMailApp: TopicData = {
  id: 'old-mail-app',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'Old mail programs',
      answer:
        "Mail programs that only know a password cannot do MFA and stop working: Outlook 2013 and older, and POP or IMAP with a password. Use the Outlook app on phone and computer, or webmail. Apple Mail, Samsung Email and current Thunderbird can do it too: remove the account there and add it again, so that Microsoft's sign-in page appears.",
      nextStep: 'Remove the account from the app and add it again; if no sign-in page appears, use Outlook.',
    },
    de: {
      title: 'Alte Mailprogramme',
      answer:
        'Mailprogramme, die nur ein Passwort kennen, können kein MFA und funktionieren nicht mehr: Outlook 2013 und älter sowie POP oder IMAP mit Passwort. Nehmen Sie die Outlook-App auf Handy und Computer oder Webmail. Apple Mail, Samsung E-Mail und ein aktuelles Thunderbird können es auch: Konto dort entfernen und neu hinzufügen, sodass die Anmeldeseite von Microsoft erscheint.',
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
  phrasings: {
    en: lines(`
      Samsung's mail app says authentication failed
      Will POP still be available after MFA
      the built-in mail on my iPad is asking for credentials since the MFA rollout
      my ancient Outlook 2007 at home, will that keep getting my mail?
      thunderbird refuses my login since Monday
      Mail app on my phone asks for password again and again
      My iPhone's mail app can't log in anymore
      Does Thunderbird work with 2FA
      i still use office 2013, will it work?
      My old mail program no longer works
      Does Outlook 2010 work with MFA?
      The mail app on my iPhone stopped working since MFA
      Thunderbird keeps asking for my password
      Can I keep using Apple Mail with two-factor?
      IMAP does not work any more
      My Android mail app does not sync since MFA
      Will Outlook 2013 still work after the switch?
      The Samsung email app cannot sign in
      Mail on my phone stopped after the MFA change
      POP3 access with MFA
      Which mail apps support MFA?
      Gmail app with my work account since two-factor
      My mail client cannot connect to Office 365 any more
      Native calendar app on the phone and MFA
      What is legacy authentication and am I using it?
    `),
    de: lines(`
      Mein Outlook 2010 auf dem alten PC, läuft das weiter?
      iPhone Mail meldet seit gestern Kennwort falsch, liegt das an der MFA?
      Die Mail App auf dem Handy will ständig das Passwort
      Geht Thunderbird noch?
      Outlook 2013 verbindet sich nicht mehr
      Ich rufe meine Mails per IMAP ab, geht das weiterhin?
      Mein altes Mailprogramm geht nicht mehr
      Funktioniert Outlook 2010 mit MFA?
      Die Mail-App auf meinem iPhone geht seit MFA nicht mehr
      Thunderbird fragt immer wieder nach dem Passwort
      Kann ich Apple Mail mit Zwei-Faktor weiter nutzen?
      IMAP funktioniert nicht mehr
      Meine Android-Mail-App synchronisiert seit MFA nicht mehr
      Geht Outlook 2013 nach der Umstellung noch?
      Die Samsung-E-Mail-App kann sich nicht anmelden
      Mails auf dem Handy gehen seit der MFA-Umstellung nicht
      POP3-Zugriff mit MFA
      Welche Mail-Apps unterstützen MFA?
      Gmail-App mit meinem Firmenkonto seit Zwei-Faktor
      Mein Mailprogramm verbindet sich nicht mehr mit Office 365
      Kalender-App auf dem Handy und MFA
      Was ist Legacy-Authentifizierung und nutze ich das?
    `),
  },
};
