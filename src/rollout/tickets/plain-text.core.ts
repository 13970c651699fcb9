/**
 * Text on its way into a ticket. Names of people and apps come from outside; the PSA shows notes as markup and mails
 * them on, so what could become markup, a link or a line of its own is taken out of them.
 */

/** Characters that end or turn a line unseen: controls, direction marks, zero-width ones. */
const UNSEEN = /[\p{Cc}\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]+/gu;
const SUMMARY_MAX = 100;
const TEXT_MAX = 4_000;

/**
 * Text fit for a ticket: one `line`, at most as long as a summary may be, or `lines`. Angle brackets become quotation
 * marks that no page reads as markup; half characters become a question mark's sign.
 */
export function plainText(text: string, form: 'line' | 'lines'): string {
  const kept = text.toWellFormed().replaceAll('<', '‹').replaceAll('>', '›');
  if (form === 'line') return cut(inLine(kept), SUMMARY_MAX);
  const lines = kept.split(/\r\n|[\r\n]/).map((line) => line.replace(UNSEEN, ' ').trimEnd());
  return cut(lines.join('\n').trim(), TEXT_MAX);
}

const NAME_MAX = 120;

/** A name from outside inside one of our sentences: one line, no address that a reader's program would turn into a link. */
export function plainName(name: string | null | undefined, otherwise: string): string {
  const text = inLine((name ?? '').toWellFormed())
    .replace(/[<>[\]]/g, '')
    .replace(/:\/\//g, ': ')
    .trim();
  return text === '' ? otherwise : cut(text, NAME_MAX);
}

function inLine(text: string): string {
  return text.replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim();
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
