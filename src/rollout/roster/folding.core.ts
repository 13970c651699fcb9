/**
 * How names and addresses are likened when a person is asked, never when a pair is decided: without diacritics, case,
 * token order or the order of given name and surname. Other scripts are not transliterated.
 */

/** Letters that carry their stroke or ligature inside, so that decomposing does not take it off. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
};

const NOT_ASCII = /[^ -~]/;
const SPECIAL_LETTERS = /[ßæœøđðþħıł]/gu;

/** Lower case, without diacritics. */
export function foldText(text: string): string {
  const lower = text.toLowerCase();
  if (!NOT_ASCII.test(lower)) return lower;
  const bare = lower.normalize('NFD').replaceAll(/\p{M}/gu, '');
  if (!NOT_ASCII.test(bare)) return bare;
  return bare.replaceAll(SPECIAL_LETTERS, (letter) => LETTERS[letter] ?? letter).normalize('NFC');
}

/** The words of a name, folded; apostrophes join, everything else that is no letter or digit parts. */
export function nameTokens(...parts: readonly (string | null | undefined)[]): string[] {
  const folded = foldText(parts.map((part) => part ?? '').join(' '));
  const words = UNUSUAL_NAME.test(folded) ? wordsOf(folded) : folded.split(' ');
  return words.filter((token) => token !== '');
}

/** Anything but the letters, digits and blanks that almost every name is made of once it is folded. */
const UNUSUAL_NAME = /[^a-z0-9 ]/;

function wordsOf(folded: string): string[] {
  return folded.replaceAll(/['’`]/gu, '').split(/[^\p{L}\p{N}]+/u);
}

/** The same for every order of the same words; empty for a name of fewer than two words, which identifies nobody. */
export function nameKeyOf(tokens: readonly string[]): string {
  const [first = '', second = ''] = tokens;
  if (tokens.length === 2) return first < second ? `${first} ${second}` : `${second} ${first}`;
  return tokens.length < 2 ? '' : [...tokens].sort().join(' ');
}

type Named = { displayName?: string | null | undefined };

/** The keys under which an employee may be found by name: by given name and surname, and by display name. */
export function employeeNameKeys(row: Named & { firstName: string | null; lastName: string | null }): string[] {
  return distinctKeys(row.firstName, row.lastName, row.displayName);
}

/** The keys under which an account may be found by name. */
export function accountNameKeys(
  account: Named & { givenName?: string | null | undefined; surname?: string | null | undefined },
): string[] {
  return distinctKeys(account.givenName, account.surname, account.displayName);
}

type Part = string | null | undefined;

/** Most display names are the two names with a blank between, and need no second reading. */
function distinctKeys(given: Part, surname: Part, displayName: Part): string[] {
  const key = nameKeyOf(nameTokens(given, surname));
  if (displayName === `${given ?? ''} ${surname ?? ''}`) return key === '' ? [] : [key];
  const shown = nameKeyOf(nameTokens(displayName));
  return (key === shown ? [key] : [key, shown]).filter((one) => one !== '');
}

/** True when two texts differ by at most one letter inserted, left out or replaced. */
export function isWithinOneEdit(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start += 1;
  const rest = short.length === long.length ? start + 1 : start;
  return short.slice(rest) === long.slice(start + 1);
}

/**
 * Visits the hashes of the text and of every text that is left when one letter goes. Two texts within one edit share
 * at least one; two that share one need not be within an edit.
 */
export function visitDeletionHashes(text: string, visit: (hash: number) => void): void {
  const last = text.length - 1;
  let hash = 7;
  for (let i = 0; i < last; i += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  visit((Math.imul(hash, 31) + text.charCodeAt(last)) >>> 2);
  visit(hash >>> 2);
  // The text without letter i differs from the one without letter i + 1 in a single place.
  let power = 1;
  for (let i = last - 1; i >= 0; i -= 1) {
    hash = (hash + Math.imul(text.charCodeAt(i + 1) - text.charCodeAt(i), power)) | 0;
    power = Math.imul(power, 31);
    visit(hash >>> 2);
  }
}
