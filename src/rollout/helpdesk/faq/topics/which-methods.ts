import { lines, type TopicData } from '../topic-data.ts';

export const whichMethods: TopicData = {
  id: 'which-methods',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'Which methods you can choose',
      answer:
        'The Microsoft Authenticator app is the simplest for most people: one tap and a number. A passkey or a security key (a small USB or NFC device) is the strongest against phishing. A hardware token shows a code and needs no phone. A code by SMS works where your company allows it, but is the weakest. Register two methods.',
      nextStep: 'Choose a method in the guide; it has one page for each.',
    },
    de: {
      title: 'Welche Methoden es gibt',
      answer:
        'Für die meisten ist die App Microsoft Authenticator am einfachsten: ein Tipp und eine Zahl. Am stärksten gegen Phishing sind ein Passkey oder ein Sicherheitsschlüssel (kleines USB- oder NFC-Gerät). Ein Hardware-Token zeigt einen Code und braucht kein Handy. Ein Code per SMS geht, wo Ihre Firma ihn erlaubt, ist aber am schwächsten. Registrieren Sie zwei Methoden.',
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
  phrasings: {
    en: lines(`
      Must it be the app or is there something else?
      What is the simplest method for signing in with MFA?
      Which option is the most convenient second factor?
      I prefer text messages, possible?
      Does it have to be Microsoft Authenticator? I already have Google's
      app, sms, call... what are the choices?
      would the google auth app do the job as well?
      app vs sms vs key, which one should I take?
      Is SMS allowed or only the app?
      Can I use Face ID instead of typing codes
      Which methods can I use for MFA?
      What options do I have for the second factor?
      Is there an alternative to the Authenticator app?
      Can I use SMS instead of the app?
      Can I get a phone call instead of the app?
      Does Google Authenticator work as well?
      May I use another authenticator app?
      Which second factor is best?
      Which method do you recommend?
      Are text messages allowed as a second factor?
      Can I use my fingerprint as a second factor?
      Is SMS still OK for MFA?
      Can I have two methods?
      Which verification methods are supported?
      Can I use Windows Hello for MFA?
      Can I do MFA without the app?
      App or SMS, what is better?
      Can I get the code by email?
    `),
    de: lines(`
      Was ist die einfachste Methode für die Anmeldung?
      Geht noch etwas anderes außer der App?
      SMS oder App - was nehmt ihr?
      Geht Fingerabdruck am Laptop als zweiter Faktor
      Könnte ich mir den Code auch per Anruf geben lassen anstatt App
      Ist SMS erlaubt oder nur die App?
      Kann ich meine Festnetznummer für die Bestätigung hinterlegen?
      Welche Verfahren gibts denn fürs Anmelden
      Welche Methoden kann ich für MFA nutzen?
      Welche Möglichkeiten habe ich beim zweiten Faktor?
      Gibt es eine Alternative zur Authenticator-App?
      Kann ich SMS statt der App nehmen?
      Geht auch ein Anruf statt der App?
      Funktioniert auch Google Authenticator?
      Darf ich eine andere Authenticator-App verwenden?
      Welcher zweite Faktor ist am besten?
      Welche Methode empfehlt ihr?
      Sind SMS als zweiter Faktor erlaubt?
      Kann ich meinen Fingerabdruck als zweiten Faktor nehmen?
      Ist SMS für MFA noch in Ordnung?
      Kann ich zwei Methoden haben?
      Welche Verfahren werden unterstützt?
      Geht Windows Hello für MFA?
      Geht MFA ohne App?
      App oder SMS, was ist besser?
      Kann ich den Code per E-Mail bekommen?
    `),
  },
};
