import { lines, type TopicData } from '../topic-data.ts';

export const lostPhone: TopicData = {
  id: 'lost-phone',
  needsPerson: true,
  opensRoute: true,
  guide: 'authenticator',
  texts: {
    en: {
      title: 'Phone lost, stolen, broken or new',
      answer:
        'If it is lost or stolen, say so at once: the helpdesk removes the old phone from your account. Then it checks who you are and gives you a Temporary Access Pass, a one-time code with which you sign in and register the new phone. Still have the old phone? Add the new one at aka.ms/mysecurityinfo first and remove the old one afterwards.',
      nextStep: 'If it is urgent, call the helpdesk.',
    },
    de: {
      title: 'Handy verloren, gestohlen, kaputt oder neu',
      answer:
        'Ist es weg oder gestohlen, melden Sie es sofort: Der Helpdesk entfernt das alte Handy aus Ihrem Konto. Danach prüft er, dass Sie es sind, und gibt Ihnen einen befristeten Zugriffspass (TAP), mit dem Sie sich einmal anmelden und das neue Handy registrieren. Haben Sie das alte noch? Fügen Sie zuerst unter aka.ms/mysecurityinfo das neue hinzu und entfernen Sie danach das alte.',
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
  phrasings: {
    en: lines(`
      I misplaced my mobile
      My phone fell and no longer starts, I need it for signing in
      I can't find my phone
      My phone is being repaired, how do I sign in?
      Phone gone. Taxi. Help.
      can't find my phone anywhere and need to log on
      I upgraded my phone and authenticator says I need to set it up again
      phone's at the repair shop, how do I get my login codes
      my kid threw my phone into the pool, I can't confirm the login anymore
      pickpocket took my phone on the tube, what should I do about my work account?
      changed my handset, authenticator has no accounts in it
      i lost my mobile yesterday, what do i do
      My phone was stolen in Barcelona
      Phone is dead and won't turn on. How can I authenticate?
      I have a new phone and need to set up authenticator again
      switching to a new iPhone tomorrow, what about the authenticator?
      dropped my phone and the screen is black so i cannot approve the sign in
      my phone is at home and I need to log in
      I lost my phone
      My phone was stolen
      My phone is broken and I cannot sign in
      I have a new phone, how do I move the Authenticator?
      I forgot my phone at home
      I left my phone in the taxi
      My old phone is gone and the Authenticator was on it
      I changed phones and the codes do not work any more
      My phone fell into the water and I need a code
      I reset my phone and the Authenticator is empty
      How do I transfer the Authenticator to my new phone?
      I deleted the Authenticator app by mistake
      I don't have my phone with me today and cannot log in
      My mobile died and I can't approve the sign-in
      I lost my security key
      I have a new phone number, how do I change it for MFA?
      Someone stole my iPhone with the Authenticator
      What if I lose my phone?
    `),
    de: lines(`
      Mein Handy ist runtergefallen und startet nicht mehr
      Ich finde mein Handy nicht mehr
      Mein Smartphone ist in Reparatur, wie melde ich mich an?
      Handydiebstahl! Da war die Authenticator App drauf
      Neues Telefon seit heute, Authenticator fragt immer noch das alte
      mein handy ist in reparatur, wie komm ich an die codes
      Hab mein Handy in der Bahn liegen gelassen :(
      seit dem Wechsel auf das neue iPhone kommen keine Anfragen mehr im Authenticator
      Handy weg!
      Mein Diensthandy wurde mir in der S-Bahn gestohlen
      Ich habe mein Smartphone verloren und komme nicht mehr in Outlook
      Handy vergessen, wie kann ich mich heute anmelden?
      Hab seit gestern ein neues iPhone, der Authenticator geht nicht mehr
      Ich habe mein Handy verloren
      Mein Handy wurde gestohlen
      Mein Handy ist kaputt und ich kann mich nicht anmelden
      Ich habe ein neues Handy, wie ziehe ich den Authenticator um?
      Ich habe mein Handy zu Hause vergessen
      Ich habe mein Handy im Taxi liegen lassen
      Mein altes Handy ist weg und der Authenticator war darauf
      Ich habe das Handy gewechselt und die Codes gehen nicht mehr
      Mein Handy ist ins Wasser gefallen und ich brauche einen Code
      Ich habe mein Handy zurückgesetzt und der Authenticator ist leer
      Wie übertrage ich den Authenticator auf mein neues Handy?
      Ich habe die Authenticator-App aus Versehen gelöscht
      Ich habe mein Handy heute nicht dabei und kann mich nicht anmelden
      Mein Telefon ist tot und ich kann die Anmeldung nicht bestätigen
      Ich habe meinen Sicherheitsschlüssel verloren
      Ich habe eine neue Handynummer, wie ändere ich sie für MFA?
      Jemand hat mein iPhone mit dem Authenticator geklaut
      Was ist, wenn ich mein Handy verliere?
    `),
  },
};
