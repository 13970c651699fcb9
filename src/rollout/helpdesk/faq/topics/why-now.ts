import type { TopicData } from '../topic-data.ts';

export const whyNow: TopicData = {
  id: 'why-now',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'Why MFA, and why now',
      answer:
        'Stolen passwords are the most common way into company accounts, and MFA stops most of these attacks. Cyber insurers now ask for it before they insure a company, which is why there is a date. It applies to everyone, because one unprotected account is enough for an attacker. Not sure that a mail about it is genuine? Click nothing in it and type aka.ms/mysecurityinfo into the browser yourself.',
      nextStep: "Set it up before your department's date; then nothing changes for you on the day.",
    },
    de: {
      title: 'Warum MFA, und warum jetzt',
      answer:
        'Gestohlene Passwörter sind der häufigste Weg in Firmenkonten, und MFA stoppt die meisten dieser Angriffe. Cyberversicherer verlangen sie inzwischen als Bedingung, deshalb gibt es einen Termin. Sie gilt für alle, denn einem Angreifer genügt ein einziges ungeschütztes Konto. Sie sind nicht sicher, ob eine Mail dazu echt ist? Klicken Sie darin nichts an und tippen Sie aka.ms/mysecurityinfo selbst in den Browser.',
      nextStep:
        'Richten Sie sie vor dem Termin Ihrer Abteilung ein; dann ändert sich am Tag selbst nichts mehr für Sie.',
    },
  },
  signs: {
    strong: [
      'mfa whydirect !often !number !code !lockout !cantget',
      'authapp whydirect !often !number !own !spy !notarrive',
    ],
    fair: ['signin whydirect mfa|auth|authapp', 'insur mfa', 'whydirect mfa'],
  },
};
