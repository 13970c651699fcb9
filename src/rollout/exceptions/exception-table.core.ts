/**
 * The table that the customer signs. The signature is bound to the digest of the canonical rows: the same rows in any
 * order give the same digest, and one changed value asks for a new signature.
 */
import type { Json } from '../../lib/canonical-json.ts';
import { digestOf } from '../../lib/digest.ts';
import {
  type ClassKind,
  type ExceptionKind,
  type ExceptionRow,
  type ExceptionTable,
  SIGNED_KINDS,
} from './exception-types.core.ts';

const SIGNABLE: ReadonlySet<string> = new Set(SIGNED_KINDS);

/** Whether the signature is about this row. A row of a class stands by the decision about the class. */
export function isSignable({ kind }: Pick<ExceptionRow, 'kind'>): boolean {
  return SIGNABLE.has(kind);
}

/** The table as it is put before the signer: without the members of classes, which are decided as a whole. */
export function signable<T extends Pick<ExceptionTable, 'exceptions'>>(table: T): T {
  return { ...table, exceptions: table.exceptions.filter(isSignable) };
}

/** What is signed of each exception, ordered by account and kind; `signed` itself is no part of it. */
export function canonicalRows(exceptions: readonly ExceptionRow[]): Json[] {
  return exceptions
    .filter(isSignable)
    .map(({ signed: _signed, ...row }) => row)
    .sort((a, b) => (`${a.accountId} ${a.kind}` < `${b.accountId} ${b.kind}` ? -1 : 1))
    .map((row): Json => wellFormed(row));
}

/** The digest a signature is bound to. */
export function digestOfExceptions(exceptions: readonly ExceptionRow[]): string {
  return digestOf(canonicalRows(exceptions));
}

/** A directory may hold half a surrogate pair in a name, which canonical JSON refuses; it is replaced, as browsers do. */
function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, wellFormed(member as Json)]));
}

const KIND_NAMES: Record<Exclude<ExceptionKind, ClassKind>, string> = {
  breakGlass: 'break-glass account',
  serviceAccount: 'service account',
  sharedMailbox: 'shared mailbox',
  onLeave: 'on leave',
  extension: 'extension',
  mfaOff: 'MFA off',
};

const CLASS_NAMES: Record<ClassKind, string> = { guest: 'guest', room: 'room', equipment: 'equipment' };
const NAMES: Record<ExceptionKind, string> = { ...KIND_NAMES, ...CLASS_NAMES };

const PROPOSALS = {
  exclude: 'exclude from the policy',
  blockSignIn: 'block sign-in',
  extendDeadline: 'later deadline',
} as const;

const COLUMNS = [
  'Account',
  'Kind',
  'Evidence',
  'Owner',
  'Reason',
  'Compensating control',
  'Until',
  'Proposal',
  'Signed',
];

export type MarkdownInput = Pick<ExceptionTable, 'exceptions'> &
  Partial<Pick<ExceptionTable, 'classes' | 'candidates' | 'conflicts' | 'unknown'>> & {
    /** Account id -> name, for the owners. */
    nameOf?: ((accountId: string) => string | null) | undefined;
  };

