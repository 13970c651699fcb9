import { lines, type TopicData } from '../topic-data.ts';

export const whenMe: TopicData = {
  id: 'when-me',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'When it is your turn',
      answer:
        'The rollout goes department by department, and each department has its own date. You get one mail before your phase with the date and the link to the guide. You can set MFA up earlier at any time; then your date passes without you noticing it.',
      nextStep: 'Look for the mail about your department, or set MFA up today.',
    },
    de: {
      title: 'Wann Sie an der Reihe sind',
      answer:
        'Die Einführung geht Abteilung für Abteilung, jede hat ihren eigenen Termin. Vor Ihrer Phase bekommen Sie eine Mail mit dem Termin und dem Link zur Anleitung. Einrichten können Sie MFA jederzeit früher; dann merken Sie vom Stichtag nichts.',
      nextStep: 'Schauen Sie nach der Mail für Ihre Abteilung, oder richten Sie MFA heute ein.',
    },
  },
  signs: {
    strong: [
      'when deptname golive !other',
      'when mfa golive !postpone',
      'mfa when !why !postpone !lost !abroad',
      'authapp when enrol|dept !postpone !notarrive',
    ],
    fair: ['when mfa|authapp|enrol !postpone'],
  },
  phrasings: {
    en: lines(`
      Does my team already have to use MFA this month?
      Do we have to be ready for MFA this week?
      Is my department next for MFA?
      Is HR in the first wave for MFA or later?
      from which day will I need the authenticator to log in
      any date yet for MFA in the sales department?
      How many days do I have left to get this authenticator running?
      has Finance been moved to MFA yet or is that still coming?
      When's the cutoff for registering?
      When does Engineering go live?
      When is it my turn for MFA?
      When does MFA start for my department?
      By when do I have to set up MFA?
      What is the deadline for MFA?
      When will MFA be switched on for us?
      When does Sales get MFA?
      Is there a schedule for the MFA rollout?
      On which date does two-factor start?
      When is Finance going to be moved to MFA?
      How long do I have to register for MFA?
      Until when must I have the Authenticator?
      When is the MFA go-live?
      Which phase am I in for the MFA rollout?
      When do we have to use two-factor?
      How much time do I have for the MFA setup?
      MFA timeline
    `),
    de: lines(`
      Müssen wir MFA schon diesen Monat haben?
      Ist meine Abteilung als nächste mit MFA dran?
      Wann kommt die MFA für den Außendienst?
      Wann müssen die Kollegen aus der Produktion mit MFA anfangen?
      Wann geht es bei Operations los?
      Wann wird bei mir auf MFA umgestellt
      bis zu welchem tag muss der authenticator laufen
      Wann bin ich mit MFA dran?
      Wann startet MFA für meine Abteilung?
      Bis wann muss ich MFA einrichten?
      Was ist die Frist für MFA?
      Wann wird MFA bei uns eingeschaltet?
      Wann bekommt der Vertrieb MFA?
      Gibt es einen Zeitplan für die MFA-Einführung?
      An welchem Datum startet Zwei-Faktor?
      Wann wird die Buchhaltung auf MFA umgestellt?
      Wie lange habe ich Zeit, mich für MFA zu registrieren?
      Bis wann brauche ich den Authenticator?
      Wann ist der Stichtag für MFA?
      In welcher Phase der MFA-Einführung bin ich?
      Ab wann müssen wir Zwei-Faktor verwenden?
      Wie viel Zeit bleibt mir für die MFA-Einrichtung?
      MFA Termin
    `),
  },
};
