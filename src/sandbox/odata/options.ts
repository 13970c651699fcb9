/** The query options of a Graph call, read from the query string. */
export type QueryOptions = {
  select: string[] | null;
  expand: Expand[];
  filter: string | null;
  search: string | null;
  orderBy: { path: string; descending: boolean }[];
  top: number | null;
  skip: number | null;
  count: boolean;
  skipToken: string | null;
  deltaToken: string | null;
};

/** One expanded property, with the properties selected of it and the levels asked for. */
export type Expand = { property: string; select: string[] | null; levels: string | null };

export type OptionsVerdict = { ok: true; options: QueryOptions } | { ok: false; message: string };

const KNOWN = new Set([
  'select',
  'expand',
  'filter',
  'search',
  'orderby',
  'top',
  'skip',
  'count',
  'skiptoken',
  'deltatoken',
  'format',
]);

/** Reads the options; names may stand without `$` and in any case. Refuses unknown `$` options and bad numbers. */
export function readOptions(query: URLSearchParams): OptionsVerdict {
  const given = new Map<string, string>();
  for (const [name, value] of query) {
    const key = name.replace(/^\$/, '').toLowerCase();
    if (KNOWN.has(key)) given.set(key, value);
    else if (name.startsWith('$')) return { ok: false, message: `The query parameter '${name}' is not supported.` };
  }
  const top = readNumber('top', given.get('top'));
  const skip = readNumber('skip', given.get('skip'));
  if (typeof top === 'string') return { ok: false, message: top };
  if (typeof skip === 'string') return { ok: false, message: skip };
  return {
    ok: true,
    options: {
      select: readNames(given.get('select')),
      expand: readExpand(given.get('expand') ?? ''),
      filter: given.get('filter') ?? null,
      search: given.get('search') ?? null,
      orderBy: readOrder(given.get('orderby')),
      top,
      skip,
      count: given.get('count')?.toLowerCase() === 'true',
      skipToken: given.get('skiptoken') ?? null,
      deltaToken: given.get('deltatoken') ?? null,
    },
  };
}

/** The number, null without one, or the text of the refusal. */
function readNumber(name: string, text: string | undefined): number | null | string {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  return `Invalid value '${text}' for $${name} query option found. The $${name} query option requires a non-negative integer value.`;
}

function readNames(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.length === 0 || names.includes('*') ? null : names;
}

function readOrder(text: string | undefined): { path: string; descending: boolean }[] {
  return (readNames(text) ?? []).map((rule) => {
    const [path = '', direction = 'asc'] = rule.split(/\s+/);
    return { path, descending: direction.toLowerCase() === 'desc' };
  });
}

/** Splits at commas outside parentheses: `manager($select=id,mail),memberOf`. */
function readExpand(text: string): Expand[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  parts.push(part);
  return parts.filter((item) => item.trim() !== '').map(readOneExpand);
}

function readOneExpand(text: string): Expand {
  const match = /^\s*([^(\s]+)\s*(?:\((.*)\))?\s*$/s.exec(text);
  const inner = new Map(
    (match?.[2] ?? '').split(';').map((option) => {
      const equals = option.indexOf('=');
      return [option.slice(0, equals).trim().replace(/^\$/, '').toLowerCase(), option.slice(equals + 1).trim()];
    }),
  );
  return {
    property: match?.[1] ?? text.trim(),
    select: readNames(inner.get('select')),
    levels: inner.get('levels') ?? null,
  };
}
