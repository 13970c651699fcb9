// How a message becomes words. People write without umlauts, with control characters from copied mails, in capitals and
// at any length; two writings of the same word must come out alike, and no message may cost more than its first part.

/** What is read of a message. Questions are short; what stands behind this is quoted mail. */
export const MESSAGE_CHARS_MAX = 2_000;
const WORDS_MAX = 300;

/** Lower-case, umlauts written out (ä becomes ae), other accents and apostrophes gone: the one form words are compared in. */
export function folded(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/[\p{M}'’‘`´\u00AD\u200B-\u200F\u2060]/gu, '');
}

/** The readable part of a message: bounded, without control characters, markup, links and mentions. */
export function readable(text: string): string {
  return text
    .slice(0, MESSAGE_CHARS_MAX)
    .toWellFormed()
    .replace(/<[^<>]{0,200}>/g, ' ')
    .replace(/https?:\/\/\S+/gi, ' ')
    .replace(/[\p{Cc}\p{Co}\u202A-\u202E\u2066-\u2069]/gu, ' ')
    .replace(/&[a-z]{2,6};/gi, ' ');
}

/** The words of a readable text in their compared form; `info@` keeps its sign as the word `at`. */
export function wordsOf(text: string): string[] {
  const spelled = folded(text).replace(/(?<=[\p{L}\p{N}])@/gu, ' at ');
  const words = spelled.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.slice(0, WORDS_MAX).map((word) => word.slice(0, 40).replace(/(.)\1{2,}/gu, '$1$1'));
}

/** Edit distance with swapped neighbours as one mistake, given up beyond `max`. */
export function distance(left: string, right: string, max: number): number {
  if (Math.abs(left.length - right.length) > max) return max + 1;
  let before: readonly number[] = [];
  let above: readonly number[] = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = nextRow({ left, right, row, above, before });
    if (Math.min(...current) > max) return max + 1;
    before = above;
    above = current;
  }
  return above[right.length] ?? max + 1;
}

type Rows = { left: string; right: string; row: number; above: readonly number[]; before: readonly number[] };

function nextRow({ left, right, row, above, before }: Rows): number[] {
  const at = (values: readonly number[], column: number) => values[column] ?? Number.POSITIVE_INFINITY;
  const current = [row];
  for (let column = 1; column <= right.length; column += 1) {
    const isSame = left[row - 1] === right[column - 1];
    const isSwapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
    current.push(
      Math.min(
        at(above, column) + 1,
        at(current, column - 1) + 1,
        at(above, column - 1) + (isSame ? 0 : 1),
        isSwapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
      ),
    );
  }
  return current;
}
