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
        'A security key (FIDO2, for example a YubiKey) is a small USB or NFC device: plug it in or hold it to the device, enter the PIN that you chose for it, touch it. You register it yourself at aka.ms/mysecurityinfo under "Security key"; if it is your first method, you need a Temporary Access Pass from the helpdesk. A hardware token shows a six-digit code; the helpdesk assigns it to you by its serial number. Lost it, forgot the PIN, battery empty? Tell the helpdesk.',
      nextStep: 'Ask here for a key or token, or open the guide if you have one already.',
    },
    de: {
      title: 'Sicherheitsschlüssel und Token',
      answer:
        'Ein Sicherheitsschlüssel (FIDO2, zum Beispiel ein YubiKey) ist ein kleines USB- oder NFC-Gerät: einstecken oder ans Gerät halten, die selbst gewählte PIN eingeben, berühren. Sie registrieren ihn unter aka.ms/mysecurityinfo mit „Sicherheitsschlüssel“; ist er Ihre erste Methode, brauchen Sie einen befristeten Zugriffspass (TAP) vom Helpdesk. Ein Hardware-Token zeigt einen sechsstelligen Code; der Helpdesk weist ihn Ihnen anhand der Seriennummer zu. Verloren, PIN vergessen, Batterie leer? Sagen Sie dem Helpdesk Bescheid.',
      nextStep:
        'Bitten Sie hier um einen Schlüssel oder Token, oder öffnen Sie die Anleitung, wenn Sie schon einen haben.',
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
