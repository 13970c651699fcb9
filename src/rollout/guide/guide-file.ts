import { parseDocument, stringify } from 'yaml';
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { GUIDE_LANGUAGES, GUIDE_METHODS, type GuideEdits, type GuidePatch } from './guide-types.core.ts';

/** Larger than any file the schema lets through, so that a larger one is refused unread. */
const FILE_BYTES_MAX = 256 * 1024;

/** No control or direction characters and no half characters: the store takes no NUL, and a text must not forge another. */
const FORBIDDEN = '\\p{Cs}\\u2028\\u2029\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069';

const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(new RegExp(`^[^\\p{Cc}${FORBIDDEN}]*$`, 'u'), 'one line of ordinary characters');

const prose = (max: number) =>
  z
    .string()
    .transform((text) => text.replaceAll('\r\n', '\n'))
    .pipe(
      z
        .string()
        .trim()
        .min(1)
        .max(max)
        .regex(new RegExp(`^(?:[^\\p{Cc}${FORBIDDEN}]|[\\n\\t])*$`, 'u'), 'ordinary characters and line breaks'),
    );

const editedText = (max: number) =>
  z
    .strictObject({ en: prose(max).optional(), de: prose(max).optional() })
    .refine((text) => text.en !== undefined || text.de !== undefined, 'a text in at least one language: en, de');

const helpdesk = z
  .strictObject({
    name: line(100).optional(),
    phone: z
      .string()
      .trim()
      .regex(/^\+?[0-9(][0-9 ()/.-]{2,38}$/, 'a telephone number such as +49 30 1234-567')
      .optional(),
    mail: z
      .string()
      .trim()
      .max(254)
      .regex(/^[A-Za-z0-9.!#$%&*+/=?^_{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/, 'a mail address')
      .optional(),
  })
  .refine((given) => Object.values(given).some((value) => value !== undefined), 'a name, a phone or a mail address');

const method = z.enum(GUIDE_METHODS);
const methods = z
  .array(method)
  .min(1)
  .refine((list) => new Set(list).size === list.length, 'each method once');
const note = editedText(2_000);

/** The edits as stored. A stored shape: a change needs a migration. */
export const guideEditsSchema = z.strictObject({
  companyName: line(100).optional(),
  helpdesk: helpdesk.optional(),
  intro: editedText(1_000).optional(),
  methods: methods.optional(),
  notes: z.partialRecord(method, note).optional(),
  language: z.enum(GUIDE_LANGUAGES).optional(),
});

/** The guide file, version 1: what `mfa-rollout guide edit` reads. A missing key stays as it is, null takes away. */
export const guidePatchSchema = z.strictObject({
  companyName: line(100).nullish(),
  helpdesk: helpdesk.nullish(),
  intro: editedText(1_000).nullish(),
  methods: methods.nullish(),
  notes: z.partialRecord(method, note.nullable()).nullish(),
  language: z.enum(GUIDE_LANGUAGES).nullish(),
});

/**
 * Checks a change of the guide. Refuses with `guide_edit_invalid` and every mistake: an unknown key or method, a text
 * that is too long or holds control characters, a mail address or a telephone number that is none.
 */
export function parseGuidePatch(value: unknown): GuidePatch {
  const parsed = guidePatchSchema.safeParse(value);
  // Through JSON, so that a key given as undefined is a key not given: the journal's canonical form knows no undefined.
  if (parsed.success) return JSON.parse(JSON.stringify(parsed.data)) as GuidePatch;
  throw invalid(parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'} ${reasonOf(issue)}`));
}

/** Reads the text of a guide file (YAML). Refuses as `parseGuidePatch` does, and broken YAML with its line. */
export function parseGuideFile(text: string): GuidePatch {
  if (Buffer.byteLength(text) > FILE_BYTES_MAX) throw invalid(['the file is too large for a guide']);
  const document = parseDocument(text, { uniqueKeys: true, merge: false });
  if (document.errors.length > 0) throw invalid(document.errors.map((error) => error.message.split('\n')[0] ?? ''));
  return parseGuidePatch(plainValue(document) ?? {});
}

/** The edits as such a file, to be changed and read again. */
export function guideFileText(edits: GuideEdits): string {
  return Object.keys(edits).length === 0 ? '' : stringify(edits, { lineWidth: 0 });
}

/** Aliases are not expanded: a few lines of them could fill the memory. */
function plainValue(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw invalid(['the file uses YAML aliases; write the values out']);
  }
}

/** Our own messages name what is wanted; the library's say it in a sentence. */
function reasonOf({ code, message }: z.core.$ZodIssue): string {
  return code === 'custom' || code === 'invalid_format' ? `must be ${message}` : `is refused: ${message}`;
}

function invalid(mistakes: readonly string[]): AppError {
  const userMessage = `The guide was not changed:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`;
  return new AppError('guide_edit_invalid', userMessage, { userMessage });
}
