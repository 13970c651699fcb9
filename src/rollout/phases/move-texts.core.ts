/** What somebody is told whose move of a day is refused, in either language; each says what can be done instead. */
import type { Phase, Sentence } from './phase-types.core.ts';

export const NO_ROLLOUT: Sentence = {
  en: 'There is no rollout under way whose days could be moved. Begin one with "mfa-rollout procedure apply".',
  de: 'Es läuft kein Rollout, dessen Tage sich verlegen ließen. Beginnen Sie einen mit „mfa-rollout procedure apply“.',
};

export const NO_DAY_LEFT: Sentence = {
  en: 'The calendar of the procedure leaves no working day for a later phase. Choose another day.',
  de: 'Der Kalender des Verfahrens lässt für eine spätere Phase keinen Arbeitstag übrig. Wählen Sie einen anderen Tag.',
};

/** The rollout or the phase changed while it was looked at. */
export const STALE: Sentence = {
  en: 'The rollout has changed since it was looked at: nothing was moved. Look again, then decide.',
  de: 'Der Rollout hat sich geändert, seit er angesehen wurde: Nichts wurde verlegt. Sehen Sie erneut nach, und entscheiden Sie dann.',
};

/** The day is over. */
export function past(day: string): Sentence {
  return {
    en: `${day} is past. Name today or a later day.`,
    de: `${day} ist vorbei. Nennen Sie heute oder einen späteren Tag.`,
  };
}

/** The day is years ahead. */
export function tooFar(day: string, last: string): Sentence {
  return {
    en: `${day} is too far ahead. Name a day up to ${last}.`,
    de: `Der ${day} liegt zu weit in der Zukunft. Nennen Sie einen Tag bis zum ${last}.`,
  };
}

/** A phase is still to be enforced after that deadline. */
export function deadlineBefore({ name, enforceOn }: Phase, to: string): Sentence {
  return {
    en: `The phase "${name}" is enforced on ${enforceOn}, after ${to}. Move the phase first, or name ${enforceOn} or a later day.`,
    de: `Die Phase „${name}“ kommt am ${enforceOn} und damit nach dem ${to}. Verlegen Sie zuerst die Phase, oder nennen Sie den ${enforceOn} oder einen späteren Tag.`,
  };
}

/** No phase is called so. */
export function unknown(name: string, phases: readonly Phase[]): Sentence {
  const names = phases.map((phase) => `"${phase.name}"`).join(', ');
  return {
    en: `There is no phase "${name}" in the present rollout. Its phases: ${names}.`,
    de: `Der gegenwärtige Rollout hat keine Phase „${name}“. Seine Phasen: ${names}.`,
  };
}

/** People were written to; their day stands. */
export function announced({ name, state, enforceOn }: Phase): Sentence {
  if (state === 'enforced') {
    return {
      en: `The phase "${name}" is enforced: it has no day to move.`,
      de: `Die Phase „${name}“ ist erzwungen: Sie hat keinen Tag mehr, der sich verlegen ließe.`,
    };
  }
  return {
    en: `The phase "${name}" was announced: its people were told ${enforceOn}, and that day stays. To enforce it later, hold the phase and let it go on when its time has come.`,
    de: `Die Phase „${name}“ ist angekündigt: Ihren Leuten wurde der ${enforceOn} genannt, und dabei bleibt es. Soll sie später kommen, halten Sie die Phase an und lassen Sie sie weiterlaufen, wenn es so weit ist.`,
  };
}

/** Under Security Defaults the people of announced phases were told the last one's day. */
export function toldOfLast(last: Phase, other: Phase): Sentence {
  return {
    en: `Security Defaults give way with "${last.name}", so the people of "${other.name}" were told ${last.enforceOn}, and that day stays. To enforce it later, hold "${last.name}" and let it go on when its time has come.`,
    de: `Die Sicherheitsstandards weichen mit „${last.name}“; den Leuten von „${other.name}“ wurde deshalb der ${last.enforceOn} genannt, und dabei bleibt es. Soll es später sein, halten Sie „${last.name}“ an und lassen Sie sie weiterlaufen, wenn es so weit ist.`,
  };
}

/** Nothing is enforced on that day. */
export function notOn(why: Sentence): Sentence {
  return { en: `${why.en} Choose a working day.`, de: `${why.de} Wählen Sie einen Arbeitstag.` };
}

/** The first message or the window would have begun already. */
export function tooSoon(
  { name, to }: { name: string; to: string },
  { needed, earliest }: { needed: number; earliest: string },
): Sentence {
  return {
    en: `${to} is too soon for "${name}": its messages and its report-only window take ${needed} days. The earliest is ${earliest}.`,
    de: `Der ${to} ist zu früh für „${name}“: Ihre Nachrichten und ihr Nur-melden-Fenster brauchen ${needed} Tage. Frühestens geht es am ${earliest}.`,
  };
}

/** It would come after the phase behind it. */
export function overtakes(name: string, { next, day }: { next: Phase; day: string }): Sentence {
  return {
    en: `"${name}" comes before "${next.name}", which is on ${day}. Move the later phases with it (--with-later), or choose ${day} or an earlier day.`,
    de: `„${name}“ kommt vor „${next.name}“ am ${day}. Verlegen Sie die späteren Phasen mit (--with-later), oder wählen Sie den ${day} oder einen früheren Tag.`,
  };
}

/** It would come before the phase in front of it. */
export function isBefore(name: string, { previous }: { previous: Phase }): Sentence {
  return {
    en: `"${name}" comes after "${previous.name}", which is on ${previous.enforceOn}. Choose ${previous.enforceOn} or a later day.`,
    de: `„${name}“ kommt nach „${previous.name}“ am ${previous.enforceOn}. Wählen Sie den ${previous.enforceOn} oder einen späteren Tag.`,
  };
}

/** It would come after the deadline. */
export function afterDeadline({ name, to }: { name: string; to: string }, deadline: string): Sentence {
  return {
    en: `"${name}" would be on ${to}, after the deadline ${deadline}. Move the deadline first, or choose an earlier day.`,
    de: `„${name}“ käme am ${to} und damit nach dem Stichtag ${deadline}. Verlegen Sie zuerst den Stichtag, oder wählen Sie einen früheren Tag.`,
  };
}
