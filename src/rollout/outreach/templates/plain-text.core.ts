/** A mail as plain text: the same words, lists and links as its HTML, for readers who see no HTML. */
import type { Block, Inline } from './template-tree.core.ts';

/** Paragraphs parted by blank lines; a link stands as its words and, in angle brackets, its target. */
export function plainTextOf(blocks: readonly Block[], footer: string): string {
  return `${[...blocks.map(blockText), footer].join('\n\n')}\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return lineText(block.inside);
    case 'button':
      return `${lineText(block.inside)}:\n${block.target}`;
    case 'list':
      return block.items
        .map((item, index) => `${block.ordered ? `${index + 1}.` : '-'} ${lineText(item).replaceAll('\n', '\n  ')}`)
        .join('\n');
  }
}

function lineText(inside: readonly Inline[]): string {
  return inside.map(partText).join('');
}

function partText(part: Inline): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'break':
      return '\n';
    case 'field':
      return '';
    case 'strong':
    case 'em':
      return lineText(part.inside);
    case 'link': {
      const words = lineText(part.inside);
      const isItsOwnName =
        words === part.target || (part.target.startsWith('mailto:') && part.target.endsWith(`:${words}`));
      if (isItsOwnName) return words;
      return `${words} <${part.target.replace(/^mailto:/, '')}>`;
    }
  }
}
