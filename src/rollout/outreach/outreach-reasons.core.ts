/** Why somebody is not written to, in words that whoever asks understands: one sentence for each reason. */
import type { Sentence } from '../phases/phase-types.core.ts';
import type { Reason } from './outreach-types.core.ts';

const SENTENCES = {
  phaseHeld: [
    'The phase is held, so nobody in it is written to.',
    'Die Phase ist angehalten, darum wird niemandem darin geschrieben.',
  ],
  phaseRolledBack: [
    'The phase was taken out of enforcement, so nobody in it is written to.',
    'Die Phase wurde aus der Durchsetzung genommen, darum wird niemandem darin geschrieben.',
  ],
  rolloutStopped: [
    'The rollout was stopped, so nobody is written to.',
    'Die Einführung wurde abgebrochen, darum wird niemandem geschrieben.',
  ],
  phaseEnforced: [
    'The phase is enforced already, so this message has nothing to announce any more.',
    'Die Phase ist bereits durchgesetzt; diese Nachricht kündigt nichts mehr an.',
  ],
  noMailSystem: [
    'The customer file has no section "mail", so nothing can be sent. Add it.',
    'In der Kundendatei fehlt der Abschnitt „mail“, darum kann nichts versendet werden. Ergänzen Sie ihn.',
  ],
  byTeamsAlone: [
    'The customer has no mailbox to send from, so messages go by Teams.',
    'Der Kunde hat kein Postfach für den Versand, darum gehen Nachrichten über Teams.',
  ],
  exempt: ['Carved out by a signed exception.', 'Durch eine unterschriebene Ausnahme ausgenommen.'],
  accountDisabled: ['The account is disabled.', 'Das Konto ist deaktiviert.'],
  offTheList: [
    'No longer on the master list: left, or without an account.',
    'Steht nicht mehr auf der Personenliste: ausgeschieden oder ohne Konto.',
  ],
  enrolled: [
    'Enrolled already, so there is nothing to be reminded of.',
    'Bereits registriert, es gibt nichts zu erinnern.',
  ],
  nobodyLeft: [
    'Everybody whom this was about has enrolled meanwhile.',
    'Alle, um die es ging, haben sich inzwischen registriert.',
  ],
  noAddress: [
    'The account has no mail address that can be written to. Add one in Entra ID.',
    'Das Konto hat keine Mailadresse, an die geschrieben werden kann. Tragen Sie in Entra ID eine ein.',
  ],
  longPast: [
    'Its time was more than a day ago, and a later message takes its place.',
    'Ihr Zeitpunkt liegt mehr als einen Tag zurück; eine spätere Nachricht tritt an ihre Stelle.',
  ],
  notEnforcedYet: ['Goes out once the phase is enforced.', 'Geht hinaus, sobald die Phase durchgesetzt ist.'],
  managerMissing: [
    'HR names no manager, so nobody can be asked to help. Enter one in HR.',
    'In der Personalverwaltung ist keine Führungskraft eingetragen, die helfen könnte. Tragen Sie eine ein.',
  ],
  managerLeft: [
    'The manager in HR has left, has not started, or has no working account. Enter another in HR.',
    'Die eingetragene Führungskraft ist ausgeschieden, noch nicht da oder ohne nutzbares Konto. Tragen Sie eine andere ein.',
  ],
  managerIsSelf: [
    'HR names this person as the own manager, so there is nobody above to ask. Correct it in HR.',
    'Die Person ist als eigene Führungskraft eingetragen; über ihr ist niemand zu fragen. Berichtigen Sie das in der Personalverwaltung.',
  ],
  managerLoop: [
    'The managers above this person lead in a circle back to this person. Correct it in HR.',
    'Die Führungskräfte über dieser Person führen im Kreis zu ihr zurück. Berichtigen Sie das in der Personalverwaltung.',
  ],
  managerOnLeave: [
    'The manager is on leave, so nobody is asked to help.',
    'Die Führungskraft ist abwesend, darum wird niemand um Hilfe gebeten.',
  ],
  managerNoAddress: [
    'The manager has no mail address that can be written to. Add one in Entra ID.',
    'Die Führungskraft hat keine Mailadresse, an die geschrieben werden kann. Tragen Sie in Entra ID eine ein.',
  ],
  managerIsHoldout: [
    'The manager has not enrolled either: the list goes out all the same, without the own name, which is on the list of the next manager.',
    'Auch die Führungskraft ist nicht registriert: Die Liste geht trotzdem hinaus, ohne den eigenen Namen; der steht auf der Liste der nächsten Führungskraft.',
  ],
  mailboxMissing: [
    'The mail system does not know the mailbox that the customer file sends from. Correct the section "mail"; this goes out then.',
    'Das Mailsystem kennt das Postfach nicht, aus dem laut Kundendatei versendet wird. Berichtigen Sie den Abschnitt „mail“; dann geht diese Nachricht hinaus.',
  ],
  vendorDown: [
    'The mail system or the directory does not answer. This goes out as soon as it does.',
    'Das Mailsystem oder das Verzeichnis antwortet nicht. Diese Nachricht geht hinaus, sobald es antwortet.',
  ],
  vendorRefuses: [
    'The mail system or the directory refuses the request, such as for a missing permission. Run "mfa-rollout customers check"; this goes out when that is mended.',
    'Das Mailsystem oder das Verzeichnis lehnt die Anfrage ab, etwa weil eine Berechtigung fehlt. Führen Sie „mfa-rollout customers check“ aus; danach geht diese Nachricht hinaus.',
  ],
  invalidRecipient: [
    'The mail system refuses the address as one that nobody can be reached at. Correct it in Entra ID.',
    'Das Mailsystem lehnt die Adresse als unzustellbar ab. Berichtigen Sie sie in Entra ID.',
  ],
  notTaken: ['The mail system does not take this mail as it is.', 'Das Mailsystem nimmt diese Mail so nicht an.'],
  cannotTell: [
    'The mail system’s answer was lost and it cannot say whether the mail was sent. Look into the mailbox and decide with "mfa-rollout messages settle"; it is not sent again by itself.',
    'Die Antwort des Mailsystems ging verloren, und es kann nicht sagen, ob die Mail versendet wurde. Sehen Sie im Postfach nach und entscheiden Sie mit „mfa-rollout messages settle“; von selbst wird sie nicht noch einmal versendet.',
  ],
  bounced: [
    'The mail came back: the address takes none. Correct it in Entra ID.',
    'Die Mail kam zurück: Die Adresse nimmt keine an. Berichtigen Sie sie in Entra ID.',
  ],
  bouncesUnread: [
    'The mailbox cannot be read for mails that came back, so "accepted" may not mean delivered. Run "mfa-rollout customers check".',
    'Das Postfach kann nicht auf zurückgekommene Mails durchgesehen werden; „angenommen“ heißt also nicht sicher zugestellt. Führen Sie „mfa-rollout customers check“ aus.',
  ],
  teamsCannotTell: [
    'Teams cannot say whether the bot’s message arrived. Ask the person and decide with "mfa-rollout messages settle"; it is not written again by itself.',
    'Teams kann nicht sagen, ob die Nachricht des Bots ankam. Fragen Sie die Person und entscheiden Sie mit „mfa-rollout messages settle“; von selbst wird sie nicht noch einmal geschrieben.',
  ],
  nudgedBefore: [
    'The manager was written to about this phase before this person was on the list; that is done once.',
    'Die Führungskraft bekam zu dieser Phase schon Nachricht, bevor diese Person auf der Liste stand; das geschieht nur einmal.',
  ],
  movedLater: [
    'The phase was moved, so this waits for its new day.',
    'Die Phase wurde verschoben; diese Nachricht wartet auf ihren neuen Tag.',
  ],
} as const satisfies Record<string, readonly [string, string]>;

