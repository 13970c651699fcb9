/** The built tab in a browser inside a Teams client: real content policy, real addresses, nobody else reached. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { violationsIn } from '../support/accessibility.ts';
import { findChromium, startBrowser } from '../support/browser.ts';
import { createTabApi, type TabApi } from '../support/tab-api.ts';
import {
  buildTab,
  openInTeams,
  serveTab,
  type TabServer,
  type TeamsOptions,
  type TeamsPage,
} from '../support/tab-server.ts';
import { accountId, decision, exceptionReview, STRANGE_NAMES, tabWorld } from '../support/tab-world.ts';

const chromium = findChromium();
const PAGES = {
  overview: 'h2',
  people: '[data-opens]',
  exceptions: 'table',
  rollout: 'svg',
  'rollout/Sales?view=people': 'li',
  'rollout/Engineering?view=gates': 'li',
  'rollout/Sales?view=messages': 'li',
  'rollout/Sales?view=decision': '.fui-Checkbox',
  findings: 'li',
  helpdesk: 'li',
  policy: '.fui-Accordion',
  takeover: 'li',
  drift: 'table',
  setup: 'button',
} as const;
const SAME_COLOURS: ReadonlySet<string> = new Set([
  'rollout/Sales?view=messages',
  'rollout/Engineering?view=gates',
  'rollout/Sales?view=people',
  'takeover',
  'helpdesk',
]);
/** A folder for pictures of every page; without it none are taken, which saves time. */
const PICTURES = process.env.TAB_PICTURES;
const THEMES = ['default', 'dark', 'contrast'] as const;

