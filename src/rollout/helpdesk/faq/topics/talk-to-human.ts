import type { TopicData } from '../topic-data.ts';

export const talkToHuman: TopicData = {
  id: 'talk-to-human',
  needsPerson: true,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'A person takes over',
      answer:
        'Somebody from the helpdesk can help you here and sees your question together with what we know of your enrolment and your registered methods. Please do not write passwords or codes here; nobody from the helpdesk will ever ask you for them.',
      nextStep: 'Write your question here. If it is urgent, call the helpdesk.',
    },
    de: {
      title: 'Ein Mensch übernimmt',
      answer:
        'Hier hilft Ihnen jemand vom Helpdesk und sieht Ihre Frage zusammen mit dem, was wir über Ihre Registrierung und Ihre Methoden wissen. Bitte schreiben Sie hier keine Passwörter oder Codes; niemand vom Helpdesk wird Sie je danach fragen.',
      nextStep: 'Schreiben Sie hier Ihre Frage. Wenn es eilt, rufen Sie den Helpdesk an.',
    },
  },
  signs: {
    strong: [
      'want human bot',
      'who talk mfa|authapp',
      'callback want !other',
      'human want|talk',
      'talk helpdesk !other',
      'human talk !other',
      'human bot',
      'human want !other',
      'bot>useless',
      'agentplease',
      'talk mfa helpdesk|someone|human',
      'mfa talk someone|human|call',
      'callme helpdesk|mfa|authapp',
      'human helpdesk',
    ],
    fair: ['human !other', 'talk helpdesk|human'],
  },
};
