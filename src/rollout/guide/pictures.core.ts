// The guide's pictures, drawn for it: simple shapes in colours that can be told apart on white and on black, without any
// product's logo and without words, so that one drawing serves every language. Title and description come from the text.
import { html, joined, type Markup, trusted } from './markup.core.ts';

export const PICTURE_NAMES = [
  'security-info',
  'install-app',
  'scan-code',
  'number-matching',
  'passkey',
  'security-key',
  'hardware-token',
  'text-message',
  'temporary-pass',
] as const;
export type PictureName = (typeof PICTURE_NAMES)[number];

/** Width and height of every drawing, in its own units. */
export const PICTURE_SIZE = { width: 320, height: 200 } as const;

/** The whole SVG of a picture, with its title and description for those who do not see it. */
export function pictureSvg(name: PictureName, words: { title: string; description: string }): string {
  const { width, height } = PICTURE_SIZE;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d"><title id="t">${words.title}</title><desc id="d">${words.description}</desc>${DRAWINGS[name]}</svg>`
    .markup;
}

/** Whether a word of an address names a picture. */
export function isPictureName(word: string): word is PictureName {
  return (PICTURE_NAMES as readonly string[]).includes(word);
}

const LINE = '#5f7390';
const PAPER = '#f2f6fc';
const SOFT = '#c9d6ea';
const ACCENT = '#2f6fdb';
const GOOD = '#2e9e5b';
const WARM = '#e0912f';

type Box = { x: number; y: number; width: number; height: number };

function box({ x, y, width, height }: Box, fill: string, round = 6, edge = LINE): Markup {
  return html`<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${round}" fill="${fill}" stroke="${edge}" stroke-width="3"/>`;
}

function bar(x: number, y: number, width: number, fill = SOFT): Markup {
  return html`<rect x="${x}" y="${y}" width="${width}" height="8" rx="4" fill="${fill}"/>`;
}

function digits(x: number, y: number, text: string, size = 30): Markup {
  return html`<text x="${x}" y="${y}" font-family="Segoe UI, Helvetica, Arial, sans-serif" font-size="${size}" font-weight="700" text-anchor="middle" fill="${ACCENT}">${text}</text>`;
}

function tick(x: number, y: number, size = 12): Markup {
  return html`<g transform="translate(${x} ${y})"><circle r="${size}" fill="${GOOD}"/><path d="M${-size / 2} 0l${size / 3} ${size / 2.6} ${size / 1.6} ${-size / 1.3}" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></g>`;
}

function laptop(x: number, y: number, content: Markup): Markup {
  return html`<g transform="translate(${x} ${y})">${box({ x: 12, y: 0, width: 146, height: 98 }, PAPER)}<path d="M0 106h170l-10 14H10z" fill="${SOFT}" stroke="${LINE}" stroke-width="3" stroke-linejoin="round"/>${content}</g>`;
}

function phone(x: number, y: number, content: Markup): Markup {
  return html`<g transform="translate(${x} ${y})">${box({ x: 0, y: 0, width: 84, height: 152 }, PAPER, 14)}<rect x="30" y="8" width="24" height="5" rx="2.5" fill="${LINE}"/>${content}</g>`;
}

function arrow(x: number, y: number, width: number): Markup {
  return html`<path d="M${x} ${y}h${width}m-10 -8l10 8l-10 8" fill="none" stroke="${ACCENT}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>`;
}

/** A key lying with its bow to the left. */
function keyShape(x: number, y: number, colour = WARM): Markup {
  return html`<g transform="translate(${x} ${y})" fill="none" stroke="${colour}" stroke-width="7" stroke-linecap="round" stroke-linejoin="round"><circle r="11"/><path d="M11 0h30v12M30 0v9"/></g>`;
}

function shield(x: number, y: number): Markup {
  return html`<g transform="translate(${x} ${y})"><path d="M0 -24c8 7 15 9 22 9c1 20 -6 32 -22 40c-16 -8 -23 -20 -22 -40c7 0 14 -2 22 -9z" fill="${ACCENT}"/><path d="M-9 1l7 8l12 -15" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/></g>`;
}

function grid(pattern: readonly string[], x: number, y: number, cell: number): Markup {
  const cells = pattern.flatMap((row, line) =>
    [...row].flatMap((sign, column) =>
      sign === '#'
        ? [
            html`<rect x="${x + column * cell}" y="${y + line * cell}" width="${cell}" height="${cell}" fill="${LINE}"/>`,
          ]
        : [],
    ),
  );
  return joined(cells);
}

/** Looks like a QR code and is none: a camera finds nothing in it. */
const CODE = [
  '###..#.###',
  '#.#.##.#.#',
  '###.#..###',
  '..#..##...',
  '#.##.#.##.',
  '.#..##..#.',
  '###..#.#.#',
  '#.#.#.##..',
  '###.##..##',
  '....#.#.#.',
];

function keypad(x: number, y: number): Markup {
  const keys = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => html`<circle cx="${x + column * 18}" cy="${y + row * 16}" r="5.5" fill="${SOFT}"/>`),
  );
  return joined(keys);
}

function methodRow(y: number): Markup {
  return html`<circle cx="70" cy="${y}" r="9" fill="${SOFT}"/>${bar(88, y - 4, 74)}${tick(250, y, 9)}`;
}

