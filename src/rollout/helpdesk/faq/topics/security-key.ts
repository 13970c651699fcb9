import { lines, type TopicData } from '../topic-data.ts';

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
        'Ein Sicherheitsschlüssel (FIDO2, zum Beispiel ein YubiKey) ist ein kleines USB- oder NFC-Gerät: einstecken oder anhalten, PIN eingeben, berühren. Er braucht kein Handy und schützt am besten gegen Phishing. Registriert wird er unter aka.ms/mysecurityinfo mit „Sicherheitsschlüssel“; für die erste Registrierung braucht es eine andere Methode oder einen befristeten Zugriffspass (TAP) vom Helpdesk.',
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
  phrasings: {
    en: lines(`
      Company yubikeys available?
      how many security keys can I register
      saw a colleague with a little usb thing for logging in, can I have one too?
      is there a passkey option
      Got a Yubikey at home, may I use it?
      do we have those little USB keys
      would like a hardware token pls
      How does a passkey work?
      Can I get a security key?
      How do I register my YubiKey?
      Where do I get a hardware token?
      Can I use a FIDO2 key instead of the phone?
      Do you hand out USB keys for MFA?
      How do I set up a security key?
      Is a YubiKey supported?
      My security key is not recognised
      I forgot the PIN of my security key
      What is a FIDO key?
      Can I use my own YubiKey?
      I would like a token for signing in
      How does a hardware key work?
      How do I set up a passkey?
      What is a passkey?
      Which security keys are supported?
    `),
    de: lines(`
      Gibt es statt Handy so einen USB Stick zum Anmelden?
      Wo stecke ich den FIDO Stick rein und wie melde ich ihn an?
      Hätte gern einen YubiKey
      Habt ihr Hardware Token?
      Mein Yubikey wird nicht erkannt
      Kann ich einen Sicherheitsschlüssel bekommen?
      Wie registriere ich meinen YubiKey?
      Wo bekomme ich einen Hardware-Token?
      Kann ich einen FIDO2-Schlüssel statt des Handys nehmen?
      Gebt ihr USB-Schlüssel für MFA aus?
      Wie richte ich einen Sicherheitsschlüssel ein?
      Wird ein YubiKey unterstützt?
      Mein Sicherheitsschlüssel wird nicht erkannt
      Ich habe die PIN meines Sicherheitsschlüssels vergessen
      Was ist ein FIDO-Schlüssel?
      Kann ich meinen eigenen YubiKey verwenden?
      Ich hätte gern einen Token zum Anmelden
      Wie funktioniert ein Hardwareschlüssel?
      Wie richte ich einen Passkey ein?
      Was ist ein Passkey?
      Welche Sicherheitsschlüssel werden unterstützt?
    `),
  },
};
