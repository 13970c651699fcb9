/** What can be wrong with a template, each mistake with its line and a sentence that says how to mend it. */
import type { MessageKind, Sentence } from '../../phases/phase-types.core.ts';
import {
  FIELD_PATTERN,
  type FieldName,
  isFieldName,
  isUsable,
  mayLack,
  meantField,
  mergeField,
  REQUIRED_FIELDS,
} from './merge-fields.core.ts';
import type { TemplateMistake, TemplatePart } from './message-types.core.ts';
import { type Block, blockFieldOf, fieldOfTarget, fieldsIn, type Inline, linesOf } from './template-tree.core.ts';

/** Inboxes cut a longer subject. */
const SUBJECT_CHARS_MAX = 100;
const PREHEADER_CHARS_MAX = 150;
/** Longer than anybody reads; with the longest names it still stays below the size at which Gmail cuts a mail. */
export const BODY_CHARS_MAX = 6_000;

/** Unknown fields, fields of another kind of mail, and braces that make none. */
export function mistakesInFields(kind: MessageKind, part: TemplatePart, text: string): TemplateMistake[] {
  const named = [...text.matchAll(FIELD_PATTERN)].flatMap((match) => {
    const message = fieldMistake(kind, match[1] ?? '');
    return message === null
      ? []
      : [{ code: message.code, part, line: lineAt(text, match.index), message: message.text }];
  });
  const rest = text.replace(FIELD_PATTERN, (field) => ' '.repeat(field.length));
  const loose = [...rest.matchAll(/\{\{|\}\}/g)].slice(0, 1).map((match) => ({
    code: 'field_not_closed',
    part,
    line: lineAt(text, match.index),
    message: {
      en: `"${match[0]}" stands alone: a merge field is written {{name}}, on one line.`,
      de: `„${match[0]}“ steht allein: Ein Feld wird {{name}} geschrieben, in einer Zeile.`,
    },
  }));
  return [...named, ...loose];
}

/** What is wrong with a subject or preheader. */
export function mistakesInLine(
  part: 'subject' | 'preheader',
  { text, line }: { text: string; line: readonly Inline[] },
): TemplateMistake[] {
  const mistakes: TemplateMistake[] = [];
  const add = (code: string, message: Sentence) => mistakes.push({ code, part, line: 1, message });
  if (text.trim() === '') add('empty', EMPTY[part]);
  if (/[\n\r]/.test(text.trim())) add('line_break', ONE_LINE[part]);
  for (const name of fieldsIn(line).filter(isFieldName)) {
    if (mergeField(name).shape !== 'line') add('field_not_here', notInLine(name));
    else if (mayLack(name)) add('field_may_lack', mayLackInLine(name));
  }
  return mistakes;
}

/** Whether a part is too long once names stand in it. */
export function tooLong(part: 'subject' | 'preheader', length: number): TemplateMistake[] {
  const max = part === 'subject' ? SUBJECT_CHARS_MAX : PREHEADER_CHARS_MAX;
  if (length <= max) return [];
  const message = {
    en: `With names in it, it has ${length} characters; inboxes show at most ${max}. Shorten it.`,
    de: `Mit eingesetzten Namen hat der Text ${length} Zeichen; Posteingänge zeigen höchstens ${max}. Kürzen Sie ihn.`,
  };
  return [{ code: 'too_long', part, line: 1, message }];
}

/** What is wrong with a body. */
export function mistakesInBody(kind: MessageKind, body: string, blocks: readonly Block[]): TemplateMistake[] {
  if (body.trim() === '') return [mistake('empty', 1, EMPTY.body)];
  const lines = linesOf(blocks);
  return [
    ...(body.length > BODY_CHARS_MAX ? [mistake('too_long', 1, BODY_TOO_LONG)] : []),
    ...lines.flatMap(({ line, inside }) => linkMistakes(inside, line)),
    ...lines.flatMap(({ line, inside }) => placeMistakes(kind, inside, line)),
    ...blocks
      .filter((block) => block.kind === 'button')
      .slice(1)
      .map(({ line }) => mistake('two_buttons', line, TWO_BUTTONS)),
    ...repeatedBlocks(lines),
    ...shownAsWritten(body),
    ...missingFieldsOf(kind, lines),
  ];
}