const DRAWINGS: Record<PictureName, Markup> = {
  'security-info': html`${box({ x: 30, y: 16, width: 260, height: 168 }, PAPER, 10)}<path d="M30 46h260" stroke="${LINE}" stroke-width="3"/><circle cx="46" cy="31" r="4" fill="${WARM}"/><circle cx="60" cy="31" r="4" fill="${GOOD}"/>${box({ x: 78, y: 23, width: 196, height: 16 }, '#fff', 8, SOFT)}<circle cx="70" cy="74" r="12" fill="${ACCENT}"/><path d="M70 68v12M64 74h12" stroke="#fff" stroke-width="3" stroke-linecap="round"/>${bar(90, 70, 104, ACCENT)}<path d="M52 98h216" stroke="${SOFT}" stroke-width="2"/>${methodRow(120)}${methodRow(152)}`,
  'install-app': html`${phone(118, 24, html`${box({ x: 18, y: 34, width: 48, height: 48 }, '#fff', 12, SOFT)}<g transform="translate(42 58) scale(.72)">${shield(0, 0)}</g>${box({ x: 16, y: 98, width: 52, height: 20 }, ACCENT, 10, ACCENT)}<path d="M42 102v10m-6 -5l6 6l6 -6" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>${bar(24, 130, 36)}`)}`,
  'scan-code': html`${laptop(16, 40, grid(CODE, 55, 18, 6.2))}${phone(220, 24, html`<path d="M14 50v-14h14M56 36h14v14M70 92v14H56M28 106H14V92" fill="none" stroke="${ACCENT}" stroke-width="4" stroke-linecap="round"/>${grid(CODE, 25, 54, 3.4)}<circle cx="42" cy="130" r="9" fill="#fff" stroke="${LINE}" stroke-width="3"/>`)}<path d="M182 88l32 -14M182 92l32 24" stroke="${WARM}" stroke-width="3" stroke-dasharray="5 6" stroke-linecap="round"/>`,
  'number-matching': html`${laptop(16, 40, html`${bar(48, 20, 76)}${digits(85, 70, '47', 38)}`)}${arrow(188, 88, 24)}${phone(220, 24, html`${box({ x: 14, y: 28, width: 56, height: 36 }, '#fff', 8, ACCENT)}${digits(42, 56, '47', 26)}${keypad(24, 84)}${box({ x: 16, y: 128, width: 52, height: 14 }, ACCENT, 7, ACCENT)}`)}`,
  passkey: html`${phone(70, 24, html`<g transform="translate(42 72)" fill="none" stroke="${ACCENT}" stroke-width="4" stroke-linecap="round"><path d="M-22 8a22 22 0 0 1 44 0M-14 16a14 14 0 0 1 28 -6M-6 24c-3 -12 -2 -20 6 -20s8 8 7 18M16 22c1 -4 1 -7 1 -10"/></g>${bar(24, 120, 36)}`)}${keyShape(190, 92)}${tick(252, 60, 16)}<path d="M176 132h70" stroke="${SOFT}" stroke-width="6" stroke-linecap="round"/>`,
  'security-key': html`${laptop(16, 40, html`${bar(48, 26, 76)}${keyShape(64, 62, ACCENT)}`)}<rect x="186" y="140" width="22" height="16" fill="${SOFT}" stroke="${LINE}" stroke-width="3"/>${box({ x: 208, y: 132, width: 74, height: 32 }, LINE, 10)}<circle cx="240" cy="148" r="10" fill="${WARM}"/><circle cx="268" cy="148" r="5" fill="${PAPER}"/><path d="M240 144c-7 0 -10 -6 -10 -15V92a10 10 0 0 1 20 0v37c0 9 -3 15 -10 15z" fill="${PAPER}" stroke="${LINE}" stroke-width="3"/>`,
  'hardware-token': html`<g transform="rotate(-6 160 100)">${box({ x: 58, y: 56, width: 204, height: 88 }, LINE, 26)}${box({ x: 84, y: 76, width: 112, height: 48 }, PAPER, 6)}${digits(140, 111, '492 038', 27)}<circle cx="230" cy="100" r="15" fill="${WARM}"/><circle cx="72" cy="100" r="5" fill="${PAPER}"/></g>`,
  'text-message': html`${phone(60, 24, html`${box({ x: 10, y: 34, width: 64, height: 34 }, '#fff', 10, ACCENT)}${bar(18, 42, 36)}${bar(18, 54, 48, ACCENT)}${box({ x: 10, y: 84, width: 40, height: 24 }, '#fff', 10, SOFT)}${bar(18, 92, 24)}`)}${arrow(158, 74, 26)}${box({ x: 196, y: 50, width: 108, height: 48 }, PAPER, 10)}${digits(250, 84, '318 274', 26)}<path d="M212 128c4 22 20 38 42 42l8 -12l-14 -8l-7 5c-6 -4 -10 -8 -14 -14l5 -7l-8 -14z" fill="${ACCENT}"/>`,
  'temporary-pass': html`<path d="M44 56h232v26a18 18 0 0 0 0 36v26H44v-26a18 18 0 0 0 0 -36z" fill="${PAPER}" stroke="${LINE}" stroke-width="3" stroke-linejoin="round"/><path d="M206 62v76" stroke="${SOFT}" stroke-width="4" stroke-dasharray="6 7"/>${bar(76, 78, 60)}${digits(132, 124, '••••••••', 28)}<circle cx="242" cy="100" r="20" fill="#fff" stroke="${WARM}" stroke-width="5"/><path d="M242 88v12l8 6" fill="none" stroke="${WARM}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>`,
};

/** The mark of the guide in its header: a shield with a tick. */
export const GUIDE_MARK: Markup = trusted(
  `<svg class="mark" viewBox="-26 -28 52 58" aria-hidden="true" focusable="false">${shield(0, 0).markup}</svg>`,
);
