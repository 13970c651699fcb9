/**
 * Values that come from directories and HR systems, made fit for one line of a mail: a name may not begin a new line, a
 * header or a right-to-left run, and may not fill the mail.
 */
import { addDays } from '../../exceptions/calendar.core.ts';

/** A longer name is cut: what stands in a sentence must leave room for the sentence. */
const VALUE_CHARS_MAX = 120;
const ADDRESS_CHARS_MAX = 2_000;

const BREAKS = /[\p{Cc}\u2028\u2029\s]+/gu;
/** Characters that are not seen and change how others are: directions, invisible ones, tags. Joiners belong to scripts. */
const UNSEEN = /[\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu;

/** A text of others as one line of ordinary characters, cut where it is absurdly long. May come out empty. */
export function safeLine(text: string, charsMax: number = VALUE_CHARS_MAX): string {
  const line = text.toWellFormed().replace(UNSEEN, '').replace(BREAKS, ' ').trim();
  const chars = [...line];
  return chars.length <= charsMax
    ? line
    : `${chars
        .slice(0, charsMax - 1)
        .join('')
        .trimEnd()}…`;
}

/** Whether a mail may link there: https, or a server on this very machine; no name before the host, nothing unseen. */
export function isSafeAddress(address: string): boolean {
  if (address.length > ADDRESS_CHARS_MAX || /[^\x21-\x7E]|["'<>\\^`{|}]/.test(address)) return false;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || url.username !== '' || url.password !== '' || /^[a-z]+:\/\/[^/?#]*@/i.test(address)) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
}

/** Whether a text is an address that a mail can be written to. */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && MAIL_ADDRESS.test(text);
}

/** The link that opens a mail to this address. */
export function mailLink(address: string): string {
  const at = address.lastIndexOf('@');
  return `mailto:${encodeURIComponent(address.slice(0, at))}@${address.slice(at + 1)}`;
}

/** Whether a text is a day of the calendar, `YYYY-MM-DD`: no 30 February. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && addDays(text, 0) === text;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const MAIL_ADDRESS = /^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;
