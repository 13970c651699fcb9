// The enrolment guide: one page per method, in the languages the product speaks, without sign-in, because its readers
// are not enrolled yet. What a customer may change of it is kept apart from the text and stands here as a type.

/** The methods a page exists for, strongest first: the order in which they are offered. */
export const GUIDE_METHODS = ['passkey', 'authenticator', 'security-key', 'hardware-token', 'sms'] as const;
export type GuideMethod = (typeof GUIDE_METHODS)[number];

export const GUIDE_LANGUAGES = ['en', 'de'] as const;
export type GuideLanguage = (typeof GUIDE_LANGUAGES)[number];

/** A text the customer wrote, by language; where a language is missing, the text of the other one is shown. */
export type EditedText = { en?: string | undefined; de?: string | undefined };

/** What a customer changed of the guide. A stored shape: a change needs a migration. */
export type GuideEdits = {
  companyName?: string | undefined;
  helpdesk?: { name?: string | undefined; phone?: string | undefined; mail?: string | undefined } | undefined;
  intro?: EditedText | undefined;
  /** The methods offered; all of them where nothing is said. */
  methods?: readonly GuideMethod[] | undefined;
  notes?: Partial<Record<GuideMethod, EditedText | undefined>> | undefined;
  /** For a reader whose browser asks for no language of ours. */
  language?: GuideLanguage | undefined;
};

/** A change of edits: a key that is given replaces, null takes away, a missing one leaves as it is. */
export type GuidePatch = {
  [Key in keyof GuideEdits]?: Key extends 'notes'
    ? Partial<Record<GuideMethod, EditedText | null | undefined>> | null | undefined
    : GuideEdits[Key] | null | undefined;
};

/** What one page is about: a method, or the index where it is null. */
export type GuideSubject = { customerId: string; language: GuideLanguage; method: GuideMethod | null };

/** Whether a word of an address names a method. */
export function isGuideMethod(word: string): word is GuideMethod {
  return (GUIDE_METHODS as readonly string[]).includes(word);
}

/** Whether a word of an address names a language. */
export function isGuideLanguage(word: string): word is GuideLanguage {
  return (GUIDE_LANGUAGES as readonly string[]).includes(word);
}

/** The address of a page on this server, from its root: what mails, cards and tabs link to. */
export function guidePath({ customerId, language, method }: GuideSubject): string {
  return `/guide/${customerId}/${language}${method === null ? '' : `/${method}`}`;
}

/** The methods on offer, in the product's order. */
export function offeredMethods(edits: GuideEdits): GuideMethod[] {
  const offered = edits.methods;
  return offered === undefined ? [...GUIDE_METHODS] : GUIDE_METHODS.filter((method) => offered.includes(method));
}

/** The customer's text in this language, else in the other one, else null. */
export function textIn(text: EditedText | undefined, language: GuideLanguage): string | null {
  return text?.[language] ?? text?.en ?? text?.de ?? null;
}

/** The edits after a patch. Notes are changed one by one; every other key as a whole. */
export function patchedEdits(edits: GuideEdits, patch: GuidePatch): GuideEdits {
  const { notes, ...rest } = patch;
  const merged = withoutEmpty({ ...edits, ...withoutUndefined(rest) });
  if (notes === undefined) return merged;
  const kept = notes === null ? {} : withoutEmpty({ ...edits.notes, ...withoutUndefined(notes) });
  return withoutEmpty({ ...merged, notes: Object.keys(kept).length === 0 ? null : kept });
}

/** The keys whose value differs between two states, for the journal. */
export function changedKeys(before: GuideEdits, after: GuideEdits, digestOf: (value: unknown) => string): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof GuideEdits>;
  return [...keys].filter((key) => digestOf(before[key] ?? null) !== digestOf(after[key] ?? null)).sort();
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Partial<T>;
}

type WithoutNull<T> = { [Key in keyof T]?: Exclude<T[Key], null> };

function withoutEmpty<T extends object>(value: T): WithoutNull<T> {
  const kept = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(kept) as WithoutNull<T>;
}
