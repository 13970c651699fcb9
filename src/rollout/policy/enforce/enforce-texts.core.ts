/** What keeps a phase from being enforced, told to whoever reads it in either language; each says what can be done. */
import type { Sentence } from '../../phases/phase-types.core.ts';

type Ids = readonly string[];

/** With fewer, one lost key locks the customer out. */
export const BREAK_GLASS_MIN = 2;

/** The sentences by the code of the refusal. */
export const FLIP_TEXTS = {
  approvals_missing: (earlier: number): Sentence => ({
    en: `Enforcing needs two different people who approved exactly this: an engineer of the service provider and an approver of the customer.${earlier === 0 ? '' : ` ${earlier} earlier approvals no longer count: they expired, or what they were given for has changed, or whoever gave them lost the role.`} Look at the present state and approve that.`,
    de: `Zum Erzwingen müssen zwei verschiedene Personen genau dies freigegeben haben: jemand aus der Technik des Dienstleisters und eine freigebende Person des Kunden.${earlier === 0 ? '' : ` ${earlier} frühere Freigaben zählen nicht mehr: Sie sind abgelaufen, oder ihr Inhalt hat sich geändert, oder wer sie gab, hat die Rolle verloren.`} Sehen Sie sich den jetzigen Stand an und geben Sie diesen frei.`,
  }),
  push_under_way: (): Sentence => ({
    en: 'A push of this customer is under way or never came to its end. Wait for it, or undo it, first.',
    de: 'Für diesen Kunden werden gerade Richtlinien geschrieben, oder das kam nie zu Ende. Warten Sie es ab, oder nehmen Sie es zuerst zurück.',
  }),
  break_glass_unusable: (usable: number, failing: Ids): Sentence => ({
    en: `${usable} break-glass accounts are usable; at least ${BREAK_GLASS_MIN} have to be, and every declared one.${told(failing).en} Mend them, or take them out of the declaration.`,
    de: `${usable} Notfallkonten sind benutzbar; es müssen mindestens ${BREAK_GLASS_MIN} sein, und jedes angegebene.${told(failing).de} Bringen Sie sie in Ordnung, oder nehmen Sie sie aus der Kundendatei.`,
  }),
  break_glass_not_excluded: (ids: Ids): Sentence => ({
    en: `Not every declared break-glass account is known to be left out of the enforcing policy.${told(ids).en} Put them into the break-glass group.`,
    de: `Nicht von jedem angegebenen Notfallkonto steht fest, dass die erzwingende Richtlinie es ausnimmt.${told(ids).de} Nehmen Sie sie in die Gruppe der Notfallkonten auf.`,
  }),
  object_changed: ({ kind, name, objectId }: { kind: string; name: string; objectId: string }): Sentence => ({
    en: `${kind === 'policy' ? 'The policy' : 'The group'} "${name}" (${objectId}) was changed or deleted by somebody else since it was written. Put it back before enforcing.`,
    de: `${kind === 'policy' ? 'Die Richtlinie' : 'Die Gruppe'} „${name}“ (${objectId}) hat jemand anderes geändert oder gelöscht, seit sie geschrieben wurde. Stellen Sie sie vor dem Erzwingen wieder her.`,
  }),
  policy_changed_meanwhile: (): Sentence => ({
    en: 'The enforcing policy was changed by somebody else while the phase was being prepared. Put it back first.',
    de: 'Die erzwingende Richtlinie hat jemand anderes geändert, während die Phase vorbereitet wurde. Stellen Sie sie zuerst wieder her.',
  }),
  members_unread: (phase: string): Sentence => ({
    en: `The group of "${phase}" could not be read. Run "mfa-rollout customers check" to see what is missing.`,
    de: `Die Gruppe von „${phase}“ ließ sich nicht lesen. „mfa-rollout customers check“ zeigt, was fehlt.`,
  }),
  strangers: (phase: string, ids: Ids): Sentence => ({
    en: `${ids.length} members of the group of "${phase}" stood before nobody who approved.${told(ids).en} Find out who put them in, sync, and approve anew.`,
    de: `${ids.length} Mitglieder der Gruppe von „${phase}“ lagen bei der Freigabe niemandem vor.${told(ids).de} Klären Sie, wer sie aufgenommen hat, lesen Sie den Mandanten neu ein, und geben Sie erneut frei.`,
  }),
  group_moves: (phase: string): Sentence => ({
    en: `The members of the group of "${phase}" are not those who were approved: somebody else is changing it. Find out who, and approve anew.`,
    de: `Die Mitglieder der Gruppe von „${phase}“ sind nicht die freigegebenen: Jemand anderes ändert sie gerade. Klären Sie, wer, und geben Sie erneut frei.`,
  }),
  somebody_blocked: (ids: Ids): Sentence => ({
    en: `${ids.length} accounts would no longer get in at all.${told(ids).en} Find the policy that blocks them, or carve them out by signature.`,
    de: `${ids.length} Konten kämen gar nicht mehr hinein.${told(ids).de} Suchen Sie die Richtlinie, die sie sperrt, oder nehmen Sie sie per Unterschrift aus.`,
  }),
  effect_unknown: (ids: Ids): Sentence => ({
    en: `What enforcing would do to ${ids.length} accounts cannot be told.${told(ids).en} Run "mfa-rollout sync" and look at what it says.`,
    de: `Was das Erzwingen für ${ids.length} Konten bedeutet, lässt sich nicht sagen.${told(ids).de} Führen Sie „mfa-rollout sync“ aus und sehen Sie nach, was es meldet.`,
  }),
  cover_lost: (ids: Ids): Sentence => ({
    en: `${ids.length} accounts would be asked for less MFA than now.${told(ids).en} Look at the policies that ask them today.`,
    de: `${ids.length} Konten müssten weniger MFA leisten als jetzt.${told(ids).de} Sehen Sie sich die Richtlinien an, die sie heute verlangen.`,
  }),
  others_enforced: (phase: string, ids: Ids): Sentence => ({
    en: `${ids.length} accounts that are not in the phase "${phase}" would have to use MFA too.${told(ids).en} Sync, look at the phase again and approve that.`,
    de: `${ids.length} Konten, die nicht zur Phase „${phase}“ gehören, müssten auch MFA leisten.${told(ids).de} Lesen Sie den Mandanten neu ein, sehen Sie sich die Phase wieder an, und geben Sie diese frei.`,
  }),
  roles_not_read: (): Sentence => ({
    en: 'Who is a Global Administrator was not read. Run "mfa-rollout customers check" to see what is missing.',
    de: 'Wer globaler Administrator ist, wurde nicht gelesen. „mfa-rollout customers check“ zeigt, was fehlt.',
  }),
  admins_locked: (ids: Ids): Sentence => ({
    en: `${ids.length} Global Administrators in this phase cannot answer MFA and would be locked out.${told(ids).en} Let them register a method first; no signature stands in for that.`,
    de: `${ids.length} globale Administratoren dieser Phase können MFA nicht leisten und wären ausgesperrt.${told(ids).de} Lassen Sie sie zuerst eine Methode registrieren; keine Unterschrift ersetzt das.`,
  }),
  no_other_admin: (): Sentence => ({
    en: 'Besides the people who approve, no Global Administrator is known to get in afterwards. Let one register a method.',
    de: 'Außer den Freigebenden ist kein globaler Administrator bekannt, der danach noch hineinkommt. Lassen Sie einen eine Methode registrieren.',
  }),
  unregistered_people: (ids: Ids): Sentence => ({
    en: `${ids.length} people cannot answer MFA, or that is not known, and have no Temporary Access Pass.${told(ids).en} Let them register, or name them in the approval to enforce them anyway.`,
    de: `${ids.length} Personen können MFA nicht leisten, oder das ist nicht bekannt, und haben keinen befristeten Zugriffspass.${told(ids).de} Lassen Sie sie eine Methode registrieren, oder nennen Sie sie in der Freigabe, um MFA trotzdem zu erzwingen.`,
  }),
  rails_exceeded: (moved: number, percent: number, rails: { accountsMax: number; percentMax: number }): Sentence => ({
    en: `${moved} accounts (${percent} %) would have to use MFA at once; ${rails.accountsMax} and ${rails.percentMax} % may. It is held whole: divide the phase, or raise "rails" in the customer file.`,
    de: `${moved} Konten (${percent} %) müssten auf einmal MFA leisten; erlaubt sind ${rails.accountsMax} und ${rails.percentMax} %. Es wird im Ganzen angehalten: Teilen Sie die Phase, oder erhöhen Sie „rails“ in der Kundendatei.`,
  }),
  policy_not_pushed: (): Sentence => ({
    en: 'The policies were not pushed yet, or somebody deleted the enforcing one. Push the draft first.',
    de: 'Die Richtlinien wurden noch nicht geschrieben, oder jemand hat die erzwingende gelöscht. Schreiben Sie zuerst den Entwurf.',
  }),
  phase_group_missing: (phase: string): Sentence => ({
    en: `There is no group for the phase "${phase}". Push the draft first.`,
    de: `Für die Phase „${phase}“ gibt es keine Gruppe. Schreiben Sie zuerst den Entwurf.`,
  }),
  already_enforced: (phase: string): Sentence => ({
    en: `The phase "${phase}" is enforced already.`,
    de: `Die Phase „${phase}“ ist schon erzwungen.`,
  }),
  everyone_enforced: (): Sentence => ({
    en: 'Everybody is enforced already: there is no phase left to add.',
    de: 'MFA ist schon für alle erzwungen: Es gibt keine Phase mehr, die dazukommen könnte.',
  }),
  names_users: (): Sentence => ({
    en: 'The enforcing policy names users. It reaches people through groups alone: take the users out.',
    de: 'Die erzwingende Richtlinie nennt Benutzer. Sie erreicht Personen nur über Gruppen: Nehmen Sie die Benutzer heraus.',
  }),
  excludes_differ: (): Sentence => ({
    en: 'The enforcing policy does not leave out exactly the break-glass group and the exception group. Put it back as it was pushed.',
    de: 'Die erzwingende Richtlinie nimmt nicht genau die Gruppe der Notfallkonten und die der Ausnahmen aus. Stellen Sie sie wieder her, wie sie geschrieben wurde.',
  }),
  policy_state_unexpected: (state: string): Sentence => ({
    en: `The enforcing policy is "${state}", although it was left in another state. Find out who switched it.`,
    de: `Die erzwingende Richtlinie steht auf „${state}“, obwohl sie anders hinterlassen wurde. Klären Sie, wer sie umgestellt hat.`,
  }),
  phase_not_approved: (phase: string): Sentence => ({
    en: `The phase "${phase}" is not approved any more, or its rollout has ended.`,
    de: `Die Phase „${phase}“ ist nicht mehr freigegeben, oder ihr Rollout ist zu Ende.`,
  }),
  cancelled: (): Sentence => ({
    en: 'The phase was taken back meanwhile.',
    de: 'Die Phase wurde inzwischen zurückgenommen.',
  }),
} as const;

