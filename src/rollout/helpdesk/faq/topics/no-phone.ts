import { lines, type TopicData } from '../topic-data.ts';

export const noPhone: TopicData = {
  id: 'no-phone',
  needsPerson: false,
  opensRoute: true,
  guide: 'hardware-token',
  texts: {
    en: {
      title: 'No smartphone: there is another way',
      answer:
        'You do not need a smartphone. A security key or a hardware token does the same and is handed out by the helpdesk. Where your company allows it, a code by SMS to a simple mobile phone works too. Tell the helpdesk in good time, because keys and tokens have to be ordered.',
      nextStep: 'Ask here for a token or a key; the helpdesk arranges the rest.',
    },
    de: {
      title: 'Kein Smartphone: Es geht auch anders',
      answer:
        'Sie brauchen kein Smartphone. Ein Sicherheitsschlüssel oder ein Hardware-Token leistet dasselbe; beides gibt der Helpdesk aus. Wo Ihre Firma es erlaubt, geht auch ein Code per SMS auf ein einfaches Handy. Sagen Sie rechtzeitig Bescheid, denn Schlüssel und Token müssen bestellt werden.',
      nextStep: 'Bitten Sie hier um einen Token oder Schlüssel; der Helpdesk regelt den Rest.',
    },
  },
  signs: {
    strong: [
      'nophone mfa|auth|authapp|signin|code !lost !athome !nosignal',
      'neg>phone !nosignal have !lost !athome !broken !often !notarrive !refuse !nosignal',
      'nophone !lost !athome !broken',
      'dumbphone mfa|authapp|app|signin|code|auth',
    ],
    fair: ['neg>phone !own !refuse !lost !athome !broken', 'dumbphone'],
  },
  phrasings: {
    en: lines(`
      My mum's old flip phone is all I have. Is that enough for MFA?
      Some of our cleaning staff have no mobiles at all
      I gave up my smartphone two years ago. How do I authenticate now?
      I don't carry a mobile phone at work, we aren't allowed to in the lab
      There are colleagues in production with no smartphone. What should they do?
      what if someone doesn't have a smartphone?
      I do not have a smartphone
      I have no phone
      I don't own a mobile phone
      What about people without a smartphone?
      My phone is too old for the app
      I only have an old Nokia
      How do I do MFA without a phone?
      I have no mobile, how can I sign in with MFA?
      I don't have a company phone and no private one either
      Our drivers have no phones
      My flip phone cannot install apps
      Can I use MFA without a mobile?
      We are not allowed phones on the shop floor
      I only have a landline
      What if I don't have a cell phone?
      I do not use mobile phones
    `),
    de: lines(`
      Ich besitze nur ein Festnetztelefon
      Mein Kollege hat überhaupt kein Handy, wie macht der das mit MFA?
      ich benutze noch ein uraltes Klapphandy, reicht das?
      Ich hab kein Smartphone und will auch keins
      Was ist wenn man kein Handy besitzt
      bei uns in der Fertigung darf man keine Handys mitnehmen, wie soll das gehen
      Ich habe kein Smartphone
      Ich habe kein Handy
      Ich besitze kein Mobiltelefon
      Was ist mit Leuten ohne Smartphone?
      Mein Handy ist zu alt für die App
      Ich habe nur ein altes Nokia
      Wie mache ich MFA ohne Handy?
      Ich habe kein Telefon, wie melde ich mich mit MFA an?
      Ich habe kein Diensthandy und auch kein privates
      Unsere Fahrer haben keine Handys
      Auf meinem Klapphandy kann man keine Apps installieren
      Geht MFA ohne Handy?
      In der Produktion sind keine Handys erlaubt
      Ich habe nur ein Festnetztelefon
      Was ist, wenn man kein Handy hat?
      Ich benutze kein Handy
    `),
  },
};
