import type { TopicData } from '../topic-data.ts';

export const guest: TopicData = {
  id: 'guest',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'Guests and external people',
      answer:
        'Whether guests need MFA here is decided by the company as a whole, not per person. If it applies, a guest is asked at the next sign-in to our Teams or SharePoint and sets a method up there, or uses the one of their own company, if ours trusts it. People who have an account with us, such as freelancers, are treated like employees.',
      nextStep: 'If an external person is stuck, tell us the name and mail address; the helpdesk looks at the account.',
    },
    de: {
      title: 'Gäste und externe Personen',
      answer:
        'Ob Gäste hier MFA brauchen, entscheidet die Firma als Ganzes und nicht für jede Person. Gilt es, wird ein Gast bei der nächsten Anmeldung in unserem Teams oder SharePoint gefragt und richtet dort eine Methode ein, oder er nutzt die seiner eigenen Firma, wenn unsere ihr vertraut. Wer ein Konto bei uns hat, etwa Freiberufler, wird wie Mitarbeitende behandelt.',
      nextStep:
        'Kommt eine externe Person nicht weiter, nennen Sie uns Namen und Mailadresse; der Helpdesk sieht sich das Konto an.',
    },
  },
  signs: {
    strong: [
      'guest applies !other',
      'guest mfa|authapp',
      'guest mfa',
      'guest authapp',
      'guest auth !other',
      'guest enrol signin|account|phone !other',
    ],
    fair: ['guest signin !other'],
  },
};
