import type { TopicData } from '../topic-data.ts';

export const lockedOut: TopicData = {
  id: 'locked-out',
  needsPerson: true,
  opensRoute: true,
  guide: null,
  texts: {
    en: {
      title: 'Locked out',
      answer:
        'Do not keep trying: too many attempts lock the account for a while. If the sign-in page offers "Sign in another way", use your other method. Otherwise the helpdesk checks who you are and gives you a Temporary Access Pass, a one-time code with which you get in and put your methods right. Please never share a code or your password in this channel.',
      nextStep: 'If it is urgent, call the helpdesk.',
    },
    de: {
      title: 'Ausgesperrt',
      answer:
        'Versuchen Sie es nicht immer wieder: Zu viele Versuche sperren das Konto für eine Weile. Bietet die Anmeldeseite „Auf andere Weise anmelden“ an, nehmen Sie Ihre andere Methode. Sonst prüft der Helpdesk, ob Sie es wirklich sind, und gibt Ihnen einen befristeten Zugriffspass (TAP), mit dem Sie hineinkommen und Ihre Methoden in Ordnung bringen. Bitte schreiben Sie nie einen Code oder Ihr Passwort in diesen Kanal.',
      nextStep: 'Wenn es eilt, rufen Sie den Helpdesk an.',
    },
  },
  signs: {
    strong: [
      'accesspass !key !other',
      'locked account !other !guest !shared !password',
      'cantget signin !other !guest !oldmail',
      'lockout !other',
      'locked account !guest !shared !other !password',
      'cantget !other !guest !oldmail !vpn',
      'signin loop !other',
      'mfa|authapp cantget !guest',
    ],
    fair: [
      'cantget',
      'locked signin|account|mfa|authapp|code',
      'loop mfa|authapp|code|signin',
      'neg>signin !notme !method',
      'lockout',
    ],
  },
};
