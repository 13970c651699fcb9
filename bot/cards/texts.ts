/** Every word the bot says by itself, in both languages. Texts of the FAQ are kept with the FAQ. */
export type Language = 'en' | 'de';

const EN = {
  kinds: {
    breakGlass: 'Break-glass accounts',
    serviceAccount: 'Service accounts',
    sharedMailbox: 'Shared mailboxes',
    onLeave: 'People on leave',
    extension: 'Extensions',
    mfaOff: 'MFA off, on request',
    guest: 'Guests',
    room: 'Rooms',
    equipment: 'Devices',
  },
  proposals: { exclude: 'exclude', blockSignIn: 'block sign-in', extendDeadline: 'extend deadline' },
  content: 'Digest',
  noEnd: 'no end',
  reviewed: 'review',
  exceptionsTitle: 'Exceptions from MFA',
  exceptionsIntro: (total: number) =>
    `${count(total, 'account is', 'accounts are')} to be left out of the MFA policy for now. No names here: only approver and engineer see them.`,
  reviewAndSign: 'Review and sign',
  exceptionsYours: (total: number) => `Please check these ${count(total, 'account', 'accounts')}`,
  exceptionsColumns: ['Account', 'Kind', 'Proposal', 'Until'] as [string, string, string, string],
  exceptionsInTab: (total: number) => `${total} rows are too many for a card. Check and sign them in the tab.`,
  sign: (total: number) => `Sign these ${count(total, 'exception', 'exceptions')}`,
  openTab: 'Open in the tab',
  notYourDecision: 'You can look, but not decide.',
  unsigned: 'Not signed yet. Nothing is carved out before it is signed.',
  signedBy: 'Signed by ',
  outdated: 'Signed earlier, but the content has changed since. It needs a new signature. Last signed by ',
  on: ' on ',
  somebody: 'somebody',
  alreadyDecided: 'Somebody was faster. It was decided by ',
  staleTitle: 'The content changed since this card was shown. This is the present state:',
  draftTitle: 'Policy draft for review',
  draftIntro: 'Nothing is switched on by approving: a policy is only ever born report-only.',
  draftFacts: {
    policies: 'Policies',
    changes: 'Differences to live',
    stuck: 'People who would be stuck',
    findings: 'Remarks',
  },
  approve: 'Approve this draft (report-only)',
  hold: 'Hold',
  readInTab: 'Read all of it in the tab',
  reviewDraft: 'Review and decide',
  showExceptions: 'Exceptions',
  showDraft: 'Policy draft',
  methodNames: {
    microsoftAuthenticatorPush: 'Authenticator app',
    microsoftAuthenticatorPasswordless: 'Authenticator app without password',
    softwareOneTimePasscode: 'code from an app',
    hardwareOneTimePasscode: 'hardware token',
    mobilePhone: 'mobile phone',
    alternateMobilePhone: 'second mobile phone',
    officePhone: 'office phone',
    email: 'e-mail (for passwords alone)',
    fido2SecurityKey: 'security key',
    windowsHelloForBusiness: 'Windows Hello',
    temporaryAccessPass: 'Temporary Access Pass',
  } as Record<string, string>,
  approvedBy: 'Approved by ',
  heldBy: 'Held by ',
  draftOutdated: 'Decided earlier, but the draft has changed since. It needs a new decision. Last decided by ',
  openDraft: 'Waiting for an engineer’s decision.',
  unavailable: 'There is nothing to decide about yet.',
  yourself: 'You',
  enrolment: { capable: 'You are enrolled', not: 'You are not enrolled yet', unknown: 'Your enrolment is not known' },
  methods: 'Your methods: ',
  noMethods: 'none registered',
  notInList: 'You are not in the master list, so I know nothing about your account.',
  answerPrivately: 'Answer me in private',
  sentPrivately: 'I have written to you in our own chat.',
  lost: 'I was interrupted and cannot tell whether my last message here arrived. If you do not see it, please ask again.',
  lostQuestion: 'I was interrupted and cannot tell whether a question for the helpdesk arrived here.',
  showQuestion: 'Show the question',
  cannotWrite: 'I cannot write to you yet: open a chat with me once, then press again.',
  notHelpful: 'Talk to a person',
  openGuide: 'Open the enrolment guide',
  askBack: 'What do you mean?',
  askBackIntro: 'I found several topics that could fit.',
  handedOver: (told: number): string =>
    told === 0
      ? 'This needs a person. Nobody of the helpdesk can be reached here yet, so please call your helpdesk.'
      : 'This needs a person. The helpdesk has your question and answers you here.',
  handOverTitle: 'A question for the helpdesk',
  asks: ' asks:',
  topic: 'Topic',
  enrolled: 'Enrolled',
  enrolledValues: { capable: 'yes', not: 'no', unknown: 'not known' },
  registered: 'Methods',
  take: 'I take it',
  takenBy: 'Taken by ',
  openThread: 'Open the conversation',
  guideTitle: 'Set up MFA in five minutes',
  guideIntro:
    'One page per method, without sign-in: the app, passkeys, security keys, text messages and hardware tokens.',
  pinTitle: 'Please pin this message',
  pinIntro:
    'A bot cannot pin messages in a channel. Open the menu (…) of this message and choose Pin, so that everybody finds FAQ and guide.',
  helpTitle: 'MFA Rollout',
  helpIntro: 'I answer questions about multi-factor authentication, in the channel and in a chat of our own.',
  helpExamples:
    'Ask for example: “How do I enrol?”, “I have a new phone”, “Am I done?”. Write **status** for the state of things.',
  help: 'Help',
  statusTitle: 'Enrolment',
  statusFacts: { capable: 'Enrolled', not: 'Not enrolled', unknown: 'Not known' },
  statusLine: (counts: Record<'capable' | 'not' | 'unknown', number>): string =>
    `${counts.capable} enrolled, ${counts.not} not enrolled, ${counts.unknown} not known`,
  statusDrift: ({ urgent, other }: { urgent: number; other: number }): string =>
    `Changed by others and not decided: ${urgent} to look at once, ${other} soon.`,
  moreCustomers: (left: number): string => `${count(left, 'more customer stands', 'more customers stand')} in the tab.`,
  faqTitle: 'Frequent questions',
  faqIntro: 'Pick a question, or just write it here.',
  faqPick: 'Show the answer',
  question: 'Question',
  noData: 'Nothing has been read from HR and the tenant yet.',
  silentHelp: 'I only know about MFA. Is one of these what you mean? Otherwise your helpdesk is the right place.',
  notGranted: 'I do not know you here. Ask the engineer of your service provider to give you a role.',
  failed: (reference: string) =>
    `This did not work. Nothing was changed. Please try again; if it stays so, name reference ${reference}.`,
  refused: (why: string, reference: string) => `${why} (Reference ${reference})`,
  badAction: 'This button is not valid any more. Ask for a new card with “status”.',
  foreignCustomer: 'This card belongs to another customer.',
};

