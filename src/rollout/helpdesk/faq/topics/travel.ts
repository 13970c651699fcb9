import type { TopicData } from '../topic-data.ts';

export const travel: TopicData = {
  id: 'travel',
  needsPerson: false,
  opensRoute: true,
  guide: 'authenticator',
  texts: {
    en: {
      title: 'Travelling',
      answer:
        'The Authenticator app works everywhere: its six-digit code needs neither signal nor internet. A code by SMS needs roaming and may come late, so set up the app or a security key before you leave. Take the registered phone with you. Some countries may be blocked for sign-in; tell the helpdesk your country and dates beforehand.',
      nextStep: 'Write where you are going and when, and set up a second method before you leave.',
    },
    de: {
      title: 'Auf Reisen',
      answer:
        'Die Authenticator-App funktioniert überall: Ihr sechsstelliger Code braucht weder Netz noch Internet. Ein Code per SMS braucht Roaming und kommt manchmal spät; richten Sie deshalb vor der Reise die App oder einen Sicherheitsschlüssel ein. Nehmen Sie das registrierte Handy mit. Aus manchen Ländern kann die Anmeldung gesperrt sein; nennen Sie dem Helpdesk vorher Land und Zeitraum.',
      nextStep: 'Schreiben Sie, wohin und wann Sie reisen, und richten Sie vorher eine zweite Methode ein.',
    },
  },
  signs: {
    strong: [
      'nosignal code|mfa|authapp|app|signin|auth|sms|approve',
      'sms abroad !other',
      'mfa|authapp abroad !notme !postpone',
      'mfa abroad !when !postpone !notme !guest',
      'authapp abroad !notme !spy !postpone',
      'code abroad !notme !other',
      'signin abroad !other !notme !postpone',
      'sms abroad code|mfa|signin|phone',
      'auth abroad !notme',
      'nosignal code|mfa|authapp|app|signin|auth|sms',
      'abroad neg>code',
      'abroad account !notme',
    ],
    fair: ['abroad app|phone|code|account|signin', 'nosignal phone|app'],
  },
};
