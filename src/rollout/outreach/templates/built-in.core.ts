/** Which text a mail is made from: the customer's, part by part, else the built-in one. */
import type { MessageKind } from '../../phases/phase-types.core.ts';
import { MESSAGES_DE } from './built-in-de.core.ts';
import { MESSAGES_EN } from './built-in-en.core.ts';
import type { MessageEdits, MessageLanguage, TemplateText } from './message-types.core.ts';

const BUILT_IN: Readonly<Record<MessageLanguage, Readonly<Record<MessageKind, TemplateText>>>> = {
  en: MESSAGES_EN,
  de: MESSAGES_DE,
};

/** The text of a mail with what the customer changed of it; the built-in one where nothing was. */
export function templateOf(kind: MessageKind, language: MessageLanguage, edits: MessageEdits = {}): TemplateText {
  const builtIn = BUILT_IN[language][kind];
  const edited = edits[kind]?.[language];
  return {
    subject: edited?.subject ?? builtIn.subject,
    preheader: edited?.preheader ?? builtIn.preheader,
    body: edited?.body ?? builtIn.body,
  };
}
