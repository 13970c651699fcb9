/** `$filter` as Microsoft Graph reads it: the part of OData that its documents show for the resources simulated here. */
import { AppError } from '../../lib/errors.ts';
import { isObject } from '../state/state.ts';

type Literal = { kind: 'value'; value: string | number | boolean | null } | { kind: 'instant'; ms: number };
type CompareOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
type TextFunction = 'startswith' | 'endswith' | 'contains';

export type Expression =
  | { kind: 'and' | 'or'; left: Expression; right: Expression }
  | { kind: 'not'; inner: Expression }
  | { kind: 'compare'; operator: CompareOperator; path: string; literal: Literal }
  | { kind: 'in'; path: string; literals: Literal[] }
  | { kind: 'text'; name: TextFunction; path: string; literal: Literal }
  | { kind: 'any'; path: string; inner: Expression | null };

const TOKEN =
  /\s*(?:('(?:[^']|'')*')|(\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?(?![\w-]))|([A-Za-z0-9_@$#.-]+(?:\/[A-Za-z0-9_@$#.-]+)*)|([(),:]))/y;
const OPERATORS = new Set<string>(['eq', 'ne', 'gt', 'ge', 'lt', 'le']);
const FUNCTIONS = new Set<string>(['startswith', 'endswith', 'contains']);

type Cursor = { tokens: string[]; at: number; variable: string | null };

/** Reads a filter. Throws an AppError `bad_filter`, with a text for the caller, when it is not one. */
export function parseFilter(text: string): Expression {
  const cursor: Cursor = { tokens: tokenize(text), at: 0, variable: null };
  const expression = parseOr(cursor);
  if (cursor.at < cursor.tokens.length) throw badFilter(`Syntax error near '${peek(cursor)}'.`);
  return expression;
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length && text.slice(TOKEN.lastIndex).trim() !== '') {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw badFilter(`Syntax error at position ${at} in '${text}'.`);
    tokens.push(match[0].trim());
  }
  return tokens;
}

function parseOr(cursor: Cursor): Expression {
  let left = parseAnd(cursor);
  while (takeWord(cursor, 'or')) left = { kind: 'or', left, right: parseAnd(cursor) };
  return left;
}

function parseAnd(cursor: Cursor): Expression {
  let left = parseNot(cursor);
  while (takeWord(cursor, 'and')) left = { kind: 'and', left, right: parseNot(cursor) };
  return left;
}

function parseNot(cursor: Cursor): Expression {
  if (takeWord(cursor, 'not')) return { kind: 'not', inner: parseNot(cursor) };
  if (takeWord(cursor, '(')) {
    const inner = parseOr(cursor);
    expect(cursor, ')');
    return inner;
  }
  return parseTerm(cursor);
}

function parseTerm(cursor: Cursor): Expression {
  const word = next(cursor);
  const lower = word.toLowerCase();
  if (FUNCTIONS.has(lower) && takeWord(cursor, '(')) {
    const path = toPath(cursor, next(cursor));
    expect(cursor, ',');
    const literal = toLiteral(next(cursor));
    expect(cursor, ')');
    return { kind: 'text', name: lower as TextFunction, path, literal };
  }
  if (lower.endsWith('/any') && takeWord(cursor, '(')) return parseAny(cursor, word.slice(0, -'/any'.length));
  const path = toPath(cursor, word);
  const operator = next(cursor).toLowerCase();
  if (operator === 'in') return { kind: 'in', path, literals: parseList(cursor) };
  if (!OPERATORS.has(operator)) throw badFilter(`Unknown operator '${operator}'.`);
  return { kind: 'compare', operator: operator as CompareOperator, path, literal: toLiteral(next(cursor)) };
}

function parseAny(cursor: Cursor, path: string): Expression {
  if (takeWord(cursor, ')')) return { kind: 'any', path, inner: null };
  const outer = cursor.variable;
  cursor.variable = next(cursor);
  expect(cursor, ':');
  const inner = parseOr(cursor);
  expect(cursor, ')');
  cursor.variable = outer;
  return { kind: 'any', path, inner };
}

function parseList(cursor: Cursor): Literal[] {
  expect(cursor, '(');
  const literals = [toLiteral(next(cursor))];
  while (takeWord(cursor, ',')) literals.push(toLiteral(next(cursor)));
  expect(cursor, ')');
  return literals;
}

