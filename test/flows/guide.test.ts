import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { guideRoutes } from '../../src/api/guide-routes.ts';
import type { RouteAnswer } from '../../src/api/route.ts';
import { createManualClock } from '../../src/lib/clock.ts';
import { createGuide } from '../../src/rollout/guide/guide.ts';
import type { Database } from '../../src/store/database.ts';
import { readJournal } from '../../src/store/journal.ts';
import { addCustomer, describeStore } from '../support/store.ts';

const BY = { kind: 'test' };
const STRANGER = '99999999-8888-4777-8666-555555555555';
const FRAMES = ["'self'", 'https://teams.microsoft.com'];

function guideOf(database: Database) {
  const guide = createGuide({ database, clock: createManualClock(Date.UTC(2026, 10, 22)) });
  const routes = guideRoutes(guide, { frameAncestors: FRAMES });
  /** Asks as the server does, by the most particular route whose path fits. */
  const ask = async (path: string, headers: IncomingHttpHeaders = {}): Promise<RouteAnswer> => {
    for (const route of routes) {
      const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
      const pattern = new RegExp(`^${route.path.replaceAll(/:\w+/g, '([^/]+)').replace('*', '.*')}$`);
      const match = pattern.exec(path);
      if (match === null) continue;
      const params = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]));
      return route.handle({ params, headers, query: new URLSearchParams(), body: undefined, reference: 'r' });
    }
    throw new Error(`no route for ${path}`);
  };
  return { guide, ask };
}

describeStore('the enrolment guide', (store) => {
  it('shows a customer’s own words to its readers and keeps who wrote them', async () => {
    const database = await store.open();
    const customerId = await addCustomer(database);
    const { guide, ask } = guideOf(database);
    const patch = {
      companyName: 'Contoso',
      helpdesk: { phone: '+49 30 1234' },
      notes: { sms: { en: 'Only **abroad**.' } },
    };
    expect(await guide.edit(customerId, patch, BY)).toMatchObject({ change: 'changed', edits: patch });
    const page = await ask(`/guide/${customerId}/en/sms`);
    expect(page.status).toBe(200);
    expect(page.body).toContain('Only <strong>abroad</strong>.');
    expect(page.body).toContain('+49 30 1234');
    const journal = await database.withCustomer(customerId, (tx) => readJournal(tx, customerId));
    expect(journal).toMatchObject([
      { event: 'guide.edited', actor: BY, facts: { changed: ['companyName', 'helpdesk', 'notes'], edits: patch } },
    ]);
  });

  it('writes nothing for a change that changes nothing', async () => {
    const database = await store.open();
    const customerId = await addCustomer(database);
    const { guide } = guideOf(database);
    await guide.edit(customerId, { intro: { de: 'Hallo' } }, BY);
    expect(await guide.edit(customerId, { intro: { de: 'Hallo' }, companyName: null }, BY)).toMatchObject({
      change: 'none',
    });
    const journal = await database.withCustomer(customerId, (tx) => readJournal(tx, customerId));
    expect(journal).toHaveLength(1);
  });

  it('keeps every one of many changes made at once', async () => {
    const database = await store.open();
    const customerId = await addCustomer(database);
    const { guide } = guideOf(database);
    const methods = ['passkey', 'authenticator', 'security-key', 'hardware-token', 'sms'] as const;
    await Promise.all(methods.map((method) => guide.edit(customerId, { notes: { [method]: { en: method } } }, BY)));
    expect(Object.keys((await guide.edits(customerId)).notes ?? {}).sort()).toEqual([...methods].sort());
  });

  it('refuses an invalid change whole, with its mistakes', async () => {
    const database = await store.open();
    const customerId = await addCustomer(database);
    const { guide } = guideOf(database);
    const wrong = { companyName: 'Contoso', methods: [] };
    await expect(guide.edit(customerId, wrong, BY)).rejects.toMatchObject({ code: 'guide_edit_invalid' });
    expect(await guide.edits(customerId)).toEqual({});
  });

  it('shows one customer nothing of another, and a stranger the same as a customer who changed nothing', async () => {
    const database = await store.open();
    const [own, silent] = [await addCustomer(database), await addCustomer(database, 'Fabrikam')];
    const { guide, ask } = guideOf(database);
    await guide.edit(own, { companyName: 'Contoso', methods: ['passkey'], language: 'de' }, BY);
    const ofSilent = await ask(`/guide/${silent}/en`);
    const ofStranger = await ask(`/guide/${STRANGER}/en`);
    expect(String(ofSilent.body).replaceAll(silent, STRANGER)).toBe(ofStranger.body);
    expect({ ...ofSilent.headers, ETag: '' }).toEqual({ ...ofStranger.headers, ETag: '' });
    expect((await ask(`/guide/${silent}`)).headers?.Location).toBe(`/guide/${silent}/en`);
    expect((await ask(`/guide/${STRANGER}`)).headers?.Location).toBe(`/guide/${STRANGER}/en`);
    expect((await ask(`/guide/${own}`)).headers?.Location).toBe(`/guide/${own}/de`);
  });

  it('answers 304 to a reader who has the page, and the new page after a change', async () => {
    const database = await store.open();
    const customerId = await addCustomer(database);
    const { guide, ask } = guideOf(database);
    const path = `/guide/${customerId}/de/passkey`;
    const etag = (await ask(path)).headers?.ETag ?? '';
    expect(await ask(path, { 'if-none-match': `"other", W/${etag}` })).toMatchObject({ status: 304 });
    expect(await ask(path, { 'if-none-match': etag })).not.toHaveProperty('body');
    await guide.edit(customerId, { notes: { passkey: { de: 'Neu' } } }, BY);
    expect(await ask(path, { 'if-none-match': etag })).toMatchObject({ status: 200 });
  });
});

