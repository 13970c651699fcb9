import createMarkdown, { type Token } from 'markdown-it';
import { FIELD_PATTERN } from './merge-fields.core.ts';
import type { Block, Inline } from './template-tree.core.ts';

/**
 * Reads a template's body into blocks: paragraphs, lists, bold, italic and links of Markdown, and merge fields. Never
 * refuses: what is no markup is a word, HTML above all. A list within a list becomes part of the outer one.
 */
export function readBody(body: string): Block[] {
  const blocks: Block[] = [];
  let list: OpenList | null = null;
  let depth = 0;
  for (const token of MARKDOWN.parse(body, {})) {
    const line = (token.map?.[0] ?? 0) + 1;
    if (LIST.test(token.type)) {
      depth += token.nesting;
      list ??= { kind: 'list', line, ordered: token.type.startsWith('ordered'), items: [] };
      if (depth === 0) {
        blocks.push(list);
        list = null;
      }
    } else if (token.type === 'inline') {
      const inside = readInline(token.children ?? []);
      if (list === null) blocks.push(paragraphOrButton(inside, line));
      else list.items.push(inside);
    }
  }
  return blocks;
}

type OpenList = { kind: 'list'; line: number; ordered: boolean; items: Inline[][] };

/** Reads a line that knows no markup, only merge fields: a subject or a preheader. */
export function readLine(line: string): Inline[] {
  return textAndFields(line);
}

const LIST = /^(bullet|ordered)_list_(open|close)$/;

/** Targets stay as they are written: they are fields, and which ones are allowed is checked by our own rules. */
const MARKDOWN = createMarkdown('zero', { breaks: true }).enable(['list', 'emphasis', 'link', 'newline', 'escape']);
MARKDOWN.normalizeLink = (target) => target;
MARKDOWN.validateLink = () => true;

function paragraphOrButton(inside: readonly Inline[], line: number): Block {
  const [only, ...others] = worded(inside);
  const [link, ...more] = only?.kind === 'strong' ? worded(only.inside) : [];
  if (link?.kind !== 'link' || others.length > 0 || more.length > 0) return { kind: 'paragraph', line, inside };
  return { kind: 'button', line, target: link.target, inside: link.inside };
}

function worded(inside: readonly Inline[]): Inline[] {
  return inside.filter((part) => part.kind !== 'text' || part.text.trim() !== '');
}

/** Markdown-it gives a row of opening and closing tokens; this makes a tree of it. */
function readInline(tokens: readonly Token[]): Inline[] {
  const open: { token: Token | null; inside: Inline[] }[] = [{ token: null, inside: [] }];
  const add = (...parts: Inline[]) => open.at(-1)?.inside.push(...parts);
  for (const token of tokens) {
    if (token.nesting === 1) open.push({ token, inside: [] });
    else if (token.nesting === -1) {
      const closed = open.pop();
      if (closed?.token) add(wrapped(closed.token, closed.inside));
    } else if (token.type === 'softbreak' || token.type === 'hardbreak') add({ kind: 'break' });
    else add(...textAndFields(token.content));
  }
  return open[0]?.inside ?? [];
}

function wrapped(token: Token, inside: Inline[]): Inline {
  if (token.type === 'link_open') return { kind: 'link', target: String(token.attrGet('href') ?? ''), inside };
  return { kind: token.type === 'strong_open' ? 'strong' : 'em', inside };
}

function textAndFields(text: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(FIELD_PATTERN)) {
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) });
    parts.push({ kind: 'field', name: match[1] ?? '' });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}
