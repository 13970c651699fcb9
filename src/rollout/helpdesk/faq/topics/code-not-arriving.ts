import { lines, type TopicData } from '../topic-data.ts';

export const codeNotArriving: TopicData = {
  id: 'code-not-arriving',
  needsPerson: false,
  opensRoute: false,
  guide: 'authenticator',
  texts: {
    en: {
      title: 'The code or request does not arrive',
      answer:
        'Open the Authenticator app yourself: waiting requests show up there, and it also shows a six-digit code that needs no network ("Use another way" on the sign-in page). Check that notifications are allowed, flight mode and focus mode are off and the phone\'s time is automatic. For SMS: signal, the right number, no block for unknown senders; wait a minute before asking again.',
      nextStep: 'If it still does not arrive, tell the helpdesk which method it is and since when.',
    },
    de: {
      title: 'Code oder Anfrage kommt nicht an',
      answer:
        'Öffnen Sie die Authenticator-App selbst: Wartende Anfragen erscheinen dort, und sie zeigt auch einen sechsstelligen Code, der kein Netz braucht („Andere Methode“ auf der Anmeldeseite). Prüfen Sie: Mitteilungen erlaubt, Flug- und Fokusmodus aus, Uhrzeit automatisch. Bei SMS: Empfang, richtige Nummer, unbekannte Absender nicht blockiert; warten Sie eine Minute, bevor Sie neu anfordern.',
      nextStep: 'Kommt weiterhin nichts, nennen Sie dem Helpdesk die Methode und seit wann.',
    },
  },
  signs: {
    strong: [
      'code rejected !other !lockout !newphone',
      'notarrive pushy',
      'app|authapp neg>prompt|push !notme !often',
      'notarrive code !other !abroad !mailing !notme',
      'notarrive sms code|mfa|signin|auth|phone !other !abroad',
      'notarrive push authapp|mfa|signin|phone|approve|code',
      'notarrive authapp !abroad !newphone !guest !cantget !notme',
      'notarrive prompt mfa|authapp|phone|approve',
      'notarrive call auth|mfa|code|signin',
      'sms notarrive !other !abroad',
      'mfa notarrive sms|push|code|prompt',
    ],
    fair: ['notarrive push|prompt|call|sms|code !mailing !notme'],
  },
  phrasings: {
    en: lines(`
      SMS with code takes 15 minutes to arrive
      no call no text no nothing when I try to verify
      pressed send code twice, still no text
      codes from the app are always refused
      no code is coming through
      the SMS isn't coming
      the app doesn't show the request
      I requested the code 3 times and got nothing
      My authenticator code is not accepted
      The code does not arrive
      I don't get the SMS with the code
      I am not receiving the verification code
      No notification from the Authenticator
      The push does not show up on my phone
      The text message never comes
      The call with the code never comes
      I am still waiting for my code
      The code comes too late
      I have to open the Authenticator by hand because no request pops up
      No prompt appears on my phone
      Did not get a verification text
      The SMS code takes ages
      My codes are always rejected as wrong
      The code from the app is not accepted
      MFA request does not reach my phone
    `),
    de: lines(`
      Die App zeigt mir keine Anfrage an
      Der sechsstellige Code funktioniert nicht
      Der Anruf mit dem Bestätigungscode kommt einfach nicht
      authenticator bleibt stumm, keine Meldung, nichts
      Es kommt keine SMS
      Kriege keine Push Mitteilung
      Warte seit 10 Minuten auf den Code
      Code wird nicht angenommen, steht immer falsch
      Der Code kommt nicht an
      Ich bekomme die SMS mit dem Code nicht
      Ich erhalte keinen Bestätigungscode
      Keine Benachrichtigung vom Authenticator
      Die Push-Nachricht erscheint nicht auf meinem Handy
      Die SMS kommt nie an
      Der Anruf mit dem Code kommt nicht
      Ich warte immer noch auf meinen Code
      Der Code kommt zu spät
      Ich muss den Authenticator von Hand öffnen, weil keine Anfrage kommt
      Auf meinem Handy erscheint keine Abfrage
      Keine Bestätigungs-SMS bekommen
      Der SMS-Code braucht ewig
      Meine Codes werden immer als falsch abgelehnt
      Der Code aus der App wird nicht angenommen
      Die MFA-Anfrage kommt nicht auf dem Handy an
    `),
  },
};
