/** A stream of pseudo-random values: the same seed and label give the same values on every machine. */
export type Random = {
  /** A number in [0, 1). */
  next(): number;
  /** An integer in [0, below). */
  int(below: number): number;
  chance(probability: number): boolean;
  /** One of the values; refuses an empty list. */
  pick<T>(values: readonly T[]): T;
  /** The values in another order; the argument stays as it is. */
  shuffle<T>(values: readonly T[]): T[];
  /** An id in the form of a version 4 UUID. */
  uuid(): string;
  /** `length` hexadecimal digits. */
  hex(length: number): string;
  /** A stream of its own, so that drawing more from one part of the world leaves the other parts as they were. */
  fork(label: string): Random;
};

const BYTE_HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Creates the stream that belongs to `seed` (any text). */
export function createRandom(seed: string): Random {
  const nextWord = createWords(seed);
  const next = () => nextWord() / 0x1_0000_0000;
  const int = (below: number) => Math.floor(next() * below);
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (values) => pickOne(values, int),
    shuffle: (values) => shuffled(values, int),
    uuid: () => uuidFrom(nextWord),
    hex: (length) => hexFrom(nextWord, length),
    fork: (label) => createRandom(`${seed}/${label}`),
  };
}

/** The generator sfc32 (public domain, PractRand), seeded by a hash of the text. */
function createWords(seed: string): () => number {
  let [a, b, c, counter] = [hashOf(seed, 0x9e3779b9), hashOf(seed, 0x243f6a88), hashOf(seed, 0xb7e15162), 1];
  const word = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round++) word();
  return word;
}

/** FNV-1a over UTF-16 code units with a final mix. */
function hashOf(text: string, basis: number): number {
  let hash = basis | 0;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

function pickOne<T>(values: readonly T[], int: (below: number) => number): T {
  if (values.length === 0) throw new RangeError('nothing to pick from: the list is empty');
  return values[int(values.length)] as T;
}

function shuffled<T>(values: readonly T[], int: (below: number) => number): T[] {
  const result = [...values];
  for (let index = result.length - 1; index > 0; index--) {
    const other = int(index + 1);
    const moved = result[index] as T;
    result[index] = result[other] as T;
    result[other] = moved;
  }
  return result;
}

function hexFrom(word: () => number, length: number): string {
  let digits = '';
  while (digits.length < length) digits += word().toString(16).padStart(8, '0');
  return digits.slice(0, length);
}

function uuidFrom(word: () => number): string {
  const bytes: string[] = [];
  for (let part = 0; part < 4; part++) {
    const value = word();
    for (let shift = 24; shift >= 0; shift -= 8) bytes.push(BYTE_HEX[(value >>> shift) & 0xff] as string);
  }
  const hex = bytes.join('');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
