import { lines, type TopicData } from '../topic-data.ts';

export const unexpectedPrompt: TopicData = {
  id: 'unexpected-prompt',
  needsPerson: true,
  opensRoute: true,
  guide: null,
  texts: {
    en: {
      title: 'A request you did not start',
      answer:
        'Deny it, and never type a number or pass on a code that somebody asks you for. A request you did not start means that somebody may know your password. In the app choose "No, it\'s not me". Then change your password from a device you trust. If you have approved it already, say so at once: the helpdesk can end that session.',
      nextStep: 'Tell us when it happened and what it said; the helpdesk looks at your sign-ins right away.',
    },
    de: {
      title: 'Eine Anfrage, die Sie nicht ausgelöst haben',
      answer:
        'Lehnen Sie ab, tippen Sie keine Zahl ein und geben Sie keinen Code weiter, nach dem jemand fragt. Eine fremde Anfrage heißt: Jemand kennt vielleicht Ihr Passwort. Wählen Sie in der App „Nein, das bin ich nicht“ und ändern Sie danach das Passwort an einem vertrauten Gerät. Haben Sie schon bestätigt, sagen Sie es sofort: Der Helpdesk kann die Sitzung beenden.',
      nextStep: 'Schreiben Sie, wann es war und was da stand; der Helpdesk sieht sich Ihre Anmeldungen gleich an.',
    },
  },
  signs: {
    strong: [
      'notme prompt|push !other !often',
      'notme authapp prompt|push',
      'push|prompt neg signin !notarrive !cantget !often !other',
      'notme sms|code !other',
      'scam',
      'notme sms code',
      'notme authapp',
      'notme prompt !other',
      'notme approve !other !spy',
      'notme authapp',
      'notme code mfa|signin|sms|phone|code !other',
      'notme push signin|mfa|authapp|approve',
      'intruder account|signin|mfa|authapp|prompt|push',
      'notme mfa',
      'intruder',
    ],
    fair: ['notme approve|signin', 'notme signin|code|push|account|phone'],
  },
  phrasings: {
    en: lines(`
      I tapped yes in the Authenticator although I did not want to sign in
      A prompt came up while I was away from my computer
      I declined a sign-in that was not mine, what now?
      Authenticator popped up while I was having dinner. Should I worry?
      Sign in attempt from Vietnam on my account
      I think I approved a fake login
      woke up to 7 authenticator requests, none of them mine
      tapped yes on the sign-in request without thinking, I wasn't logging in
      text with a Microsoft code came in, nothing I asked for
      I received an approval notification but did not sign in
      Authenticator keeps asking for approval although I'm not doing anything
      I think somebody has my password, I'm getting login requests
      Just got a code via SMS, didn't request it
      someone called claiming to be IT and asked for my code
      I got an MFA request I did not start
      Authenticator asks me to approve a sign-in but it was not me
      I received a code that I did not ask for
      Somebody is trying to sign in as me
      Strange sign-in request on my phone
      I approved a request by mistake
      Sign-in prompts in the middle of the night
      I keep getting approval requests although I am not signing in
      Unexpected verification code by text message
      Is this login request real or an attack?
      Push notification from Authenticator out of nowhere
      Someone called and wanted my MFA code
      I got a sign-in notification from another country
      Suspicious prompt in the Authenticator, what should I do?
      I think my account has been hacked
      I pressed approve but I was not logging in
      Unknown sign-in attempt on my account
    `),
    de: lines(`
      Ich habe im Authenticator Ja gedrückt, ohne mich anzumelden
      Eine Abfrage kam, während ich nicht am Rechner war
      Ich habe eine fremde Anmeldung abgelehnt, was nun?
      Habe eine Anmeldebestätigung abgelehnt, weil ich das nicht war. Muss ich was tun?
      Ich glaube jemand hat mein Passwort, kriege laufend Codes
      Mein Authenticator will eine Anmeldung in Brasilien bestätigt haben?!
      Hatte gerade eine Push Nachricht zum Anmelden, ich sitze aber im Auto
      Ich bekomme Anfragen vom Authenticator obwohl ich nicht am PC sitze
      Komische Anmeldeanfrage aus Russland erhalten
      Hilfe, jemand will sich mit meinem Account einloggen
      Ich habe eine SMS mit einem Code bekommen, habe mich aber nicht angemeldet
      Ich habe eine MFA-Anfrage bekommen, die ich nicht ausgelöst habe
      Der Authenticator will eine Anmeldung bestätigt haben, aber das war ich nicht
      Ich habe einen Code bekommen, den ich nicht angefordert habe
      Jemand versucht sich als ich anzumelden
      Seltsame Anmeldeanfrage auf meinem Handy
      Ich habe aus Versehen eine Anfrage bestätigt
      Anmeldeanfragen mitten in der Nacht
      Ich bekomme ständig Anfragen, obwohl ich mich gar nicht anmelde
      Unerwarteter Bestätigungscode per SMS
      Ist diese Anmeldeanforderung echt oder ein Angriff?
      Push vom Authenticator aus heiterem Himmel
      Jemand hat angerufen und wollte meinen MFA-Code
      Ich habe eine Anmeldung aus einem anderen Land gemeldet bekommen
      Verdächtige Abfrage im Authenticator, was soll ich tun?
      Ich glaube, mein Konto wurde gehackt
      Ich habe auf Genehmigen gedrückt, habe mich aber gar nicht angemeldet
      Unbekannter Anmeldeversuch bei meinem Konto
    `),
  },
};
