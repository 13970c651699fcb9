import { lines, type TopicData } from '../topic-data.ts';

export const talkToHuman: TopicData = {
  id: 'talk-to-human',
  needsPerson: true,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'A person takes over',
      answer:
        'Somebody of the helpdesk can help you here, and sees your question together with what we know of your enrolment and your registered methods. Please do not write passwords or codes here; nobody from the helpdesk will ever ask you for them.',
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
      'talk helpdesk !other',
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
  phrasings: {
    en: lines(`
      Is there a human behind this? I'd like to speak with them
      give me a real support person
      no offence bot but I want a colleague
      who can I phone about this MFA mess
      Can a human please help me?
      i'd rather talk to a person
      give me someone from support please
      operator
      Could you have a technician ring me?
      I want to talk to a human
      Can I speak to a person?
      Connect me to the helpdesk
      Please have somebody from IT call me
      I need a real person
      The bot does not help me
      Agent please
      Can somebody call me about MFA?
      Is there someone I can ask about MFA?
      How do I reach the helpdesk?
      Put me through to support
      I do not want to talk to a bot
      Who can help me personally with MFA?
      Forward me to a colleague
      Human
      Can someone come to my desk and help me with MFA?
    `),
    de: lines(`
      Kann mich ein Techniker anrufen wegen der MFA
      Können Sie mich mit einem echten Mitarbeiter verbinden
      Ich brauche einen echten Mitarbeiter
      kann ich bitte mit der IT sprechen?
      Rufen Sie mich bitte zurück
      Gibt es hier auch richtige Menschen?
      Kann ich mit einer Person reden?
      Verbinde mich mit dem Helpdesk
      Bitte soll mich jemand aus der IT anrufen
      Ich brauche einen echten Menschen
      Der Bot hilft mir nicht
      Mitarbeiter bitte
      Kann mich jemand wegen MFA anrufen?
      Gibt es jemanden, den ich zu MFA fragen kann?
      Wie erreiche ich den Helpdesk?
      Bitte zum Support durchstellen
      Ich will nicht mit einem Bot reden
      Wer kann mir persönlich bei MFA helfen?
      Bitte an einen Kollegen weiterleiten
      Mensch
      Kann jemand an meinen Platz kommen und mir bei MFA helfen?
    `),
  },
};