function fieldMistake(kind: MessageKind, name: string): { code: string; text: Sentence } | null {
  if (isFieldName(name)) {
    if (isUsable(name, kind)) return null;
    const text = {
      en: `{{${name}}} cannot be used in this mail: ${mergeField(name).meaning.en}.`,
      de: `{{${name}}} gibt es in dieser Mail nicht: ${mergeField(name).meaning.de}.`,
    };
    return { code: 'field_not_here', text };
  }
  const meant = meantField(name, kind);
  const shown = name.slice(0, 40);
  const text = {
    en: `{{${shown}}} is no merge field.${meant === null ? '' : ` Did you mean {{${meant}}}?`}`,
    de: `{{${shown}}} ist kein Feld.${meant === null ? '' : ` Meinten Sie {{${meant}}}?`}`,
  };
  return { code: 'field_unknown', text };
}

/** Links lead to the guide, the tab or the contact and nowhere else: those are the addresses that are watched. */
function linkMistakes(inside: readonly Inline[], line: number): TemplateMistake[] {
  return inside.flatMap((part): TemplateMistake[] => {
    if (part.kind === 'strong' || part.kind === 'em') return linkMistakes(part.inside, line);
    if (part.kind !== 'link') return [];
    const mistakes: TemplateMistake[] = [];
    if (!isGoodTarget(part.target)) mistakes.push(mistake('link_elsewhere', line, linkElsewhere(part.target)));
    const words = part.inside.some((word) => word.kind !== 'text' || word.text.trim() !== '');
    if (!words) mistakes.push(mistake('link_without_words', line, LINK_WITHOUT_WORDS));
    return mistakes;
  });
}

function isGoodTarget(target: string): boolean {
  const [name] = fieldOfTarget(target) ?? [];
  // A field that is unknown is told as such, once.
  if (name !== undefined && !isFieldName(name)) return true;
  if (target.startsWith('mailto:')) return name === 'contactAddress';
  return name === 'guideUrl' || name === 'tabUrl' || name === 'contactAddress';
}

/** Fields in places where they would break the mail: a list within a sentence, or the day in a line that may vanish. */
function placeMistakes(kind: MessageKind, inside: readonly Inline[], line: number): TemplateMistake[] {
  const names = fieldsIn(inside).filter(isFieldName);
  const blocks = names.filter((name) => mergeField(name).shape === 'block');
  const mistakes =
    blockFieldOf(inside) === null ? blocks.map((name) => mistake('block_in_line', line, notAlone(name))) : [];
  const vanishing = names.find(mayLack);
  const needed = names.find((name) => isNeeded(name, kind) && !mayLack(name));
  if (vanishing !== undefined && needed !== undefined) {
    mistakes.push(mistake('required_may_vanish', line, mayVanish(needed, vanishing)));
  }
  return mistakes;
}

function isNeeded(name: FieldName, kind: MessageKind): boolean {
  return REQUIRED_FIELDS[kind].some((names) => names.includes(name));
}

function repeatedBlocks(lines: ReturnType<typeof linesOf>): TemplateMistake[] {
  const seen = new Set<FieldName>();
  return lines.flatMap(({ line, inside }) => {
    const name = blockFieldOf(inside);
    if (name === null) return [];
    const again = seen.has(name);
    seen.add(name);
    return again ? [mistake('block_twice', line, twice(name))] : [];
  });
}

/** Markup that mails do not know, which readers would see as it was written. */
function shownAsWritten(body: string): TemplateMistake[] {
  return body.split('\n').flatMap((text, index) => {
    const found = /^\s{0,3}#{1,6}\s/.exec(text)?.[0].trim() ?? /<\/?[a-z][^<>]*>/i.exec(text)?.[0];
    return found === undefined ? [] : [mistake('markup_unknown', index + 1, shownSo(found.slice(0, 40)))];
  });
}

function missingFieldsOf(kind: MessageKind, lines: ReturnType<typeof linesOf>): TemplateMistake[] {
  const used = new Set(lines.flatMap(({ inside }) => fieldsIn(inside)));
  const missing = REQUIRED_FIELDS[kind].filter((names) => !names.some((name) => used.has(name)));
  return missing.map((names) => mistake('field_missing', 1, isMissing(names)));
}

