import type { TopicData } from '../topic-data.ts';

export const howToEnrol: TopicData = {
  id: 'how-to-enrol',
  needsPerson: false,
  opensRoute: false,
  guide: 'authenticator',
  texts: {
    en: {
      title: 'How to set it up',
      answer:
        'It takes about five minutes. On your computer open aka.ms/mysecurityinfo, sign in and choose "Add sign-in method". For the Authenticator app: install Microsoft Authenticator on your phone, choose "Work or school account" there and scan the QR code on the screen; if the camera does not read it, the link below it shows what to type in instead. Afterwards add a second method, so that a lost phone does not lock you out.',
      nextStep: 'Open the guide and follow it step by step.',
    },
    de: {
      title: 'So richten Sie es ein',
      answer:
        'Es dauert etwa fünf Minuten. Öffnen Sie am Computer aka.ms/mysecurityinfo, melden Sie sich an und wählen Sie „Anmeldemethode hinzufügen“. Für die Authenticator-App installieren Sie Microsoft Authenticator auf dem Handy, wählen dort „Geschäfts- oder Schulkonto“ und scannen den QR-Code vom Bildschirm; liest die Kamera ihn nicht, zeigt der Link darunter, was Sie stattdessen eintippen. Fügen Sie danach eine zweite Methode hinzu, damit ein verlorenes Handy Sie nicht aussperrt.',
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
};
