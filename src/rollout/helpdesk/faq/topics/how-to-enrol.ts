import { lines, type TopicData } from '../topic-data.ts';

export const howToEnrol: TopicData = {
  id: 'how-to-enrol',
  needsPerson: false,
  opensRoute: false,
  guide: 'authenticator',
  texts: {
    en: {
      title: 'How to set it up',
      answer:
        'It takes about five minutes. On your computer open aka.ms/mysecurityinfo, sign in and choose "Add sign-in method". For the Authenticator app: install Microsoft Authenticator on your phone, choose "Work or school account" there and scan the QR code on the screen. Afterwards add a second method, so that a lost phone does not lock you out.',
      nextStep: 'Open the guide and follow it step by step.',
    },
    de: {
      title: 'So richten Sie es ein',
      answer:
        'Es dauert etwa fünf Minuten. Öffnen Sie am Computer aka.ms/mysecurityinfo, melden Sie sich an und wählen Sie „Anmeldemethode hinzufügen“. Für die Authenticator-App: Microsoft Authenticator auf dem Handy installieren, dort „Geschäfts- oder Schulkonto“ wählen und den QR-Code vom Bildschirm scannen. Fügen Sie danach eine zweite Methode hinzu, damit ein verlorenes Handy Sie nicht aussperrt.',
      nextStep: 'Öffnen Sie die Anleitung und folgen Sie ihr Schritt für Schritt.',
    },
  },
  signs: {
    strong: [
      'mfa enrol howto !lost !key !when',
      'authapp enrol howto !lost !newphone !key',
      'authapp install howto',
      'mfa howto phone enrol',
    ],
    fair: [
      'mfa|authapp howto !newphone !lost !athome !broken !key !number !code !often !notarrive !abroad !nosignal',
      'mfa|authapp install|enrol !active !registered !amidone !when !postpone !own !refuse !why !newphone !spy !guest',
      'qr authapp',
    ],
  },
  phrasings: {
    en: lines(`
      Got a new job here, how do I get started with MFA
      scanning the qr gives an error in Authenticator
      ok I want to do the MFA registration now, where do I click?
      grandma needs help lol: setting up microsoft authenticater on a samsung
      How do I connect my phone to my work account for the authentication?
      Whats the link to register for mfa
      How can I add my authentication method
      I need to set up 2FA but don't know where to start
      where's the guide
      the QR code for authenticator won't scan
      How do I set up MFA?
      How do I enrol in MFA?
      How do I register for two-factor?
      Where can I register my phone for MFA?
      How do I set up the Authenticator app?
      Instructions for the MFA setup
      Is there a guide for the Authenticator?
      I got a mail about MFA, what do I have to do?
      What must I do for MFA?
      Help me set up Microsoft Authenticator
      Where is the link for the MFA registration?
      Where do I find the QR code for the Authenticator?
      How do I install the Authenticator?
      How do I activate two-step verification?
      How do I add a sign-in method?
      Step by step MFA setup please
      How do I add a second phone for MFA?
      The QR code of the Authenticator cannot be scanned
    `),
    de: lines(`
      Ich find die Seite nicht wo man sich für MFA einträgt
      Könnte mir jemand beim Installieren der Authenticator App helfen
      hey, kann mir wer beim registrieren vom Authenticator helfen? komm nicht weiter
      Wo bitte ist die Anleitung für diese MFA Sache
      Wie aktivier ich den Authenticator
      Schritt für Schritt Anleitung MFA bitte
      wie mach ich das mit der zwei faktor anmeldung am besten
      Wie richte ich MFA ein?
      Wie melde ich mich für MFA an?
      Wie registriere ich mich für Zwei-Faktor?
      Wo kann ich mein Handy für MFA registrieren?
      Wie richte ich die Authenticator-App ein?
      Anleitung für die MFA-Einrichtung
      Gibt es eine Anleitung zum Authenticator?
      Ich habe eine Mail zu MFA bekommen, was muss ich tun?
      Was muss ich für MFA machen?
      Hilfe beim Einrichten von Microsoft Authenticator
      Wo ist der Link zur MFA-Registrierung?
      Wo finde ich den QR-Code für den Authenticator?
      Wie installiere ich den Authenticator?
      Wie aktiviere ich die zweistufige Überprüfung?
      Wie füge ich eine Anmeldemethode hinzu?
      MFA einrichten Schritt für Schritt bitte
      Wie füge ich ein zweites Handy für MFA hinzu?
      Der QR-Code vom Authenticator lässt sich nicht scannen
    `),
  },
};
