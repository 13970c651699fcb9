/** What the drift watch says to people, in both languages. Counts, objects and what to do; never a person's name. */
import type { Sentence } from '../phases/phase-types.core.ts';
import type { DriftEffect, DriftKind, DriftSeen } from './drift-types.core.ts';

/** What happened, in a few words. */
export const DRIFT_TITLES: Readonly<Record<DriftKind, Sentence>> = {
  edited: { en: 'A managed policy was edited', de: 'Eine verwaltete Richtlinie wurde geändert' },
  disabled: { en: 'A managed policy was switched', de: 'Eine verwaltete Richtlinie wurde umgeschaltet' },
  deleted: { en: 'A managed policy was deleted', de: 'Eine verwaltete Richtlinie wurde gelöscht' },
  renamed: { en: 'A managed object was renamed', de: 'Ein verwaltetes Objekt wurde umbenannt' },
  securityDefaults: { en: 'Security Defaults are on again', de: 'Die Sicherheitsstandards sind wieder an' },
  mfaElsewhere: { en: 'Another policy asks for MFA now', de: 'Eine andere Richtlinie verlangt jetzt MFA' },
  perUserMfa: { en: 'Per-user MFA is on again', de: 'Benutzerbezogene MFA ist wieder an' },
  breakGlass: { en: 'The break-glass group was changed', de: 'Die Notfallgruppe wurde geändert' },
  membership: { en: 'A managed group was changed', de: 'Eine verwaltete Gruppe wurde geändert' },
};

type Counts = Pick<DriftEffect, 'lost' | 'gained' | 'blocked' | 'unknown'>;

/** Who loses or gains cover, as one sentence. */
export function effectSentence(counts: Counts): Sentence {
  const parts = PARTS.flatMap(({ of, say }) => {
    const count = of(counts);
    return count === 0 ? [] : [say(count)];
  });
  if (parts.length === 0) return { en: 'No effect on anybody’s cover.', de: 'Ohne Wirkung auf den Schutz.' };
  const joined = (language: keyof Sentence, and: string) =>
    sentenceOf(
      parts.map((part) => part[language]),
      and,
    );
  return { en: joined('en', ' and '), de: joined('de', ' und ') };
}

const PARTS: readonly { of(counts: Counts): number; say(count: number): Sentence }[] = [
  {
    of: ({ lost }) => lost.length,
    say: (n) => ({ en: `${accounts(n).en} lost MFA cover`, de: `${accounts(n).de} ${has(n)} MFA-Schutz verloren` }),
  },
  {
    of: ({ gained }) => gained.length,
    say: (n) => ({ en: `${accounts(n).en} got more MFA cover`, de: `${accounts(n).de} ${has(n)} mehr MFA-Schutz` }),
  },
  {
    of: ({ blocked }) => blocked.length,
    say: (n) => ({
      en: `${accounts(n).en} can no longer sign in`,
      de: `${accounts(n).de} ${n === 1 ? 'kann' : 'können'} sich nicht mehr anmelden`,
    }),
  },
  {
    of: ({ unknown }) => unknown,
    say: (n) => ({
      en: `of ${accounts(n).en} it cannot be told`,
      de: `bei ${n === 1 ? 'einem Konto' : `${n} Konten`} lässt es sich nicht sagen`,
    }),
  },
];

function accounts(count: number): Sentence {
  return count === 1 ? { en: '1 account', de: '1 Konto' } : { en: `${count} accounts`, de: `${count} Konten` };
}

function has(count: number): string {
  return count === 1 ? 'hat' : 'haben';
}

