import { templateOf } from '../rollout/outreach/templates/built-in.core.ts';
import { checkTemplate } from '../rollout/outreach/templates/check-template.ts';
import {
  type EditedTemplate,
  MESSAGE_LANGUAGES,
  type MessageEdits,
  type MessageLanguage,
  type TemplateText,
} from '../rollout/outreach/templates/message-types.core.ts';
import { renderMessage } from '../rollout/outreach/templates/render-message.ts';
import { sampleFields } from '../rollout/outreach/templates/sample-fields.core.ts';
import { builtInEdits, parseTemplateEdits, templateFileText } from '../rollout/outreach/templates/template-file.ts';
import { MESSAGE_KINDS, type MessageKind } from '../rollout/phases/phase-types.core.ts';
import { type Answer, table } from './output.ts';

/** Every mail with its subject, and which of its parts the customer changed. */
export function templateList(edits: MessageEdits): Answer {
  const messages = MESSAGE_KINDS.flatMap((kind) =>
    MESSAGE_LANGUAGES.map((language) => ({
      kind,
      language,
      subject: templateOf(kind, language, edits).subject,
      edited: Object.keys(edits[kind]?.[language] ?? {}),
      mistakes: checkTemplate(kind, language, templateOf(kind, language, edits)),
    })),
  );
  const rows = messages.map((one) => [
    one.kind,
    one.language,
    one.edited.length === 0 ? 'built in' : `edited: ${one.edited.join(', ')}`,
    one.subject,
  ]);
  return { json: { messages }, text: table(['mail', 'language', 'text', 'subject'], rows) };
}

/** One mail as a file for "messages template set", or all that the customer changed, or everything built in. */
export function templateShown(edits: MessageEdits | null, kind?: MessageKind, language?: MessageLanguage): Answer {
  const shown = kind === undefined ? (edits ?? builtInEdits()) : { [kind]: textsOf(kind, edits ?? {}, language) };
  const text = templateFileText(shown);
  return {
    json: { templates: shown },
    text:
      text === ''
        ? 'Every mail is the built-in one.\nNext: mfa-rollout messages template show > mails.yaml'
        : text.trimEnd(),
  };
}

/** What a file of templates would change; refuses as the file is refused, with every mistake and its line. */
export function templateChecked(text: string, path: string): Answer {
  const edits = parseTemplateEdits(text, path);
  const changed = partsOf(edits);
  return {
    json: { edits, parts: changed },
    text: `${path} has no mistakes. It changes ${changed.length} ${changed.length === 1 ? 'text' : 'texts'}.\nNext: mfa-rollout messages preview KIND --file ${path}`,
  };
}

/** A mail as a reader would get it, made with invented names. */
export function messagePreview(edits: MessageEdits, kind: MessageKind, language: MessageLanguage): Answer {
  const mail = renderMessage({ kind, language, fields: sampleFields(language), edits });
  const { subject, preheader, text } = mail;
  return {
    json: { kind, language, ...mail },
    text: `Subject:   ${subject}\nPreheader: ${preheader}\n\n${text.trimEnd()}`,
  };
}

function textsOf(
  kind: MessageKind,
  edits: MessageEdits,
  language: MessageLanguage | undefined,
): Partial<Record<MessageLanguage, TemplateText>> {
  const languages = language === undefined ? MESSAGE_LANGUAGES : [language];
  return Object.fromEntries(languages.map((one) => [one, templateOf(kind, one, edits)]));
}

function partsOf(edits: MessageEdits): string[] {
  return MESSAGE_KINDS.flatMap((kind) =>
    MESSAGE_LANGUAGES.flatMap((language) => {
      const edited: EditedTemplate = edits[kind]?.[language] ?? {};
      return Object.keys(edited).map((part) => `${kind}.${language}.${part}`);
    }),
  );
}
