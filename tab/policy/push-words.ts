/** What the policy page says of the push, beside what the server says; in a file of its own, since only this page needs it. */
import type { Format } from '../i18n/format.ts';

const en = {
  title: 'Into the tenant',
  preview: 'Pushing writes this, in this order, report-only. Nobody is asked for MFA by it.',
  nothing: 'The tenant says already what the draft says.',
  refused: (rule: string) => `It cannot be pushed now (rule ${rule}).`,
  wayBack: (text: string) => `Way back: ${text}`,
  push: (f: Format, steps: number) =>
    f.plural(steps, { one: 'Push, report-only (one step)', other: 'Push, report-only (# steps)' }),
  undo: 'Undo the push',
  undoTitle: 'Take the push back?',
  undoText:
    'Both policies are deleted first, then the groups that were made for them; what somebody else changed meanwhile is left and told. Enforced phases have to be rolled back before.',
  after: 'What was found after the push:',
  notYours: 'Only an engineer pushes a draft and takes it back.',
  progress: (done: string, all: string) => `${done} of ${all} steps done.`,
  askedAt: (at: string) => `Asked for on ${at}.`,
  states: {
    asked: 'The push waits for its turn.',
    running: 'The push is under way.',
    undoing: 'The push is being taken back.',
    live: 'Pushed: both policies stand in the tenant, report-only unless a phase is enforced.',
    refused: 'The last push was refused.',
    compensated: 'The last push failed and was taken back.',
    undone: 'The last push was taken back.',
    standing: 'Not everything could be taken back.',
  },
  stepStates: { planned: 'planned', begun: 'begun', done: 'done', undone: 'taken back', left: 'left' },
};

const de: typeof en = {
  title: 'In den Mandanten',
  preview:
    'Geschrieben wird dies, in dieser Reihenfolge und nur im Berichtsmodus. Niemand wird dadurch nach MFA gefragt.',
  nothing: 'Im Mandanten steht bereits, was der Entwurf sagt.',
  refused: (rule) => `Jetzt kann nicht geschrieben werden (Regel ${rule}).`,
  wayBack: (text) => `Weg zurück: ${text}`,
  push: (f, steps) =>
    f.plural(steps, {
      one: 'Im Berichtsmodus schreiben (ein Schritt)',
      other: 'Im Berichtsmodus schreiben (# Schritte)',
    }),
  undo: 'Wieder zurücknehmen',
  undoTitle: 'Das Geschriebene zurücknehmen?',
  undoText:
    'Zuerst werden beide Richtlinien gelöscht, dann die für sie angelegten Gruppen; was jemand anderes inzwischen geändert hat, bleibt und wird genannt. Erzwungene Phasen müssen vorher zurückgenommen sein.',
  after: 'Was nach dem Schreiben gefunden wurde:',
  notYours: 'Nur die Technik schreibt einen Entwurf und nimmt ihn zurück.',
  progress: (done, all) => `${done} von ${all} Schritten erledigt.`,
  askedAt: (at) => `Verlangt am ${at}.`,
  states: {
    asked: 'Das Schreiben wartet, bis es an der Reihe ist.',
    running: 'Das Schreiben läuft.',
    undoing: 'Es wird zurückgenommen.',
    live: 'Geschrieben: Beide Richtlinien stehen im Mandanten, im Berichtsmodus, solange keine Phase erzwungen ist.',
    refused: 'Das letzte Schreiben wurde abgelehnt.',
    compensated: 'Das letzte Schreiben misslang und wurde zurückgenommen.',
    undone: 'Das Geschriebene wurde zurückgenommen.',
    standing: 'Nicht alles ließ sich zurücknehmen.',
  },
  stepStates: { planned: 'geplant', begun: 'begonnen', done: 'erledigt', undone: 'zurückgenommen', left: 'belassen' },
};

export const PUSH_WORDS = { en, de } as const;
