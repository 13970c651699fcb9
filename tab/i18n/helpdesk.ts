/** The words of the helpdesk's page, in both languages. */
export const helpdeskEn = {
  title: 'Who is stuck',
  none: 'Nobody in the running phases is stuck.',
  passOff:
    'Temporary Access Passes are switched off for this customer: an engineer sets "helpdesk: {accessPass: true}".',
  phase: (phase: string, day: string) => `${phase}, MFA from ${day}`,
  next: (step: string) => `Next: ${step}`,
  passUntil: (until: string) => `The pass can be used once, until ${until}.`,
  issue: 'Issue a pass for one person',
  withdraw: 'Withdraw the pass of one person',
  endSessions: 'End the sessions of one person',
  sessionsAsked: 'The sessions are being ended; that takes effect within minutes.',
  withdrawn: 'The pass is withdrawn. A new one may be issued.',
  failed: 'This did not work. Please try again.',
  passTitle: 'Temporary Access Pass',
  shownOnce: 'Shown this once: read it to the person. Nobody can show it again.',
  proof: 'How was the identity proved?',
  proofs: {
    callback: 'Called back on the number on file',
    inPerson: 'Seen in person, known or with an identity card',
    videoWithId: 'Video call with an identity card',
  },
  note: 'Note, such as the number that was called',
  override: 'Engineer only: why, in spite of a working method',
};

export const helpdeskDe: typeof helpdeskEn = {
  title: 'Wer feststeckt',
  none: 'In den laufenden Phasen steckt niemand fest.',
  passOff:
    'Befristete Zugriffspässe sind für diesen Kunden ausgeschaltet: Ein Techniker setzt „helpdesk: {accessPass: true}“.',
  phase: (phase, day) => `${phase}, MFA ab ${day}`,
  next: (step) => `Weiter: ${step}`,
  passUntil: (until) => `Der Pass gilt einmal, bis ${until}.`,
  issue: 'Pass für eine Person ausstellen',
  withdraw: 'Pass einer Person zurückziehen',
  endSessions: 'Sitzungen einer Person beenden',
  sessionsAsked: 'Die Sitzungen werden beendet; das wirkt innerhalb von Minuten.',
  withdrawn: 'Der Pass ist zurückgezogen. Ein neuer darf ausgestellt werden.',
  failed: 'Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.',
  passTitle: 'Befristeter Zugriffspass',
  shownOnce: 'Nur dieses eine Mal zu sehen: Lesen Sie ihn der Person vor. Niemand kann ihn wieder zeigen.',
  proof: 'Wie wurde die Identität geprüft?',
  proofs: {
    callback: 'Rückruf unter der hinterlegten Nummer',
    inPerson: 'Persönlich gesehen, bekannt oder mit Ausweis',
    videoWithId: 'Videogespräch mit Ausweis',
  },
  note: 'Notiz, etwa die angerufene Nummer',
  override: 'Nur Techniker: warum trotz brauchbarer Methode',
};
