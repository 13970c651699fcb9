import { expect, it, onTestFinished } from 'vitest';
import { frontRoutes } from '../../src/api/front-page.ts';
import { startServer } from '../../src/api/server.ts';

async function frontPage(standInOrigin: string | undefined, language: string): Promise<Response> {
  const server = await startServer(0, {
    readiness: () => ({ ready: true }),
    metrics: () => '',
    routes: frontRoutes(standInOrigin),
  });
  onTestFinished(() => server.close());
  return fetch(server.url, { headers: { 'Accept-Language': language } });
}

it('the bare address says where the product is used, and with a sandbox where the page is that plays Teams', async () => {
  const answer = await frontPage('http://127.0.0.1:4100', 'en-GB');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  const text = await answer.text();
  expect(text).toContain('inside Microsoft Teams');
  expect(text).toContain('href="http://127.0.0.1:4100"');
});

it('without a sandbox the bare address names no page of one, and it speaks the reader’s language', async () => {
  const text = await (await frontPage(undefined, 'de-AT,de;q=0.9,en;q=0.5')).text();
  expect(text).toContain('lang="de"');
  expect(text).toContain('Dieser Server läuft');
  expect(text).not.toContain('Sandbox');
});
