/** What undoing everything will do and what it did, in both languages: told before anybody confirms it. */
import type { Sentence } from '../phases/phase-types.core.ts';

/** What stands in the tenant by what this product wrote. */
export type UndoPreview = { takeoverSteps: number; phases: readonly string[]; policies: number; groups: number };

/** So many phases are named; the others are counted. */
const NAMED_MAX = 5;
const NAME_CHARS_MAX = 60;

/** What undoing everything will do, in its order; one sentence where nothing stands. */
export function undoWords({ takeoverSteps, phases, policies, groups }: UndoPreview): Sentence[] {
  if (takeoverSteps + phases.length + policies + groups === 0) return [NOTHING];
  const first = takeoverSteps === 0 ? [] : [oldMfaWords(takeoverSteps)];
  const then = phases.length === 0 ? [] : [phaseWords(phases)];
  return [...first, ...then, objectWords(policies, groups), ...(phases.length === 0 ? [] : [COVER]), OTHERS];
}

function oldMfaWords(steps: number): Sentence {
  return {
    en: `The old MFA is put back first, ${steps} ${steps === 1 ? 'step' : 'steps'}.`,
    de: `Zuerst wird die alte MFA zurückgestellt, ${steps} ${steps === 1 ? 'Schritt' : 'Schritte'}.`,
  };
}

function phaseWords(phases: readonly string[]): Sentence {
  const shown = phases.slice(0, NAMED_MAX).map(cut).join(', ');
  const more = phases.length - NAMED_MAX;
  const count = phases.length;
  return {
    en: `${count} ${count === 1 ? 'phase is' : 'phases are'} taken out of enforcement: ${shown}${more > 0 ? ` and ${more} more` : ''}.`,
    de: `${count} ${count === 1 ? 'Phase wird' : 'Phasen werden'} nicht mehr erzwungen: ${shown}${more > 0 ? ` und ${more} weitere` : ''}.`,
  };
}

function objectWords(policies: number, groups: number): Sentence {
  return {
    en: `${policies} ${policies === 1 ? 'policy' : 'policies'} and ${groups} ${groups === 1 ? 'group' : 'groups'} of the rollout are taken back.`,
    de: `${policies} ${policies === 1 ? 'Richtlinie' : 'Richtlinien'} und ${groups} ${groups === 1 ? 'Gruppe' : 'Gruppen'} des Rollouts werden zurückgenommen.`,
  };
}

const COVER: Sentence = {
  en: 'Whoever is asked for MFA by the rollout alone is not asked any more. Security Defaults come back where the rollout switched them off.',
  de: 'Wer nur durch den Rollout nach MFA gefragt wird, wird nicht mehr gefragt. Sicherheitsstandards kehren zurück, wo der Rollout sie ausgeschaltet hat.',
};

const OTHERS: Sentence = {
  en: 'Registered methods stay. What somebody else changed since is left and named.',
  de: 'Registrierte Methoden bleiben. Was jemand anderes seitdem geändert hat, bleibt und wird genannt.',
};

const NOTHING: Sentence = {
  en: 'Nothing of the rollout stands in the tenant.',
  de: 'Im Mandanten steht nichts vom Rollout.',
};

/** A name cut to what a sentence bears. */
export function cut(name: string): string {
  const letters = [...name];
  return letters.length > NAME_CHARS_MAX ? `${letters.slice(0, NAME_CHARS_MAX - 1).join('')}…` : name;
}

/** How the last undoing of everything stands. */
export function undoneWords(state: 'begun' | 'undone' | 'standing', left: number): Sentence {
  switch (state) {
    case 'begun':
      return { en: 'Everything is being taken back.', de: 'Alles wird zurückgenommen.' };
    case 'undone':
      return {
        en: 'Everything was taken back: the tenant is as it was at first contact.',
        de: 'Alles wurde zurückgenommen: Der Mandant ist wie beim ersten Kontakt.',
      };
    case 'standing':
      return {
        en: `Not everything was taken back: ${left} ${left === 1 ? 'thing was' : 'things were'} left.`,
        de: `Nicht alles wurde zurückgenommen: ${left} ${left === 1 ? 'Sache blieb' : 'Sachen blieben'}.`,
      };
  }
}
