/**
 * The keys by which an HR row and an account may be the same person: ids and addresses compared without case and in
 * one Unicode form. Nothing here folds further (diacritics, names): what folds is for suggestions, in `folding`.
 */

/** True when trimming, lower-casing and normalising would change nothing; most keys are so, and the test is cheap. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 33 || code > 126 || (code > 64 && code < 91)) return false;
  }
  return true;
}

function plain(text: string): string {
  return isPlain(text) ? text : text.trim().normalize('NFC').toLowerCase();
}

/** The form in which two employee ids are compared; empty when there is none. */
export function idKey(raw: string | null | undefined): string {
  return raw === null || raw === undefined ? '' : plain(raw);
}

/** The form in which two mail addresses or sign-in names are compared; empty for what is no address. */
export function addressKey(raw: string | null | undefined): string {
  if (raw === null || raw === undefined) return '';
  const at = raw.indexOf('@');
  return at > 0 && at < raw.length - 1 ? plain(raw) : '';
}

const SMTP_PREFIX = 'smtp:';
/** Where the address begins in a proxy address that is a mail address. */
export const SMTP_LENGTH = SMTP_PREFIX.length;

/** True for a proxy address that is a mail address, primary (`SMTP:`) or not; false for `sip:`, `x500:` and the like. */
export function isSmtp(proxy: string): boolean {
  return proxy.charCodeAt(4) === 58 && proxy.slice(0, SMTP_LENGTH).toLowerCase() === SMTP_PREFIX;
}

/** The address in a proxy address; empty for one that is not a mail address. */
export function proxyKey(proxy: string): string {
  return isSmtp(proxy) ? addressKey(proxy.slice(SMTP_LENGTH)) : '';
}

/** The address without its `+tag`. */
export function untagged(key: string): string {
  const plus = key.indexOf('+');
  const at = key.lastIndexOf('@');
  return plus > 0 && plus < at ? key.slice(0, plus) + key.slice(at) : key;
}

/** What stands before the `@`. */
export function localPart(key: string): string {
  return key.slice(0, key.lastIndexOf('@'));
}

/** What stands after the `@`. */
export function domainOf(key: string): string {
  return key.slice(key.lastIndexOf('@') + 1);
}

const SLOTS = 1 << 16;

/** A quick "surely not among these keys" for raw texts; it never says no to a text whose key is among them. */
export type Probe = (text: string, from: number) => boolean;

/** Makes a probe for a small set of address keys, so that a long list need not be normalised and hashed to be dismissed. */
export function createProbe(keys: Iterable<string>): Probe {
  const slots = new Uint8Array(SLOTS);
  for (const key of keys) {
    const slot = slotOf(key, 0);
    if (slot >= 0) slots[slot] = 1;
  }
  return (text, from) => {
    const slot = slotOf(text, from);
    return slot < 0 || slots[slot] === 1;
  };
}

/** A case-blind slot of an ASCII text from `from` on; -1 when the text needs real normalising. */
function slotOf(text: string, from: number): number {
  let hash = text.length - from;
  for (let i = from; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 126 || code < 33) return -1;
    hash = (hash * 31 + (code | 32)) | 0;
  }
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