describe('the addresses of the guide', () => {
  // No customer changed anything here, so the store is asked and has nothing.
  const empty = { withCustomer: () => Promise.resolve({}) } as unknown as Database;
  const { ask } = guideOf(empty);

  it.each([
    ['the reader’s language', `/guide/${STRANGER}`, 'de-AT,de;q=0.9,en;q=0.5', `/guide/${STRANGER}/de`],
    [
      'the most wanted language that is spoken',
      `/guide/${STRANGER}`,
      'fr, en;q=0.4, de;q=0.7',
      `/guide/${STRANGER}/de`,
    ],
    ['English for a reader of neither', `/guide/${STRANGER}/fr/sms`, 'fr', `/guide/${STRANGER}/en/sms`],
    ['the language behind a region', `/guide/${STRANGER}/de-CH/sms`, 'en', `/guide/${STRANGER}/de/sms`],
    ['the method where the language was left out', `/guide/${STRANGER}/sms`, '', `/guide/${STRANGER}/en/sms`],
    ['the index for a method that is none', `/guide/${STRANGER}/fr/nope`, '', `/guide/${STRANGER}/en`],
    ['the language wanted, not the refused one', `/guide/${STRANGER}`, 'de;q=0, en', `/guide/${STRANGER}/en`],
    [
      'the lower-case id',
      `/guide/${STRANGER.replace('8888', 'AAAA')}`,
      '',
      `/guide/${STRANGER.replace('8888', 'aaaa')}/en`,
    ],
  ])('lead to %s', async (_name, path, wanted, location) => {
    expect(await ask(path, { 'accept-language': wanted })).toMatchObject({
      status: 302,
      headers: { Location: location },
    });
  });

  it.each([
    ['an id that is none', '/guide/contoso/en'],
    ['no id', '/guide'],
    ['a method that is none', `/guide/${STRANGER}/en/fax`],
    ['more than a page has', `/guide/${STRANGER}/en/sms/more`],
    ['a name that hides markup', `/guide/${STRANGER}/en/%3Cscript%3E`],
  ])('answer %s with 404 and a way on', async (_name, path) => {
    const answer = await ask(path);
    expect(answer).toMatchObject({ status: 404, headers: { 'Cache-Control': 'no-store' } });
    expect(answer.headers).not.toHaveProperty('ETag');
    expect(answer.body).toContain('https://aka.ms/mfasetup');
    expect(answer.body).not.toContain('<script');
  });

  it('says of a method that is not offered where to go instead', async () => {
    const chosen = { withCustomer: () => Promise.resolve({ methods: ['passkey'] }) } as unknown as Database;
    const answer = await guideOf(chosen).ask(`/guide/${STRANGER}/en/sms`);
    expect(answer.status).toBe(404);
    expect(answer.body).toContain(`/guide/${STRANGER}/en/passkey`);
    expect(answer.body).toContain('not offered');
  });

  it('let every picture and the style sheet of a page be found, and nothing be run', async () => {
    const page = await ask(`/guide/${STRANGER}/en/authenticator`);
    expect(page.headers?.['Content-Security-Policy']).toBe(
      "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self' https://teams.microsoft.com",
    );
    const links = [...String(page.body).matchAll(/(?:src|href)="(\/guide\/(?:pictures|style)\/[^"]+)"/g)];
    expect(links.length).toBeGreaterThan(4);
    for (const [, path] of links) {
      expect(await ask(path ?? ''), path).toMatchObject({
        status: 200,
        headers: { 'X-Content-Type-Options': 'nosniff' },
      });
    }
    expect((await ask('/guide/pictures/en/nope.svg')).status).toBe(404);
    expect((await ask('/guide/pictures/fr/passkey.svg')).status).toBe(404);
  });
});