function sentenceOf(parts: readonly string[], and: string): string {
  const last = parts.at(-1) ?? '';
  const text = parts.length === 1 ? last : `${parts.slice(0, -1).join(', ')}${and}${last}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The effect where the tenant was not read far enough to tell it. */
export const EFFECT_UNKNOWN: Sentence = {
  en: 'What it does to people’s cover cannot be told: the tenant was not read completely.',
  de: 'Was das für den Schutz bedeutet, lässt sich nicht sagen: Der Mandant wurde nicht vollständig gelesen.',
};

/** How the object is called among those who run the rollout; null where its own name says it. */
export function objectWords({ object }: Pick<DriftSeen, 'object'>): Sentence | null {
  if (object.startsWith('phase:')) {
    const phase = object.slice('phase:'.length);
    return { en: `the group of the phase “${phase}”`, de: `die Gruppe der Phase „${phase}“` };
  }
  return OBJECTS[object] ?? null;
}

const OBJECTS: Readonly<Record<string, Sentence>> = {
  ENFORCE: { en: 'the policy ENFORCE', de: 'die Richtlinie ENFORCE' },
  OBSERVE: { en: 'the policy OBSERVE', de: 'die Richtlinie OBSERVE' },
  breakGlass: { en: 'the break-glass group', de: 'die Notfallgruppe' },
  exceptions: { en: 'the group of exceptions', de: 'die Gruppe der Ausnahmen' },
  direct: { en: 'the group “direct”', de: 'die Gruppe „direct“' },
  securityDefaults: { en: 'Security Defaults', de: 'die Sicherheitsstandards' },
  perUserMfa: { en: 'the users’ own MFA switches', de: 'die MFA-Schalter der Benutzer' },
};

/** What a person should do about it. */
export const DRIFT_ADVICE: Readonly<Record<DriftKind, Sentence>> = {
  edited: {
    en: 'Look at the difference. Restore writes back what was approved; accept keeps what is there now.',
    de: 'Sehen Sie sich den Unterschied an. „Wiederherstellen“ schreibt zurück, was freigegeben war; „Annehmen“ behält, was jetzt gilt.',
  },
  disabled: {
    en: 'Restore puts the policy back into the state in which the rollout left it.',
    de: '„Wiederherstellen“ bringt die Richtlinie in den Zustand zurück, in dem das Rollout sie ließ.',
  },
  deleted: {
    en: 'Restore brings it back from the deleted policies, or makes it anew.',
    de: '„Wiederherstellen“ holt sie aus den gelöschten Richtlinien zurück oder legt sie neu an.',
  },
  renamed: {
    en: 'Objects are known by their id, so nothing breaks. Restore gives the old name back.',
    de: 'Objekte sind über ihre Kennung bekannt; nichts geht kaputt. „Wiederherstellen“ gibt den alten Namen zurück.',
  },
  securityDefaults: {
    en: 'No policy can be enabled while they are on. Find out who needs them. Restore switches them off again once ENFORCE is seen to protect everybody; that takes two people.',
    de: 'Solange sie an sind, lässt sich keine Richtlinie einschalten. Klären Sie, wer sie braucht. „Wiederherstellen“ schaltet sie wieder aus, sobald ENFORCE jeden schützt; dazu braucht es zwei Personen.',
  },
  mfaElsewhere: {
    en: 'The policy is not ours and is not touched. Accept it, or ask its owner to take it back.',
    de: 'Die Richtlinie gehört nicht uns und bleibt unberührt. Nehmen Sie sie an, oder bitten Sie den Besitzer, sie zurückzunehmen.',
  },
  perUserMfa: {
    en: 'It asks beside the policies and ignores exceptions. Restore switches it off for these accounts again.',
    de: 'Sie fragt neben den Richtlinien und kennt keine Ausnahmen. „Wiederherstellen“ schaltet sie für diese Konten wieder aus.',
  },
  breakGlass: {
    en: 'Whoever is in this group gets past MFA; whoever is missing may be locked out. Restore puts back who was in it. A role-assignable group or a restricted management unit keeps others out.',
    de: 'Wer in dieser Gruppe ist, kommt an MFA vorbei; wer fehlt, ist womöglich ausgesperrt. „Wiederherstellen“ stellt die Mitglieder wieder her. Eine rollenzuweisbare Gruppe oder eine eingeschränkte Verwaltungseinheit hält andere fern.',
  },
  membership: {
    en: 'Membership decides who has to use MFA. Restore puts back who was in it; a lasting exception is signed, not added by hand.',
    de: 'Die Mitgliedschaft entscheidet, wer MFA verwenden muss. „Wiederherstellen“ stellt die Mitglieder wieder her; eine dauerhafte Ausnahme wird unterschrieben, nicht von Hand eingetragen.',
  },
};

/** Why something is not offered, and why a press had no effect. */
export const DRIFT_TEXTS = {
  notOurs: {
    en: 'The policy belongs to somebody else: this product does not write it (S19).',
    de: 'Die Richtlinie gehört jemand anderem: Dieses Produkt schreibt sie nicht (S19).',
  },
  defaultsElsewhere: {
    en: 'Security Defaults are switched off only in the same step that enforces a phase, or by you in the admin center after you have seen ENFORCE ready (S14).',
    de: 'Die Sicherheitsstandards werden nur in dem Schritt ausgeschaltet, der eine Phase erzwingt, oder von Ihnen im Admin Center, wenn ENFORCE bereit ist (S14).',
  },
  groupDeclared: {
    en: 'Graph does not give the deleted group back, and the customer’s file names it by its id. Make a new group with the same members, put its id into the file ("mfa-rollout customers add"), and push again.',
    de: 'Graph gibt die gelöschte Gruppe nicht zurück, und die Kundendatei nennt sie mit ihrer Kennung. Legen Sie eine neue Gruppe mit denselben Mitgliedern an, tragen Sie ihre Kennung in die Datei ein („mfa-rollout customers add“), und pushen Sie neu.',
  },
  asksForMore: {
    en: 'The policy asks for something besides MFA, and whoever lacks it cannot sign in. Restore it, and put what else is asked for into a policy of your own.',
    de: 'Die Richtlinie verlangt außer MFA noch etwas, und wem es fehlt, der kann sich nicht anmelden. Stellen Sie sie wieder her und verlangen Sie das Übrige in einer eigenen Richtlinie.',
  },
  dynamicElsewhere: {
    en: 'This product does not change how a group is filled: a rule may have filled it with others meanwhile. Set its membership type back to “Assigned” in the admin center; what differs in its members then can be restored here.',
    de: 'Dieses Produkt ändert nicht, wie eine Gruppe gefüllt wird: Eine Regel hat sie inzwischen vielleicht mit anderen gefüllt. Stellen Sie den Mitgliedschaftstyp im Admin Center auf „Zugewiesen“ zurück; was danach an Mitgliedern abweicht, lässt sich hier wiederherstellen.',
  },
  goneStays: {
    en: 'The policies name this group: without it nobody knows whom they reach (S7).',
    de: 'Die Richtlinien nennen diese Gruppe: Ohne sie weiß niemand, wen sie erreichen (S7).',
  },
  ruleDecides: {
    en: 'A rule or another group would decide who has to use MFA (S3). Restore it instead.',
    de: 'Eine Regel oder eine andere Gruppe entschiede, wer MFA verwenden muss (S3). Stellen Sie sie wieder her.',
  },
  lossUnknown: {
    en: 'Whom it costs cover cannot be told, so nobody can accept it (S31). Run "mfa-rollout sync" and look again, or restore it.',
    de: 'Wen es den Schutz kostet, lässt sich nicht sagen; deshalb kann es niemand annehmen (S31). Führen Sie „mfa-rollout sync“ aus und sehen Sie noch einmal nach, oder stellen Sie es wieder her.',
  },
  defaultsEnd: {
    en: 'Security Defaults go off again, and ENFORCE alone asks for MFA. First everybody whom they protect has to be protected by ENFORCE; what fails brings them back (S14).',
    de: 'Die Sicherheitsstandards gehen wieder aus, und nur ENFORCE verlangt MFA. Zuvor muss jeder, den sie schützen, durch ENFORCE geschützt sein; was misslingt, bringt sie zurück (S14).',
  },
  locksOut: {
    en: 'Accounts can no longer sign in. Restore it instead.',
    de: 'Konten können sich nicht mehr anmelden. Stellen Sie es wieder her.',
  },
  emergencyMissing: {
    en: 'A declared break-glass account would no longer be left out (S1). Restore it instead.',
    de: 'Ein angegebenes Notfallkonto wäre nicht mehr ausgenommen (S1). Stellen Sie es wieder her.',
  },
  emergencyInside: {
    en: 'A declared break-glass account would be taken out of the group that the policies leave out (S1). Put the account into the exceptions and sign them, then accept.',
    de: 'Ein angegebenes Notfallkonto käme aus der Gruppe, die die Richtlinien auslassen (S1). Nehmen Sie das Konto in die Ausnahmen auf, unterschreiben Sie, und nehmen Sie dann an.',
  },
  floor: {
    en: 'Fewer than two declared break-glass accounts are in the group that the policies leave out, so no policy is written (S1). Restore that group first.',
    de: 'Weniger als zwei angegebene Notfallkonten sind in der Gruppe, die die Richtlinien auslassen; deshalb wird keine Richtlinie geschrieben (S1). Stellen Sie zuerst diese Gruppe wieder her.',
  },
  stateByApproval: {
    en: 'Switching the policy on or off is decided by approving a phase, not by accepting it (S4).',
    de: 'Ob die Richtlinie an ist, entscheidet die Freigabe einer Phase, nicht das Annehmen (S4).',
  },
  noWriter: {
    en: 'This customer has no writing application, so nothing can be put back.',
    de: 'Dieser Kunde hat keine schreibende Anwendung; es lässt sich nichts zurückschreiben.',
  },
  busy: {
    en: 'Another write of this product was under way all the while, so nothing was put back. Try again when it has ended.',
    de: 'Die ganze Zeit lief ein anderer Schreibvorgang dieses Produkts; es wurde nichts wiederhergestellt. Versuchen Sie es nach dessen Ende wieder.',
  },
  oursFirst: {
    en: 'The managed policies and groups are not as they were written, so per-user MFA may be all that somebody has (S25). Restore them first.',
    de: 'Die verwalteten Richtlinien und Gruppen sind nicht so, wie sie geschrieben wurden; MFA pro Benutzer ist vielleicht der einzige Schutz (S25). Stellen Sie zuerst diese wieder her.',
  },
  changedSince: {
    en: 'It changed again since it was shown, so nothing was written (S23). Look at what is there now and decide on that.',
    de: 'Es hat sich seit der Anzeige noch einmal geändert; es wurde nichts geschrieben (S23). Sehen Sie sich den jetzigen Stand an und entscheiden Sie danach.',
  },
  notOff: {
    en: 'Security Defaults are on as before: switching them off did not come through, and what was begun was taken back. See the journal for what failed.',
    de: 'Die Sicherheitsstandards sind an wie zuvor: Das Ausschalten kam nicht zustande, und was begonnen war, wurde zurückgenommen. Was misslang, steht im Protokoll.',
  },
  notShown: {
    en: 'It was written, and Graph does not show it. Somebody else may be working in the tenant: look again.',
    de: 'Es wurde geschrieben, doch Graph zeigt es nicht. Vielleicht arbeitet gerade jemand im Mandanten: sehen Sie noch einmal nach.',
  },
  stale: {
    en: 'This has changed since it was shown to you. This is the present state.',
    de: 'Das hat sich geändert, seit es Ihnen gezeigt wurde. So ist der Stand jetzt.',
  },
  unknown: { en: 'There is no such finding.', de: 'Diesen Befund gibt es nicht.' },
} as const satisfies Record<string, Sentence>;

/** What a finding that stands no longer open is told as. */
export const ENDED_TEXTS = {
  restoring: { en: 'It is being put back.', de: 'Es wird gerade wiederhergestellt.' },
  restored: { en: 'It was put back.', de: 'Es wurde wiederhergestellt.' },
  accepted: { en: 'It was accepted.', de: 'Es wurde angenommen.' },
  gone: { en: 'It went away by itself.', de: 'Es ist von selbst verschwunden.' },
} as const satisfies Record<string, Sentence>;
