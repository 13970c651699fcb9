// HTML is only ever made through `html`, which escapes every text put into it; so a customer's words, whatever they are,
// stay words. Customers may write a small part of Markdown: **bold**, *italic*, [text](https://…), lists and paragraphs.

/** Text that is HTML already. Only this file makes it. */
export type Markup = { readonly markup: string };

type Part = string | number | Markup | readonly Markup[] | null;

/** A template whose inserted texts are escaped; markup is taken as it is, null inserts nothing. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const markup = texts
    .map((text, index) => text + (index < parts.length ? markupOf(parts[index] ?? null) : ''))
    .join('');
  return { markup };
}

/** Markup written by hand in this product, never text from elsewhere. */
export function trusted(markup: string): Markup {
  return { markup };
}

/** A text with its emphasis and links; everything else is shown as it was written. */
export function inlineMarkup(text: string): Markup {
  const parts: Markup[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(html`${text.slice(end, match.index)}`, emphasisOf(match));
    end = match.index + match[0].length;
  }
  parts.push(html`${text.slice(end)}`);
  return joined(parts);
}

/** A text of several paragraphs and lists; blank lines part them, lines that begin with "- " are items. */
export function blockMarkup(text: string): Markup {
  const blocks = text.split(/\n[ \t]*\n/).filter((block) => block.trim() !== '');
  return joined(blocks.flatMap(blockParts));
}

/** Pieces in a row. */
export function joined(parts: readonly Markup[]): Markup {
  return { markup: parts.map((part) => part.markup).join('') };
}

/** A link out of the guide: in a window of its own, since sign-in pages do not let themselves be shown inside Teams. */
export function outwardLink(address: string, label: Markup): Markup {
  return html`<a href="${address}" target="_blank" rel="noopener noreferrer">${label}</a>`;
}

const INLINE = /\*\*([^*\n]+)\*\*|\*([^*\s][^*\n]*)\*|\[([^\]\n]+)\]\((https:\/\/[^\s()<>"'\\]+)\)/g;

function emphasisOf(match: RegExpMatchArray): Markup {
  const [whole, bold, italic, label, address] = match;
  if (bold !== undefined) return html`<strong>${bold}</strong>`;
  if (italic !== undefined) return html`<em>${italic}</em>`;
  if (label !== undefined && address !== undefined && isPlainAddress(address)) {
    return outwardLink(address, html`${label}`);
  }
  return html`${whole}`;
}

/** An address with a name before the host ("https://contoso.example@evil.example") is made to be misread. */
function isPlainAddress(address: string): boolean {
  return URL.canParse(address) && !/^https:\/\/[^/?#]*@/.test(address);
}

function blockParts(block: string): Markup[] {
  const parts: Markup[] = [];
  let lines: string[] = [];
  let isList = false;
  const flush = () => {
    if (lines.length > 0) parts.push(isList ? list(lines) : paragraph(lines));
    lines = [];
  };
  for (const line of block.split('\n')) {
    const item = /^\s*[-*] +(.*)$/.exec(line)?.[1];
    if ((item !== undefined) !== isList) flush();
    isList = item !== undefined;
    lines.push(item ?? line.trim());
  }
  flush();
  return parts;
}

function list(items: readonly string[]): Markup {
  return html`<ul>${items.map((item) => html`<li>${inlineMarkup(item)}</li>`)}</ul>`;
}

function paragraph(lines: readonly string[]): Markup {
  const broken = lines.map((line, index) => (index === 0 ? inlineMarkup(line) : html`<br>${inlineMarkup(line)}`));
  return html`<p>${broken}</p>`;
}

function markupOf(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'markup' in part ? part.markup : part.map((item) => item.markup).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}
