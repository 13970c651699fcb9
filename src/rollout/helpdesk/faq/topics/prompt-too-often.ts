import { lines, type TopicData } from '../topic-data.ts';

export const promptTooOften: TopicData = {
  id: 'prompt-too-often',
  needsPerson: false,
  opensRoute: false,
  guide: 'passkey',
  texts: {
    en: {
      title: 'Asked too often',
      answer:
        'Usually you are asked rarely on a device that you always use. If it happens more often: answer "Stay signed in?" with Yes, do not use private browser windows, do not let the browser delete its cookies on closing, and use the installed Outlook and Teams apps. Signing in to Windows with a PIN or fingerprint (Windows Hello) helps too. Only approve what you started yourself.',
      nextStep: 'If you are still asked several times a day, tell the helpdesk which app and device it is.',
    },
    de: {
      title: 'Zu häufige Abfragen',
      answer:
        'Auf einem Gerät, das Sie immer verwenden, werden Sie normalerweise selten gefragt. Sonst hilft: „Angemeldet bleiben?“ mit Ja beantworten, keine privaten Browserfenster, Cookies beim Schließen nicht löschen lassen und die installierten Apps Outlook und Teams nutzen. Auch die Windows-Anmeldung mit PIN oder Fingerabdruck (Windows Hello) hilft. Bestätigen Sie nur, was Sie selbst begonnen haben.',
      nextStep: 'Werden Sie trotzdem mehrmals am Tag gefragt, nennen Sie dem Helpdesk App und Gerät.',
    },
  },
  signs: {
    strong: [
      'mfa|authapp often !notme !notarrive !abroad !oldmail !spyon',
      'mfa often !notme !notarrive !oldmail !abroad',
      'authapp often !notme !notarrive !spy !oldmail',
      'prompt often code|approve|signin|auth|mfa|authapp !notme !oldmail !password',
      'approve often phone|code|signin|auth|app !notme !other',
      'code often signin|type|prompt !notme !notarrive !oldmail',
      'signin often !other !notme !cantget !guest !password !legacymail !shared',
      'auth often !notme',
      'often prompt signin !password !oldmail !notme !notarrive',
    ],
    fair: ['often !password !notme prompt|code|approve|signin|auth !notarrive'],
  },
  phrasings: {
    en: lines(`
      Third time today that I had to approve
      Once a week would be enough, why each login?
      Third time today I had to approve the sign in. Normal?
      every time I switch from wifi to cable it wants MFA again
      this authenticator drives me crazy, it wants a confirmation each hour
      Is there a way to be asked less for the second factor
      Why do I need to do MFA so many times
      I'm asked to verify my identity 5 times a day
      Teams asks me to sign in every morning with a code
      can I stop the constant approval requests? I log in to 4 apps a day
      Why am I asked for MFA every time?
      MFA asks me too often
      I have to approve sign-ins all day long
      Why do I have to enter a code every day?
      The Authenticator pops up constantly
      Can MFA remember my device?
      How often will I have to confirm?
      Too many MFA prompts
      I have to authenticate several times a day
      It asks me for a code each time I open Teams
      Can I reduce the number of prompts?
      Every morning I have to sign in with the code again
      Stop asking me to approve all the time
      Do I need the second factor for each login?
      Can I stay signed in on my laptop?
      I keep getting asked to verify
    `),
    de: lines(`
      Einmal pro Woche würde doch reichen, warum bei jeder Anmeldung?
      Ist das normal, dass ich mich jeden Tag neu authentifizieren muss?
      Kann er sich das Gerät nicht merken? Jeden Morgen der Code...
      Muss ich wirklich bei jedem Start von Outlook den Code eingeben??
      wie oft am tag muss man sich denn da bestätigen, ist ja furchtbar
      Muss ich das jetzt bei jedem Login machen?
      MFA nervt, jeden Tag 5 mal bestätigen
      Outlook will dauernd den Code
      Warum werde ich jedes Mal nach MFA gefragt?
      MFA fragt mich zu oft
      Ich muss den ganzen Tag Anmeldungen bestätigen
      Warum muss ich jeden Tag einen Code eingeben?
      Der Authenticator meldet sich ständig
      Kann sich MFA mein Gerät merken?
      Wie oft muss ich bestätigen?
      Zu viele MFA-Abfragen
      Ich muss mich mehrmals am Tag authentifizieren
      Bei jedem Öffnen von Teams will er einen Code
      Kann man die Zahl der Abfragen verringern?
      Jeden Morgen muss ich mich neu mit Code anmelden
      Dauernd soll ich etwas bestätigen
      Brauche ich den zweiten Faktor bei jeder Anmeldung?
      Kann ich auf meinem Laptop angemeldet bleiben?
      Ich werde immer wieder nach der Bestätigung gefragt
    `),
  },
};
