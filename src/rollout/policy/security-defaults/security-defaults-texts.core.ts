/** What is said about the switch of Security Defaults, in either language; a refusal says what can be done. */
import type { Sentence } from '../../phases/phase-types.core.ts';
import type { ParityGap, Protection } from './security-defaults.core.ts';

const PROTECTION_WORDS: Readonly<Record<Protection, Sentence>> = {
  everybodyMfa: { en: 'MFA for everybody', de: 'MFA für alle' },
  adminMfa: { en: 'MFA for administrators at each sign-in', de: 'MFA für Administratoren bei jeder Anmeldung' },
  olderClientsBlocked: { en: 'older clients kept out', de: 'ältere Clients gesperrt' },
  azureManagementMfa: { en: 'MFA for Azure management', de: 'MFA für die Azure-Verwaltung' },
};

/** A sentence names a few; more are counted. */
const NAMED_MAX = 20;

function gapWords(gaps: readonly ParityGap[], language: 'en' | 'de'): string {
  return gaps
    .map(({ protection, names }) => `${PROTECTION_WORDS[protection][language]}: ${namesIn(names, language)}`)
    .join('; ');
}

function namesIn(names: readonly string[], language: 'en' | 'de'): string {
  const left = names.length - NAMED_MAX;
  const more =
    left <= 0 ? '' : `${language === 'en' ? ' and' : ' und'} ${left} ${language === 'en' ? 'more' : 'weitere'}`;
  return `${names.slice(0, NAMED_MAX).join(', ')}${more}`;
}

/** The sentences by what they are about. */
export const SWITCH_TEXTS = {
  waits: (): Sentence => ({
    en: 'Ready; Security Defaults are on, enforcement comes with the last step. Nobody approves this phase by itself.',
    de: 'Bereit; die Sicherheitsstandards sind an, erzwungen wird mit dem letzten Schritt. Diese Phase gibt niemand einzeln frei.',
  }),
  onAgain: (): Sentence => ({
    en: 'Somebody switched Security Defaults on again although phases are enforced. Find out who, and switch them off or roll the phases back.',
    de: 'Jemand hat die Sicherheitsstandards wieder eingeschaltet, obwohl Phasen erzwungen sind. Klären Sie, wer, und schalten Sie sie aus oder nehmen Sie die Phasen zurück.',
  }),
  phasesBefore: (names: readonly string[]): Sentence => ({
    en: `These phases are not ready: ${names.join(', ')}. The last step is for everybody, so finish or resume them first.`,
    de: `Diese Phasen sind nicht bereit: ${names.join(', ')}. Der letzte Schritt gilt allen; schließen Sie sie zuerst ab oder setzen Sie sie fort.`,
  }),
  parityMissing: (gaps: readonly ParityGap[]): Sentence => ({
    en: `Some accounts would have less than Security Defaults give them now (${gapWords(gaps, 'en')}). Let the customer sign an exception for each, or bring them under the policy.`,
    de: `Einige Konten hätten weniger, als die Sicherheitsstandards ihnen jetzt geben (${gapWords(gaps, 'de')}). Lassen Sie den Kunden für jedes eine Ausnahme unterschreiben, oder nehmen Sie sie in die Richtlinie auf.`,
  }),
  licenceUnknown: (): Sentence => ({
    en: 'The licences of the tenant could not be read. Run "mfa-rollout sync" and look at what it says.',
    de: 'Die Lizenzen des Mandanten ließen sich nicht lesen. Führen Sie „mfa-rollout sync“ aus und sehen Sie nach, was es meldet.',
  }),
  licenceShort: (needed: number, seats: number): Sentence => ({
    en: `${needed} accounts are in scope and ${seats} are licensed for Entra ID P1: ${Math.max(0, needed - seats)} short. Buy the missing ones.`,
    de: `${needed} Konten sind erfasst, und ${seats} sind für Entra ID P1 lizenziert: Es fehlen ${Math.max(0, needed - seats)}. Kaufen Sie sie nach.`,
  }),
  notTaken: (): Sentence => ({
    en: 'The switch did not come through, and everything is as it was before: Security Defaults are on, and the policies only report.',
    de: 'Die Umschaltung kam nicht zustande, und alles ist wie zuvor: Die Sicherheitsstandards sind an, und die Richtlinien melden nur.',
  }),
  onByOthers: (): Sentence => ({
    en: 'Somebody else switched Security Defaults on during the switch, so everything is as it was before. Find out who, and approve again.',
    de: 'Jemand anderes hat während der Umschaltung die Sicherheitsstandards eingeschaltet; alles ist deshalb wie zuvor. Klären Sie, wer, und geben Sie erneut frei.',
  }),
  kept: (foreign: readonly string[]): Sentence => ({
    en: `Security Defaults cannot be switched on again${foreign.length === 0 ? '' : `, because policies that are not ours are enabled: ${namesIn(foreign, 'en')}`}. The enforcing policy therefore stays: without it nobody would be protected.${foreign.length === 0 ? '' : ' Set these to report-only or off in Entra first.'}`,
    de: `Die Sicherheitsstandards lassen sich nicht wieder einschalten${foreign.length === 0 ? '' : `, weil fremde Richtlinien eingeschaltet sind: ${namesIn(foreign, 'de')}`}. Die erzwingende Richtlinie bleibt deshalb: Ohne sie wäre niemand geschützt.${foreign.length === 0 ? '' : ' Stellen Sie diese zuerst in Entra auf „nur melden“ oder aus.'}`,
  }),
} as const;