function mistake(code: string, line: number, message: Sentence): TemplateMistake {
  return { code, part: 'body', line, message };
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

const EMPTY: Readonly<Record<TemplatePart, Sentence>> = {
  subject: { en: 'The subject is empty.', de: 'Der Betreff ist leer.' },
  preheader: { en: 'The preheader is empty.', de: 'Die Vorschauzeile ist leer.' },
  body: { en: 'The body is empty.', de: 'Der Text ist leer.' },
};

const ONE_LINE: Readonly<Record<'subject' | 'preheader', Sentence>> = {
  subject: { en: 'The subject has to be one line.', de: 'Der Betreff muss eine einzige Zeile sein.' },
  preheader: { en: 'The preheader has to be one line.', de: 'Die Vorschauzeile muss eine einzige Zeile sein.' },
};

const BODY_TOO_LONG: Sentence = {
  en: `The body is longer than ${BODY_CHARS_MAX} characters. Move what is long into the enrolment guide.`,
  de: `Der Text ist länger als ${BODY_CHARS_MAX} Zeichen. Verlegen Sie Längeres in die Anleitung.`,
};

const TWO_BUTTONS: Sentence = {
  en: 'A mail has one button, a bold link alone in its paragraph. Make this one an ordinary link.',
  de: 'Eine Mail hat eine Schaltfläche, einen fetten Link allein im Absatz. Machen Sie diesen zu einem einfachen Link.',
};

const LINK_WITHOUT_WORDS: Sentence = {
  en: 'A link has no words to click on: [words]({{guideUrl}}).',
  de: 'Ein Link hat keine Wörter zum Anklicken: [Wörter]({{guideUrl}}).',
};

function linkElsewhere(target: string): Sentence {
  const shown = target.slice(0, 80);
  return {
    en: `A link leads to "${shown}". Links lead to {{guideUrl}}, {{tabUrl}} or mailto:{{contactAddress}}; put other addresses into the guide.`,
    de: `Ein Link führt zu „${shown}“. Links führen zu {{guideUrl}}, {{tabUrl}} oder mailto:{{contactAddress}}; andere Adressen gehören in die Anleitung.`,
  };
}

function notInLine(name: FieldName): Sentence {
  return {
    en: `{{${name}}} can only stand in the body.`,
    de: `{{${name}}} kann nur im Text stehen.`,
  };
}

function mayLackInLine(name: FieldName): Sentence {
  return {
    en: `{{${name}}} is not known for everybody, and this line would then have a hole. Use it in the body.`,
    de: `{{${name}}} ist nicht bei allen bekannt, die Zeile hätte dann eine Lücke. Verwenden Sie es im Text.`,
  };
}

function notAlone(name: FieldName): Sentence {
  return {
    en: `{{${name}}} is a list and has to stand alone in its paragraph.`,
    de: `{{${name}}} ist eine Liste und muss allein in ihrem Absatz stehen.`,
  };
}

function twice(name: FieldName): Sentence {
  return { en: `{{${name}}} stands here a second time.`, de: `{{${name}}} steht hier ein zweites Mal.` };
}

function mayVanish(needed: FieldName, vanishing: FieldName): Sentence {
  return {
    en: `{{${needed}}} stands beside {{${vanishing}}}, and the paragraph is left out for whom that is not known. Part them.`,
    de: `{{${needed}}} steht neben {{${vanishing}}}; der Absatz entfällt, wo dieses nicht bekannt ist. Trennen Sie beide.`,
  };
}

function shownSo(markup: string): Sentence {
  return {
    en: `Readers would see "${markup}" as it is written. Mails know paragraphs, **bold**, *italic*, lists and links.`,
    de: `Lesende sähen „${markup}“ so, wie es da steht. Mails kennen Absätze, **fett**, *kursiv*, Listen und Links.`,
  };
}

function isMissing(names: readonly FieldName[]): Sentence {
  const shown = names.map((name) => `{{${name}}}`);
  const [first] = names;
  const meaning = first === undefined ? { en: '', de: '' } : mergeField(first).meaning;
  return {
    en: `The body does not say it: ${shown.join(' or ')} (${meaning.en}).`,
    de: `Im Text fehlt ${shown.join(' oder ')} (${meaning.de}).`,
  };
}
