/** The language of `conditions`, `childConditions` and `customFieldConditions`. */
import { fail, next, type TokenReader, take } from '../token-reader.ts';
import type { GraphObject } from '../world/world.ts';

type Value = string | number | boolean | null | { instant: number };
type Holds = (record: unknown) => boolean;
export type ConditionReading = { ok: true; holds: Holds; paths: string[] } | { ok: false; message: string };

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^\]]*\]|!=|<=|>=|[=<>(),]|[^\s=<>!(),"'[\]]+)/y;
const WORD_OPERATORS = ['contains', 'like', 'in'];
const ORDERS: Record<string, (order: number) => boolean> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

type Reader = TokenReader & { paths: string[]; allowIn: boolean };

const TOO_EARLY = 'the expression ends too early';

/** Reads an expression; `in` is allowed in `conditions` only. Says what is wrong with a bad one. */
export function readConditions(text: string, allowIn = true): ConditionReading {
  const reader: Reader = { tokens: [], at: 0, paths: [], problem: null, allowIn };
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const place = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) return { ok: false, message: `Unexpected character at position ${place}` };
    reader.tokens.push(token);
  }
  const holds = readOr(reader);
  if (reader.at < reader.tokens.length) fail(reader, `Unexpected '${reader.tokens[reader.at] ?? ''}'`);
  return reader.problem === null
    ? { ok: true, holds, paths: reader.paths }
    : { ok: false, message: `Conditions string is invalid: ${reader.problem}` };
}

function readOr(reader: Reader): Holds {
  const parts = [readAnd(reader)];
  while (take(reader, 'or')) parts.push(readAnd(reader));
  return (record) => parts.some((part) => part(record));
}

function readAnd(reader: Reader): Holds {
  const parts = [readTerm(reader)];
  while (take(reader, 'and')) parts.push(readTerm(reader));
  return (record) => parts.every((part) => part(record));
}

function readTerm(reader: Reader): Holds {
  if (take(reader, '(')) {
    const inner = readOr(reader);
    if (!take(reader, ')')) fail(reader, "expected ')'");
    return inner;
  }
  const path = next(reader, TOO_EARLY);
  if (!/^[A-Za-z_][\w/]*$/.test(path)) fail(reader, `'${path}' is not a field`);
  reader.paths.push(path);
  const negated = take(reader, 'not');
  const test = readTest(reader);
  return (record) => test(valueAt(record, path)) !== negated;
}

function readTest(reader: Reader): (actual: unknown) => boolean {
  const operator = next(reader, TOO_EARLY).toLowerCase();
  if (operator === 'in') {
    if (!reader.allowIn) fail(reader, "'in' is not supported here");
    const wanted = readList(reader);
    return (actual) => wanted.some((value) => orderOf(actual, value) === 0);
  }
  const value = readValue(reader);
  if (WORD_OPERATORS.includes(operator)) {
    const pattern = operator === 'contains' ? `*${textOf(value)}*` : textOf(value);
    return (actual) => typeof actual === 'string' && isLike(actual, pattern);
  }
  const holds = ORDERS[operator];
  if (holds === undefined) fail(reader, `unknown operator '${operator}'`);
  return (actual) => holds?.(orderOf(actual, value)) === true;
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : String(value);
}

/** Both wildcards that are in use stand for any text. */
function isLike(actual: string, pattern: string): boolean {
  const source = pattern
    .split(/[*%]/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^]*');
  return new RegExp(`^${source}$`, 'i').test(actual);
}

function readList(reader: Reader): Value[] {
  if (!take(reader, '(')) fail(reader, "expected '('");
  const values = [readValue(reader)];
  while (take(reader, ',')) values.push(readValue(reader));
  if (!take(reader, ')')) fail(reader, "expected ')'");
  return values;
}

function readValue(reader: Reader): Value {
  const token = next(reader, TOO_EARLY);
  if (/^["']/.test(token)) return token.slice(1, -1).replaceAll(/\\(.)/g, '$1');
  if (token.startsWith('[')) {
    const instant = Date.parse(token.slice(1, -1));
    if (Number.isNaN(instant)) fail(reader, `${token} is not a date`);
    return { instant };
  }
  const word = token.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  if (word === 'null') return null;
  if (!/^-?\d+(\.\d+)?$/.test(token)) fail(reader, `'${token}' is not a value`);
  return Number(token);
}

/** What stands at a path such as `company/identifier`; dates stand in `_info`, which may be left out of the path. */
export function valueAt(record: unknown, path: string): unknown {
  const found = walk(record, path.split('/'));
  if (found !== undefined || path.includes('/')) return found;
  return walk(record, ['_info', path]);
}

function walk(record: unknown, steps: readonly string[]): unknown {
  let found: unknown = record;
  for (const step of steps) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as GraphObject)[step];
  }
  return found;
}

/** Texts compare without regard to case, as the database behind the API does; what is absent is null. */
function orderOf(actual: unknown, wanted: Value): number {
  const value = actual ?? null;
  if (value === null || wanted === null) return value === wanted ? 0 : Number.NaN;
  if (typeof wanted === 'object') return Math.sign(Date.parse(String(value)) - wanted.instant);
  if (typeof wanted === 'number') return Math.sign(Number(value) - wanted);
  if (typeof wanted === 'boolean') return value === wanted ? 0 : Number.NaN;
  const [left, right] = [String(value).toLowerCase(), wanted.toLowerCase()];
  return left === right ? 0 : left < right ? -1 : 1;
}
