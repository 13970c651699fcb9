import type { MessageKind } from '../../phases/phase-types.core.ts';
import { fieldValues } from './field-values.core.ts';
import { type MessageLanguage, TEMPLATE_PARTS, type TemplateMistake, type TemplateText } from './message-types.core.ts';
import { sampleFields } from './sample-fields.core.ts';
import { readBody, readLine } from './template-markup.ts';
import { mistakesInBody, mistakesInFields, mistakesInLine, tooLong } from './template-mistakes.core.ts';
import { filledText } from './template-tree.core.ts';

/**
 * Every mistake of a template at once, in the order of its parts and lines; empty: mails can be made from it. A subject
 * is measured with invented names in this language in place of its fields.
 */
export function checkTemplate(kind: MessageKind, language: MessageLanguage, text: TemplateText): TemplateMistake[] {
  const values = fieldValues(sampleFields(language), language);
  const mistakes = TEMPLATE_PARTS.flatMap((part) => {
    const found = mistakesInFields(kind, part, text[part]);
    if (part === 'body') return [...found, ...mistakesInBody(kind, text.body, readBody(text.body))];
    const line = readLine(text[part]);
    const length = [...filledText(line, values)].length;
    return [...found, ...mistakesInLine(part, { text: text[part], line }), ...tooLong(part, length)];
  });
  return mistakes.sort((a, b) => partOrder(a) - partOrder(b) || a.line - b.line);
}

function partOrder(mistake: TemplateMistake): number {
  return TEMPLATE_PARTS.indexOf(mistake.part);
}
