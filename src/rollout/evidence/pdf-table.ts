import { setImmediate } from 'node:timers/promises';
import { type FontName, INK } from './pdf-letters.ts';
import { lineHeight, type Paper } from './pdf-paper.ts';

export type Column = {
  title: string;
  /** The share of the width, in parts. */
  parts: number;
  align?: 'left' | 'right';
};

export type TableCell = string | { text: string; font?: FontName; color?: string };

const SIZE = 8;
const PAD = { x: 4, y: 3 } as const;
/** One absurd name must not fill a page. */
const LINES_MAX = 8;
/** Rows that are drawn before others on this thread have their turn. */
const ROWS_AT_ONCE = 50;

type Laid = { x: number; width: number; column: Column };

/**
 * Draws a table from here on, over as many pages as it takes; on each the head is repeated. Rows are never torn apart.
 * Gives way to other work now and then: twenty thousand rows take seconds.
 */
export async function drawTable(
  paper: Paper,
  columns: readonly Column[],
  rows: Iterable<readonly TableCell[]>,
): Promise<void> {
  const { doc } = paper;
  const laid = layOut(paper, columns);
  const heads = laid.map(({ column, width }) => linesOf(paper, { text: column.title, font: 'bold' }, width));
  const headHeight = heightOf(heads);
  paper.room(headHeight + 2 * lineHeight(SIZE));
  const table = doc.struct('Table');
  paper.add(table);
  table.add(doc.struct('THead', {}, [headRow(paper, laid, { heads, headHeight })]));
  paper.y += headHeight;
  const body = doc.struct('TBody');
  table.add(body);
  let count = 0;
  for (const row of rows) {
    drawRow(paper, { laid, heads, headHeight, body, cells: row.map(cellOf), isShaded: count % 2 === 1 });
    count += 1;
    if (count % ROWS_AT_ONCE === 0) await setImmediate();
  }
  table.end();
  paper.y += 8;
}

function layOut(paper: Paper, columns: readonly Column[]): Laid[] {
  const parts = columns.reduce((sum, column) => sum + column.parts, 0);
  let x = paper.left;
  return columns.map((column) => {
    const width = (paper.width * column.parts) / parts;
    const laid = { x, width, column };
    x += width;
    return laid;
  });
}

type Cell = { text: string; font?: FontName; color?: string };

function cellOf(cell: TableCell): Cell {
  return typeof cell === 'string' ? { text: cell } : cell;
}

function linesOf(paper: Paper, { text, font = 'regular' }: Cell, width: number): string[] {
  const lines = paper.wrap(text, width - 2 * PAD.x, { font, size: SIZE });
  return lines.length <= LINES_MAX ? lines : [...lines.slice(0, LINES_MAX - 1), '…'];
}

function heightOf(cells: readonly (readonly string[])[]): number {
  const most = Math.max(1, ...cells.map((lines) => lines.length));
  return most * lineHeight(SIZE) + 2 * PAD.y;
}

type Head = { heads: readonly (readonly string[])[]; headHeight: number };

function headRow(paper: Paper, laid: readonly Laid[], head: Head): PDFKit.PDFStructureElement {
  const { doc } = paper;
  const cells = laid.map((one, index) =>
    doc.struct('TH', { scope: 'Column' } as object, [
      () => {
        // The fill is part of the first head alone, since an artifact would close the cell that is open.
        if (index === 0) fillHead(paper, head.headHeight);
        drawHeadCell(paper, one, head.heads[index] ?? []);
      },
    ]),
  );
  return doc.struct('TR', {}, cells);
}

function fillHead({ doc, left, width, y }: Paper, height: number): void {
  doc.rect(left, y, width, height).fill(INK.accent);
}

function drawHeadCell(paper: Paper, laid: Laid, lines: readonly string[]): void {
  drawLines(paper, laid, { lines, font: 'bold', color: INK.paper });
}

type Row = Head & {
  laid: readonly Laid[];
  body: PDFKit.PDFStructureElement;
  cells: readonly Cell[];
  isShaded: boolean;
};

function drawRow(paper: Paper, { laid, heads, headHeight, body, cells, isShaded }: Row): void {
  const { doc } = paper;
  const lines = laid.map((one, index) => linesOf(paper, cells[index] ?? { text: '' }, one.width));
  const height = heightOf(lines);
  if (paper.room(height)) {
    paper.artifact(() => {
      fillHead(paper, headHeight);
      for (const [index, one] of laid.entries()) drawHeadCell(paper, one, heads[index] ?? []);
    });
    paper.y += headHeight;
  }
  paper.artifact(() => {
    if (isShaded) doc.rect(paper.left, paper.y, paper.width, height).fill(INK.shade);
    const bottom = paper.y + height;
    doc
      .moveTo(paper.left, bottom)
      .lineTo(paper.left + paper.width, bottom)
      .lineWidth(0.4)
      .strokeColor(INK.line)
      .stroke();
  });
  const elements = laid.map((one, index) => {
    const { font = 'regular', color = INK.text } = cells[index] ?? { text: '' };
    return doc.struct('TD', {}, [() => drawLines(paper, one, { lines: lines[index] ?? [], font, color })]);
  });
  body.add(doc.struct('TR', {}, elements));
  paper.y += height;
}

type Drawn = { lines: readonly string[]; font: FontName; color: string };

function drawLines(paper: Paper, { x, width, column }: Laid, { lines, font, color }: Drawn): void {
  for (const [index, text] of lines.entries()) {
    const style = { font, size: SIZE, color } as const;
    const shift = column.align === 'right' ? width - 2 * PAD.x - paper.widthOf(text, style) : 0;
    paper.line(text, { x: x + PAD.x + shift, y: paper.y + PAD.y + index * lineHeight(SIZE), ...style });
  }
}
