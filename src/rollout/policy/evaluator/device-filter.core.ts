import { isEmpty, objectOf, strangeMembers, textOf } from '../graph-json.core.ts';
import { allOf, anyOf, notOf, type Outcome, type Verdict } from './outcome.core.ts';
import type { DeviceFacts, SignIn } from './sign-in.core.ts';

/**
 * The filter for devices: its rule language and how a policy uses it. A device that is not registered has no
 * attributes, so that a positive operator never holds for it and a negative one always does. Extension attributes
 * exist only on devices that are managed by Intune, compliant or hybrid joined. A rule that is not understood is
 * unknown. Source: "Conditional Access: Filter for devices".
 */
export type FilterRule =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly FilterRule[] }
  | { readonly kind: 'not'; readonly part: FilterRule }
  | FilterLeaf;

export type FilterLeaf = {
  readonly kind: 'leaf';
  /** Lower case, without the `device.` prefix. */
  readonly attribute: string;
  readonly operator: FilterOperator;
  /** Lower case; null is the rule language's own null. */
  readonly values: readonly (string | null)[];
};

type FilterOperator = 'eq' | 'startswith' | 'endswith' | 'contains' | 'in';

export type DeviceCondition = {
  match(signIn: SignIn): Verdict;
  readonly isSet: boolean;
  readonly mode: 'include' | 'exclude';
  /** null: not understood. */
  readonly rule: FilterRule | null;
};

/** Compiles `conditions.devices`. */
export function compileDeviceCondition(value: unknown): DeviceCondition {
  if (isEmpty(value)) return { isSet: false, mode: 'include', rule: null, match: () => ANY_DEVICE };
  const devices = objectOf(value);
  const filter = objectOf(devices?.deviceFilter);
  const mode = textOf(filter?.mode)?.toLowerCase();
  const plain = devices !== null && strangeMembers(devices, DEVICE_MEMBERS).length === 0;
  const rule = plain ? parseFilterRule(textOf(filter?.rule) ?? '') : null;
  if (rule === null || (mode !== 'include' && mode !== 'exclude')) {
    return { isSet: true, mode: 'include', rule: null, match: () => NOT_UNDERSTOOD };
  }
  return { isSet: true, mode, rule, match: (signIn) => matchDevice(signIn, mode, rule) };
}

const DEVICE_MEMBERS: ReadonlySet<string> = new Set(['deviceFilter']);
const ANY_DEVICE: Verdict = { outcome: 'yes', reason: '' };
const NOT_UNDERSTOOD: Verdict = { outcome: 'unknown', reason: 'the filter for devices is not understood' };

function matchDevice(signIn: SignIn, mode: 'include' | 'exclude', rule: FilterRule): Verdict {
  const device = signIn.device;
  if (device === null || device === undefined) {
    return { outcome: 'conditional', reason: 'depends on the device, which was not given' };
  }
  const held = device === 'unregistered' ? evaluateRule(rule, device) : holdsForRegistered(rule, device);
  const outcome = mode === 'include' ? held : notOf(held);
  if (outcome === 'conditional') return { outcome, reason: 'depends on device attributes that were not given' };
  return { outcome, reason: outcome === 'yes' ? 'for this device' : 'the filter for devices leaves this device out' };
}

/**
 * Of a registered device that is not managed Microsoft says both that its extension attributes have no value, which
 * satisfies a negative operator, and that a rule with them does not apply. Where the two differ it is unknown.
 */
function holdsForRegistered(rule: FilterRule, device: DeviceFacts): Outcome {
  const held = evaluateRule(rule, device);
  if (!usesExtensionAttributes(rule)) return held;
  const managed = isManaged(device);
  if (managed === 'yes') return held;
  const bare = evaluateRule(rule, withoutExtensionAttributes(device));
  const unmanaged = bare === 'no' ? 'no' : 'unknown';
  if (managed === 'no' || held === unmanaged) return unmanaged;
  return unmanaged === 'unknown' ? 'unknown' : 'conditional';
}

/** The mobile device management application of Microsoft Intune. */
const INTUNE = '0000000a-0000-0000-c000-000000000000';

const MANAGED: readonly FilterLeaf[] = [
  { kind: 'leaf', attribute: 'mdmappid', operator: 'eq', values: [INTUNE] },
  { kind: 'leaf', attribute: 'iscompliant', operator: 'eq', values: ['true'] },
  { kind: 'leaf', attribute: 'trusttype', operator: 'eq', values: ['serverad'] },
];

