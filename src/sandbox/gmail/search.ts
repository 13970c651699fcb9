/**
 * The search box of Gmail as far as mail clients use it. Only these headers can be searched: an operator that is not
 * known, for example the name of an own header, is looked for as a word of the text.
 */
import { textOfMessage } from './context.ts';
import { addressesIn, decodeWords, headerValue, type Mail, parseMail, partOf, textOfPart } from './mime.ts';
import type { StoredMessage } from './state.ts';

type Term = { negated: boolean; operator: string; value: string };
type Found = { message: StoredMessage; mail: Mail };

const TERM = /(-?)(?:([\w-]+):)?("[^"]*"|\([^)]*\)|\S+)/g;
const DAY_MS = 86_400_000;
const OPERATORS = [
  'rfc822msgid',
  'subject',
  'from',
  'to',
  'cc',
  'bcc',
  'in',
  'label',
  'is',
  'after',
  'before',
  'newer_than',
];

/** Whether a message fits every term of a query. */
export function matchesQuery(query: string, message: StoredMessage, now: number): boolean {
  const found = { message, mail: parseMail(textOfMessage(message)) };
  return readTerms(query).every((term) => fits(term, found, now) !== term.negated);
}

function readTerms(query: string): Term[] {
  return [...query.matchAll(TERM)].map(([all, minus = '', operator = '', value = '']) => {
    const known = OPERATORS.includes(operator.toLowerCase());
    const text = known ? value : all.slice(minus.length);
    return { negated: minus === '-', operator: known ? operator.toLowerCase() : '', value: unquoted(text) };
  });
}

function unquoted(text: string): string {
  return text.replaceAll(/^["(]|[")]$/g, '').toLowerCase();
}

function fits(term: Term, found: Found, now: number): boolean {
  const { message, mail } = found;
  switch (term.operator) {
    case 'rfc822msgid':
      return bare(headerValue(mail, 'message-id') ?? '') === bare(term.value);
    case 'subject':
      return subjectOf(mail).includes(term.value);
    case 'from':
    case 'to':
    case 'cc':
    case 'bcc':
      return (headerValue(mail, term.operator) ?? '').toLowerCase().includes(term.value);
    case 'in':
    case 'is':
    case 'label':
      return term.value === 'anywhere' || message.labelIds.includes(labelOf(term.value));
    case 'after':
      return message.internalDate >= instantOf(term.value);
    case 'before':
      return message.internalDate < instantOf(term.value);
    case 'newer_than':
      return message.internalDate > now - (Number.parseInt(term.value, 10) || 0) * DAY_MS;
    default:
      return `${subjectOf(mail)}\n${textOfPart(partOf(mail)).toLowerCase()}`.includes(term.value);
  }
}

function bare(messageId: string): string {
  return messageId.trim().replaceAll(/^<|>$/g, '').toLowerCase();
}

function subjectOf(mail: Mail): string {
  return decodeWords(headerValue(mail, 'subject') ?? '').toLowerCase();
}

function labelOf(word: string): string {
  return word === 'drafts' ? 'DRAFT' : word.toUpperCase();
}

/** Seconds since the epoch, or a day with slashes or dashes. */
function instantOf(value: string): number {
  return /^\d{6,}$/.test(value) ? Number(value) * 1000 : Date.parse(`${value.replaceAll('/', '-')}T00:00:00Z`);
}

/** The recipients of a mail with the field in which each stands. */
export function recipientsOf(mail: Mail): { recipient: string; field: 'to' | 'cc' | 'bcc' }[] {
  return (['to', 'cc', 'bcc'] as const).flatMap((field) =>
    addressesIn(headerValue(mail, field)).addresses.map((recipient) => ({ recipient, field })),
  );
}