/** The table as Markdown for the signer: counts per kind, the rows, what is left open, and the digest at the end. */
export function exceptionsMarkdown(input: MarkdownInput): string {
  const { exceptions } = input;
  return [
    '# Exceptions',
    countsLine(exceptions),
    ...(exceptions.length === 0 ? [] : [tableOf(input)]),
    ...openPoints(input),
    `Digest of the rows: \`${digestOfExceptions(exceptions)}\``,
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

/** Counted also where there are none: the signer shall see that they were looked for. */
const FOUND_KINDS: ReadonlySet<ExceptionKind> = new Set(['breakGlass', 'serviceAccount', 'sharedMailbox', 'onLeave']);

function countsLine(exceptions: readonly ExceptionRow[]): string {
  const counts = (Object.keys(NAMES) as ExceptionKind[])
    .map((kind) => ({ kind, count: exceptions.filter((row) => row.kind === kind).length }))
    .filter(({ kind, count }) => count > 0 || FOUND_KINDS.has(kind))
    .map(({ kind, count }) => `${NAMES[kind]}: ${count}`);
  return `${exceptions.length} exceptions (${counts.join(', ')})`;
}

function tableOf({ exceptions, nameOf }: MarkdownInput): string {
  const lines = exceptions.map((row) => `| ${cellsOf(row, nameOf).join(' | ')} |`);
  return [`| ${COLUMNS.join(' | ')} |`, `|${' --- |'.repeat(COLUMNS.length)}`, ...lines].join('\n');
}

function cellsOf(row: ExceptionRow, nameOf: MarkdownInput['nameOf']): string[] {
  const owner = row.owner.accountId === null ? null : (nameOf?.(row.owner.accountId) ?? row.owner.accountId);
  const kind = row.directorySync ? `${NAMES[row.kind]} (directory sync)` : NAMES[row.kind];
  return [
    [row.displayName, row.userPrincipalName ?? row.accountId]
      .map(escapeMarkdown)
      .filter((text) => text !== '')
      .join('<br>'),
    kind,
    row.evidence.map(escapeMarkdown).join('<br>'),
    escapeMarkdown(owner === null ? row.owner.why : owner),
    escapeMarkdown(row.reason),
    escapeMarkdown(row.compensatingControl),
    row.endsAt ?? (row.reviewAt === null ? 'no date' : `review ${row.reviewAt}`),
    PROPOSALS[row.proposal],
    row.signed ? 'yes' : 'no',
  ];
}

/** With fewer usable break-glass accounts nothing can ever be enforced: the signer must hear it before he signs. */
const BREAK_GLASS_MIN = 2;

function openPoints({ exceptions, classes, candidates, conflicts, unknown }: MarkdownInput): string[] {
  const points: string[] = [];
  const breakGlass = exceptions.filter((row) => row.kind === 'breakGlass').length;
  if (classes !== undefined && breakGlass < BREAK_GLASS_MIN) {
    points.push(
      `Break-glass accounts declared and found: ${breakGlass}. At least ${BREAK_GLASS_MIN} are needed before anything is enforced.`,
    );
  }
  if (classes !== undefined) {
    const { guest, room, equipment } = classes;
    points.push(`Decided as a whole: guests ${guest.count}, rooms ${room.count}, equipment ${equipment.count}.`);
  }
  if (candidates !== undefined && candidates.length > 0) {
    const lines = candidates.map(
      (one) => `- ${escapeMarkdown(one.displayName)}: ${one.evidence.map(escapeMarkdown).join('; ')}`,
    );
    points.push(['Perhaps service accounts, for a person to decide:', '', ...lines].join('\n'));
  }
  if (conflicts !== undefined && conflicts.length > 0) {
    const lines = conflicts.map(
      (one) => `- ${escapeMarkdown(one.accountId)}: ${one.facts.map(escapeMarkdown).join(' / ')}`,
    );
    points.push(['Contradictions, for a person to settle:', '', ...lines].join('\n'));
  }
  if (unknown !== undefined && unknown.length > 0) points.push(`Not read, so not ruled out: ${unknown.join(', ')}.`);
  return points;
}

/**
 * Text as it is, whatever somebody named an account: nothing in it can end a cell or a line, open a link, markup or
 * HTML, or turn the reading direction.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .replaceAll(HIDDEN, (char) => `(U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')})`)
    .replaceAll(/[\\`*[\]|~]/gu, (char) => `\\${char}`)
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('://', '\\://')
    .replaceAll(/\bwww\./giu, (start) => `${start.slice(0, -1)}\\.`);
}

/** Controls, and the invisible characters that reorder or hide text. */
const HIDDEN = /[\p{Cc}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;