export type Texts = typeof EN;

const DE: Texts = {
  kinds: {
    breakGlass: 'Notfallkonten',
    serviceAccount: 'Dienstkonten',
    sharedMailbox: 'Freigegebene Postfächer',
    onLeave: 'Abwesende Personen',
    extension: 'Verlängerungen',
    mfaOff: 'MFA aus, auf Antrag',
    guest: 'Gäste',
    room: 'Räume',
    equipment: 'Geräte',
  },
  proposals: { exclude: 'ausnehmen', blockSignIn: 'Anmeldung sperren', extendDeadline: 'Frist verlängern' },
  content: 'Prüfsumme',
  noEnd: 'ohne Ende',
  reviewed: 'Prüfung',
  exceptionsTitle: 'Ausnahmen von MFA',
  exceptionsIntro: (total) =>
    `${count(total, 'Konto soll', 'Konten sollen')} vorerst von der MFA-Richtlinie ausgenommen werden. Namen stehen hier keine: Sie sehen nur Freigabe und Techniker.`,
  reviewAndSign: 'Prüfen und unterschreiben',
  exceptionsYours: (total) => `Bitte prüfen Sie ${total === 1 ? 'dieses Konto' : `diese ${total} Konten`}`,
  exceptionsColumns: ['Konto', 'Art', 'Vorschlag', 'Bis'],
  exceptionsInTab: (total) =>
    `${total} Zeilen sind zu viele für eine Karte. Prüfen und unterschreiben Sie in der Registerkarte.`,
  sign: (total) => (total === 1 ? 'Diese Ausnahme unterschreiben' : `Diese ${total} Ausnahmen unterschreiben`),
  openTab: 'Zur Registerkarte',
  notYourDecision: 'Sie dürfen lesen, aber nicht entscheiden.',
  unsigned: 'Noch nicht unterschrieben. Vorher wird nichts ausgenommen.',
  signedBy: 'Unterschrieben von ',
  outdated:
    'Früher unterschrieben, der Inhalt hat sich aber geändert. Eine neue Unterschrift ist nötig. Zuletzt unterschrieben von ',
  on: ' am ',
  somebody: 'jemandem',
  alreadyDecided: 'Jemand war schneller. Entschieden hat ',
  staleTitle: 'Der Inhalt hat sich geändert, seit diese Karte gezeigt wurde. So ist der Stand jetzt:',
  draftTitle: 'Richtlinienentwurf zur Prüfung',
  draftIntro: 'Mit der Freigabe wird nichts eingeschaltet: Eine Richtlinie entsteht immer im Modus „nur melden“.',
  draftFacts: {
    policies: 'Richtlinien',
    changes: 'Unterschiede zum Bestand',
    stuck: 'Ausgesperrte Personen',
    findings: 'Hinweise',
  },
  approve: 'Entwurf freigeben (nur melden)',
  hold: 'Anhalten',
  readInTab: 'In der Registerkarte lesen',
  reviewDraft: 'Prüfen und entscheiden',
  showExceptions: 'Ausnahmen',
  showDraft: 'Entwurf',
  methodNames: {
    microsoftAuthenticatorPush: 'Authenticator-App',
    microsoftAuthenticatorPasswordless: 'Authenticator-App ohne Passwort',
    softwareOneTimePasscode: 'Code aus einer App',
    hardwareOneTimePasscode: 'Hardware-Token',
    mobilePhone: 'Mobiltelefon',
    alternateMobilePhone: 'zweites Mobiltelefon',
    officePhone: 'Bürotelefon',
    email: 'E-Mail (nur für Passwörter)',
    fido2SecurityKey: 'Sicherheitsschlüssel',
    windowsHelloForBusiness: 'Windows Hello',
    temporaryAccessPass: 'befristeter Zugangspass',
  },
  approvedBy: 'Freigegeben von ',
  heldBy: 'Angehalten von ',
  draftOutdated:
    'Früher entschieden, der Entwurf hat sich aber geändert. Eine neue Entscheidung ist nötig. Zuletzt entschieden von ',
  openDraft: 'Wartet auf die Entscheidung eines Technikers.',
  unavailable: 'Noch gibt es nichts zu entscheiden.',
  yourself: 'Sie',
  enrolment: {
    capable: 'Sie sind registriert',
    not: 'Sie sind noch nicht registriert',
    unknown: 'Ihre Registrierung ist nicht bekannt',
  },
  methods: 'Ihre Methoden: ',
  noMethods: 'keine registriert',
  notInList: 'Sie stehen nicht in der Personenliste, daher weiß ich nichts über Ihr Konto.',
  answerPrivately: 'Privat antworten',
  sentPrivately: 'Ich habe Ihnen in unserem eigenen Chat geschrieben.',
  lost: 'Ich wurde unterbrochen und weiß nicht, ob meine letzte Nachricht hier angekommen ist. Fehlt sie, fragen Sie bitte noch einmal.',
  lostQuestion: 'Ich wurde unterbrochen und weiß nicht, ob eine Frage an den Helpdesk hier angekommen ist.',
  showQuestion: 'Frage anzeigen',
  cannotWrite: 'Ich kann Ihnen noch nicht schreiben: Öffnen Sie einmal einen Chat mit mir und drücken Sie dann erneut.',
  notHelpful: 'Mit einem Menschen sprechen',
  openGuide: 'Anleitung öffnen',
  askBack: 'Was meinen Sie?',
  askBackIntro: 'Mehrere Themen könnten passen.',
  handedOver: (told) =>
    told === 0
      ? 'Hier muss ein Mensch helfen. Vom Helpdesk ist hier noch niemand erreichbar, bitte rufen Sie dort an.'
      : 'Hier muss ein Mensch helfen. Der Helpdesk hat Ihre Frage und antwortet Ihnen hier.',
  handOverTitle: 'Eine Frage an den Helpdesk',
  asks: ' fragt:',
  topic: 'Thema',
  enrolled: 'Registriert',
  enrolledValues: { capable: 'ja', not: 'nein', unknown: 'nicht bekannt' },
  registered: 'Methoden',
  take: 'Ich übernehme',
  takenBy: 'Übernommen von ',
  openThread: 'Unterhaltung öffnen',
  guideTitle: 'MFA in fünf Minuten einrichten',
  guideIntro: 'Eine Seite je Methode, ohne Anmeldung: App, Passkey, Sicherheitsschlüssel, SMS und Hardware-Token.',
  pinTitle: 'Bitte diese Nachricht anheften',
  pinIntro:
    'Ein Bot kann in einem Kanal nichts anheften. Öffnen Sie das Menü (…) dieser Nachricht und wählen Sie „Anheften“, damit alle FAQ und Anleitung finden.',
  helpTitle: 'MFA Rollout',
  helpIntro: 'Ich beantworte Fragen zur Mehrfaktor-Authentifizierung, im Kanal und in einem eigenen Chat.',
  helpExamples:
    'Fragen Sie zum Beispiel: „Wie registriere ich mich?“, „Ich habe ein neues Handy“, „Bin ich fertig?“. Mit **status** sehen Sie den Stand.',
  help: 'Hilfe',
  statusTitle: 'Registrierung',
  statusFacts: { capable: 'Registriert', not: 'Nicht registriert', unknown: 'Nicht bekannt' },
  statusLine: (counts) =>
    `${counts.capable} registriert, ${counts.not} nicht registriert, ${counts.unknown} nicht bekannt`,
  statusDrift: ({ urgent, other }) =>
    `Von anderen geändert und nicht entschieden: ${urgent} sofort anzusehen, ${other} bald.`,
  moreCustomers: (left) => `${count(left, 'weiterer Kunde steht', 'weitere Kunden stehen')} in der Registerkarte.`,
  faqTitle: 'Häufige Fragen',
  faqIntro: 'Wählen Sie eine Frage, oder schreiben Sie sie einfach hier.',
  faqPick: 'Antwort zeigen',
  question: 'Frage',
  noData: 'Aus HR und Tenant wurde noch nichts gelesen.',
  silentHelp: 'Ich kenne mich nur mit MFA aus. Meinen Sie eines davon? Sonst ist Ihr Helpdesk die richtige Stelle.',
  notGranted: 'Ich kenne Sie hier nicht. Bitten Sie den Techniker Ihres Dienstleisters um eine Rolle.',
  failed: (reference) =>
    `Das hat nicht geklappt. Geändert wurde nichts. Bitte noch einmal versuchen; bleibt es dabei, nennen Sie die Nummer ${reference}.`,
  refused: (why, reference) => `${why} (Nummer ${reference})`,
  badAction: 'Diese Schaltfläche gilt nicht mehr. Mit „status“ bekommen Sie eine neue Karte.',
  foreignCustomer: 'Diese Karte gehört zu einem anderen Kunden.',
};

function count(value: number, one: string, many: string): string {
  return `${value} ${value === 1 ? one : many}`;
}

/** The words in a language. */
export function textsIn(language: Language): Texts {
  switch (language) {
    case 'en':
      return EN;
    case 'de':
      return DE;
  }
}

/** A moment in the customer's time zone, named since the engineer may sit in another, in words of the language. */
export function momentIn(language: Language, iso: string, timeZone: string): string {
  const locale = language === 'de' ? 'de-DE' : 'en-GB';
  const day = { day: 'numeric', month: 'short', year: 'numeric' } as const;
  const format = { ...day, hour: '2-digit', minute: '2-digit', timeZoneName: 'short', timeZone } as const;
  return new Intl.DateTimeFormat(locale, format).format(new Date(iso));
}
