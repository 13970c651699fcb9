import { AppError } from '../../../lib/errors.ts';
import type { MessageKind } from '../../phases/phase-types.core.ts';
import { templateOf } from './built-in.core.ts';
import { checkTemplate } from './check-template.ts';
import { fieldValues } from './field-values.core.ts';
import { messageHtml } from './message-html.ts';
import type { MessageEdits, MessageFields, MessageLanguage, RenderedMessage } from './message-types.core.ts';
import { missingInFields } from './missing-fields.core.ts';
import { plainTextOf } from './plain-text.core.ts';
import { safeLine } from './safe-value.core.ts';
import { readBody, readLine } from './template-markup.ts';
import { filledBlocks, filledText } from './template-tree.core.ts';

/** A subject with a very long name in it is cut rather than folded over several header lines. */
const SUBJECT_CHARS_MAX = 200;
const PREHEADER_CHARS_MAX = 250;

/** Gmail cuts a mail at 102 KB and hides the rest behind a link. */
const HTML_BYTES_MAX = 100 * 1024;

export type MessageRequest = {
  kind: MessageKind;
  language: MessageLanguage;
  fields: MessageFields;
  /** What the customer changed of the built-in texts. */
  edits?: MessageEdits;
};

/**
 * One mail to one reader; the same request always gives the same mail. Refuses with `message_fields_missing` when a fact
 * is lacking that the mail cannot do without (`missingFields` tells which, beforehand), with `message_template_broken`
 * when the customer's text has a mistake, and with `message_too_large` when Gmail would cut the mail.
 */
export function renderMessage({ kind, language, fields, edits }: MessageRequest): RenderedMessage {
  refuseMissing(kind, fields);
  const template = templateOf(kind, language, edits);
  refuseMistakes(kind, language, template);
  const values = fieldValues(fields, language);
  const subject = safeLine(filledText(readLine(template.subject), values), SUBJECT_CHARS_MAX);
  const preheader = safeLine(filledText(readLine(template.preheader), values), PREHEADER_CHARS_MAX);
  const blocks = filledBlocks(readBody(template.body), values);
  const footer = FOOTERS[language](safeLine(fields.msp), safeLine(fields.company));
  const html = messageHtml({ language, subject, preheader, company: safeLine(fields.company), blocks, footer });
  const bytes = Buffer.byteLength(html);
  if (bytes > HTML_BYTES_MAX) {
    throw new AppError('message_too_large', 'the mail is so large that Gmail would cut it', { facts: { bytes } });
  }
  return { subject, preheader, html, text: plainTextOf(blocks, footer) };
}

const FOOTERS: Readonly<Record<MessageLanguage, (msp: string, company: string) => string>> = {
  en: (msp, company) =>
    `Sent by ${msp} on behalf of ${company}. This message loads no pictures and does not record whether it was read.`,
  de: (msp, company) =>
    `Gesendet von ${msp} im Auftrag von ${company}. Diese Nachricht lädt keine Bilder und hält nicht fest, ob sie gelesen wurde.`,
};

function refuseMissing(kind: MessageKind, fields: MessageFields): void {
  const missing = missingInFields(kind, fields).filter(({ weight }) => weight === 'blocks');
  if (missing.length === 0) return;
  const names = missing.map(({ field }) => field).join(', ');
  const userMessage = `The mail cannot be written:\n${missing.map(({ message, clear }) => `  - ${message.en} ${clear.en}`).join('\n')}`;
  throw new AppError('message_fields_missing', `the mail lacks ${names}`, { userMessage });
}

function refuseMistakes(
  kind: MessageKind,
  language: MessageLanguage,
  template: Parameters<typeof checkTemplate>[2],
): void {
  const mistakes = checkTemplate(kind, language, template);
  if (mistakes.length === 0) return;
  const list = mistakes.map(({ part, line, message }) => `  - ${part}, line ${line}: ${message.en}`).join('\n');
  const userMessage = `The text of the mail "${kind}" (${language}) has mistakes:\n${list}`;
  throw new AppError('message_template_broken', `the template ${kind}/${language} is broken`, { userMessage });
}
