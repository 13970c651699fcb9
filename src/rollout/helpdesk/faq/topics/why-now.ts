import { lines, type TopicData } from '../topic-data.ts';

export const whyNow: TopicData = {
  id: 'why-now',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'Why MFA, and why now',
      answer:
        'Stolen passwords are the most common way into company accounts, and MFA stops most of these attacks. Cyber insurers now ask for it before they insure a company, which is why there is a date. It applies to everyone, because one unprotected account is enough for an attacker.',
      nextStep: "Set it up before your department's date; then nothing changes for you on the day.",
    },
    de: {
      title: 'Warum MFA, und warum jetzt',
      answer:
        'Gestohlene Passwörter sind der häufigste Weg in Firmenkonten, und MFA stoppt die meisten dieser Angriffe. Cyberversicherer verlangen sie inzwischen als Bedingung, deshalb gibt es einen Termin. Sie gilt für alle, denn einem Angreifer genügt ein einziges ungeschütztes Konto.',
      nextStep: 'Richten Sie sie vor dem Termin Ihrer Abteilung ein; am Tag selbst ändert sich dann nichts mehr.',
    },
  },
  signs: {
    strong: [
      'mfa whydirect !often !number !code !lockout !cantget',
      'authapp whydirect !often !number !own !spy !notarrive',
    ],
    fair: ['signin whydirect mfa|auth|authapp', 'insur mfa', 'whydirect mfa'],
  },
  phrasings: {
    en: lines(`
      Nobody asked us. Why is MFA being pushed on everyone?
      what good does a second factor do if my password is 20 chars long
      We survived decades w/o MFA. Why the sudden urgency?
      why can't we just keep using passwords like before?
      I've worked here 20 years without a second factor, why change now
      Is this MFA an insurance thing?
      Why do we have to use MFA?
      Why is MFA mandatory now?
      Why do I need a second factor?
      My password is strong, is that not enough?
      What is the point of MFA?
      Is MFA really necessary?
      Why are we suddenly introducing two-factor?
      Whose idea was it to force MFA on us?
      What does the insurance have to do with MFA?
      Why does the insurer want MFA?
      What do I gain from MFA?
      Is two-factor optional?
      What happens if I do not use MFA?
      Do I have to do this MFA thing?
      Why should I bother with the Authenticator?
      Reason for the new sign-in
    `),
    de: lines(`
      Ist MFA gesetzlich vorgeschrieben oder nur eine Idee vom Chef
      Hat das was mit der Cyberversicherung zu tun, dass wir jetzt MFA kriegen?
      ich sehe den sinn von dieser MFA nicht, warum macht man das
      Wozu der ganze Aufwand mit dem zweiten Faktor?
      Muss ich bei MFA überhaupt mitmachen?
      Warum müssen wir MFA nutzen?
      Warum ist MFA jetzt Pflicht?
      Wozu brauche ich einen zweiten Faktor?
      Mein Passwort ist sicher, reicht das nicht?
      Was ist der Sinn von MFA?
      Ist MFA wirklich nötig?
      Wieso führen wir plötzlich Zwei-Faktor ein?
      Wer hat sich das mit der MFA ausgedacht?
      Was hat die Versicherung mit MFA zu tun?
      Warum will der Versicherer MFA?
      Was bringt mir MFA?
      Ist Zwei-Faktor freiwillig?
      Was passiert, wenn ich MFA nicht nutze?
      Muss ich bei der MFA mitmachen?
      Warum soll ich den Authenticator nehmen?
      Grund für die neue Anmeldung
    `),
  },
};
