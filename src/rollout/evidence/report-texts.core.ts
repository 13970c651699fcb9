/** The words of the report: English and German say the same, entry by entry. What a report does not prove stands here too. */
import type { ExceptionKind } from '../exceptions/exception-types.core.ts';
import type { PhaseState, Sentence } from '../phases/phase-types.core.ts';
import type { Enrolment } from '../roster/roster-types.core.ts';
import type {
  ExceptionState,
  FigureKey,
  FindingFact,
  ReportAccount,
  Standing,
  StandingReason,
  UnreadPart,
} from './report-types.core.ts';

export type Language = keyof Sentence;

const s = (en: string, de: string): Sentence => ({ en, de });

export const FIGURE_TEXTS: Readonly<Record<FigureKey, Sentence>> = {
  'accounts.total': s('User accounts of the tenant', 'Benutzerkonten des Mandanten'),
  'accounts.people': s('of these, employees on the master list', 'davon Beschäftigte der Stammliste'),
  'accounts.outOfScope': s(
    'Out of scope: sign-in blocked, guests, rooms, equipment',
    'Außerhalb: Anmeldung gesperrt, Gäste, Räume, Geräte',
  ),
  'accounts.inScope': s('In scope', 'Im Umfang'),
  'scope.enforced': s('MFA enforced', 'MFA erzwungen'),
  'scope.excepted': s('Signed exception', 'Unterschriebene Ausnahme'),
  'scope.notEnforced': s('Not enforced', 'Nicht erzwungen'),
  'scope.unknown': s('Cannot be told', 'Nicht feststellbar'),
  'enrolment.capable': s('Can answer MFA', 'Kann MFA beantworten'),
  'enrolment.not': s('Cannot answer MFA', 'Kann MFA nicht beantworten'),
  'enrolment.unknown': s('Enrolment not known', 'Registrierung unbekannt'),
  'enforced.notCapable': s('Enforced without a usable method', 'Erzwungen ohne nutzbare Methode'),
  'hr.withoutAccount': s('Employees without a certain account', 'Beschäftigte ohne sicher zugeordnetes Konto'),
  'exceptions.total': s('Exceptions on the table', 'Ausnahmen in der Tabelle'),
  'exceptions.carvedOut': s('Carved out on signature', 'Auf Unterschrift ausgenommen'),
  'exceptions.enforcedAnyway': s('Signed, yet enforced', 'Unterschrieben, dennoch erzwungen'),
  'exceptions.unsigned': s('Not signed', 'Nicht unterschrieben'),
  'exceptions.ended': s('Ended', 'Abgelaufen'),
  'exceptions.signInBlocked': s('Sign-in blocked', 'Anmeldung gesperrt'),
  'exceptions.outOfScope': s('Decided as a class', 'Als Klasse entschieden'),
  'exceptions.accountGone': s('Account no longer there', 'Konto nicht mehr vorhanden'),
  'policies.enforcing': s('MFA policies that are on', 'Eingeschaltete MFA-Richtlinien'),
  'policies.reportOnly': s('MFA policies that only report', 'MFA-Richtlinien, die nur melden'),
  'findings.open': s('Findings of old sign-in methods: open', 'Funde zu alten Anmeldewegen: offen'),
  'findings.waived': s('Findings: waived by signature', 'Funde: mit Unterschrift hingenommen'),
  'findings.gone': s('Findings: gone', 'Funde: verschwunden'),
};

export const STANDING_TEXTS: Readonly<Record<Standing, Sentence>> = {
  enforced: FIGURE_TEXTS['scope.enforced'],
  excepted: FIGURE_TEXTS['scope.excepted'],
  notEnforced: FIGURE_TEXTS['scope.notEnforced'],
  unknown: FIGURE_TEXTS['scope.unknown'],
  outOfScope: s('Out of scope', 'Außerhalb'),
};

