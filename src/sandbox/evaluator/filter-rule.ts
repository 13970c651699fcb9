/**
 * The rule language of filters for devices and for applications: comparisons joined by -and, -or and -not.
 * https://learn.microsoft.com/entra/identity/users/groups-dynamic-membership (syntax, precedence, values)
 * https://learn.microsoft.com/entra/identity/conditional-access/concept-condition-filters-for-devices (operators)
 */
const RULE_LENGTH_MAX = 3072;

const OPERATORS = [
  'eq',
  'ne',
  'startswith',
  'notstartswith',
  'endswith',
  'notendswith',
  'contains',
  'notcontains',
  'in',
  'notin',
] as const;
type RuleOperator = (typeof OPERATORS)[number];

export type Comparison = {
  kind: 'comparison';
  property: string;
  operator: RuleOperator;
  /** The values compared with, in lower case; null stands for the word null. */
  values: (string | null)[];
};
export type Rule = Comparison | { kind: 'and' | 'or'; left: Rule; right: Rule } | { kind: 'not'; operand: Rule };

type Token = { kind: 'word' | 'text' | 'mark'; value: string };

const TOKEN = /\s*(?:([()[\],])|"((?:[^"`]|`.)*)"|'((?:[^']|'')*)'|([^\s()[\],"']+))/y;

/** Reads a rule; null when it is not one that the documents describe. */
export function parseRule(text: string): Rule | null {
  if (text.length > RULE_LENGTH_MAX) return null;
  const tokens = tokenize(text.trim());
  if (tokens === null) return null;
  const reader = { tokens, at: 0 };
  const rule = readOr(reader);
  return reader.at === tokens.length ? rule : null;
}

/** Evaluates a rule, asking `holds` for every comparison. */
export function evaluateRule(rule: Rule, holds: (comparison: Comparison) => boolean): boolean {
  switch (rule.kind) {
    case 'comparison':
      return holds(rule);
    case 'not':
      return !evaluateRule(rule.operand, holds);
    case 'and':
      return evaluateRule(rule.left, holds) && evaluateRule(rule.right, holds);
    case 'or':
      return evaluateRule(rule.left, holds) || evaluateRule(rule.right, holds);
  }
}

/** All comparisons of a rule, in reading order. */
export function comparisonsOf(rule: Rule): Comparison[] {
  switch (rule.kind) {
    case 'comparison':
      return [rule];
    case 'not':
      return comparisonsOf(rule.operand);
    case 'and':
    case 'or':
      return [...comparisonsOf(rule.left), ...comparisonsOf(rule.right)];
  }
}

