/**
 * A template read into blocks, before and after its fields are filled in. Fields are filled in here, in the tree, and not
 * in the text: a name is never read as markup or as another field, whatever stands in it.
 */
import { type FieldName, isFieldName, mayLack, mergeField } from './merge-fields.core.ts';

/** What stands in a line. A link's target is an address, or a field or `mailto:` and a field in an unfilled tree. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'field'; name: string }
  | { kind: 'break' }
  | { kind: 'strong' | 'em'; inside: readonly Inline[] }
  | { kind: 'link'; target: string; inside: readonly Inline[] };

/** A paragraph, a list, or the button: a bold link that stands alone in its paragraph. `line` counts from 1. */
export type Block =
  | { kind: 'paragraph'; line: number; inside: readonly Inline[] }
  | { kind: 'list'; line: number; ordered: boolean; items: readonly (readonly Inline[])[] }
  | { kind: 'button'; line: number; target: string; inside: readonly Inline[] };

/** What a field says to one reader: a line, several lines, an address with its link, or nothing. */
export type FieldValue =
  | { shape: 'line'; inside: readonly Inline[] }
  | { shape: 'block'; items: readonly (readonly Inline[])[] }
  | { shape: 'address'; text: string; target: string }
  | null;

export type FieldValues = Readonly<Record<FieldName, FieldValue>>;

/**
 * The blocks as one reader gets them. A paragraph, button or list item that uses a field which this reader may lack and
 * does lack is left out, and so is a list without items.
 */
export function filledBlocks(blocks: readonly Block[], values: FieldValues): Block[] {
  const lacks = (inside: readonly Inline[]) => fieldsIn(inside).some((name) => lacking(name, values));
  return blocks.flatMap((block): Block[] => {
    if (block.kind === 'list') {
      const items = block.items.filter((item) => !lacks(item)).map((item) => filledLine(item, values));
      return items.length === 0 ? [] : [{ ...block, items }];
    }
    if (lacks(block.inside)) return [];
    const list = block.kind === 'paragraph' ? blockFieldOf(block.inside) : null;
    if (list !== null) return filledField(list, block.line, values);
    const inside = filledLine(block.inside, values);
    if (block.kind === 'paragraph') return [{ ...block, inside }];
    const target = filledTarget(block.target, values);
    return lacks([{ kind: 'link', target: block.target, inside: [] }]) ? [] : [{ ...block, inside, target }];
  });
}

/** A subject or preheader with its fields filled in. */
export function filledText(line: readonly Inline[], values: FieldValues): string {
  return plainText(filledLine(line, values));
}

/** The words of a line without their emphasis and targets. */
export function plainText(inside: readonly Inline[]): string {
  return inside
    .map((part) => {
      if (part.kind === 'text') return part.text;
      if (part.kind === 'break' || part.kind === 'field') return ' ';
      return plainText(part.inside);
    })
    .join('');
}

/** The names of the fields a line uses, in its words and in the targets of its links; known or not. */
export function fieldsIn(inside: readonly Inline[]): string[] {
  return inside.flatMap(fieldsOf);
}

function fieldsOf(part: Inline): string[] {
  switch (part.kind) {
    case 'field':
      return [part.name];
    case 'text':
    case 'break':
      return [];
    case 'strong':
    case 'em':
      return fieldsIn(part.inside);
    case 'link':
      return [...(fieldOfTarget(part.target) ?? []), ...fieldsIn(part.inside)];
  }
}

/** All lines of the blocks that stand or fall together, each with the line of the template it begins on. */
export function linesOf(blocks: readonly Block[]): { line: number; inside: readonly Inline[] }[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'list') return block.items.map((inside) => ({ line: block.line, inside }));
    if (block.kind === 'paragraph') return [{ line: block.line, inside: block.inside }];
    const link: Inline = { kind: 'link', target: block.target, inside: block.inside };
    return [{ line: block.line, inside: [link] }];
  });
}

/** The field that a target consists of: `{{guideUrl}}` or `mailto:{{contactAddress}}`. */
export function fieldOfTarget(target: string): [string] | null {
  const name = /^(?:mailto:)?\{\{\s*([^{}]*?)\s*\}\}$/.exec(target)?.[1];
  return name === undefined ? null : [name];
}

/** The block field that a paragraph consists of, or null. */
export function blockFieldOf(inside: readonly Inline[]): FieldName | null {
  const [only, ...others] = inside.filter((part) => part.kind !== 'text' || part.text.trim() !== '');
  if (only?.kind !== 'field' || others.length > 0 || !isFieldName(only.name)) return null;
  return mergeField(only.name).shape === 'block' ? only.name : null;
}

function lacking(name: string, values: FieldValues): boolean {
  return isFieldName(name) && values[name] === null && mayLack(name);
}

function filledField(name: FieldName, line: number, values: FieldValues): Block[] {
  const value = values[name];
  if (value?.shape !== 'block' || value.items.length === 0) return [];
  return [{ kind: 'list', line, ordered: false, items: value.items }];
}

function filledLine(inside: readonly Inline[], values: FieldValues): Inline[] {
  return inside.flatMap((part) => filledPart(part, values));
}

function filledPart(part: Inline, values: FieldValues): readonly Inline[] {
  switch (part.kind) {
    case 'text':
    case 'break':
      return [part];
    case 'field':
      return isFieldName(part.name) ? insideOf(values[part.name]) : [];
    case 'strong':
    case 'em':
      return [{ ...part, inside: filledLine(part.inside, values) }];
    case 'link': {
      // A link holds no link: of an address inside one, only the words are taken.
      const words = plainText(filledLine(part.inside, values));
      return [{ kind: 'link', target: filledTarget(part.target, values), inside: [{ kind: 'text', text: words }] }];
    }
  }
}

function insideOf(value: FieldValue): readonly Inline[] {
  if (value === null || value.shape === 'block') return [];
  if (value.shape === 'line') return value.inside;
  return [{ kind: 'link', target: value.target, inside: [{ kind: 'text', text: value.text }] }];
}

function filledTarget(target: string, values: FieldValues): string {
  const [name] = fieldOfTarget(target) ?? [];
  const value = name !== undefined && isFieldName(name) ? values[name] : null;
  return value?.shape === 'address' ? value.target : '';
}