export const KIND_TEXTS: Readonly<Record<ExceptionKind, Sentence>> = {
  breakGlass: s('Break-glass account', 'Notfallkonto'),
  serviceAccount: s('Service account', 'Dienstkonto'),
  sharedMailbox: s('Shared mailbox', 'Freigegebenes Postfach'),
  onLeave: s('On leave', 'Abwesend'),
  extension: s('Extension', 'Verlängerung'),
  mfaOff: s('MFA off', 'MFA aus'),
  guest: s('Guest', 'Gast'),
  room: s('Room', 'Raum'),
  equipment: s('Equipment', 'Gerät'),
};

export const REASON_TEXTS: Readonly<Record<StandingReason | ExceptionKind, Sentence>> = {
  ...KIND_TEXTS,
  signInBlocked: s('Sign-in is blocked', 'Anmeldung ist gesperrt'),
  guest: s('Guest', 'Gast'),
  room: s('Room', 'Raum'),
  equipment: s('Equipment', 'Gerät'),
  notRead: s('Policies or account were not read', 'Richtlinien oder Konto wurden nicht gelesen'),
  unclear: s('A condition was not read or not understood', 'Eine Bedingung wurde nicht gelesen oder nicht verstanden'),
  leftOutUnsigned: s(
    'Left out of an MFA policy without a signature',
    'Ohne Unterschrift von einer MFA-Richtlinie ausgenommen',
  ),
  phaseHeld: s('The phase is held', 'Die Phase ist angehalten'),
  phaseRolledBack: s('The phase was rolled back', 'Die Phase wurde zurückgenommen'),
  phaseNotReached: s('The phase is not enforced yet', 'Die Phase ist noch nicht erzwungen'),
  inSomeCasesOnly: s('MFA is asked for in some cases only', 'MFA wird nur in manchen Fällen verlangt'),
  reportOnly: s('Only report-only policies ask', 'Nur meldende Richtlinien fragen danach'),
  nothingAsks: s('Nothing that is on asks for MFA', 'Nichts Eingeschaltetes verlangt MFA'),
};

export const CLASS_TEXTS: Readonly<Record<ReportAccount['class'], Sentence>> = {
  employee: s('Employee', 'Beschäftigt'),
  leaver: s('Former employee', 'Ausgeschieden'),
  secondAccount: s('Second account', 'Zweitkonto'),
  futureHire: s('Future hire', 'Künftig beschäftigt'),
  guest: s('Guest', 'Gast'),
  room: s('Room', 'Raum'),
  equipment: s('Equipment', 'Gerät'),
  sharedMailbox: KIND_TEXTS.sharedMailbox,
  serviceAccount: KIND_TEXTS.serviceAccount,
  breakGlass: KIND_TEXTS.breakGlass,
  unclassified: s('Unclassified', 'Nicht eingeordnet'),
};

export const ENROLMENT_TEXTS: Readonly<Record<Enrolment, Sentence>> = {
  capable: s('can', 'kann'),
  not: s('cannot', 'kann nicht'),
  unknown: s('not known', 'unbekannt'),
};

export const EXCEPTION_TEXTS: Readonly<Record<ExceptionState, Sentence>> = {
  carvedOut: FIGURE_TEXTS['exceptions.carvedOut'],
  enforcedAnyway: FIGURE_TEXTS['exceptions.enforcedAnyway'],
  unsigned: FIGURE_TEXTS['exceptions.unsigned'],
  ended: FIGURE_TEXTS['exceptions.ended'],
  signInBlocked: FIGURE_TEXTS['exceptions.signInBlocked'],
  outOfScope: FIGURE_TEXTS['exceptions.outOfScope'],
  accountGone: FIGURE_TEXTS['exceptions.accountGone'],
};

export const FINDING_TEXTS: Readonly<Record<FindingFact['state'], Sentence>> = {
  open: s('open', 'offen'),
  waived: s('waived', 'hingenommen'),
  gone: s('gone', 'verschwunden'),
};

