import type { TopicData } from '../topic-data.ts';

export const securityKey: TopicData = {
  id: 'security-key',
  needsPerson: false,
  opensRoute: false,
  guide: 'security-key',
  texts: {
    en: {
      title: 'Security keys and tokens',
      answer:
        'A security key (FIDO2, for example a YubiKey) is a small USB or NFC device: plug it in or hold it to the device, enter its PIN, touch it. It needs no phone and is the strongest protection against phishing. You register it yourself at aka.ms/mysecurityinfo under "Security key"; for the first registration another method or a Temporary Access Pass from the helpdesk is needed.',
      nextStep: 'Ask here for a key, or open the guide if you have one already.',
    },
    de: {
      title: 'Sicherheitsschlüssel und Token',
      answer:
        'Ein Sicherheitsschlüssel (FIDO2, zum Beispiel ein YubiKey) ist ein kleines USB- oder NFC-Gerät: einstecken oder ans Gerät halten, PIN eingeben, berühren. Er braucht kein Handy und schützt am besten gegen Phishing. Sie registrieren ihn selbst unter aka.ms/mysecurityinfo mit „Sicherheitsschlüssel“; für die erste Registrierung braucht es eine andere Methode oder einen befristeten Zugriffspass (TAP) vom Helpdesk.',
      nextStep: 'Bitten Sie hier um einen Schlüssel, oder öffnen Sie die Anleitung, wenn Sie schon einen haben.',
    },
  },
  signs: {
    strong: [
      'key want|have|use|method|enrol !lost !other',
      'key !lost !other',
      'key method !lost',
      'key enrol',
      'key mfa !lost',
    ],
    fair: ['key'],
  },
};
