import { INK } from './pdf-letters.ts';
import { lineHeight, type Paper } from './pdf-paper.ts';

/** A piece of a bar. What it means is written beside it: colour alone tells some readers nothing. */
export type Piece = { label: string; value: number; color: string };

export type Bar = { label: string; pieces: readonly Piece[] };

const BAR_HEIGHT = 13;
const SIZE = 8;
const LABEL_SHARE = 0.26;
const COUNT_WIDTH = 34;

/** Draws bars under each other, each divided into its pieces, all to the same scale, with a legend; vector, one figure. */
export function drawBars(paper: Paper, chart: { alt: string; bars: readonly Bar[] }): void {
  const { doc } = paper;
  const bars = chart.bars.filter(({ pieces }) => total(pieces) > 0);
  if (bars.length === 0) return;
  // What does not fit on a page is in the tables as well.
  const drawn = bars.slice(0, BARS_MAX);
  const legend = legendOf(drawn);
  const rowHeight = BAR_HEIGHT + 8;
  const height = drawn.length * rowHeight + lineHeight(SIZE) * rowsOf(paper, legend) + 10;
  paper.room(height);
  const { left, y, width } = paper;
  const longest = Math.max(...drawn.map(({ pieces }) => total(pieces)));
  const box = { bbox: [left, y, left + width, y + height], placement: 'Block' };
  paper.add(
    doc.struct('Figure', { alt: chart.alt, ...box } as object, [
      () => {
        for (const [index, bar] of drawn.entries()) drawBar(paper, { bar, y: y + index * rowHeight, longest });
        drawLegend(paper, legend, y + drawn.length * rowHeight + 4);
      },
    ]),
  );
  paper.y = y + height + 6;
}

const BARS_MAX = 24;

function total(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { value }) => sum + value, 0);
}

function drawBar(paper: Paper, { bar, y, longest }: { bar: Bar; y: number; longest: number }): void {
  const { doc, left, width } = paper;
  const labelWidth = width * LABEL_SHARE;
  const label = paper.wrap(bar.label, labelWidth - 8, { size: SIZE });
  const text = label.length > 1 ? `${(label[0] ?? '').slice(0, -1)}…` : (label[0] ?? '');
  paper.line(text, { x: left, y: y + 1, size: SIZE });
  const scale = (width - labelWidth - COUNT_WIDTH) / longest;
  let x = left + labelWidth;
  for (const { value, color } of bar.pieces) {
    if (value === 0) continue;
    const length = value * scale;
    doc.rect(x, y, length, BAR_HEIGHT).fill(color);
    const count = String(value);
    const style = { font: 'bold', size: SIZE } as const;
    const room = length - paper.widthOf(count, style);
    if (room > 4) paper.line(count, { x: x + room / 2, y: y + 1, ...style, color: INK.paper });
    x += length;
  }
  paper.line(String(total(bar.pieces)), { x: x + 5, y: y + 1, font: 'bold', size: SIZE });
}

function legendOf(bars: readonly Bar[]): Piece[] {
  const pieces = new Map<string, Piece>();
  for (const piece of bars.flatMap((bar) => bar.pieces)) {
    if (piece.value > 0 && !pieces.has(piece.label)) pieces.set(piece.label, piece);
  }
  return [...pieces.values()];
}

const SWATCH = 8;

function spotsOf(paper: Paper, legend: readonly Piece[]): { piece: Piece; x: number; row: number }[] {
  let x = 0;
  let row = 0;
  return legend.map((piece) => {
    const width = SWATCH + 4 + paper.widthOf(piece.label, { size: SIZE }) + 16;
    if (x > 0 && x + width > paper.width) {
      x = 0;
      row += 1;
    }
    const spot = { piece, x, row };
    x += width;
    return spot;
  });
}

function rowsOf(paper: Paper, legend: readonly Piece[]): number {
  return (spotsOf(paper, legend).at(-1)?.row ?? 0) + 1;
}

function drawLegend(paper: Paper, legend: readonly Piece[], y: number): void {
  for (const { piece, x, row } of spotsOf(paper, legend)) {
    const top = y + row * lineHeight(SIZE);
    paper.doc.rect(paper.left + x, top + 1.5, SWATCH, SWATCH).fill(piece.color);
    paper.line(piece.label, { x: paper.left + x + SWATCH + 4, y: top, size: SIZE });
  }
}
