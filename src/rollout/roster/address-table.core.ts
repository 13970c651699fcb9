/**
 * Addresses as numbers. A tenant's addresses are read once, in the order in which they lie in memory, and compared as
 * numbers from then on; wherever two numbers agree and a pair could come of it, the texts themselves are compared.
 */
import { addressKey } from './match-keys.core.ts';

/** Hash of a text that is no address. */
export const NO_ADDRESS = 0;

const HIGH = 2 ** 32;

/**
 * The number of an address from `from` on, the same for every spelling that `addressKey` holds equal. Negative when
 * the text holds a `+`, so that tagged addresses can be told without reading them again.
 */
export function addressHash(text: string, from: number): number {
  let low = 0x811c9dc5;
  let high = 7;
  let at = -1;
  let sign = 1;
  for (let i = from; i < text.length; i += 1) {
    let code = text.charCodeAt(i);
    if (code < 33 || code > 126) return unusualHash(text, from);
    if (code > 64 && code < 91) code += 32;
    else if (code === 64) at = i;
    else if (code === 43) sign = -1;
    low = Math.imul(low ^ code, 0x01000193);
    high = (Math.imul(high, 31) + code) | 0;
  }
  return at > from && at < text.length - 1 ? sign * ((high & 0xfffff) * HIGH + (low >>> 0) + 1) : NO_ADDRESS;
}

/** Blanks around it, or letters outside ASCII: hashed in the one form that keys have. */
function unusualHash(text: string, from: number): number {
  const key = addressKey(text.slice(from));
  if (key === '') return NO_ADDRESS;
  let low = 0x811c9dc5;
  let high = 7;
  for (let i = 0; i < key.length; i += 1) {
    const code = key.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = (Math.imul(high, 31) + code) | 0;
  }
  return (key.includes('+') ? -1 : 1) * ((high & 0xfffff) * HIGH + (low >>> 0) + 1);
}

type Addressed = { readonly address: string; readonly hash: number };

/** Entries by address. `find` takes the number of a text and the text, and answers only when the texts are equal. */
export type AddressTable<T extends Addressed> = {
  entries: readonly T[];
  find(hash: number, text: string, from: number): T | undefined;
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
  const find = (signed: number, text: string, from: number): T | undefined => {
    const hash = Math.abs(signed);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slots[slot] as number;
      if (at === -1) return undefined;
      if (hashes[at] === hash && isText(entries[at] as T, text, from)) return entries[at];
    }
  };
  for (const entry of all) {
    const kept = find(entry.hash, entry.address, 0);
    if (kept !== undefined) {
      onRepeated?.(kept, entry);
      continue;
    }
    const hash = Math.abs(entry.hash);
    let slot = hash & mask;
    while (slots[slot] !== -1) slot = (slot + 1) & mask;
    slots[slot] = entries.length;
    hashes[entries.length] = hash;
    entries.push(entry);
  }
  return { entries, find };
}

function isText({ address }: Addressed, text: string, from: number): boolean {
  return (from === 0 && address === text) || address === addressKey(text.slice(from));
}