export const PHASE_TEXTS: Readonly<Record<PhaseState, Sentence>> = {
  planned: s('planned', 'geplant'),
  announced: s('announced', 'angekündigt'),
  observing: s('report-only', 'nur meldend'),
  blocked: s('blocked', 'blockiert'),
  ready: s('ready', 'bereit'),
  approved: s('approved', 'freigegeben'),
  enforced: s('enforced', 'erzwungen'),
  held: s('held', 'angehalten'),
  rolledBack: s('rolled back', 'zurückgenommen'),
};

/** Graph's states of a policy; another word is shown as it stands. */
export const POLICY_STATE_TEXTS: ReadonlyMap<string, Sentence> = new Map([
  ['enabled', s('on', 'ein')],
  ['disabled', s('off', 'aus')],
  ['enabledForReportingButNotEnforced', s('report-only, enforces nothing', 'nur meldend, erzwingt nichts')],
]);

export const UNREAD_TEXTS: Readonly<Record<UnreadPart, Sentence>> = {
  roster: s('the master list of people and accounts', 'die Stammliste der Personen und Konten'),
  exceptions: s('the exception table', 'die Ausnahmetabelle'),
  policies: s('the Conditional Access policies', 'die Richtlinien für bedingten Zugriff'),
  securityDefaults: s('Security Defaults', 'die Sicherheitsstandards'),
  coverage: s('whom the policies cover', 'wen die Richtlinien erfassen'),
  registration: s('the registered methods', 'die registrierten Methoden'),
  rollout: s('the phases', 'die Phasen'),
  phasePeople: s('who belongs to which phase', 'wer zu welcher Phase gehört'),
  approvals: s('signatures and approvals', 'Unterschriften und Freigaben'),
  findings: s('findings about old sign-in methods', 'Funde zu alten Anmeldewegen'),
  journal: s('the journal', 'das Journal'),
};

/** What nobody should conclude from this report. */
export const LIMITS: readonly Sentence[] = [
  s(
    'It states how the tenant was configured and evaluated at the moment named on top. A policy that was changed shortly before may not have reached every Microsoft service yet; Microsoft names no bound for this.',
    'Er gibt wieder, wie der Mandant zum oben genannten Zeitpunkt eingerichtet war und ausgewertet wurde. Eine kurz zuvor geänderte Richtlinie wirkt womöglich noch nicht in jedem Dienst; Microsoft nennt dafür keine Frist.',
  ),
  s(
    'A session that began before enforcement goes on until it ends or is revoked: "enforced" speaks of new sign-ins.',
    'Eine vor der Erzwingung begonnene Sitzung läuft weiter, bis sie endet oder widerrufen wird: „erzwungen“ gilt für neue Anmeldungen.',
  ),
  s(
    'Policies for users do not reach service principals and managed identities: their sign-ins are not part of any figure.',
    'Richtlinien für Benutzer erfassen keine Dienstprinzipale und verwalteten Identitäten: deren Anmeldungen stehen in keiner Zahl.',
  ),
  s(
    'Report-only policies protect nobody and are never counted as enforcement. Security Defaults and per-user MFA alone are not counted either, since they do not ask in every case.',
    'Nur meldende Richtlinien schützen niemanden und zählen nie als Erzwingung. Sicherheitsstandards und MFA pro Benutzer allein zählen ebenfalls nicht, da sie nicht in jedem Fall fragen.',
  ),
  s(
    'Entra does not tell whether the person who registered a method was the right one, nor whether a method is still in that person’s hands.',
    'Entra sagt nicht, ob die richtige Person eine Methode registriert hat und ob sie diese noch besitzt.',
  ),
  s(
    'Systems that do not sign in through Entra ID (local accounts, devices, VPNs and applications of their own) are outside of this report.',
    'Systeme, die sich nicht über Entra ID anmelden (lokale Konten, Geräte, VPN und Anwendungen mit eigener Anmeldung), sind nicht Teil dieses Berichts.',
  ),
  s(
    'That no finding is open means that no such sign-in stood in the logs that were read, not that none is possible.',
    'Kein offener Fund heißt, dass in den gelesenen Protokollen keine solche Anmeldung stand, nicht, dass keine möglich ist.',
  ),
];
