/**
 * Employee ids as numbers. An id of a few ASCII letters fits into a number without loss, so most ids are found by
 * comparing numbers and no text is read a second time; longer ones are found by their text.
 */
import { idKey } from './match-keys.core.ts';

/** Letters that fit: seven bits each, and a number holds 53. */
const PACKED_LENGTH_MAX = 7;
const EMPTY = 0;
const TOO_LONG = -1;

/** The id, trimmed and without case, as a number; EMPTY for none, TOO_LONG for one that does not fit. */
function pack(raw: string): number {
  let packed = 0;
  for (let i = 0; i < raw.length; i += 1) {
    const code = raw.charCodeAt(i);
    if (i >= PACKED_LENGTH_MAX || code < 33 || code > 126) return packKey(idKey(raw));
    packed = packed * 128 + (code > 64 && code < 91 ? code + 32 : code);
  }
  return packed;
}

function packKey(key: string): number {
  let packed = 0;
  for (let i = 0; i < key.length; i += 1) {
    const code = key.charCodeAt(i);
    if (i >= PACKED_LENGTH_MAX || code < 32 || code > 126) return TOO_LONG;
    packed = packed * 128 + code;
  }
  return packed;
}

/** Employee id -> row. Ids are compared trimmed and without case; a blank id is nobody's. */
export type IdTable = {
  /** The row of an id, or -1. */
  get(raw: string | null | undefined): number;
  /** Puts a row at an id and returns the row that stood there, or -1. */
  put(raw: string, row: number): number;
};

/** Makes a table with room for `rows` ids. */
export function createIdTable(rows: number): IdTable {
  const bits = Math.max(4, Math.ceil(Math.log2(rows + 1)) + 1);
  const mask = 2 ** bits - 1;
  const keys = new Float64Array(mask + 1);
  const values = new Int32Array(mask + 1).fill(-1);
  const long = new Map<string, number>();
  const slotOf = (packed: number): number => {
    let slot = Math.imul((packed | 0) ^ (packed / 2 ** 21), 0x9e3779b1) >>> (32 - bits);
    while (keys[slot] !== packed && values[slot] !== -1) slot = (slot + 1) & mask;
    return slot;
  };
  return {
    get(raw) {
      if (raw === null || raw === undefined) return -1;
      const packed = pack(raw);
      if (packed === TOO_LONG) return long.get(idKey(raw)) ?? -1;
      return packed === EMPTY ? -1 : (values[slotOf(packed)] as number);
    },
    put(raw, row) {
      const packed = pack(raw);
      if (packed === EMPTY) return -1;
      if (packed === TOO_LONG) {
        const other = long.get(idKey(raw)) ?? -1;
        long.set(idKey(raw), row);
        return other;
      }
      const slot = slotOf(packed);
      const other = values[slot] as number;
      keys[slot] = packed;
      values[slot] = row;
      return other;
    },
  };
}
