import { lines, type TopicData } from '../topic-data.ts';

export const guest: TopicData = {
  id: 'guest',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'Guests and external people',
      answer:
        'Whether guests need MFA here is decided by the company as a whole, not per person. If it applies, a guest is asked at the next sign-in to our Teams or SharePoint and sets a method up there, or uses the one from the own company if it is trusted. People with an account of our own, such as freelancers, are treated like employees.',
      nextStep: 'If an external person is stuck, tell us the name and mail address; the helpdesk looks at the account.',
    },
    de: {
      title: 'Gäste und externe Personen',
      answer:
        'Ob Gäste hier MFA brauchen, entscheidet die Firma als Ganzes und nicht für jede Person. Wenn es gilt, wird ein Gast bei der nächsten Anmeldung an unserem Teams oder SharePoint gefragt und richtet dort eine Methode ein, oder er nutzt die der eigenen Firma, wenn ihr vertraut wird. Wer ein Konto bei uns hat, etwa Freiberufler, wird wie Mitarbeitende behandelt.',
      nextStep:
        'Hängt eine externe Person fest, nennen Sie uns Namen und Mailadresse; der Helpdesk sieht sich das Konto an.',
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
  phrasings: {
    en: lines(`
      Will people we invited to our Teams have to do MFA?
      our auditors log in with their own company address, will they be asked for MFA?
      Do external users have to do MFA?
      our tax advisor can't access the shared files since MFA
      what about temps and interns, MFA for them?
      Do guests need MFA?
      Do external contractors have to use MFA?
      Our freelancer cannot sign in because of two-factor
      Does MFA apply to guest accounts?
      A partner asks whether he needs the Authenticator
      What about consultants with guest access?
      External users and MFA
      Do guests in Teams have to register?
      How do suppliers sign in with MFA?
      A guest cannot open our SharePoint since MFA
      Do temporary workers need MFA as well?
      Our auditor has a guest account, does he need two-factor?
      Can guests use their own MFA?
      MFA for external people
      Customer in our Teams channel and two-factor
      An agency works for us, do they need MFA?
    `),
    de: lines(`
      Unsere Freelancerin hat keinen Authenticator, braucht sie einen?
      Externe Entwickler mit Gastkonto, müssen die auch den Authenticator haben?
      Müssen unsere Lieferanten auch MFA einrichten?
      Externe Kollegin kommt nicht rein wegen Authenticator
      Gilt das auch für Freelancer?
      Brauchen Gäste MFA?
      Müssen externe Dienstleister MFA nutzen?
      Unser Freiberufler kann sich wegen Zwei-Faktor nicht anmelden
      Gilt MFA für Gastkonten?
      Ein Partner fragt, ob er den Authenticator braucht
      Was ist mit Beratern, die einen Gastzugang haben?
      Externe Benutzer und MFA
      Müssen sich Gäste in Teams registrieren?
      Wie melden sich Lieferanten mit MFA an?
      Ein Gast kann seit MFA unser SharePoint nicht öffnen
      Brauchen auch Leiharbeiter MFA?
      Unser Prüfer hat ein Gastkonto, braucht er Zwei-Faktor?
      Können Gäste ihre eigene MFA nutzen?
      MFA für externe Personen
      Kunde in unserem Teams-Kanal und Zwei-Faktor
      Eine Agentur arbeitet für uns, braucht die MFA?
    `),
  },
};
