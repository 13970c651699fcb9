import type { Json } from '../../../lib/canonical-json.ts';
import type { Clock } from '../../../lib/clock.ts';
import { digestOf } from '../../../lib/digest.ts';
import type { Database } from '../../../store/database.ts';
import { appendJournal } from '../../../store/journal.ts';
import { MESSAGE_KINDS } from '../../phases/phase-types.core.ts';
import { MESSAGE_LANGUAGES, type MessageEdits, TEMPLATE_PARTS } from './message-types.core.ts';
import { checkedEdits } from './template-file.ts';
import { readEdits, readEditsForChange, saveEdits } from './templates.store.ts';

export type TemplatesChange = {
  change: 'changed' | 'none';
  edits: MessageEdits;
  /** The texts that differ from before, such as `reminder.de.subject`. */
  changed: readonly string[];
};

export type MessageTemplates = {
  /** What the customer changed of the built-in mails. */
  of(customerId: string): Promise<MessageEdits>;
  /**
   * Replaces all that the customer changed, so that what the edits do not name is built in again, and journals before
   * and after. Refuses with `message_templates_invalid` and every mistake; what changes nothing writes nothing.
   */
  save(customerId: string, edits: MessageEdits, actor: Json): Promise<TemplatesChange>;
  /** The way back: every mail is the built-in one again. */
  reset(customerId: string, actor: Json): Promise<TemplatesChange>;
};

/** Creates the customers' message templates over the store. */
export function createMessageTemplates({ database, clock }: { database: Database; clock: Clock }): MessageTemplates {
  const replace = (customerId: string, after: MessageEdits, actor: Json) =>
    database.withCustomer(customerId, async (tx): Promise<TemplatesChange> => {
      const at = new Date(clock.now());
      const before = await readEditsForChange(tx, at);
      const changed = changedTexts(before, after);
      if (digestOf(before as Json) === digestOf(after as Json)) return { change: 'none', edits: before, changed };
      await saveEdits(tx, after, at);
      const facts = { changed, before: before as Json, after: after as Json };
      await appendJournal(tx, { at, actor, event: 'messages.templatesChanged', facts });
      return { change: 'changed', edits: after, changed };
    });
  return {
    of: (customerId) => database.withCustomer(customerId, readEdits),
    save: async (customerId, edits, actor) => replace(customerId, checkedEdits(edits), actor),
    reset: (customerId, actor) => replace(customerId, {}, actor),
  };
}

function changedTexts(before: MessageEdits, after: MessageEdits): string[] {
  return MESSAGE_KINDS.flatMap((kind) =>
    MESSAGE_LANGUAGES.flatMap((language) =>
      TEMPLATE_PARTS.filter((part) => before[kind]?.[language]?.[part] !== after[kind]?.[language]?.[part]).map(
        (part) => `${kind}.${language}.${part}`,
      ),
    ),
  );
}
