import type { TopicData } from '../topic-data.ts';

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
        'Sie brauchen kein Smartphone. Ein Sicherheitsschlüssel oder ein Hardware-Token leistet dasselbe, und beides bekommen Sie vom Helpdesk. Wo Ihre Firma es erlaubt, geht auch ein Code per SMS auf ein einfaches Handy. Sagen Sie rechtzeitig Bescheid, denn Schlüssel und Token müssen bestellt werden.',
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
};
