/** Steps through the words of a vendor's filter language, keeping the first thing that is wrong with it. */
export type TokenReader = { tokens: string[]; at: number; problem: string | null };

/** The next word; after the last one an empty text, and `tooEarly` as the problem. */
export function next(reader: TokenReader, tooEarly: string): string {
  const token = reader.tokens[reader.at];
  if (token === undefined) fail(reader, tooEarly);
  reader.at += 1;
  return token ?? '';
}

/** Steps over this word, whatever its case, and says whether it stood there. */
export function take(reader: TokenReader, word: string): boolean {
  if (reader.tokens[reader.at]?.toLowerCase() !== word) return false;
  reader.at += 1;
  return true;
}

/** Keeps the first problem: what follows it is only its echo. */
export function fail(reader: TokenReader, problem: string): void {
  reader.problem ??= problem;
}