function tokenize(text: string): Token[] | null {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return null;
    const [, mark, doubleQuoted, singleQuoted, word] = match;
    if (mark !== undefined) tokens.push({ kind: 'mark', value: mark });
    else if (doubleQuoted !== undefined) tokens.push({ kind: 'text', value: doubleQuoted.replaceAll(/`(.)/g, '$1') });
    else if (singleQuoted !== undefined) tokens.push({ kind: 'text', value: singleQuoted.replaceAll("''", "'") });
    else tokens.push({ kind: 'word', value: word ?? '' });
  }
  return tokens;
}

type Reader = { tokens: Token[]; at: number };

/** Precedence from highest to lowest: comparison, -not, -and, -or. */
function readOr(reader: Reader): Rule | null {
  let left = readAnd(reader);
  while (left !== null && takeOperator(reader, ['or']) !== null) {
    const right = readAnd(reader);
    left = right === null ? null : { kind: 'or', left, right };
  }
  return left;
}

function readAnd(reader: Reader): Rule | null {
  let left = readNot(reader);
  while (left !== null && takeOperator(reader, ['and']) !== null) {
    const right = readNot(reader);
    left = right === null ? null : { kind: 'and', left, right };
  }
  return left;
}

function readNot(reader: Reader): Rule | null {
  if (takeOperator(reader, ['not']) !== null) {
    const operand = readNot(reader);
    return operand === null ? null : { kind: 'not', operand };
  }
  if (!takeMark(reader, '(')) return readComparison(reader);
  const inner = readOr(reader);
  return takeMark(reader, ')') ? inner : null;
}

function readComparison(reader: Reader): Rule | null {
  const property = reader.tokens[reader.at];
  if (property?.kind !== 'word') return null;
  reader.at += 1;
  const operator = takeOperator(reader, OPERATORS);
  if (operator === null) return null;
  const takesList = operator === 'in' || operator === 'notin';
  const values = takesList ? readList(reader) : readSingle(reader);
  return values === null ? null : { kind: 'comparison', property: property.value.toLowerCase(), operator, values };
}

function readSingle(reader: Reader): (string | null)[] | null {
  const token = reader.tokens[reader.at];
  if (token === undefined || token.kind === 'mark') return null;
  reader.at += 1;
  const value = token.value.toLowerCase();
  // "Use quotes around the word null only if you want it to be interpreted as a literal string value."
  return [token.kind === 'word' && value === 'null' ? null : value];
}

function readList(reader: Reader): (string | null)[] | null {
  if (!takeMark(reader, '[')) return null;
  const values: (string | null)[] = [];
  do {
    const value = readSingle(reader);
    if (value === null) return null;
    values.push(...value);
  } while (takeMark(reader, ','));
  return takeMark(reader, ']') ? values : null;
}

function takeMark(reader: Reader, mark: string): boolean {
  const token = reader.tokens[reader.at];
  if (token?.kind !== 'mark' || token.value !== mark) return false;
  reader.at += 1;
  return true;
}

/** "Operators can be used with or without the hyphen (-) prefix"; the documents' examples also use the en dash. */
function takeOperator<Name extends string>(reader: Reader, names: readonly Name[]): Name | null {
  const token = reader.tokens[reader.at];
  if (token?.kind !== 'word') return null;
  const word = token.value.toLowerCase().replace(/^[-–]/, '');
  const name = names.find((candidate) => candidate === word);
  if (name === undefined) return null;
  reader.at += 1;
  return name;
}

/**
 * Compares one text, or the absence of one, by one operator. A positive operator never holds for an absent value and
 * a negative one always does ("the best way to target unregistered devices is by using the negative operator");
 * comparing with the word null asks for the absence itself.
 */
export function compareText(actual: string | null, comparison: Comparison): boolean {
  const { operator, values } = comparison;
  const wanted = values[0] ?? null;
  const given = actual?.toLowerCase() ?? null;
  switch (operator) {
    case 'eq':
      return given === wanted;
    case 'ne':
      return given !== wanted;
    case 'in':
      return values.includes(given);
    case 'notin':
      return !values.includes(given);
    case 'startswith':
      return partOf(given, wanted, (text, part) => text.startsWith(part));
    case 'notstartswith':
      return !partOf(given, wanted, (text, part) => text.startsWith(part));
    case 'endswith':
      return partOf(given, wanted, (text, part) => text.endsWith(part));
    case 'notendswith':
      return !partOf(given, wanted, (text, part) => text.endsWith(part));
    case 'contains':
      return partOf(given, wanted, (text, part) => text.includes(part));
    case 'notcontains':
      return !partOf(given, wanted, (text, part) => text.includes(part));
  }
}

function partOf(text: string | null, part: string | null, test: (text: string, part: string) => boolean): boolean {
  return text !== null && part !== null && test(text, part);
}

/** For collections, -contains asks whether one element is the whole text, -notContains whether none is. */
export function compareCollection(elements: readonly string[], comparison: Comparison): boolean {
  const wanted = comparison.values[0] ?? null;
  const isThere = wanted !== null && elements.some((element) => element.toLowerCase() === wanted);
  return comparison.operator === 'notcontains' ? !isThere : isThere;
}
