/** Everything that could forge a line, turn the reading direction, or hide: controls, direction marks, invisible signs. */
const HARMFUL =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/**
 * Makes a text of others fit for a card: one line, nothing that changes the text around it, at most `max` characters.
 * A name written from right to left is isolated, so that the words beside it keep their order. It may still hold what
 * Markdown takes for markup: it belongs into text runs, which know no markup, and never into a text block.
 */
export function plainText(text: string, max = 80): string {
  const line = text.toWellFormed().replaceAll(HARMFUL, ' ').replaceAll(/\s+/g, ' ').trim();
  const letters = [...line];
  const cut = letters.length > max ? `${letters.slice(0, max - 1).join('')}…` : line;
  return RIGHT_TO_LEFT.test(cut) ? `${FIRST_STRONG_ISOLATE}${cut}${POP_ISOLATE}` : cut;
}
