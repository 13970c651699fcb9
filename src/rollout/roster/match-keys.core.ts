/**
 * The keys by which an HR row and an account may be the same person: ids and addresses compared without case and in
 * one Unicode form. Nothing here folds further (diacritics, names): what folds is for suggestions, in `folding`.
 */

/**
 * Almost every id and address is plain ASCII, most of them in lower case already: one look at its letters spares the
 * normalising, and a text that stays as it is is not copied.
 */
function plain(text: string): string {
  let hasCapital = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 33 || code > 126) return text.trim().normalize('NFC').toLowerCase();
    hasCapital ||= code > 64 && code < 91;
  }
  return hasCapital ? text.toLowerCase() : text;
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
const COLON = 58;

/** True for a proxy address that is a mail address, primary (`SMTP:`) or not; false for `sip:`, `x500:` and the like. */
export function isSmtp(proxy: string): boolean {
  if (proxy.startsWith('smtp:') || proxy.startsWith('SMTP:')) return true;
  return proxy.charCodeAt(SMTP_LENGTH - 1) === COLON && proxy.slice(0, SMTP_LENGTH).toLowerCase() === SMTP_PREFIX;
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
