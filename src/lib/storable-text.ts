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
