import { expect, it } from 'vitest';
import { createManualClock } from '../../src/lib/clock.ts';
import { createMessageTemplates } from '../../src/rollout/outreach/templates/templates.ts';
import { readJournal } from '../../src/store/journal.ts';
import { addCustomer, describeStore } from '../support/store.ts';

const BY = { kind: 'test' };
const EDITS = { reminder: { de: { subject: 'Kurz vor {{enforceOn}}' } } } as const;

describeStore('a customer’s mail templates', (store) => {
  it('are kept, journalled before and after, and can be taken back', async () => {
    const database = await store.open();
    const customerId = await addCustomer(database);
    const other = await addCustomer(database, 'Fabrikam');
    const templates = createMessageTemplates({ database, clock: createManualClock(Date.UTC(2026, 10, 22)) });
    expect(await templates.of(customerId)).toEqual({});
    expect(await templates.save(customerId, EDITS, BY)).toMatchObject({ change: 'changed', edits: EDITS });
    expect(await templates.save(customerId, EDITS, BY)).toMatchObject({ change: 'none', changed: [] });
    expect(await templates.of(customerId)).toEqual(EDITS);
    expect(await templates.of(other)).toEqual({});
    expect(await templates.reset(customerId, BY)).toMatchObject({ change: 'changed', edits: {} });
    expect(await templates.of(customerId)).toEqual({});
    const journal = await database.withCustomer(customerId, (tx) => readJournal(tx, customerId));
    const event = { event: 'messages.templatesChanged', actor: BY };
    expect(journal).toMatchObject([
      { ...event, facts: { changed: ['reminder.de.subject'], before: {}, after: EDITS } },
      { ...event, facts: { changed: ['reminder.de.subject'], before: EDITS, after: {} } },
    ]);
  });

  it('are refused whole when one of them has a mistake', async () => {
    const database = await store.open();
    const customerId = await addCustomer(database);
    const templates = createMessageTemplates({ database, clock: createManualClock(Date.UTC(2026, 10, 22)) });
    const edits = { ...EDITS, lastCall: { en: { body: 'Hello {{firstName}}' } } };
    await expect(templates.save(customerId, edits, BY)).rejects.toMatchObject({ code: 'message_templates_invalid' });
    expect(await templates.of(customerId)).toEqual({});
  });
});
