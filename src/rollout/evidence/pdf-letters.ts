/* Text in the fonts of a document. */

export const INK = {
  text: '#1b2430',
  soft: '#4c5a6d',
  line: '#cdd6e2',
  shade: '#eef2f7',
  accent: '#1f4e8c',
  paper: '#ffffff',
} as const;

export type FontName = 'regular' | 'bold';

export type TextStyle = { font?: FontName; size?: number; color?: string };

/** The size of running text. */
export const SIZE = 9.5;

/** The text without control and direction characters, which could turn a line around or hide what it says. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim();
}

type Glyphs = { hasGlyphForCodePoint(codePoint: number): boolean };
/** pdfkit keeps the shape of every word that was ever drawn. */
type KitFont = { font: Glyphs; layoutCache: object };

/** Measures and draws text in the document's two fonts, and tells which texts they have every character of. */
export function createLetters(doc: PDFKit.PDFDocument) {
  const fonts = (['regular', 'bold'] as const).map((name) => {
    doc.font(name);
    return (doc as unknown as { _font: KitFont })._font;
  });
  const advances = createAdvances(doc);
  const there = new Map<string, boolean>();
  const has = (text: string) => {
    for (const character of text) {
      let isThere = there.get(character);
      if (isThere === undefined) {
        isThere = fonts.every(({ font }) => font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0));
        there.set(character, isThere);
      }
      if (!isThere) return false;
    }
    return true;
  };
  const widthOf = (text: string, { font = 'regular', size = SIZE }: TextStyle = {}) =>
    doc.font(font).fontSize(size).widthOfString(text);
  return {
    has,
    /** The text with a mark for each run of characters that a font lacks: an empty box says nothing. */
    marked: (text: string) => {
      let shown = '';
      for (const character of text) {
        if (has(character)) shown += character;
        else if (!shown.endsWith(LACKING)) shown += LACKING;
      }
      return shown;
    },
    widthOf,
    wrap: (text: string, width: number, { font = 'regular', size = SIZE }: TextStyle = {}) =>
      wrapped(text, width, (part) => (advances(part, font) * size) / MEASURED_AT),
    /** Forgets the shapes of words: with every account on paper they would outgrow the document. */
    forgetShapes: () => {
      for (const font of fonts) font.layoutCache = Object.create(null) as object;
    },
    line: (
      text: string,
      { x, y, font = 'regular', size = SIZE, color = INK.text }: { x: number; y: number } & TextStyle,
    ) => {
      doc.font(font).fontSize(size).fillColor(color).text(text, x, y, { lineBreak: false });
    },
  };
}

const LACKING = '[…]';

/** Characters are measured once in this size. */
const MEASURED_AT = 1000;

/**
 * Adds up the widths of the characters, each measured once: shaping every beginning of every word, as the library does to
 * measure, takes most of the time of a long report. Pairs that stand closer or form a ligature make the line shorter.
 */
function createAdvances(doc: PDFKit.PDFDocument): (text: string, font: FontName) => number {
  const known = { regular: new Map<string, number>(), bold: new Map<string, number>() };
  return (text, font) => {
    let sum = 0;
    for (const character of text) {
      let width = known[font].get(character);
      if (width === undefined) {
        width = doc.font(font).fontSize(MEASURED_AT).widthOfString(character);
        known[font].set(character, width);
      }
      sum += width;
    }
    return sum;
  };
}

function wrapped(text: string, width: number, widthOf: (text: string) => number): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (widthOf(line) > width && line.length > 1) {
      const fits = longestFit(line, width, widthOf);
      lines.push(line.slice(0, fits));
      line = line.slice(fits);
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** How many characters of a word fit, one at least, preferably up to a point at which a reader would break it. */
function longestFit(word: string, width: number, widthOf: (text: string) => number): number {
  let fits = 1;
  while (fits < word.length && widthOf(word.slice(0, fits + 1)) <= width) fits += 1;
  const natural = Math.max(...['@', '.', '-', '_', '/'].map((mark) => word.lastIndexOf(mark, fits - 1)));
  if (natural > fits / 2) return natural + 1;
  // Half a surrogate pair is no character.
  return fits > 1 && /[\uD800-\uDBFF]/.test(word[fits - 1] ?? '') ? fits - 1 : fits;
}
