import { lines, type TopicData } from '../topic-data.ts';

export const travel: TopicData = {
  id: 'travel',
  needsPerson: false,
  opensRoute: true,
  guide: 'authenticator',
  texts: {
    en: {
      title: 'Travelling',
      answer:
        'The Authenticator app works everywhere: its six-digit code needs neither signal nor internet. A code by SMS needs roaming and may come late, so set up the app or a security key before you leave. Take the registered phone with you. Some countries may be blocked for sign-in; tell the helpdesk your country and dates beforehand.',
      nextStep: 'Write where you are going and when, and set up a second method before you leave.',
    },
    de: {
      title: 'Auf Reisen',
      answer:
        'Die Authenticator-App funktioniert überall: Ihr sechsstelliger Code braucht weder Netz noch Internet. Ein Code per SMS braucht Roaming und kommt manchmal spät; richten Sie deshalb vor der Reise die App oder einen Sicherheitsschlüssel ein. Nehmen Sie das registrierte Handy mit. Aus manchen Ländern kann die Anmeldung gesperrt sein; nennen Sie dem Helpdesk vorher Land und Zeitraum.',
      nextStep: 'Schreiben Sie, wohin und wann Sie reisen, und richten Sie vorher eine zweite Methode ein.',
    },
  },
  signs: {
    strong: [
      'nosignal code|mfa|authapp|app|signin|auth|sms|approve',
      'sms abroad !other',
      'mfa|authapp abroad !notme !postpone',
      'mfa abroad !when !postpone !notme !guest',
      'authapp abroad !notme !spy !postpone',
      'code abroad !notme !other',
      'signin abroad !other !notme !postpone',
      'sms abroad code|mfa|signin|phone',
      'auth abroad !notme',
      'nosignal code|mfa|authapp|app|signin|auth|sms',
      'abroad neg>code',
      'abroad account !notme',
    ],
    fair: ['abroad app|phone|code|account|signin', 'nosignal phone|app'],
  },
  phrasings: {
    en: lines(`
      Is the Authenticator fine with a foreign SIM?
      Can I use my second factor in Vietnam?
      Working from our office in another country, will MFA let me in?
      Working from our Polish office next week - will MFA let me in?
      can i use authenticator on the plane
      in Thailand next month, will sign-in to Office work from there?
      what if I have no phone reception when I need the code
      I'll be in Brazil for 3 weeks, anything to consider with MFA?
      No roaming on my phone, will the app still give me codes?
      can I log in while on vacation in Greece
      does authenticator need internet
      Does MFA work abroad?
      I am travelling next week, does the Authenticator work?
      How do I sign in when I am on a plane?
      I have no signal abroad, how do I get the code?
      Will I get the SMS code in another country?
      Can I log in from Spain?
      Business trip to the USA, what about MFA?
      I am on vacation, can I still sign in?
      Do I have to do something about MFA before my trip?
      Is sign-in blocked from foreign countries?
      Authenticator without internet
      I work from abroad for a month, is MFA a problem?
      I use a foreign SIM card when travelling, does MFA still work?
      No roaming, how do I authenticate?
      There is no reception in the hotel, how can I get a code?
      Going to China, will the sign-in work?
    `),
    de: lines(`
      Arbeiten aus unserem Büro im Ausland, lässt MFA mich rein?
      Bekomme ich in der Türkei die SMS mit dem Code?
      Urlaub in Kroatien: kann ich Mails trotz MFA lesen?
      Kreuzfahrt ohne Internet - wie kriege ich da den Code?
      Muss für 2 Wochen nach Kanada, kann ich mich da normal anmelden?
      Bin ab Montag in Polen, klappt MFA dort?
      Ich habe im Flugzeug kein Internet, wie kann ich mich anmelden
      Fliege nach Indien, muss ich wegen der Anmeldung was beachten?
      Funktioniert MFA im Ausland?
      Ich verreise nächste Woche, geht der Authenticator?
      Wie melde ich mich im Flugzeug an?
      Ich habe im Ausland kein Netz, wie bekomme ich den Code?
      Kommt der SMS-Code auch in einem anderen Land an?
      Kann ich mich aus Spanien anmelden?
      Dienstreise in die USA, was ist mit MFA?
      Ich bin im Urlaub, kann ich mich trotzdem anmelden?
      Muss ich vor der Reise etwas wegen MFA tun?
      Ist die Anmeldung aus dem Ausland gesperrt?
      Authenticator ohne Internet
      Ich arbeite einen Monat im Ausland, ist MFA ein Problem?
      Auf Reisen nutze ich eine ausländische SIM-Karte, geht MFA dann noch?
      Kein Roaming, wie authentifiziere ich mich?
      Im Hotel ist kein Empfang, wie komme ich an einen Code?
      Ich fliege nach China, klappt die Anmeldung?
    `),
  },
};
