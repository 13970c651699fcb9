import { storableText } from '../lib/storable-text.ts';

/** What JSON can say and the store cannot hold, a NUL or half a surrogate pair, is always escaped. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

/**
 * The value of a vendor's JSON text, each text within it fit to be stored; not ok: no JSON. Every answer is read here,
 * whole or row by row, so that nobody's words keep what was read from being stored: the rest would be lost with them.
 */
export function storableJson(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: (UNSTORABLE.test(text) ? JSON.parse(text, storable) : JSON.parse(text)) as unknown };
  } catch {
    // The parser's message quotes the text, so it must go no further.
    return { ok: false };
  }
}

function storable(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? storableText(value, value.length) : value;
}
