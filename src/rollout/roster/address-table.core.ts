/**
 * Addresses as numbers. A tenant's addresses are read once, in the order in which they lie in memory, and compared as
 * numbers from then on; wherever two numbers agree and a pair could come of it, the texts themselves are compared.
 */
import { addressKey } from './match-keys.core.ts';

/** Hash of a text that is not there. */
export const NO_ADDRESS = 0;

const HIGH = 2 ** 32;

/**
 * The number of an address from `from` on, the same for every spelling that `addressKey` holds equal. Negative when
 * the text holds a `+`, so that tagged addresses can be told without reading them again.
 */
export function addressHash(text: string, from: number): number {
  const number = hashOf(text, from);
  if (number !== UNUSUAL) return number;
  const key = addressKey(text.slice(from));
  if (key === '') return NO_ADDRESS;
  const plain = hashOf(key, 0);
  return plain === UNUSUAL ? foldedHash(key) : plain;
}

const UNUSUAL = -0.5;
const TAGGED = 128;
/** ASCII in lower case; the bit TAGGED is set for the `+`. */
const FOLDED = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code === 43) return code | TAGGED;
  return code > 64 && code < 91 ? code + 32 : code;
});

/**
 * UNUSUAL for blanks around the address and for letters outside ASCII. No branch for a letter, and multipliers that
 * are shifts: every address of a tenant passes here.
 */
function hashOf(text: string, from: number): number {
  let low = 7;
  let high = 7;
  let codes = 0;
  let marks = 0;
  for (let i = from; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const letter = FOLDED[code & 127] as number;
    codes |= code;
    marks |= letter;
    low = (Math.imul(low, 31) + letter) | 0;
    high = Math.imul(high, 33) ^ letter;
  }
  if (codes > 127 || text.charCodeAt(from) < 33 || text.charCodeAt(text.length - 1) < 33) return UNUSUAL;
  return (marks & TAGGED) === 0 ? numberOf(low, high) : -numberOf(low, high);
}

/** For a key that keeps letters outside ASCII. */
function foldedHash(key: string): number {
  let low = 7;
  let high = 7;
  for (let i = 0; i < key.length; i += 1) {
    low = (Math.imul(low, 31) + key.charCodeAt(i)) | 0;
    high = Math.imul(high, 33) ^ key.charCodeAt(i);
  }
  return key.includes('+') ? -numberOf(low, high) : numberOf(low, high);
}

/** Never NO_ADDRESS. */
function numberOf(low: number, high: number): number {
  return (high & 0xfffff) * HIGH + (low >>> 0) + 1;
}

type Addressed = { readonly address: string; readonly hash: number };

/**
 * Entries by address. `find` takes the number of a text and the text, and answers only when the texts are equal; `has`
 * rules out by number alone, so that texts which lie far away are not fetched for nothing.
 */
export type AddressTable<T extends Addressed> = {
  entries: readonly T[];
  has(hash: number): boolean;
  find(hash: number, text: string): T | undefined;
};

/**
 * Makes a table of entries by their addresses, as `addressKey` writes them. Of entries with one address the first
 * stays, and `onRepeated` is told of the others.
 */
export function createAddressTable<T extends Addressed>(
  all: readonly T[],
  onRepeated?: (kept: T, repeated: T) => void,
): AddressTable<T> {
  const mask = 2 ** Math.ceil(Math.log2(all.length * 2 + 2)) - 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  const hashes = new Float64Array(all.length);
  const entries: T[] = [];
  const find = (signed: number, text: string): T | undefined => {
    const hash = Math.abs(signed);
    for (let slot = slotOf(hash, mask); ; slot = (slot + 1) & mask) {
      const at = slots[slot] as number;
      if (at === -1) return undefined;
      if (hashes[at] === hash && isText(entries[at] as T, text)) return entries[at];
    }
  };
  const has = (signed: number): boolean => {
    const hash = Math.abs(signed);
    for (let slot = slotOf(hash, mask); ; slot = (slot + 1) & mask) {
      const at = slots[slot] as number;
      if (at === -1) return false;
      if (hashes[at] === hash) return true;
    }
  };
  for (const entry of all) {
    const kept = find(entry.hash, entry.address);
    if (kept !== undefined) {
      onRepeated?.(kept, entry);
      continue;
    }
    const hash = Math.abs(entry.hash);
    let slot = slotOf(hash, mask);
    while (slots[slot] !== -1) slot = (slot + 1) & mask;
    slots[slot] = entries.length;
    hashes[entries.length] = hash;
    entries.push(entry);
  }
  return { entries, has, find };
}

/** Numbers of addresses, told apart well enough to rule out most others; what it lets pass is looked at by its text. */
export type AddressFilter = { add(hash: number): void; mayHold(hash: number): boolean };

/** Slots for each address: the more, the fewer others pass by chance. */
const SLOTS_PER_ADDRESS = 64;

/** Makes a filter for about `size` addresses. */
export function createAddressFilter(size: number): AddressFilter {
  const mask = 2 ** Math.ceil(Math.log2((size + 1) * SLOTS_PER_ADDRESS)) - 1;
  const slots = new Uint8Array(mask + 1);
  return {
    add(hash) {
      if (hash !== NO_ADDRESS) slots[Math.abs(hash) & mask] = 1;
    },
    mayHold: (hash) => hash !== NO_ADDRESS && slots[Math.abs(hash) & mask] === 1,
  };
}

/** The low bits of the number are those of a polynomial: neighbours in a list of numbered names, so they are spread. */
function slotOf(hash: number, mask: number): number {
  return (Math.imul(hash | 0, 0x9e3779b1) >>> 7) & mask;
}

function isText({ address }: Addressed, text: string): boolean {
  return address === text || address === addressKey(text);
}
