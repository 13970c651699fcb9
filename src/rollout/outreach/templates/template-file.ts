import { LineCounter, parseDocument, Scalar, stringify } from 'yaml';
import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import { type FileMistake, mistakeText, readYaml } from '../../../lib/yaml-file.ts';
import { MESSAGE_KINDS } from '../../phases/phase-types.core.ts';
import { templateOf } from './built-in.core.ts';
import { checkTemplate } from './check-template.ts';
import { MESSAGE_LANGUAGES, type MessageEdits, type TemplateMistake } from './message-types.core.ts';
import { BODY_CHARS_MAX } from './template-mistakes.core.ts';

/** Larger than any file the schema lets through, so that a larger one is refused unread. */
const FILE_BYTES_MAX = 512 * 1024;

/** What the store cannot hold, and what would make a text look like another: half characters, controls, directions. */
const UNFIT = /[\p{Cs}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]|(?![\n\t])\p{Cc}/u;

const words = (charsMax: number) =>
  z
    .string()
    .transform((text) => text.replaceAll('\r\n', '\n').trimEnd())
    .pipe(
      z
        .string()
        .max(charsMax, `at most ${charsMax} characters long`)
        .refine((text) => !UNFIT.test(text), 'ordinary characters and line breaks'),
    );

const text = z
  .strictObject({
    subject: words(500).optional(),
    preheader: words(500).optional(),
    body: words(2 * BODY_CHARS_MAX).optional(),
  })
  .refine(hasSome, 'a text of which something is changed: subject, preheader, body');
const kind = z
  .strictObject({ en: text.optional(), de: text.optional() })
  .refine(hasSome, 'a text in at least one language: en, de');

/** The edits as stored, and the message file, version 1. A stored shape: a change needs a migration. */
export const messageEditsSchema = z.strictObject({
  announcement: kind.optional(),
  howTo: kind.optional(),
  reminder: kind.optional(),
  lastCall: kind.optional(),
  managerNudge: kind.optional(),
  allClear: kind.optional(),
} satisfies Record<(typeof MESSAGE_KINDS)[number], unknown>);

/**
 * Reads a file of message templates (YAML or JSON): by kind of mail and language, the parts that differ from the built-in
 * ones. Refuses with `message_templates_invalid` and every mistake with its line: broken YAML, an unknown kind, language
 * or part, and everything that `checkTemplate` finds.
 */
export function parseTemplateEdits(text: string, path: string): MessageEdits {
  const reading = readYaml(text, { schema: messageEditsSchema, bytesMax: FILE_BYTES_MAX });
  if (!reading.ok) throw refused(path, reading.mistakes);
  const edits = withoutUndefined(reading.value);
  const lineOf = partLines(text);
  const mistakes = mistakesInEdits(edits).map(({ keys, mistake }) => fileMistake(keys, mistake, lineOf(keys, mistake)));
  if (mistakes.length > 0) throw refused(path, mistakes);
  return edits;
}

/** Checks edits that come from elsewhere than a file. Refuses as `parseTemplateEdits` does, without lines of a file. */
export function checkedEdits(value: unknown): MessageEdits {
  const parsed = messageEditsSchema.safeParse(value);
  if (!parsed.success) throw refused('given', [{ line: 1, path: '', message: z.prettifyError(parsed.error) }]);
  const edits = withoutUndefined(parsed.data);
  const mistakes = mistakesInEdits(edits).map(({ keys, mistake }) => fileMistake(keys, mistake, mistake.line));
  if (mistakes.length > 0) throw refused('given', mistakes);
  return edits;
}

/** Edits as such a file, to be changed and read again; empty where there are none. */
export function templateFileText(edits: MessageEdits): string {
  return Object.keys(edits).length === 0 ? '' : stringify(edits, { lineWidth: 0, blockQuote: 'literal' });
}

/** Every built-in text as such a file: what a customer begins with who wants to change many. */
export function builtInEdits(): MessageEdits {
  const languages = (name: (typeof MESSAGE_KINDS)[number]) =>
    Object.fromEntries(MESSAGE_LANGUAGES.map((language) => [language, templateOf(name, language)]));
  return Object.fromEntries(MESSAGE_KINDS.map((name) => [name, languages(name)])) as MessageEdits;
}

type Located = { keys: readonly string[]; mistake: TemplateMistake };

/** The mistakes of the edited parts; the others are the built-in ones. */
function mistakesInEdits(edits: MessageEdits): Located[] {
  return MESSAGE_KINDS.flatMap((name) =>
    MESSAGE_LANGUAGES.flatMap((language) => {
      const edited = edits[name]?.[language];
      if (edited === undefined) return [];
      return checkTemplate(name, language, templateOf(name, language, edits))
        .filter(({ part }) => edited[part] !== undefined)
        .map((mistake) => ({ keys: [name, language, mistake.part], mistake }));
    }),
  );
}

function fileMistake(keys: readonly string[], { message }: TemplateMistake, line: number): FileMistake {
  return { line, path: `${keys.join('.')}:`, message: message.en };
}

/** The line of the file that holds a line of a text: below its key where it stands as it is, else the key's own. */
function partLines(text: string): (keys: readonly string[], mistake: TemplateMistake) => number {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return (keys, mistake) => {
    const node = document.getIn(keys, true);
    if (!(node instanceof Scalar) || !node.range) return 1;
    const { line } = lines.linePos(node.range[0]);
    return node.type === Scalar.BLOCK_LITERAL && mistake.code !== 'field_missing' ? line + mistake.line : line;
  };
}

function hasSome(value: object): boolean {
  return Object.values(value).some((part) => part !== undefined);
}

/** Through JSON, so that a key given as undefined is a key not given: the journal's canonical form knows no undefined. */
function withoutUndefined(edits: z.output<typeof messageEditsSchema>): MessageEdits {
  return JSON.parse(JSON.stringify(edits)) as MessageEdits;
}

function refused(path: string, mistakes: readonly FileMistake[]): AppError {
  const list = mistakes.map(mistakeText);
  return new AppError('message_templates_invalid', `message templates refused: ${list.join('; ')}`, {
    userMessage: `The message file ${path} is refused; nothing was changed.\n${list.map((line) => `  - ${line}`).join('\n')}\nThe merge fields are described in docs/messages.md.`,
  });
}