/** Inside `any` a path begins with the variable, which stands for the item itself: the empty path. */
function toPath(cursor: Cursor, word: string): string {
  if (!/^[A-Za-z_@]/.test(word)) throw badFilter(`'${word}' is not a property.`);
  if (cursor.variable === null) return word;
  if (word === cursor.variable) return '';
  const prefix = `${cursor.variable}/`;
  return word.startsWith(prefix) ? word.slice(prefix.length) : word;
}

function toLiteral(token: string): Literal {
  if (token.startsWith("'")) return { kind: 'value', value: token.slice(1, -1).replaceAll("''", "'") };
  if (token === 'true' || token === 'false') return { kind: 'value', value: token === 'true' };
  if (token === 'null') return { kind: 'value', value: null };
  if (/^\d{4}-\d\d-\d\d/.test(token)) {
    const ms = Date.parse(token);
    if (Number.isNaN(ms)) throw badFilter(`'${token}' is not a date.`);
    return { kind: 'instant', ms };
  }
  if (/^-?\d+(\.\d+)?$/.test(token)) return { kind: 'value', value: Number(token) };
  if (/^[0-9a-f-]{36}$/i.test(token)) return { kind: 'value', value: token };
  throw badFilter(`'${token}' is not a value.`);
}

function next(cursor: Cursor): string {
  const token = cursor.tokens[cursor.at];
  if (token === undefined) throw badFilter('The filter ends too early.');
  cursor.at += 1;
  return token;
}

function peek(cursor: Cursor): string {
  return cursor.tokens[cursor.at] ?? '';
}

function takeWord(cursor: Cursor, word: string): boolean {
  if (peek(cursor).toLowerCase() !== word) return false;
  cursor.at += 1;
  return true;
}

function expect(cursor: Cursor, token: string): void {
  if (next(cursor) !== token) throw badFilter(`Expected '${token}'.`);
}

function badFilter(message: string): AppError {
  return new AppError('bad_filter', `Invalid filter clause: ${message}`);
}

/** Whether an object fulfils a filter. Strings compare without regard to case, as the directory does. */
export function fulfils(expression: Expression, object: unknown): boolean {
  switch (expression.kind) {
    case 'and':
      return fulfils(expression.left, object) && fulfils(expression.right, object);
    case 'or':
      return fulfils(expression.left, object) || fulfils(expression.right, object);
    case 'not':
      return !fulfils(expression.inner, object);
    case 'compare':
      return compares(expression.operator, readPath(object, expression.path), expression.literal);
    case 'in':
      return expression.literals.some((literal) => compares('eq', readPath(object, expression.path), literal));
    case 'text':
      return textMatches(expression.name, readPath(object, expression.path), expression.literal);
    case 'any': {
      const list = readPath(object, expression.path);
      const { inner } = expression;
      return Array.isArray(list) && list.some((item) => inner === null || fulfils(inner, item));
    }
  }
}

/** The value at a path such as `initiatedBy/user/id`; undefined when something on the way is missing. */
export function readPath(object: unknown, path: string): unknown {
  if (path === '') return object;
  let value: unknown = object;
  for (const step of path.split('/')) {
    if (!isObject(value)) return undefined;
    value = value[step];
  }
  return value;
}

function compares(operator: CompareOperator, actual: unknown, literal: Literal): boolean {
  const order = orderOf(actual, literal);
  if (order === null) return operator === 'ne';
  switch (operator) {
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
  }
}

/** Negative, zero or positive as the actual value stands to the literal; null when they cannot be compared. */
function orderOf(actual: unknown, literal: Literal): number | null {
  if (literal.kind === 'instant') {
    const ms = typeof actual === 'string' ? Date.parse(actual) : Number.NaN;
    return Number.isNaN(ms) ? null : ms - literal.ms;
  }
  const expected = literal.value;
  if (typeof actual === 'string' && typeof expected === 'string') return orderOfTexts(actual, expected);
  if (typeof actual === 'number' && typeof expected === 'number') return actual - expected;
  return (actual ?? null) === expected ? 0 : null;
}

function orderOfTexts(left: string, right: string): number {
  const [a, b] = [left.toLowerCase(), right.toLowerCase()];
  return a === b ? 0 : a < b ? -1 : 1;
}

function textMatches(name: TextFunction, actual: unknown, literal: Literal): boolean {
  if (typeof actual !== 'string' || literal.kind !== 'value' || typeof literal.value !== 'string') return false;
  const [text, part] = [actual.toLowerCase(), literal.value.toLowerCase()];
  switch (name) {
    case 'startswith':
      return text.startsWith(part);
    case 'endswith':
      return text.endsWith(part);
    case 'contains':
      return text.includes(part);
  }
}
