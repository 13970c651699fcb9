import type { TopicData } from '../topic-data.ts';

export const whenMe: TopicData = {
  id: 'when-me',
  needsPerson: false,
  opensRoute: false,
  guide: null,
  texts: {
    en: {
      title: 'When it is your turn',
      answer:
        'The rollout goes department by department, and each department has its own date. You get one mail before your phase with the date and the link to the guide. You can set MFA up earlier at any time; then nothing changes for you on the date itself.',
      nextStep: 'Look for the mail about your department, or set MFA up today.',
    },
    de: {
      title: 'Wann Sie an der Reihe sind',
      answer:
        'Die Einführung läuft Abteilung für Abteilung, und jede hat ihren eigenen Termin. Vor Ihrer Phase bekommen Sie eine Mail mit dem Termin und dem Link zur Anleitung. Einrichten können Sie MFA jederzeit früher; dann ändert sich am Stichtag selbst nichts für Sie.',
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
};
