import type { Sightings } from './notions.core.ts';

// What the model sees of a message. Words and their neighbours say most; pieces of words carry typing mistakes and
// German compounds; notions and signs carry what an author meant whatever the words; the form tells a question from a
// remark. Training and answering read messages by this one function.

export type ReadMessage = {
  text: string;
  /** The words in their compared form, with their stem in either language. */
  words: readonly { text: string; en: string; de: string }[];
  sightings: Sightings;
  /** Topics that the message shows a sign of. */
  signs: readonly { topic: string; kind: 'strong' | 'fair' }[];
};

/** How much each kind of feature weighs in a message, however many there are of it. */
export const FAMILY_SHARES = { word: 1, pair: 0.7, piece: 1, notion: 1, sign: 0.7, form: 0.5 } as const;
export type Family = keyof typeof FAMILY_SHARES;

const PIECE_LETTERS = [3, 4, 5];
const LENGTH_WORDS_MAX = 12;

/** The features of a message by family, each once. */
export function featuresOf({ text, words, sightings, signs }: ReadMessage): Record<Family, readonly string[]> {
  const stems = ['^', ...words.map(({ en }) => en), '$'];
  const form = [`m${Math.min(LENGTH_WORDS_MAX, words.length)}`];
  if (text.includes('?')) form.push('m?');
  if (text.includes('!')) form.push('m!');
  return {
    word: once(words.flatMap(({ en, de }) => (en === de ? [`w${en}`] : [`w${en}`, `d${de}`]))),
    pair: once(stems.slice(1).map((stem, at) => `b${stems[at] ?? ''} ${stem}`)),
    piece: once(words.flatMap((word) => piecesOf(word.text))),
    notion: [...sightings.keys()].map((notion) => `#${notion}`),
    sign: signs.map(({ topic, kind }) => `!${kind} ${topic}`),
    form,
  };
}

function piecesOf(word: string): string[] {
  const framed = `_${word}_`;
  return PIECE_LETTERS.flatMap((letters) =>
    Array.from({ length: Math.max(0, framed.length - letters + 1) }, (_, at) => `c${framed.slice(at, at + letters)}`),
  );
}

function once(features: readonly string[]): string[] {
  return [...new Set(features)];
}
