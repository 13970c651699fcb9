import { expect, it } from 'vitest';
import { faqRoutes } from '../../src/api/faq-routes.ts';
import type { RouteAnswer } from '../../src/api/route.ts';
import { createFaq } from '../../src/rollout/helpdesk/faq/faq.ts';

const TENANT = '11111111-2222-4333-8444-555555555555';
const faq = createFaq();

async function ask(customerId: string, language: string, headers: Record<string, string> = {}): Promise<RouteAnswer> {
  const [route] = faqRoutes(faq, { frameAncestors: ['https://teams.microsoft.com'] });
  if (route === undefined) throw new Error('there is a route');
  const request = { params: { customerId, language }, query: new URLSearchParams(), headers, body: undefined };
  return route.handle({ ...request, reference: 'r' });
}

it.each(['en', 'de'] as const)(
  'the FAQ’s page shows every topic (%s), may be framed by Teams, and is kept',
  async (language) => {
    const page = await ask(TENANT, language);
    const text = String(page.body);
    for (const id of faq.topics) expect(text).toContain(`id="${id}"`);
    expect(text).toContain(`href="/guide/${TENANT}/${language}`);
    expect(text).not.toMatch(/<script|undefined|\[object/);
    expect(page).toMatchObject({ status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' } });
    expect(page.headers?.['Content-Security-Policy']).toContain('frame-ancestors https://teams.microsoft.com');
    const again = await ask(TENANT.toUpperCase(), language, { 'if-none-match': `W/${page.headers?.ETag ?? ''}` });
    expect(again).toMatchObject({ status: 304 });
    expect(again.body).toBeUndefined();
  },
);

it.each([
  ['of an unknown language', TENANT, 'tlh'],
  ['of no tenant', '"><script>', 'en'],
])('an address %s leads to the guide', async (_what, customerId, language) => {
  expect(await ask(customerId, language)).toMatchObject({ status: 302, headers: { Location: '/guide' } });
});
