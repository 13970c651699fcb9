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

const ASCII = /^[ -~]*$/;

/** Lower case, without diacritics. */
export function foldText(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[ßæœøđðþħıł]/gu, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC');
}

/** The words of a name, folded; apostrophes join, everything else that is no letter or digit parts. */
export function nameTokens(...parts: readonly (string | null | undefined)[]): string[] {
  const joined = parts.map((part) => part ?? '').join(' ');
  return foldText(joined)
    .replaceAll(/['’`]/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== '');
}

/** The same for every order of the same words; empty for a name of fewer than two words, which identifies nobody. */
export function nameKeyOf(tokens: readonly string[]): string {
  return tokens.length < 2 ? '' : [...tokens].sort().join(' ');
}

type Named = { displayName?: string | null | undefined };

/** The keys under which an employee may be found by name: by given name and surname, and by display name. */
export function employeeNameKeys(row: Named & { firstName: string | null; lastName: string | null }): string[] {
  return distinctKeys(nameTokens(row.firstName, row.lastName), nameTokens(row.displayName));
}

/** The keys under which an account may be found by name. */
export function accountNameKeys(
  account: Named & { givenName?: string | null | undefined; surname?: string | null | undefined },
): string[] {
  return distinctKeys(nameTokens(account.givenName, account.surname), nameTokens(account.displayName));
}

function distinctKeys(...names: readonly (readonly string[])[]): string[] {
  return [...new Set(names.map(nameKeyOf))].filter((key) => key !== '');
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
 * Hashes of the text and of every text that is left when one letter goes. Two texts within one edit share at least
 * one; two that share one need not be within an edit.
 */
export function deletionHashes(text: string): number[] {
  const all: number[] = [hashWithout(text, -1)];
  for (let gone = 0; gone < text.length; gone += 1) all.push(hashWithout(text, gone));
  return all;
}

function hashWithout(text: string, gone: number): number {
  let hash = 7;
  for (let i = 0; i < text.length; i += 1) if (i !== gone) hash = (hash * 31 + text.charCodeAt(i)) | 0;
  return hash >>> 2;
}
