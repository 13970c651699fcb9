import { AppError } from '../lib/errors.ts';
import { dayOf, timeOf } from '../lib/local-time.ts';

/** What a finished command leaves behind: the JSON answer, and the same in words for a person. */
export type Answer = {
  json: unknown;
  text: string;
  /** Set when the command answered, but not everything went well: the answer is printed and the exit code is 1. */
  refusal?: Refusal;
};

/** Where a command writes: what it answers, and what it says meanwhile or instead. */
export type Outlet = { out(text: string): void; err(text: string): void };

/** Writes the answer to standard output: one JSON object, or the text. */
export function printAnswer(answer: Answer, asJson: boolean, { out }: Outlet): void {
  out(asJson ? `${JSON.stringify(answer.json)}\n` : ending(printable(answer.text)));
}

/** A refused or failed command as others may depend on it: a stable code and a sentence. */
export type Refusal = { code: string; message: string };

/** The refusal that stands for a thrown error; an error that was not foreseen says so and keeps its text for the log. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof AppError) return { code: error.code, message: error.sentence };
  return { code: 'unexpected', message: error instanceof Error ? error.message : String(error) };
}

/** Writes a refusal: `{error:{code,message}}` on standard output with --json, a sentence on standard error without. */
export function printRefusal(refusal: Refusal, asJson: boolean, { out, err }: Outlet): void {
  if (asJson) out(`${JSON.stringify({ error: refusal })}\n`);
  else err(`mfa-rollout: ${ending(printable(refusal.message))}`);
}

/** An instant as people read it: to the minute, as the clocks on the wall show it where this machine stands. */
export function minuteText(instant: string | Date): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const at = new Date(instant);
  return `${dayOf(at, timeZone)} ${timeOf(at, timeZone)} ${timeZone}`;
}

/** A column as wide as one absurd name would repeat its width on every line. */
const CELL_CHARS_MAX = 400;

/** Lays rows out in columns with a heading; cells are cut to one short line so that a name cannot break the table. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows].map((row) => row.map(oneLine));
  const widths = headings.map((_, column) =>
    lines.reduce((widest, line) => Math.max(widest, displayWidth(line[column] ?? '')), 0),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => padded(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A text of others within a line of ours. Control and direction characters in it could forge lines or turn them around. */
export function oneLine(cell: string): string {
  const short = cell.length > CELL_CHARS_MAX ? `${cell.slice(0, CELL_CHARS_MAX).toWellFormed()}…` : cell;
  return printable(short).replaceAll('\n', ' ');
}

/** Everything but line ends with which a text could command a terminal. */
const COMMANDING = /(?!\n)[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/** The lines of a text, nothing in them but what is to be read. */
export function printable(text: string): string {
  return text.replace(COMMANDING, ' ');
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - displayWidth(cell)));
}

/** East Asian wide characters take two columns on a terminal, combining marks none. */
function displayWidth(cell: string): number {
  let width = 0;
  for (const char of cell) {
    if (/\p{Mn}/u.test(char)) continue;
    width += /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u.test(char)
      ? 2
      : 1;
  }
  return width;
}

function ending(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
