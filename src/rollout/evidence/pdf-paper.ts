import { A4, openDocument, type PaperOptions } from './pdf-document.ts';
import { createLetters, INK, printable, SIZE, type TextStyle } from './pdf-letters.ts';

/* Paper to write on: pages with head and foot, text in two embedded fonts, a tagged structure. Knows nothing of reports. */

const MARGIN = { side: 48, top: 64, bottom: 56 } as const;

type Element = PDFKit.PDFStructureElement;

/** One document being written from top to bottom. */
export type Paper = {
  readonly doc: PDFKit.PDFDocument;
  readonly left: number;
  readonly width: number;
  /** Where the next line goes. */
  y: number;
  /** Begins a new part of the structure, with its heading and a bookmark. */
  section(title: string, level?: 1 | 2): void;
  /** Adds an element to the present part of the structure; what it draws is drawn at once. */
  add(element: Element): void;
  paragraph(text: string, style?: TextStyle): void;
  list(items: readonly string[]): void;
  /** Goes to a new page unless this much height is left; true when it did. */
  room(height: number): boolean;
  newPage(): void;
  /** Draws what carries no meaning of its own: rules, fills, repeated heads. */
  artifact(draw: () => void): void;
  /** Draws one line of text; `y` is its upper edge. */
  line(text: string, at: { x: number; y: number } & TextStyle): void;
  /** The lines that a text takes in a width; words that are too long are broken. */
  wrap(text: string, width: number, style?: TextStyle): string[];
  widthOf(text: string, style?: TextStyle): number;
  /** The text if the fonts have every character of it, else the first fallback that they have; `replaced` counts. */
  shown(text: string, ...fallbacks: readonly (string | null)[]): string;
  /** How many texts a fallback stood in for. */
  replaced(): number;
  /** Writes heads and feet and gives the whole document. */
  finish(): Promise<Uint8Array>;
};

const LEADING = 1.38;

/** The height of a line in this size. */
export function lineHeight(size = SIZE): number {
  return size * LEADING;
}

/** Begins a document: tagged, in one language, with fonts embedded and every date given by the caller. */
export function createPaper(options: PaperOptions): Paper {
  const doc = openDocument(options);
  const ended = bytesOf(doc);
  const root = doc.struct('Document', { lang: options.lang });
  doc.addStructure(root);
  const state = { part: root, replaced: 0 };
  const letters = createLetters(doc);
  const paper: Paper = {
    doc,
    left: MARGIN.side,
    width: A4.width - 2 * MARGIN.side,
    y: MARGIN.top,
    ...letters,
    replaced: () => state.replaced,
    shown: (text, ...fallbacks) => {
      const own = printable(text);
      if (own !== '' && letters.has(own)) return own;
      const found = fallbacks
        .map((other) => printable(other ?? ''))
        .find((other) => other !== '' && letters.has(other));
      if (own !== '') state.replaced += 1;
      return found ?? (own === '' ? '–' : letters.marked(own));
    },
    add: (element) => {
      state.part.add(element);
    },
    section: (title, level = 1) => {
      state.part = beginSection(paper, { root, title, level });
    },
    paragraph: (text, style = {}) => writeParagraph(paper, text, style),
    list: (items) => writeList(paper, items),
    room: (height) => {
      if (paper.y + height <= A4.height - MARGIN.bottom) return false;
      paper.newPage();
      return true;
    },
    newPage: () => {
      packPage(doc.page);
      letters.forgetShapes();
      doc.addPage();
      paper.y = MARGIN.top;
    },
    artifact: (draw) => {
      doc.markContent('Artifact', { type: 'Layout' });
      draw();
      doc.endMarkedContent();
    },
    finish: () => {
      root.end();
      numberPages(paper, options);
      doc.end();
      return ended;
    },
  };
  doc.addPage();
  return paper;
}

const BLOCK_BYTES = 1 << 20;

