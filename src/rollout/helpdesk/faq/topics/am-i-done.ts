import type { TopicData } from '../topic-data.ts';

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
      'authapp amidone !lost !cantget',
      'app enrol|install amidone !other',
      'enrol mfa|auth|authapp amidone',
    ],
    fair: ['registered mfa|authapp|app', 'amidone', 'amidone enrol|app|mfa|signin|account|protect'],
  },
};
