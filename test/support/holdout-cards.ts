/** The cards of holdout lists in their states, for the gallery of cards. */
import type { Card } from '../../bot/cards/card.ts';
import { type HoldoutFrame, type HoldoutLine, type HoldoutView, holdoutsCard } from '../../bot/cards/holdouts.card.ts';
import type { HoldoutAnswer } from '../../src/rollout/holdouts/holdout-types.core.ts';

const CUSTOMER = '0c0a50de-0000-4000-8000-000000000001';

function answerOf(displayName: string, kind: HoldoutAnswer['kind'], until: string | null = null): HoldoutAnswer {
  const by = { tenantId: CUSTOMER, objectId: CUSTOMER };
  return { seq: 3, accountId: CUSTOMER, kind, until, by, displayName, at: '2026-11-20T09:30:00Z' };
}

function linesOf(count: number, displayName: string): HoldoutLine[] {
  return Array.from({ length: count }, (_, index) => ({
    accountId: `dddddddd-0000-4000-8000-${String(index).padStart(12, '0')}`,
    ...({ displayName, step: 'before', standing: 'open', why: null, answer: null, reminded: null } as const),
    ...{ isProposed: false, seen: 0 },
  }));
}

/** Every card of a list, by name; people are called `name`. */
export function holdoutCards(frame: HoldoutFrame, name: string): Record<string, Card> {
  const view: HoldoutView = {
    ...{ rolloutId: CUSTOMER, ordinal: 1, phase: name, enforceOn: '2026-12-03', list: 'mine', notice: null },
    lines: linesOf(3, name),
  };
  const answered = (line: HoldoutLine): HoldoutLine => ({
    ...{ ...line, isProposed: true, seen: 3 },
    ...{ answer: answerOf(name, 'extend', '2026-12-10'), reminded: answerOf(name, 'remindNow') },
  });
  const done = linesOf(20, name).map((line) => ({ ...line, standing: 'enrolled' as const }));
  const why = { en: 'HR names no manager.', de: 'In der Personalverwaltung ist keine Führungskraft eingetragen.' };
  const many = linesOf(30, name).map(answered);
  return {
    'holdouts-manager': holdoutsCard(view, frame),
    'holdouts-answered': holdoutsCard({ ...view, lines: view.lines.map(answered) }, frame),
    'holdouts-late': holdoutsCard({ ...view, notice: { already: answerOf(name, 'tapRequest') } }, frame),
    'holdouts-over': holdoutsCard({ ...view, notice: { over: why } }, frame),
    'holdouts-many': holdoutsCard({ ...view, lines: [...many, ...done], notice: { said: why } }, frame),
    'holdouts-done': holdoutsCard({ ...view, lines: done.slice(0, 2) }, frame),
    'holdouts-engineer': holdoutsCard(
      { ...view, list: 'engineer', lines: many.map((line) => ({ ...line, why })) },
      frame,
    ),
  };
}