/** Everything that the document writes. It comes in pieces of a few bytes, which are put together as they come. */
function bytesOf(doc: PDFKit.PDFDocument): Promise<Uint8Array> {
  const blocks: Buffer[] = [];
  let pieces: Buffer[] = [];
  let size = 0;
  const pack = () => {
    blocks.push(Buffer.concat(pieces));
    pieces = [];
    size = 0;
  };
  return new Promise((resolve, reject) => {
    doc.on('data', (piece: Buffer) => {
      pieces.push(piece);
      size += piece.length;
      if (size >= BLOCK_BYTES) pack();
    });
    doc.on('end', () => {
      pack();
      resolve(Buffer.concat(blocks));
    });
    doc.on('error', reject);
  });
}

/** Heads and feet need every page until the end; a finished one is kept in one piece and not in thousands. */
function packPage(page: PDFKit.PDFPage | undefined): void {
  const content = (page as unknown as { content?: { buffer: Uint8Array[] } } | undefined)?.content;
  if (content !== undefined) content.buffer = [Buffer.concat(content.buffer)];
}

function beginSection(paper: Paper, part: { root: Element; title: string; level: 1 | 2 }): Element {
  const { doc } = paper;
  const { root, title, level } = part;
  const size = level === 1 ? 15 : 12;
  // A heading at the foot of a page belongs to what follows.
  paper.room(lineHeight(size) + 70);
  const section = doc.struct('Sect');
  root.add(section);
  paper.y += paper.y === MARGIN.top ? 0 : 14;
  const lines = paper.wrap(title, paper.width, { font: 'bold', size });
  section.add(
    doc.struct(level === 1 ? 'H1' : 'H2', {}, [
      () => {
        for (const text of lines) {
          paper.line(text, { x: paper.left, y: paper.y, font: 'bold', size, color: INK.accent });
          paper.y += lineHeight(size);
        }
      },
    ]),
  );
  paper.y += 4;
  doc.outline.addItem(title);
  return section;
}

function writeParagraph(paper: Paper, text: string, style: TextStyle): void {
  const lines = paper.wrap(text, paper.width, style);
  const height = lineHeight(style.size);
  paper.room(Math.min(lines.length, 12) * height);
  paper.add(
    paper.doc.struct('P', {}, [
      () => {
        for (const line of lines) {
          paper.line(line, { x: paper.left, y: paper.y, ...style });
          paper.y += height;
        }
      },
    ]),
  );
  paper.y += 4;
}

const INDENT = 14;

function writeList(paper: Paper, items: readonly string[]): void {
  const { doc } = paper;
  const list = doc.struct('L');
  paper.add(list);
  for (const item of items) {
    const lines = paper.wrap(item, paper.width - INDENT);
    paper.room(lines.length * lineHeight());
    const label = doc.struct('Lbl', {}, [() => paper.line('•', { x: paper.left + 3, y: paper.y })]);
    const body = doc.struct('LBody', {}, [
      () => {
        for (const line of lines) {
          paper.line(line, { x: paper.left + INDENT, y: paper.y });
          paper.y += lineHeight();
        }
      },
    ]);
    list.add(doc.struct('LI', {}, [label, body]));
    paper.y += 3;
  }
  list.end();
}

function numberPages(paper: Paper, { title, owner, pageWords, foot }: PaperOptions): void {
  const { doc, left, width } = paper;
  const soft = { size: 8, color: INK.soft } as const;
  const head = paper.wrap(`${title} · ${paper.shown(owner)}`, width, soft)[0] ?? '';
  const { start, count } = doc.bufferedPageRange();
  for (let index = 0; index < count; index += 1) {
    doc.switchToPage(start + index);
    const number = `${pageWords[0]} ${index + 1} ${pageWords[1]} ${count}`;
    doc.markContent('Artifact', { type: 'Pagination' });
    paper.line(head, { x: left, y: 34, ...soft });
    rule(doc, { left, width, y: 50 });
    const footY = A4.height - MARGIN.bottom + 20;
    rule(doc, { left, width, y: footY - 6 });
    paper.line(foot, { x: left, y: footY, ...soft });
    paper.line(number, { x: left + width - paper.widthOf(number, soft), y: footY, ...soft });
    doc.endMarkedContent();
  }
}

function rule(doc: PDFKit.PDFDocument, { left, width, y }: { left: number; width: number; y: number }): void {
  doc
    .moveTo(left, y)
    .lineTo(left + width, y)
    .lineWidth(0.6)
    .strokeColor(INK.line)
    .stroke();
}
