import type { TopicData } from '../topic-data.ts';

export const lostPhone: TopicData = {
  id: 'lost-phone',
  needsPerson: true,
  opensRoute: true,
  guide: 'authenticator',
  texts: {
    en: {
      title: 'Phone lost, stolen, broken or new',
      answer:
        'If it is lost or stolen, say so at once: the helpdesk removes the old phone from your account. Then it checks who you are and gives you a Temporary Access Pass, a one-time code with which you sign in and register the new phone. If you only left it at home, use your second method or ask for such a pass. Still have the old phone? Add the new one at aka.ms/mysecurityinfo first and remove the old one afterwards.',
      nextStep: 'If it is urgent, call the helpdesk.',
    },
    de: {
      title: 'Handy verloren, gestohlen, kaputt oder neu',
      answer:
        'Ist es weg oder gestohlen, melden Sie es sofort: Der Helpdesk entfernt das alte Handy aus Ihrem Konto. Danach prüft er, ob Sie es wirklich sind, und gibt Ihnen einen befristeten Zugriffspass (TAP), mit dem Sie sich einmal anmelden und das neue Handy registrieren. Liegt es nur zu Hause, nehmen Sie Ihre zweite Methode oder fragen Sie nach einem solchen Zugriffspass. Haben Sie das alte noch? Fügen Sie zuerst unter aka.ms/mysecurityinfo das neue hinzu und entfernen Sie danach das alte.',
      nextStep: 'Wenn es eilt, rufen Sie den Helpdesk an.',
    },
  },
  signs: {
    strong: [
      'phone broken approve|signin|code|mfa|authapp|account',
      'phone lost account|signin|code|mfa|authapp',
      'newphone authapp|mfa|code|signin|approve',
      'phone stolen !other',
      'phone>lost !other',
      'lost>phone !other',
      'phone athome mfa|authapp|code|signin|auth|approve',
      'forgotphone',
      'phone broken mfa|authapp|code|signin|auth|approve',
      'newphone mfa|authapp|code|signin|auth|transfer !cracked',
      'authapp newphone',
      'authapp lost !why',
      'authapp transfer phone',
      'key lost !other',
    ],
    fair: ['phone athome', 'phone lost'],
  },
};