describe.skipIf(chromium === null)('the built tab', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mfa-tab-'));
  let server: TabServer;
  let browser: Browser;
  let api: TabApi;
  let open: TeamsPage | undefined;

  beforeAll(async () => {
    if (PICTURES !== undefined) mkdirSync(PICTURES, { recursive: true });
    buildTab(join(folder, 'dist'));
    server = await serveTab(join(folder, 'dist'), () => api);
    browser = await startBrowser(chromium ?? '');
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    api = createTabApi(tabWorld());
  });
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });

  const visit = async (options: TeamsOptions = {}): Promise<TeamsPage> => {
    open = await openInTeams(browser, server, options);
    return open;
  };
  /** Of all rules, or of those about colour: the others do not depend on the theme. */
  const violations = ({ tab }: TeamsPage, of: 'everything' | 'colour' = 'everything') =>
    violationsIn(tab, {
      // Fluent's focus guards are hidden from assistive technology on purpose; see microsoft/tabster#288.
      partWithout: '[data-tabster-dummy]',
      ...(of === 'colour' ? { only: ['color-contrast', 'link-in-text-block'] } : {}),
    });

  const picture = async ({ page }: TeamsPage, name: string) => {
    if (PICTURES !== undefined)
      await page.screenshot({ path: join(PICTURES, `${name.replaceAll(/[^\w-]+/g, '-')}.png`), fullPage: true });
  };

  it('stays within its budget of JavaScript', () => {
    const script = fileURLToPath(new URL('../../scripts/tab-size.mjs', import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, join(folder, 'dist')], {
      encoding: 'utf8',
    });
    expect(`${stdout}${stderr}`).toContain('initial JavaScript');
    expect(status).toBe(0);
  });

  for (const theme of THEMES) {
    it(`has no accessibility violation on any page in the theme ${theme}`, async () => {
      const teams = await visit({ theme });
      const rules = theme === 'default' ? 'everything' : 'colour';
      for (const [name, ready] of Object.entries(PAGES)) {
        // Others have every colour of these.
        if (theme !== 'default' && PICTURES === undefined && SAME_COLOURS.has(name)) continue;
        await teams.tab.evaluate(`location.hash = '#${name}'`);
        await teams.tab.locator(`#page ${ready}`).first().waitFor();
        await picture(teams, `${name}-${theme}`);
        expect(await violations(teams, rules), name).toEqual([]);
      }
      await teams.tab.evaluate(`location.hash = '#people/${accountId(10)}'`);
      await teams.tab.getByRole('dialog').getByRole('table').waitFor();
      await picture(teams, `person-${theme}`);
      expect(await violations(teams, rules), 'person').toEqual([]);
      expect(teams.complaints).toEqual([]);
    });
  }

  it('lets the browser draw pickers and bars in Teams’ theme, also when it changes', async () => {
    const teams = await visit({ theme: 'contrast' });
    const scheme = () => teams.tab.evaluate('document.documentElement.style.colorScheme');
    await expect.poll(scheme).toBe('dark');
    await teams.setTheme('default');
    await expect.poll(scheme).toBe('light');
  });

  it('asks before signing, records once, and is accessible while it asks', async () => {
    const teams = await visit({ subPageId: 'exceptions' });
    await teams.tab.getByRole('button', { name: 'Sign for 14 accounts' }).click();
    const dialog = teams.tab.getByRole('dialog');
    await dialog.getByText(api.world.exceptions.digest).waitFor();
    await picture(teams, 'sign');
    expect(await violations(teams)).toEqual([]);
    await dialog.getByRole('button', { name: 'Sign for 14 accounts' }).click();
    await teams.tab.getByText('Signed by').waitFor();
    await picture(teams, 'signed');
    expect(api.log.filter((line) => line.startsWith('POST'))).toHaveLength(1);
    expect(teams.complaints).toEqual([]);
  });

  // Fluent hides from assistive technology what is not in the dialog that has the focus. After a second opening that must
  // be the page and not the dialog. Without a layout nothing can have the focus, so this needs a browser.
  it('asks again, for everybody to hear, when somebody first thought better of it', async () => {
    const teams = await visit({ subPageId: 'takeover' });
    const button = teams.tab.getByRole('button', { name: 'Undo everything …' });
    const dialog = teams.tab.getByRole('dialog');
    await button.click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await button.click();
    await button.waitFor({ state: 'hidden' });
    await dialog.getByRole('button', { name: 'Yes, undo everything' }).click();
    await teams.tab.getByText('Everything is being taken back.').waitFor();
    expect(teams.complaints).toEqual([]);
  });

  it('fits a phone in German: nothing is wider than the screen', async () => {
    const teams = await visit({ width: 375, height: 780, locale: 'de-de', theme: 'dark' });
    for (const [name, ready] of Object.entries({ ...PAGES, exceptions: 'li' })) {
      await teams.tab.evaluate(`location.hash = '#${name}'`);
      await teams.tab.locator(`#page ${ready}`).first().waitFor();
      await picture(teams, `${name}-phone`);
      expect(await teams.tab.evaluate('document.documentElement.scrollWidth'), name).toBe(375);
      if (name === 'people' || name === 'exceptions') expect(await violations(teams), name).toEqual([]);
    }
    expect(await teams.tab.evaluate('document.documentElement.lang')).toBe('de-DE');
    expect(teams.complaints).toEqual([]);
  });

  it('follows a theme that changes while it is open', async () => {
    const teams = await visit();
    await teams.tab.locator('#page').waitFor();
    const colour = () =>
      teams.tab.evaluate("getComputedStyle(document.querySelector('#root section')).backgroundColor");
    await teams.tab.locator('#page section').first().waitFor();
    expect(await colour()).toBe('rgb(255, 255, 255)');
    await teams.setTheme('contrast');
    await expect.poll(colour).toBe('rgb(0, 0, 0)');
  });

  it('draws only the rows in sight of 20,000 people and fetches the pages that are scrolled to', async () => {
    api = createTabApi(tabWorld(20_000));
    const teams = await visit({ subPageId: 'people' });
    const rows = teams.tab.locator('[data-opens]');
    await rows.first().waitFor();
    expect(await teams.tab.getByRole('table').getAttribute('aria-rowcount')).toBe('20001');
    await rows.first().focus();
    await teams.page.keyboard.press('End');
    await expect
      .poll(() => teams.tab.evaluate('document.activeElement.closest("[data-index]")?.dataset.index'))
      .toBe('19999');
    expect(await rows.count()).toBeLessThan(60);
    expect(api.log.some((line) => line.includes('offset=19975'))).toBe(true);
    expect(api.log.filter((line) => line.includes('/people?')).length).toBeLessThan(20);
  });

  it('shows names with mark-up, other scripts and pictures as text', async () => {
    const teams = await visit({ subPageId: 'people?search=onerror' });
    await teams.tab.getByText(STRANGE_NAMES[0]).waitFor();
    expect(await teams.tab.evaluate('document.querySelectorAll("img").length')).toBe(0);
    expect(await teams.tab.evaluate('document.title')).toBe('MFA Rollout');
  });

  it('asks for consent when Teams gives no token, and has nothing in the storage of the browser', async () => {
    const teams = await visit({ token: '', theme: 'dark' });
    await teams.tab.getByRole('heading', { name: 'The app needs your organisation’s consent' }).waitFor();
    await picture(teams, 'consent');
    expect(await violations(teams)).toEqual([]);
    expect(await teams.page.context().cookies()).toEqual([]);
    expect(api.log).toEqual([]);
  });

  it('shows Teams adding it to a channel what it will show, and says what a publication came to', async () => {
    api.world.publishing = { outcome: 'inReview', change: 'added', appId: 'cat-1', version: '1.2.0' };
    const teams = await visit({ subPageId: 'setup', theme: 'contrast' });
    const package_ = { name: 'mfa-rollout.zip', mimeType: 'application/zip', buffer: Buffer.from('a package') };
    await teams.tab.locator('input[type=file]').setInputFiles(package_);
    await teams.tab.getByRole('button', { name: 'Publish to the catalogue' }).click();
    await teams.tab.getByText('Version 1.2.0 waits for an administrator').waitFor();
    await picture(teams, 'published');
    expect(await violations(teams)).toEqual([]);
    expect(api.world.published).toEqual([package_.buffer.toString('base64')]);
    await teams.tab.evaluate("location.hash = '#configure'; location.reload()").catch(() => undefined);
    await teams.tab.getByRole('heading', { name: 'MFA Rollout in this channel' }).waitFor();
    await picture(teams, 'configure');
    expect(await violations(teams)).toEqual([]);
    expect(teams.complaints).toEqual([]);
  });

  it('says what changed since the signature', async () => {
    const review = exceptionReview();
    const [row] = review.rows ?? [];
    if (row === undefined) throw new Error('the review has rows');
    const { accountId: id, kind, displayName } = row;
    api.world.exceptions = {
      ...review,
      signature: {
        state: 'outdated',
        decision: decision(),
        changes: { added: [{ accountId: id, kind, displayName }], changed: [], removed: [] },
      },
    };
    const teams = await visit({ subPageId: 'exceptions' });
    await teams.tab.getByText('One row is new:').waitFor();
    await picture(teams, 'outdated');
    expect(await teams.tab.getByRole('button', { name: 'Sign again for 14 accounts' }).count()).toBe(1);
  });
});
