/** The words about a push on the draft's card, in both languages. */
import type { Language } from './texts.ts';

const EN = {
  preview: 'What pushing would write, report-only:',
  nothing: 'The tenant says already what the draft says.',
  refused: 'It cannot be pushed now:',
  push: (steps: number) => `Push report-only (${steps} ${steps === 1 ? 'step' : 'steps'})`,
  undo: 'Take the push back',
  lookAgain: 'Look again',
  states: {
    asked: 'The push waits for its turn.',
    running: 'The push is under way.',
    undoing: 'The push is being taken back.',
    live: 'Pushed: both policies stand in the tenant, report-only unless a phase is enforced.',
    refused: 'The last push was refused:',
    compensated: 'The last push failed and was taken back:',
    undone: 'The last push was taken back.',
    standing: 'Not everything could be taken back:',
  },
  progress: (done: number, all: number) => `${done} of ${all} steps done.`,
  more: (left: number) => `… and ${left} more.`,
};

export type PushTexts = typeof EN;

const DE: PushTexts = {
  preview: 'Was geschrieben würde, nur im Berichtsmodus:',
  nothing: 'Im Mandanten steht bereits, was der Entwurf sagt.',
  refused: 'Es kann jetzt nicht geschrieben werden:',
  push: (steps) => `Im Berichtsmodus schreiben (${steps} ${steps === 1 ? 'Schritt' : 'Schritte'})`,
  undo: 'Wieder zurücknehmen',
  lookAgain: 'Erneut ansehen',
  states: {
    asked: 'Das Schreiben wartet, bis es an der Reihe ist.',
    running: 'Das Schreiben läuft.',
    undoing: 'Es wird zurückgenommen.',
    live: 'Geschrieben: Beide Richtlinien stehen im Mandanten, im Berichtsmodus, solange keine Phase erzwungen ist.',
    refused: 'Das letzte Schreiben wurde abgelehnt:',
    compensated: 'Das letzte Schreiben misslang und wurde zurückgenommen:',
    undone: 'Das Geschriebene wurde zurückgenommen.',
    standing: 'Nicht alles ließ sich zurücknehmen:',
  },
  progress: (done, all) => `${done} von ${all} Schritten erledigt.`,
  more: (left) => `… und ${left} weitere.`,
};

/** The words in a language. */
export function pushTextsIn(language: Language): PushTexts {
  return { en: EN, de: DE }[language];
}