export type ReasonCode = keyof typeof SENTENCES;

/** The reason of this code with its sentence. */
export function reasonOf(code: ReasonCode): Reason {
  const [en, de] = SENTENCES[code];
  return { code, text: { en, de } };
}

/** What a person has to mend before the message can be written; `sentence` is the writer's own, in its one language. */
export function cannotWrite(sentence: string): Reason {
  return {
    code: 'cannotWrite',
    text: {
      en: `The message cannot be written: ${sentence} It goes out by itself once that is mended.`,
      de: `Die Nachricht lässt sich nicht erstellen: ${sentence} Sie geht von selbst hinaus, sobald das behoben ist.`,
    },
  };
}

/** A mail that came back, with the status that the notice names. */
export function bouncedWith(status: string | null): Reason {
  const { code, text } = reasonOf('bounced');
  if (status === null) return { code, text };
  return { code, text: { en: `${text.en} (${status})`, de: `${text.de} (${status})` } };
}

/** Why no mail reaches somebody and why Teams does not either. */
export function bothReasons({ code, text }: Reason, other: Sentence): Reason {
  return { code, text: { en: `${text.en} ${other.en}`, de: `${text.de} ${other.de}` } };
}

/** On leave, with the day of return where HR knows it. */
export function onLeaveUntil(returnDate: string | null): Reason {
  const [en, de] = returnDate === null ? ['', ''] : [` until ${returnDate}`, ` bis ${returnDate}`];
  return {
    code: 'onLeave',
    text: { en: `On leave${en}; written to after the return.`, de: `Abwesend${de}; bekommt danach Nachricht.` },
  };
}
