import type { TopicData } from '../topic-data.ts';

export const whichMethods: TopicData = {
  id: 'which-methods',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'Which methods you can choose',
      answer:
        'The Microsoft Authenticator app is the simplest for most people: type a number and tap once. A passkey or a security key (a small USB or NFC device) is the strongest against phishing. A hardware token shows a code and needs no phone. Where your company allows it, another authenticator app with six-digit codes works too, or a code by SMS or call, which is the weakest. A code by e-mail is not possible. Register two methods.',
      nextStep: 'Choose a method in the guide; it has one page for each.',
    },
    de: {
      title: 'Welche Methoden es gibt',
      answer:
        'Für die meisten ist die App Microsoft Authenticator am einfachsten: einmal tippen und eine Zahl eingeben. Am stärksten gegen Phishing sind ein Passkey oder ein Sicherheitsschlüssel (kleines USB- oder NFC-Gerät). Ein Hardware-Token zeigt einen Code und braucht kein Handy. Wo Ihre Firma es erlaubt, geht auch eine andere Authenticator-App mit sechsstelligen Codes oder, am schwächsten, ein Code per SMS oder Anruf. Ein Code per E-Mail geht nicht. Registrieren Sie zwei Methoden.',
      nextStep: 'Wählen Sie eine Methode in der Anleitung; jede hat eine eigene Seite.',
    },
  },
  signs: {
    strong: [
      'method app !other !scans !copier !own !refuse !newphone !spy',
      'landline approve|mfa|signin|auth|enrol|code',
      'mfa method !registered !often !why !notarrive',
      'authapp method !often !number !notarrive !newphone !own !refuse !key',
      'sms method app|authapp|code|mfa !notarrive',
      'call method app|authapp|mfa|code !human !helpdesk',
      'biometric mfa|authapp !spy',
      'sms mfa !notarrive !when !abroad !why !notme',
      'call mfa|auth method',
    ],
    fair: ['method signin|auth|mfa|code !registered', 'sms app !notarrive !spy !abroad'],
  },
};
