/** What people are told about Temporary Access Passes, in each language. A flat table. */
import type { Sentence } from '../phases/phase-types.core.ts';
import type { PassRefusal, PassRefusalCode, ProofKind } from './access-pass-types.core.ts';

/** The ways to prove an identity, as the issuer chooses among them. */
export const PROOF_TEXTS: Readonly<Record<ProofKind, Sentence>> = {
  callback: {
    en: 'Called back on the number on file',
    de: 'Rückruf unter der hinterlegten Nummer',
  },
  inPerson: {
    en: 'Seen in person, known or with an identity card',
    de: 'Persönlich gesehen, bekannt oder mit Ausweis',
  },
  videoWithId: {
    en: 'Video call with an identity card',
    de: 'Videogespräch mit Ausweis',
  },
};

const SWITCH_ON: Sentence = {
  en: 'Switch it on in the Entra admin center under Entra ID, Authentication methods, Policies, Temporary Access Pass: enable it and include the people (all users, or a group).',
  de: 'Schalten Sie ihn im Entra Admin Center unter Entra ID, Authentifizierungsmethoden, Richtlinien, Befristeter Zugriffspass ein, und nehmen Sie die Personen auf (alle Benutzer oder eine Gruppe).',
};

const TEXTS = {
  pass_not_enabled: {
    en: 'Temporary Access Passes are switched off for this customer. An engineer switches them on with "helpdesk: {accessPass: true}" in the customer file.',
    de: 'Befristete Zugriffspässe sind für diesen Kunden ausgeschaltet. Ein Techniker schaltet sie in der Kundendatei mit „helpdesk: {accessPass: true}“ ein.',
  },
  pass_no_writer: {
    en: 'The customer file names no "writer": the application that may issue a pass is missing.',
    de: 'Die Kundendatei nennt keinen „writer“: Die Anwendung, die einen Pass ausstellen darf, fehlt.',
  },
  pass_not_your_part: {
    en: 'A pass is issued by the helpdesk or an engineer. A manager asks for it on the card of the own people.',
    de: 'Einen Pass stellen der Helpdesk oder ein Techniker aus. Eine Führungskraft bittet darum auf der Karte der eigenen Leute.',
  },
  pass_person_unknown: {
    en: 'There is no such person on the master list or in the directory. Sync and look again.',
    de: 'Diese Person steht nicht auf der Personalliste oder nicht im Verzeichnis. Lesen Sie neu ein, und sehen Sie wieder nach.',
  },
  pass_own_account: {
    en: 'Nobody issues a pass to himself. Ask a colleague.',
    de: 'Niemand stellt sich selbst einen Pass aus. Bitten Sie jemanden aus dem Team.',
  },
  pass_requester: {
    en: 'You asked for this pass, so somebody else has to issue it.',
    de: 'Sie haben um diesen Pass gebeten, darum muss ihn jemand anderes ausstellen.',
  },
  pass_break_glass: {
    en: 'This is an emergency access account. It gets no pass: use its own passkey or certificate.',
    de: 'Das ist ein Notfallkonto. Es bekommt keinen Pass: Benutzen Sie seinen eigenen Passkey oder sein Zertifikat.',
  },
  pass_admin: {
    en: 'This account holds an administrator role, or its roles were not read. Only an engineer issues a pass for it.',
    de: 'Dieses Konto hat eine Administratorrolle, oder seine Rollen wurden nicht gelesen. Nur ein Techniker stellt dafür einen Pass aus.',
  },
  pass_account_disabled: {
    en: 'The account is disabled. Enable it first if the person may work.',
    de: 'Das Konto ist gesperrt. Entsperren Sie es zuerst, wenn die Person arbeiten darf.',
  },
  pass_not_in_scope: {
    en: 'The person is carved out of the rollout by a signed exception. End the exception first.',
    de: 'Die Person ist durch eine unterschriebene Ausnahme vom Rollout ausgenommen. Beenden Sie zuerst die Ausnahme.',
  },
  pass_proof_missing: {
    en: 'Prove the identity first, and say how: called back, seen in person, or video with an identity card.',
    de: 'Prüfen Sie zuerst die Identität, und geben Sie an, wie: Rückruf, persönlich gesehen oder Video mit Ausweis.',
  },
  pass_policy_unread: {
    en: 'The tenant’s rules for Temporary Access Passes could not be read, so none is issued. Run "mfa-rollout customers check" to see what is missing.',
    de: 'Die Regeln des Mandanten für befristete Zugriffspässe konnten nicht gelesen werden, darum wird keiner ausgestellt. „mfa-rollout customers check“ zeigt, was fehlt.',
  },
  pass_policy_off: {
    en: `The tenant does not allow Temporary Access Passes. ${SWITCH_ON.en}`,
    de: `Der Mandant erlaubt keine befristeten Zugriffspässe. ${SWITCH_ON.de}`,
  },
  pass_policy_not_reached: {
    en: `The tenant allows Temporary Access Passes, but not for this person. ${SWITCH_ON.en}`,
    de: `Der Mandant erlaubt befristete Zugriffspässe, aber nicht für diese Person. ${SWITCH_ON.de}`,
  },
  pass_unsettled: {
    en: 'A pass for this person was asked for a moment ago, and what came of it is not known yet. Try again in a few minutes.',
    de: 'Für diese Person wurde eben ein Pass angefordert, und was daraus wurde, ist noch nicht bekannt. Versuchen Sie es in einigen Minuten wieder.',
  },
  pass_live: {
    en: 'The person has a pass that can still be used. If the secret was not received, withdraw that pass and issue a new one; it cannot be shown again.',
    de: 'Die Person hat einen Pass, der noch gilt. Ist er nicht angekommen, ziehen Sie ihn zurück, und stellen Sie einen neuen aus; er lässt sich nicht noch einmal zeigen.',
  },
  pass_methods_unread: {
    en: 'The person’s own methods could not be read, so no pass is issued. Try again later.',
    de: 'Die eigenen Methoden der Person konnten nicht gelesen werden, darum wird kein Pass ausgestellt. Versuchen Sie es später wieder.',
  },
  pass_has_method: {
    en: 'The person has a working method and does not fail MFA, so no pass is needed. If the phone is gone, an engineer issues the pass with a reason.',
    de: 'Die Person hat eine brauchbare Methode und scheitert nicht an MFA, darum braucht sie keinen Pass. Ist das Telefon weg, stellt ihn ein Techniker mit einer Begründung aus.',
  },
  pass_refused_by_graph: {
    en: 'Microsoft refused to issue the pass, and none was made. Check that the writing application has UserAuthMethod-TAP.ReadWrite.All; an administrator’s account may need an administrator.',
    de: 'Microsoft hat den Pass abgelehnt, und es gibt keinen. Prüfen Sie, ob die schreibende Anwendung UserAuthMethod-TAP.ReadWrite.All hat; für ein Administratorkonto braucht es vielleicht einen Administrator.',
  },
  pass_answer_lost: {
    en: 'Microsoft’s answer was lost, and with it the pass: nobody can learn it any more. If one was made, it is deleted. Try again in a few minutes.',
    de: 'Die Antwort von Microsoft ging verloren und mit ihr der Pass: Niemand kann ihn mehr erfahren. Falls einer entstand, wird er gelöscht. Versuchen Sie es in einigen Minuten wieder.',
  },
  pass_none_live: {
    en: 'The person has no pass of ours that could be withdrawn.',
    de: 'Die Person hat keinen Pass von uns, der sich zurückziehen ließe.',
  },
} as const satisfies Record<Exclude<PassRefusalCode, 'pass_minutes'>, Sentence>;

/** A refusal with its sentence. */
export function passRefusal(code: keyof typeof TEXTS): PassRefusal {
  return { code, message: TEXTS[code] };
}

/** The refusal of a length that the tenant or this product does not allow. */
export function minutesRefusal({ min, max }: { min: number; max: number }): PassRefusal {
  return {
    code: 'pass_minutes',
    message: {
      en: `A pass may last between ${min} and ${max} minutes here.`,
      de: `Ein Pass darf hier zwischen ${min} und ${max} Minuten gelten.`,
    },
  };
}
