const NUL = '\0';

/** Whether the store can hold the text as it is: PostgreSQL knows no NUL, and JSON columns no half surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes(NUL);
}

/**
 * The start of a text of others, at most so many UTF-16 units, fit to be stored and journalled: what the store cannot
 * hold is replaced. For names and words of people, never for ids: those are taken as they are or refused.
 */
export function storableText(text: string, unitsMax: number): string {
  return text.slice(0, unitsMax).toWellFormed().replaceAll(NUL, ' ');
}

/**
 * Whether every text in a JSON value is storable, names of members among them. Looks through values that came over a wire,
 * so it goes down level by level instead of calling itself: nobody's nesting is deeper than its memory.
 */
export function isStorableValue(value: unknown): boolean {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === 'string' && !isStorable(next)) return false;
    if (typeof next !== 'object' || next === null) continue;
    if (!Object.keys(next).every(isStorable)) return false;
    for (const member of Object.values(next)) waiting.push(member);
  }
  return true;
}
