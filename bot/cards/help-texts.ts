/** The words of the helpdesk's cards, in both languages. */
import type { PassState } from '../../src/rollout/access-pass/access-pass-types.core.ts';
import type { Language } from './texts.ts';

const EN = {
  passTitle: 'Temporary Access Pass',
  passIntro:
    'A one-time pass with which the person registers a method. Prove the identity first; nobody issues a pass that he asked for himself.',
  passFor: 'For ',
  askedBy: 'Asked for by ',
  proof: 'How was the identity proved?',
  proofHint: 'Choose',
  note: 'Note, such as the number that was called',
  minutes: 'Minutes (empty: as usual)',
  override: 'Engineer only: why, in spite of a working method',
  issue: 'Issue the pass for one person',
  withdraw: 'Withdraw the pass of one person',
  endSessions: 'End the sessions of one person',
  issued: 'The pass, shown this once. Read it to the person; nobody can show it again.',
  validUntil: 'Can be used once, until ',
  goTo: 'The person opens https://aka.ms/mysecurityinfo and signs in with it.',
  lostHint: 'Not received? Withdraw it and issue a new one.',
  withdrawn: 'The pass is withdrawn. A new one may be issued.',
  sessionsAsked: 'The sessions are being ended; that takes effect within minutes.',
  states: {
    issuing: 'being issued',
    issued: 'can be used',
    used: 'used',
    expired: 'expired',
    withdrawn: 'withdrawn',
    lost: 'lost and deleted',
    failed: 'not issued',
  } as Readonly<Record<PassState, string>>,
  last: 'Last pass: ',
  personalOnly: 'A pass is issued in the personal chat with this bot only, where nobody else reads along.',
  noPerson: 'There is no such person in this rollout.',
  alarmTitle: 'A method was registered after a pass',
  alarmForeign: (from: string, usual: string) =>
    `It came from ${from}; the person is usually in ${usual}. Call the number on file. If it was somebody else, end the sessions and remove the method.`,
  alarmUnknown:
    'From where is not known. Call the number on file. If it was somebody else, end the sessions and remove the method.',
  stuckTitle: 'Who is stuck',
  stuckNone: 'Nobody in the running phases is stuck.',
  stuckFor: (phase: string, day: string) => `${phase}, MFA from ${day}`,
  stuckNext: 'Next: ',
  stuckMore: (left: number) => `${left} more stand in the tab.`,
  stuckPersonal: 'This list has names on it: ask me in our personal chat.',
  showPass: 'Pass for one person …',
  helpersOnly: 'This list is for the helpdesk and engineers. Ask an engineer for the role.',
};

export type HelpTexts = typeof EN;

const DE: HelpTexts = {
  passTitle: 'Befristeter Zugriffspass',
  passIntro:
    'Ein Einmalpass, mit dem die Person eine Methode registriert. Prüfen Sie zuerst die Identität; niemand stellt einen Pass aus, um den er selbst gebeten hat.',
  passFor: 'Für ',
  askedBy: 'Erbeten von ',
  proof: 'Wie wurde die Identität geprüft?',
  proofHint: 'Auswählen',
  note: 'Notiz, etwa die angerufene Nummer',
  minutes: 'Minuten (leer: wie üblich)',
  override: 'Nur Techniker: warum trotz brauchbarer Methode',
  issue: 'Pass für eine Person ausstellen',
  withdraw: 'Pass einer Person zurückziehen',
  endSessions: 'Sitzungen einer Person beenden',
  issued: 'Der Pass, nur dieses eine Mal zu sehen. Lesen Sie ihn der Person vor; niemand kann ihn wieder zeigen.',
  validUntil: 'Gilt einmal, bis ',
  goTo: 'Die Person öffnet https://aka.ms/mysecurityinfo und meldet sich damit an.',
  lostHint: 'Nicht angekommen? Ziehen Sie ihn zurück, und stellen Sie einen neuen aus.',
  withdrawn: 'Der Pass ist zurückgezogen. Ein neuer darf ausgestellt werden.',
  sessionsAsked: 'Die Sitzungen werden beendet; das wirkt innerhalb von Minuten.',
  states: {
    issuing: 'wird ausgestellt',
    issued: 'gilt',
    used: 'benutzt',
    expired: 'abgelaufen',
    withdrawn: 'zurückgezogen',
    lost: 'verloren und gelöscht',
    failed: 'nicht ausgestellt',
  },
  last: 'Letzter Pass: ',
  personalOnly: 'Ein Pass wird nur im persönlichen Chat mit diesem Bot ausgestellt, wo niemand mitliest.',
  noPerson: 'Diese Person gibt es in diesem Rollout nicht.',
  alarmTitle: 'Nach einem Pass wurde eine Methode registriert',
  alarmForeign: (from, usual) =>
    `Sie kam aus ${from}; üblich ist ${usual}. Rufen Sie unter der hinterlegten Nummer an. War es jemand anderes, beenden Sie die Sitzungen, und entfernen Sie die Methode.`,
  alarmUnknown:
    'Von wo, ist nicht bekannt. Rufen Sie unter der hinterlegten Nummer an. War es jemand anderes, beenden Sie die Sitzungen, und entfernen Sie die Methode.',
  stuckTitle: 'Wer feststeckt',
  stuckNone: 'In den laufenden Phasen steckt niemand fest.',
  stuckFor: (phase, day) => `${phase}, MFA ab ${day}`,
  stuckNext: 'Weiter: ',
  stuckMore: (left) => `${left} weitere stehen in der Registerkarte.`,
  stuckPersonal: 'Auf dieser Liste stehen Namen: Fragen Sie mich im persönlichen Chat.',
  showPass: 'Pass für eine Person …',
  helpersOnly: 'Diese Liste ist für den Helpdesk und Techniker. Bitten Sie einen Techniker um die Rolle.',
};

/** The words in one language. */
export function helpTextsIn(language: Language): HelpTexts {
  return language === 'de' ? DE : EN;
}
