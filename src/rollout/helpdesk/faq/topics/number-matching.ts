import { lines, type TopicData } from '../topic-data.ts';

export const numberMatching: TopicData = {
  id: 'number-matching',
  needsPerson: false,
  opensRoute: false,
  guide: 'authenticator',
  texts: {
    en: {
      title: 'The number on the screen',
      answer:
        'When you sign in, the sign-in page shows a two-digit number. Type that number into the Authenticator app and confirm. It proves that the request comes from your own sign-in, so you cannot approve somebody else\'s by accident; it cannot be switched off. If the app asks for a number and you see none, you did not start the sign-in: choose "No, it\'s not me".',
      nextStep: 'Look for the number on the screen where you are signing in. None there? Deny and tell us.',
    },
    de: {
      title: 'Die Zahl auf dem Bildschirm',
      answer:
        'Bei der Anmeldung zeigt die Anmeldeseite eine zweistellige Zahl. Tippen Sie sie in die Authenticator-App und bestätigen Sie. So ist sicher, dass die Anfrage von Ihrer eigenen Anmeldung stammt und Sie keine fremde aus Versehen bestätigen; abschalten lässt sich das nicht. Fragt die App nach einer Zahl und Sie sehen keine, haben Sie die Anmeldung nicht begonnen: „Nein, das bin ich nicht“.',
      nextStep: 'Suchen Sie die Zahl dort, wo Sie sich anmelden. Keine da? Ablehnen und uns melden.',
    },
  },
  signs: {
    strong: [
      'number whatdo !other',
      'matching',
      'number type authapp !notme !newphone',
      'number type mfa !newphone',
      'number type app !other !newphone',
      'number signin type !other !newphone',
      'number approve type !other !newphone !landline',
      'number auth type !newphone !landline',
      'number screen type !other !newphone',
    ],
    fair: ['number type !other', 'number signin|mfa|authapp|app !newphone'],
  },
  phrasings: {
    en: lines(`
      My laptop shows 62 and the phone asks me to enter something
      A number like 83 appears after the password
      after the password I see the number 83. And now?
      there's a 2 digit thing on the login page, where does it go
      Which number should I enter in Authenticator?
      It says "enter the number to sign in" but I don't see any number
      why does the app want a number now, it used to be just approve
      What is number matching?
      A number is shown on the screen, where do I type it?
      Which number do I have to enter in the Authenticator?
      The app asks me for a number
      What is the two-digit number at sign-in for?
      Why do I have to type a number now?
      Where do I see the number for the Authenticator?
      Enter the number shown to sign in
      Before I could just tap approve, now it wants a number
      The app wants a number but I see none
      I entered the wrong number in the Authenticator
      What do I do with the number on my computer?
      Can number matching be turned off?
      The sign-in shows 47, what now?
      The number is hidden behind the prompt on my phone
      Sign-in page displays two digits
    `),
    de: lines(`
      Nach dem Passwort erscheint eine 57, was mache ich damit?
      Seit neuestem soll ich eine Zahl eingeben, welche?
      Die App verlangt eine zweistellige Zahl, aber wo steht die
      Wo steht die Zahl, die ich in die App eintippen soll?
      Da kommt eine Zahl, was mach ich damit
      Authenticator will eine Nummer von mir
      Was ist der Nummernabgleich?
      Auf dem Bildschirm steht eine Zahl, wo gebe ich sie ein?
      Welche Zahl muss ich im Authenticator eingeben?
      Die App fragt mich nach einer Nummer
      Wofür ist die zweistellige Zahl bei der Anmeldung?
      Warum muss ich jetzt eine Zahl eintippen?
      Wo sehe ich die Zahl für den Authenticator?
      Geben Sie die angezeigte Zahl ein, um sich anzumelden
      Früher konnte ich einfach auf Genehmigen tippen, jetzt will er eine Zahl
      Die App will eine Zahl, aber ich sehe keine
      Ich habe die falsche Zahl im Authenticator eingegeben
      Was mache ich mit der Zahl auf meinem Computer?
      Kann man den Nummernabgleich abschalten?
      Bei der Anmeldung steht 47, was nun?
      Die Zahl ist auf dem Handy hinter der Abfrage versteckt
      Die Anmeldeseite zeigt zwei Ziffern
    `),
  },
};
