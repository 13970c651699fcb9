import { lines, type TopicData } from '../topic-data.ts';

export const appPassword: TopicData = {
  id: 'app-password',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'App passwords',
      answer:
        "App passwords are no way round MFA here: they do not work with the sign-in rules (Conditional Access) that the company uses, and they are a weak point, because they skip the second factor. Use a program that shows Microsoft's sign-in page instead, such as current Outlook. For a device or program that only knows a password, the helpdesk finds another way.",
      nextStep: 'Tell us which program or device asks for an app password.',
    },
    de: {
      title: 'App-Kennwörter',
      answer:
        'App-Kennwörter sind hier kein Weg an MFA vorbei: Sie funktionieren mit den Anmelderegeln der Firma (bedingter Zugriff) nicht und sind eine Schwachstelle, weil sie den zweiten Faktor überspringen. Nehmen Sie ein Programm, das die Anmeldeseite von Microsoft zeigt, zum Beispiel ein aktuelles Outlook. Für Geräte und Programme, die nur ein Passwort kennen, findet der Helpdesk einen anderen Weg.',
      nextStep: 'Schreiben Sie uns, welches Programm oder Gerät ein App-Kennwort verlangt.',
    },
  },
  signs: { strong: ['apppw'] },
  phrasings: {
    en: lines(`
      Where did the app passwords go in my account?
      old thermostat software says use an app password
      Outlook wants an app password?
      I had an app password for my phone, it was deleted
      How do I get an app password?
      Where can I create an app password?
      Do app passwords still work?
      I need an app password for Outlook
      App password for my scanner
      The program asks for an app-specific password
      Can I use app passwords with MFA?
      Generate an app password in Office 365
      My app password does not work any more
      The option for app passwords is missing
      What is an app password?
      Are app passwords allowed?
      App password for Thunderbird
      I cannot find app passwords in my security info
      Old software needs an app password
    `),
    de: lines(`
      Für mein altes Programm brauche ich so ein App-Kennwort
      kann man App-Kennwörter irgendwo anlegen
      Wo lege ich ein App-Passwort an?
      Brauche ein App Passwort für den Scanner
      Wie bekomme ich ein App-Kennwort?
      Wo kann ich ein App-Passwort erstellen?
      Gehen App-Kennwörter noch?
      Ich brauche ein App-Passwort für Outlook
      App-Kennwort für meinen Scanner
      Das Programm verlangt ein anwendungsspezifisches Passwort
      Kann ich App-Passwörter mit MFA verwenden?
      App-Kennwort in Office 365 erzeugen
      Mein App-Passwort geht nicht mehr
      Die Option für App-Kennwörter fehlt
      Was ist ein App-Passwort?
      Sind App-Passwörter erlaubt?
      App-Passwort für Thunderbird
      Ich finde die App-Kennwörter nicht in den Sicherheitsinformationen
      Alte Software braucht ein App-Kennwort
    `),
  },
};