function isManaged(device: DeviceFacts): Outcome {
  return anyOf(MANAGED.map((leaf) => evaluateLeaf(leaf, device)));
}

const EXTENSION_ATTRIBUTES: readonly string[] = Array.from(
  { length: 15 },
  (_, index) => `extensionattribute${index + 1}`,
);

function withoutExtensionAttributes(device: DeviceFacts): DeviceFacts {
  const others = Object.entries(device).filter(([name]) => !EXTENSION_ATTRIBUTES.includes(name.toLowerCase()));
  return Object.fromEntries([...others, ...EXTENSION_ATTRIBUTES.map((name) => [name, null] as const)]);
}

/** Whether any comparison of the rule asks for an extension attribute. */
export function usesExtensionAttributes(rule: FilterRule): boolean {
  if (rule.kind === 'leaf') return EXTENSION_ATTRIBUTES.includes(rule.attribute);
  return rule.kind === 'not' ? usesExtensionAttributes(rule.part) : rule.parts.some(usesExtensionAttributes);
}

/** Whether a rule holds for a device; `conditional` when it asks for an attribute that was not given. */
function evaluateRule(rule: FilterRule, device: DeviceFacts | 'unregistered'): Outcome {
  switch (rule.kind) {
    case 'and':
      return allOf(rule.parts.map((part) => evaluateRule(part, device)));
    case 'or':
      return anyOf(rule.parts.map((part) => evaluateRule(part, device)));
    case 'not':
      return notOf(evaluateRule(rule.part, device));
    case 'leaf':
      return evaluateLeaf(rule, device);
  }
}

function evaluateLeaf(leaf: FilterLeaf, device: DeviceFacts | 'unregistered'): Outcome {
  const value = device === 'unregistered' ? null : attributeOf(device, leaf.attribute);
  if (value === undefined) return 'conditional';
  if (value === null) return leaf.values.includes(null) && EXACT.has(leaf.operator) ? 'yes' : 'no';
  if (typeof value === 'object') return value.some((entry) => leaf.values.includes(entry.toLowerCase())) ? 'yes' : 'no';
  const text = String(value).toLowerCase();
  return leaf.values.some((wanted) => wanted !== null && compare(text, wanted, leaf.operator)) ? 'yes' : 'no';
}

function attributeOf(device: DeviceFacts, attribute: string): DeviceFacts[string] {
  // Graph's own name for the attribute that rules call deviceOwnership is ownership.
  const names = attribute === 'deviceownership' ? ['deviceownership', 'ownership'] : [attribute];
  const key = Object.keys(device).find((name) => names.includes(name.toLowerCase()));
  return key === undefined ? undefined : device[key];
}

function compare(text: string, wanted: string, operator: FilterOperator): boolean {
  switch (operator) {
    case 'eq':
    case 'in':
      return text === wanted;
    case 'startswith':
      return text.startsWith(wanted);
    case 'endswith':
      return text.endsWith(wanted);
    case 'contains':
      return text.includes(wanted);
  }
}

/** The operators of the table of supported attributes, their negations left out. */
const EXACT: ReadonlySet<FilterOperator> = new Set(['eq', 'in']);
const ONE_OF_FEW: ReadonlySet<FilterOperator> = new Set(['eq']);
const ANY_TEXT: ReadonlySet<FilterOperator> = new Set(['eq', 'in', 'startswith', 'endswith', 'contains']);
const MANY_TEXTS: ReadonlySet<FilterOperator> = new Set(['contains']);

const ATTRIBUTES: ReadonlyMap<string, ReadonlySet<FilterOperator>> = new Map([
  ['deviceid', EXACT],
  ['displayname', ANY_TEXT],
  ['deviceownership', ONE_OF_FEW],
  ['enrollmentprofilename', ANY_TEXT],
  ['iscompliant', ONE_OF_FEW],
  ['manufacturer', ANY_TEXT],
  ['mdmappid', EXACT],
  ['model', ANY_TEXT],
  ['operatingsystem', ANY_TEXT],
  ['operatingsystemversion', ANY_TEXT],
  ['physicalids', MANY_TEXTS],
  ['profiletype', ONE_OF_FEW],
  ['systemlabels', MANY_TEXTS],
  ['trusttype', ONE_OF_FEW],
  ...EXTENSION_ATTRIBUTES.map((name) => [name, ANY_TEXT] as const),
]);

