import { lines, type TopicData } from '../topic-data.ts';

export const scanner: TopicData = {
  id: 'scanner',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'Scanners, copiers and programs that send mail',
      answer:
        'Devices that send mail with a user name and password (SMTP with basic authentication) cannot answer MFA, and Microsoft is retiring that kind of sign-in anyway. Please do not switch anything off yourself: the helpdesk moves the device to another way of sending, such as a relay, a connector or modern authentication, before your phase starts.',
      nextStep: 'Tell us the device or program, where it stands and the address it sends from.',
    },
    de: {
      title: 'Scanner, Kopierer und Programme, die Mails senden',
      answer:
        'Geräte, die mit Benutzername und Passwort Mails senden (SMTP mit Basic-Authentifizierung), können MFA nicht beantworten, und Microsoft stellt diese Art der Anmeldung ohnehin ein. Bitte ändern Sie nichts selbst: Der Helpdesk stellt das Gerät vor Ihrer Phase auf einen anderen Weg um, etwa ein Relay, einen Connector oder moderne Authentifizierung.',
      nextStep: 'Nennen Sie uns Gerät oder Programm, Standort und Absenderadresse.',
    },
  },
  signs: {
    strong: [
      'copier mailing stopped|neg|password|signin|account|auth !apppw',
      'copier scans mailing !apppw',
      'scans mailing stopped|neg|mfa',
      'bizapp mailing password|mfa|smtp|auth !apppw',
      'copier mfa !apppw',
      'smtp',
      'scandevice stopped|neg',
      'scandevice mfa !apppw',
      'scandevice smtp',
      'smtp stopped|mfa|signin',
      'machine mailing mfa !apppw',
      'machine mfa !apppw !shared !abroad',
      'scandevice stopped mailing|account|password',
    ],
    fair: [
      'scandevice stopped',
      'scandevice mailing',
      'machine mailing stopped',
      'machine mailing account|password|auth|signin',
    ],
  },
  phrasings: {
    en: lines(`
      The label printer mails reports with a user account
      Our accounting software mails reminders through SMTP
      our label printer software mails reports using a user account - affected?
      scan-to-mail on the Kyocera gives an authentication error
      the big Xerox mails scans with a stored password. Problem?
      The Konica in the hallway can't email scans anymore
      What about service accounts that send mails?
      we have a script that sends reports by mail with a password, is that affected
      scan2mail broken since the change
      Will scan to email still work with MFA?
      Our copier sends scans by mail, what happens to it?
      The multifunction printer cannot send scans any more since MFA
      Does the scanner need MFA?
      SMTP stopped working since two-factor
      Our ERP sends invoices by mail with a password
      A program sends mails through SMTP, does MFA break it?
      Scan to mail fails with an authentication error
      The Ricoh cannot log in to the mail server any more
      The monitoring system sends alerts through Office 365
      What about devices that send email?
      Printer account and MFA
      Basic authentication for the scanner is switched off
      Our application sends automatic mails, is it affected by MFA?
      SMTP AUTH for the copier
      NAS cannot send notification mails since MFA
    `),
    de: lines(`
      Der Etikettendrucker verschickt Berichte über ein Benutzerkonto
      Der Scanner im Lager schickt nichts mehr ans Postfach seit der MFA
      Unser Kopierer meldet Fehler beim Versenden von Scans per E-Mail
      Datev verschickt Lohnabrechnungen über unseren Mailserver mit SMTP-Login, bleibt das?
      Der Kopierer im Flur kann keine Mails mehr verschicken
      Unser CRM verschickt Newsletter über ein Postfach mit Passwort, klappt das weiterhin?
      Scannen an E-Mail funktioniert seit der Umstellung nicht
      Geht Scan-to-Mail mit MFA noch?
      Unser Kopierer verschickt Scans per Mail, was passiert damit?
      Das Multifunktionsgerät kann seit MFA keine Scans mehr senden
      Braucht der Scanner MFA?
      SMTP geht seit Zwei-Faktor nicht mehr
      Unser ERP verschickt Rechnungen per Mail mit Passwort
      Ein Programm sendet Mails über SMTP, betrifft das MFA?
      Scan-to-Mail scheitert mit einem Authentifizierungsfehler
      Der Ricoh kann sich am Mailserver nicht mehr anmelden
      Das Monitoring schickt Meldungen über Office 365
      Was ist mit Geräten, die Mails senden?
      Druckerkonto und MFA
      Die Basic-Authentifizierung für den Scanner ist abgeschaltet
      Unsere Anwendung verschickt automatische Mails, ist sie von MFA betroffen?
      SMTP AUTH für den Kopierer
      Das NAS kann seit MFA keine Benachrichtigungen mehr mailen
    `),
  },
};
