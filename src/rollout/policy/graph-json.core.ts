/**
 * Reading Graph's objects without believing their form. A policy comes from a tenant or from a file, its condition
 * set grows over the years, and null, an empty list and a missing member mean the same (Graph fills them in freely).
 * Whatever has an unexpected form is reported as not understood; it never becomes "no condition".
 */
export type GraphObject = { readonly id: string; readonly [property: string]: unknown };

/** An object of unknown members. */
export type JsonObject = { readonly [property: string]: unknown };

/** A list that may be absent, and then was not read. */
export type Part<T> = readonly T[] | null | undefined;

/** The value as an object, or null when it is none. */
export function objectOf(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** The value as text, or null when it is none or empty. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/**
 * A list of texts in lower case and in order; null when the value is neither absent nor such a list. Graph's lists are
 * sets and come back in any order, so an answer that names "the first" must not depend on it.
 */
export function textsOf(value: unknown): readonly string[] | null {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) return null;
  const texts: string[] = [];
  for (const entry of value as readonly unknown[]) {
    if (typeof entry !== 'string') return null;
    texts.push(entry.toLowerCase());
  }
  return texts.sort(byCodeUnit);
}

/** Graph writes flags as one comma-joined text; some writers send a list. Lower case, in order, without `none` and blanks. */
export function flagsOf(value: unknown): readonly string[] | null {
  const texts = typeof value === 'string' ? value.toLowerCase().split(',') : textsOf(value);
  if (texts === null) return null;
  return texts
    .map((flag) => flag.trim())
    .filter((flag) => flag !== '' && flag !== 'none')
    .sort(byCodeUnit);
}

/** Whether a value says nothing: null, missing, empty text, empty list, or an object of such values. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  const members = objectOf(value);
  if (members === null) return false;
  return Object.keys(members).every((key) => key.includes('@odata') || isEmpty(members[key]));
}

/**
 * Whether an entry of a list of ids (in lower case) is a word for a set that came later than this code, such as
 * `AllAgentIdResources`; ids carry digits or hyphens.
 */
export function isWordForSet(entry: string): boolean {
  return /^(?:all[a-z]+|[a-z]{12,})$/.test(entry);
}

/** Members of an object that say something and are not among those understood, in order. */
export function strangeMembers(members: JsonObject, understood: ReadonlySet<string>): readonly string[] {
  return Object.keys(members)
    .filter((key) => !understood.has(key) && !key.includes('@odata') && !isEmpty(members[key]))
    .sort(byCodeUnit);
}

function byCodeUnit(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
