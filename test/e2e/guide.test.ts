/** The enrolment guide in a browser, as its readers get it: from the product's server, without signing in. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guideRoutes } from '../../src/api/guide-routes.ts';
import { type RunningServer, startServer } from '../../src/api/server.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createGuide } from '../../src/rollout/guide/guide.ts';
import { GUIDE_LANGUAGES, GUIDE_METHODS, type GuideEdits } from '../../src/rollout/guide/guide-types.core.ts';
import type { Database } from '../../src/store/database.ts';
import { violationsIn } from '../support/accessibility.ts';
import { findChromium, startBrowser } from '../support/browser.ts';

const chromium = findChromium();
const CUSTOMER = '11111111-2222-4333-8444-555555555555';
const LONG = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrik';
const EDITS: GuideEdits = {
  companyName: `${LONG} <b>& Co.</b>`,
  helpdesk: { name: 'IT', phone: '+49 (0)30 1234-567', mail: `${LONG.slice(0, 40).toLowerCase()}@contoso.example` },
  notes: { authenticator: { en: `**${LONG}${LONG}**\n\n- [intranet](https://contoso.example/${LONG})` } },
};
const PAGES = GUIDE_LANGUAGES.flatMap((language) =>
  [null, ...GUIDE_METHODS, 'nothing'].map((method) => `${language}${method === null ? '' : `/${method}`}`),
);

describe.skipIf(chromium === null)('the enrolment guide in a browser', () => {
  let server: RunningServer;
  let browser: Browser;
  beforeAll(async () => {
    const database = { withCustomer: () => Promise.resolve(EDITS) } as unknown as Database;
    const guide = createGuide({ database, clock: systemClock });
    const routes = guideRoutes(guide, { frameAncestors: ["'self'"] });
    server = await startServer(0, { readiness: () => ({ ready: true }), metrics: () => '', routes });
    browser = await startBrowser(chromium ?? '');
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const visit = async (path: string, look: { colorScheme: 'light' | 'dark'; width: number }) => {
    const context = await browser.newContext({
      colorScheme: look.colorScheme,
      viewport: { width: look.width, height: 800 },
    });
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on('console', (message) => troubles.push(message.text()));
    page.on('requestfailed', (request) => troubles.push(request.url()));
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) troubles.push(`asks elsewhere: ${request.url()}`);
    });
    const answer = await page.goto(`${server.url}/guide/${CUSTOMER}/${path}`);
    return { page, troubles, status: answer?.status(), close: () => context.close() };
  };

  it.each(PAGES)('is readable by everybody on a small phone: %s', async (path) => {
    // The pages differ in words only, so each look is tried with one language.
    const colorScheme = path.startsWith('de') ? 'dark' : 'light';
    const { page, troubles, status, close } = await visit(path, { colorScheme, width: 320 });
    expect(await violationsIn(page.mainFrame())).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0);
    const pictures = await page.evaluate(
      '[...document.images].map((image) => image.complete && image.naturalWidth > 0)',
    );
    expect(pictures).not.toContain(false);
    expect(status).toBe(path.endsWith('nothing') ? 404 : 200);
    expect(troubles.filter((text) => !text.includes('404'))).toEqual([]);
    await close();
  });

  it('changes the language and stays on the page', async () => {
    const { page, close } = await visit('en/sms', { colorScheme: 'light', width: 900 });
    await page.getByRole('link', { name: 'Deutsch' }).click();
    expect(new URL(page.url()).pathname).toBe(`/guide/${CUSTOMER}/de/sms`);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('SMS oder Telefonanruf');
    await close();
  });
});