/** Failures that no rule speaks about, by code; others are told as they come. */
export const FAILURE_TEXTS: Readonly<Record<string, string>> = {
  read_back_late:
    'Graph zeigt die erzwingende Richtlinie nicht so, wie sie geschrieben wurde. Vielleicht arbeitet jemand anderes im Mandanten.',
  permission_missing:
    'Graph hat die Änderung abgelehnt: Der schreibenden Anwendung fehlt eine Berechtigung. „mfa-rollout customers check“ zeigt, welche.',
  direct_group_gone:
    'Jemand hat die Gruppe der einzeln eingeschalteten Personen gelöscht. Stellen Sie sie auf ihrer Drift-Karte oder im Tab wieder her und versuchen Sie es dann noch einmal.',
  vendor_unreachable: 'Graph hat nicht rechtzeitig geantwortet. Versuchen Sie es später noch einmal.',
  vendor_refused: 'Graph hat die Änderung abgelehnt. „mfa-rollout customers check“ zeigt, was fehlt.',
  vendor_broken: 'Graph hat etwas geantwortet, dem nicht zu trauen ist. Versuchen Sie es später noch einmal.',
};

/** A sentence names a few; the list in full stands with the phase. */
const NAMED_MAX = 20;

function told(ids: Ids): Sentence {
  if (ids.length === 0) return { en: '', de: '' };
  const names = ids.slice(0, NAMED_MAX).join(', ');
  const rest = ids.length - NAMED_MAX;
  if (rest <= 0) return { en: ` (${names})`, de: ` (${names})` };
  return { en: ` (${names} and ${rest} more)`, de: ` (${names} und ${rest} weitere)` };
}
