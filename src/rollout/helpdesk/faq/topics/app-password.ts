import type { TopicData } from '../topic-data.ts';

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
};
