/**
 * Accounts by their object id. Entra writes object ids as GUIDs in lower case, which are four numbers: they are found
 * by comparing numbers, and no text is fetched from afar to be compared. Every other id is found by its text.
 */
import type { Account } from './roster-types.core.ts';

const WORDS = 4;
const GUID_LENGTH = 36;
const DASH = 45;
/** Where every four digits of a GUID begin. */
const PARTS = Uint8Array.of(0, 4, 9, 14, 19, 24, 28, 32);
/** Set in the value of whatever is no hexadecimal digit. */
const NO_DIGIT = 2 ** 16;

const DIGITS = Uint32Array.from({ length: 128 }, (_, code) => {
  if (code > 47 && code < 58) return code - 48;
  return code > 96 && code < 103 ? code - 87 : NO_DIGIT;
});

/** Object id -> position of the account, or -1; the same text, and only the same, is the same id. */
export type ObjectIdTable = { get(id: string): number };

/** Indexes accounts by object id; of accounts with one id the last counts, and the others are marked in `isCopy`. */
export function indexObjectIds(accounts: readonly Account[], isCopy: Uint8Array): ObjectIdTable {
  const bits = Math.max(4, Math.ceil(Math.log2(accounts.length + 1)) + 1);
  const mask = 2 ** bits - 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  const words = new Int32Array(accounts.length * WORDS);
  const others = new Map<string, number>();
  const wanted = new Int32Array(WORDS);
  const slotOfWanted = (): number => {
    let slot = slotFor(wanted, bits);
    while (slots[slot] !== -1 && !isAt(words, slots[slot] as number, wanted)) slot = (slot + 1) & mask;
    return slot;
  };
  for (let account = 0; account < accounts.length; account += 1) {
    const { id } = accounts[account] as Account;
    const isGuid = readGuid(id, wanted);
    const slot = isGuid ? slotOfWanted() : NO_SLOT;
    const other = isGuid ? (slots[slot] as number) : (others.get(id) ?? -1);
    if (other !== -1) isCopy[other] = 1;
    if (isGuid) {
      slots[slot] = account;
      for (let at = 0; at < WORDS; at += 1) words[account * WORDS + at] = word(wanted, at);
    } else others.set(id, account);
  }
  return { get: (id) => (readGuid(id, wanted) ? (slots[slotOfWanted()] as number) : (others.get(id) ?? -1)) };
}

const NO_SLOT = -1;

/** Object ids are random, but for those that somebody made up, so every word has its say. */
function slotFor(words: Int32Array, bits: number): number {
  const mixed = (word(words, 0) * 31 + word(words, 1)) ^ (word(words, 2) * 33 + word(words, 3));
  return Math.imul(mixed, 0x9e3779b1) >>> (32 - bits);
}

function isAt(words: Int32Array, account: number, wanted: Int32Array): boolean {
  const at = account * WORDS;
  return (
    words[at] === wanted[0] && words[at + 1] === wanted[1] && words[at + 2] === wanted[2] && words[at + 3] === wanted[3]
  );
}

function word(words: Int32Array, at: number): number {
  return words[at] as number;
}

/** Writes the number of a GUID in lower case into `words`; false, with nothing meant by `words`, for any other text. */
function readGuid(id: string, words: Int32Array): boolean {
  if (id.length !== GUID_LENGTH || !hasDashes(id)) return false;
  let digits = 0;
  for (let at = 0; at < WORDS; at += 1) {
    const high = four(id, PARTS[2 * at] as number);
    const low = four(id, PARTS[2 * at + 1] as number);
    digits |= high | low;
    words[at] = (high << 16) | low;
  }
  return digits < NO_DIGIT;
}

function hasDashes(id: string): boolean {
  return (
    id.charCodeAt(8) === DASH && id.charCodeAt(13) === DASH && id.charCodeAt(18) === DASH && id.charCodeAt(23) === DASH
  );
}

/** Four hexadecimal digits as a number; NO_DIGIT or more when one is none. */
function four(id: string, at: number): number {
  return (digit(id, at) << 12) | (digit(id, at + 1) << 8) | (digit(id, at + 2) << 4) | digit(id, at + 3);
}

function digit(id: string, at: number): number {
  const code = id.charCodeAt(at);
  return code > 127 ? NO_DIGIT : (DIGITS[code] as number);
}
