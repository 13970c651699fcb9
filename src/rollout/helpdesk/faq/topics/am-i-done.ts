import { lines, type TopicData } from '../topic-data.ts';

export const amIDone: TopicData = {
  id: 'am-i-done',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'Whether you are done',
      answer:
        "Open aka.ms/mysecurityinfo: if a method such as Microsoft Authenticator, a passkey, a security key or a phone number is listed there, you are registered. Two methods are better than one, because a lost phone then does not lock you out. There is nothing else to do; the rest happens by itself on your department's date.",
      nextStep: 'Check your list of methods, and add a second one if there is only one.',
    },
    de: {
      title: 'Ob Sie fertig sind',
      answer:
        'Öffnen Sie aka.ms/mysecurityinfo: Steht dort eine Methode wie Microsoft Authenticator, Passkey, Sicherheitsschlüssel oder Telefonnummer, sind Sie registriert. Zwei Methoden sind besser als eine, weil ein verlorenes Handy Sie dann nicht aussperrt. Mehr ist nicht zu tun; der Rest geschieht am Termin Ihrer Abteilung von selbst.',
      nextStep: 'Prüfen Sie Ihre Liste der Methoden und fügen Sie eine zweite hinzu, wenn nur eine dasteht.',
    },
  },
  signs: {
    strong: [
      'enrol amidone !other',
      'mfa|authapp active !howto',
      'method registered',
      'enrol amidone !other !howto',
      'amidone method',
      'mfa amidone !lost !cantget !guest',
      'mfa amidone !lost !cantget !guest',
      'authapp amidone !lost !cantget',
      'app enrol|install amidone !other',
      'enrol mfa|auth|authapp amidone',
    ],
    fair: ['registered mfa|authapp|app', 'amidone', 'amidone enrol|app|mfa|signin|account|protect'],
  },
  phrasings: {
    en: lines(`
      How can I tell if my setup is complete?
      Does the system show that I am enrolled?
      Is there anything outstanding for me with MFA?
      Am I finished or do I need a second method too?
      where can I see if I'm registered
      I believe I finished the registration thing, could you verify?
      am I good for the MFA switch on Monday?
      is my MFA active?
      Did it work? I registered the app just now
      finished the setup, what's next?
      how can I see which methods I have registered
      Am I done with MFA?
      Am I registered for MFA?
      Did my MFA registration work?
      How can I check whether MFA is set up?
      Do I still have to do something for MFA?
      Is my account protected by MFA?
      Have I set up MFA correctly?
      I installed the Authenticator, is that all?
      I scanned the code, what else is there to do?
      Is two-factor already active for me?
      How do I know that I am enrolled?
      What is my MFA status?
      Did everything go through with my setup of the Authenticator?
      Which methods are registered for me?
      Am I ready for the MFA date?
      Already set up MFA, anything else?
    `),
    de: lines(`
      Steht bei mir noch etwas offen mit der MFA?
      Zeigt das System, dass ich registriert bin?
      Ist meine Einrichtung vollständig?
      Ich glaub ich hab MFA fertig eingerichtet, könnt ihr das sehen?
      Wo kann ich nachsehen, ob meine MFA aktiv ist?
      Habe alles eingerichtet, fehlt noch was?
      Ist meine MFA aktiv?
      Hab mich registriert, hat das funktioniert?
      welche Methoden habe ich hinterlegt
      bin ich schon durch mit MFA?
      Bin ich mit MFA fertig?
      Bin ich für MFA registriert?
      Hat meine MFA-Registrierung geklappt?
      Wie kann ich prüfen, ob MFA eingerichtet ist?
      Muss ich für MFA noch etwas tun?
      Ist mein Konto mit MFA geschützt?
      Habe ich MFA richtig eingerichtet?
      Ich habe den Authenticator installiert, war es das?
      Ich habe den Code gescannt, was ist noch zu tun?
      Ist Zwei-Faktor bei mir schon aktiv?
      Woran erkenne ich, dass ich registriert bin?
      Wie ist mein MFA-Status?
      Hat bei der Einrichtung des Authenticators alles funktioniert?
      Welche Methoden sind bei mir hinterlegt?
      Bin ich für den MFA-Termin bereit?
      MFA schon eingerichtet, sonst noch was?
    `),
  },
};