/** Reads a rule; null when any part of it is not among the documented attributes, operators and forms. */
function parseFilterRule(text: string): FilterRule | null {
  const tokens = tokenize(text);
  if (tokens === null || tokens.length === 0) return null;
  const reader: Reader = { tokens, position: 0 };
  const rule = readOr(reader);
  return rule !== null && reader.position === tokens.length ? rule : null;
}

type Token = { readonly kind: 'word' | 'text' | 'mark'; readonly value: string };
type Reader = { readonly tokens: readonly Token[]; position: number };

function tokenize(text: string): readonly Token[] | null {
  const pattern = /\s+|([()[\],])|"((?:`"|[^"])*)"|'((?:''|[^'])*)'|([^\s()[\],"']+)/y;
  const tokens: Token[] = [];
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text);
    if (found === null) return null;
    const [, mark, double, single, word] = found;
    if (mark !== undefined) tokens.push({ kind: 'mark', value: mark });
    else if (double !== undefined) tokens.push({ kind: 'text', value: double.replaceAll('`"', '"') });
    else if (single !== undefined) tokens.push({ kind: 'text', value: single.replaceAll("''", "'") });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word.toLowerCase() });
  }
  return tokens;
}

/** Takes the next token when it is this mark or, with or without its hyphen, this word. */
function take(reader: Reader, kind: 'word' | 'mark', value: string): boolean {
  const token = reader.tokens[reader.position];
  if (token === undefined || token.kind !== kind || token.value.replace(/^[-–—]/, '') !== value) return false;
  reader.position += 1;
  return true;
}

function readOr(reader: Reader): FilterRule | null {
  return readChain(reader, 'or', () => readChain(reader, 'and', () => readNot(reader)));
}

function readChain(reader: Reader, kind: 'and' | 'or', readPart: () => FilterRule | null): FilterRule | null {
  const parts: FilterRule[] = [];
  do {
    const part = readPart();
    if (part === null) return null;
    parts.push(part);
  } while (take(reader, 'word', kind));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind, parts };
}

function readNot(reader: Reader): FilterRule | null {
  if (take(reader, 'word', 'not')) {
    const part = readNot(reader);
    return part === null ? null : { kind: 'not', part };
  }
  if (!take(reader, 'mark', '(')) return readLeaf(reader);
  const inner = readOr(reader);
  return inner !== null && take(reader, 'mark', ')') ? inner : null;
}

const OPERATORS: ReadonlyMap<string, FilterOperator> = new Map([
  ['eq', 'eq'],
  ['startswith', 'startswith'],
  ['endswith', 'endswith'],
  ['contains', 'contains'],
  ['in', 'in'],
]);

function readOperator(word: string): { readonly operator: FilterOperator; readonly negated: boolean } | null {
  const name = word.replace(/^[-–—]/, '');
  if (name === 'ne') return { operator: 'eq', negated: true };
  if (name === 'noteq') return null;
  const positive = OPERATORS.get(name);
  if (positive !== undefined) return { operator: positive, negated: false };
  const negative = name.startsWith('not') ? OPERATORS.get(name.slice('not'.length)) : undefined;
  return negative === undefined ? null : { operator: negative, negated: true };
}

function readLeaf(reader: Reader): FilterRule | null {
  const [name, word] = [reader.tokens[reader.position], reader.tokens[reader.position + 1]];
  if (name?.kind !== 'word' || word?.kind !== 'word' || !name.value.startsWith('device.')) return null;
  const attribute = name.value.slice('device.'.length);
  const operator = readOperator(word.value);
  if (operator === null || ATTRIBUTES.get(attribute)?.has(operator.operator) !== true) return null;
  reader.position += 2;
  const values = operator.operator === 'in' ? readList(reader) : readValue(reader);
  if (values === null) return null;
  const leaf: FilterLeaf = { kind: 'leaf', attribute, operator: operator.operator, values };
  return operator.negated ? { kind: 'not', part: leaf } : leaf;
}

function readValue(reader: Reader): readonly (string | null)[] | null {
  const token = reader.tokens[reader.position];
  if (token === undefined || token.kind === 'mark') return null;
  reader.position += 1;
  if (token.kind === 'text') return [token.value.toLowerCase()];
  return [token.value === 'null' || token.value === '$null' ? null : token.value];
}

function readList(reader: Reader): readonly (string | null)[] | null {
  if (!take(reader, 'mark', '[')) return null;
  const values: (string | null)[] = [];
  do {
    const value = readValue(reader);
    if (value === null) return null;
    values.push(...value);
  } while (take(reader, 'mark', ','));
  return take(reader, 'mark', ']') ? values : null;
}
