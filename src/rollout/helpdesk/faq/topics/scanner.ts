import type { TopicData } from '../topic-data.ts';

export const scanner: TopicData = {
  id: 'scanner',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'Scanners, copiers and programs that send mail',
      answer:
        'Devices that send mail with a user name and password (SMTP with basic authentication) cannot answer MFA, and Microsoft is retiring that kind of sign-in anyway. Please do not change anything yourself: the helpdesk moves the device to another way of sending, such as a relay, a connector or modern authentication, before your phase starts.',
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
};
