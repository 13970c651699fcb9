/** The filter of the datasets: OData-like, written from the vendor's specification and separate from Graph's. */

import { fail, next, type TokenReader, take } from '../token-reader.ts';

export type DatasetFilter = (row: Record<string, string | null>) => boolean;
export type FilterReading = { ok: true; filter: DatasetFilter } | { ok: false; detail: string };

const TOKEN = /\s*('(?:[^']|'')*'|[A-Za-z_][\w.]*|-?\d[\w.:-]*|[(),])/y;
const COMPARE: Record<string, (order: number) => boolean> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
};

type Reader = TokenReader & { known: ReadonlySet<string> };

const TOO_EARLY = 'The expression ends too early.';

/** Reads a filter over known fields; says what is wrong with a bad one. */
export function readDatasetFilter(text: string, known: ReadonlySet<string>): FilterReading {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match?.[1] === undefined) return { ok: false, detail: `Unexpected character at position ${at}.` };
    tokens.push(match[1]);
  }
  const reader: Reader = { tokens, at: 0, known, problem: null };
  const filter = readOr(reader);
  if (reader.problem === null && reader.at < tokens.length) reader.problem = `Unexpected '${tokens[reader.at] ?? ''}'.`;
  return reader.problem === null ? { ok: true, filter } : { ok: false, detail: reader.problem };
}

function readOr(reader: Reader): DatasetFilter {
  let left = readAnd(reader);
  while (take(reader, 'or')) {
    const [a, b] = [left, readAnd(reader)];
    left = (row) => a(row) || b(row);
  }
  return left;
}

function readAnd(reader: Reader): DatasetFilter {
  let left = readTerm(reader);
  while (take(reader, 'and')) {
    const [a, b] = [left, readTerm(reader)];
    left = (row) => a(row) && b(row);
  }
  return left;
}

function readTerm(reader: Reader): DatasetFilter {
  if (take(reader, '(')) {
    const inner = readOr(reader);
    if (!take(reader, ')')) fail(reader, "Expected ')'.");
    return inner;
  }
  const field = next(reader, TOO_EARLY);
  if (!reader.known.has(field)) fail(reader, `Unknown field '${field}'.`);
  const operator = next(reader, TOO_EARLY).toLowerCase();
  if (operator === 'in') {
    const wanted = readList(reader);
    return (row) => wanted.some((value) => orderOf(row[field], value) === 0);
  }
  const compare = COMPARE[operator];
  if (compare === undefined) fail(reader, `Unknown operator '${operator}'.`);
  const value = readValue(reader);
  return (row) => compare?.(orderOf(row[field], value)) === true;
}

function readList(reader: Reader): (string | null)[] {
  if (!take(reader, '(')) fail(reader, "Expected '('.");
  const values = [readValue(reader)];
  while (take(reader, ',')) values.push(readValue(reader));
  if (!take(reader, ')')) fail(reader, "Expected ')'.");
  return values;
}

function readValue(reader: Reader): string | null {
  const token = next(reader, TOO_EARLY);
  if (token === 'null') return null;
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (!/^-?\d|^true$|^false$/.test(token)) fail(reader, `'${token}' is not a value.`);
  return token;
}

function orderOf(actual: string | null | undefined, expected: string | null): number {
  const value = actual ?? null;
  if (value === null || expected === null) return value === expected ? 0 : 1;
  const [a, b] = [Number(value), Number(expected)];
  if (value !== '' && expected !== '' && !Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  return value === expected ? 0 : value < expected ? -1 : 1;
}
