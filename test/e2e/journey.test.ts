/**
 * A newcomer's first hour, guided by the screen alone: the product started as `npm start` starts it, everybody signed
 * in for real, two decisions, three messages, and what everybody else sees of it.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, startBrowser } from '../support/browser.ts';
import { type RunningServer, runCommand, startServerProcess } from '../support/command-line.ts';
import { type Role, type Visitor, visit } from '../support/stand-in-page.ts';

const chromium = findChromium();
const DECIDED = (verb: string, by: string) => new RegExp(`${verb} by ${by} on \\d+ \\w+ \\d{4}`);

describe.skipIf(chromium === null)('a newcomer’s journey', { timeout: 60_000 }, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'mfa-journey-'));
  const pictures = process.env.JOURNEY_PICTURES ?? join(dataDir, 'pictures');
  let product: RunningServer;
  let browser: Browser;
  let standIn = '';
  let approver: Visitor;
  let helpdesk: Visitor;
  let engineer: Visitor;
  let user: Visitor;
  /** Somebody whose screen stands still: the card on it is an old one. */
  let late: Visitor;

  const arrive = (role: Role, more: { isDeaf?: boolean; viewport?: { width: number; height: number } } = {}) =>
    visit(browser, { role, standIn, pictures, ...more });

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    [product, browser] = await Promise.all([
      startServerProcess({ dataDir, env: { SANDBOX: 'on' } }),
      startBrowser(chromium ?? ''),
    ]);
    standIn = /which plays Teams: +(http:\/\/\S+)/.exec(product.welcome)?.[1] ?? '';
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await product.stop('SIGTERM');
    rmSync(dataDir, { recursive: true, force: true });
  });

  let hasFailed = false;
  beforeEach(({ skip }) => skip(hasFailed, 'each step goes on from the one before'));
  afterEach(({ task }) => {
    hasFailed ||= task.result?.state === 'fail';
  });

  it('begins with a welcome that names the page and what is to be pressed there', () => {
    expect(standIn).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    for (const words of ['Review and sign', 'Add MFA Rollout', 'status', 'Policy draft', QUESTION]) {
      expect(product.welcome).toContain(`"${words}"`);
    }
  });

  it('fills the channel by itself while the newcomer looks', async () => {
    approver = await arrive('approver');
    await approver.picture('01-first-look');
    await approver.thread('Exceptions from MFA').getByRole('button', { name: 'Review and sign' }).waitFor();
    await approver.thread('Policy draft for review').waitFor();
    await approver.picture('02-channel');
    [helpdesk, user, late] = await Promise.all([
      arrive('helpdesk'),
      arrive('user'),
      arrive('manager', { isDeaf: true }),
    ]);
    const { tenantId, objectId, displayName } = late.me;
    const grant = ['grants', 'add', 'approver', objectId, '--customer', tenantId, '--name', displayName];
    expect(await runCommand(grant, { dataDir })).toMatchObject({ code: 0 });
  });

  it('shows fourteen named rows to the approver and counts alone to the others', async () => {
    const review = approver.thread('Exceptions from MFA');
    await review.getByRole('button', { name: 'Review and sign' }).click();
    const yours = approver.thread('Please check these 14 accounts');
    await yours.getByRole('button', { name: 'Sign these 14 exceptions' }).waitFor();
    await approver.picture('03-review');
    const names = await namesIn(yours);
    expect(names).toHaveLength(14);
    await late.thread('Exceptions from MFA').getByRole('button', { name: 'Review and sign' }).click();
    await late.thread('Please check these 14 accounts').waitFor();
    for (const other of [helpdesk, user]) {
      const card = other.thread('Exceptions from MFA');
      await card.getByText('14 accounts are to be left out').waitFor();
      const seen = await other.page.locator('body').innerText();
      expect(names.filter((name) => seen.includes(name))).toEqual([]);
    }
  });

  it('shows the signature on every copy, and the draft that follows from it', async () => {
    const draft = helpdesk.thread('Policy draft for review');
    const before = await draft.innerText();
    await approver.page.getByRole('button', { name: 'Sign these 14 exceptions' }).click();
    for (const one of [approver, helpdesk, user]) {
      await one.thread('Exceptions from MFA').getByText(DECIDED('Signed', approver.me.displayName)).waitFor();
    }
    await approver.picture('04-signed');
    await expect.poll(() => draft.innerText(), { timeout: 10_000 }).not.toBe(before);
    await helpdesk.picture('05-signed-for-helpdesk');
  });

  it('tells somebody who presses on an old view who decided, and when', async () => {
    await late.page.getByRole('button', { name: 'Sign these 14 exceptions' }).click();
    const { displayName } = approver.me;
    await late.page.getByText(new RegExp(`decided by ${displayName} on \\d+ \\w+ \\d{4}`)).waitFor();
    await late.picture('06-too-late');
  });

  it('brings the engineer from “status” to the draft, in the chat and in the tab alike', async () => {
    engineer = await arrive('engineer');
    await engineer.picture('07-engineer');
    await engineer.page.getByRole('button', { name: 'Add MFA Rollout' }).click();
    await engineer.last().getByText('I answer questions').waitFor();
    await engineer.say('status');
    await engineer.last().getByRole('button', { name: 'Policy draft' }).click();
    await engineer.last().getByRole('button', { name: 'Approve this draft' }).waitFor();
    await engineer.picture('08-draft-card');
    const digest = await engineer.last().innerText();
    await engineer.last().getByRole('link', { name: 'Read all of it in the tab' }).click();
    await engineer.tab.getByText('Waiting for a decision').waitFor();
    await engineer.picture('09-draft-tab');
    expect(await engineer.violations()).toEqual([]);
    const shown = /sha256:([0-9a-f]+)/.exec(await engineer.tab.locator('body').innerText())?.[1] ?? 'none';
    expect(digest).toContain(shown);
    const frame = await engineer.page.locator('iframe.tab-frame').boundingBox();
    expect(frame?.height).toBeGreaterThan(800);
  });

  it('has the draft approved in the chat, and every copy and the tab show it', async () => {
    await engineer.open('Chat');
    await engineer.last().getByRole('button', { name: 'Approve this draft' }).click();
    const approved = DECIDED('Approved', engineer.me.displayName);
    await engineer.last().getByText(approved).waitFor();
    await engineer.picture('10-approved');
    for (const one of [approver, helpdesk, user]) {
      await one.thread('Policy draft for review').getByText(approved).waitFor();
    }
    await helpdesk.picture('11-approved-for-helpdesk');
  });

  it('shows in the tab that nothing waits any more, for approver and engineer', async () => {
    for (const one of [approver, engineer]) {
      await one.open('MFA Rollout');
      await one.tab.getByText('Nothing. You have decided everything that waits for you.').waitFor();
      await one.tab.getByText('signed', { exact: true }).waitFor();
      await one.tab.getByText('approved', { exact: true }).waitFor();
      expect(await one.violations()).toEqual([]);
    }
    await approver.picture('12-overview-approver');
    await engineer.picture('13-overview-engineer');
  });

  it('answers the user in the thread and in private with own facts, and leaves other talk alone', async () => {
    await user.say(QUESTION);
    await user.thread(QUESTION).getByText('You need not use your own phone').waitFor();
    await user.say(CHATTER, { toBot: false });
    await user.thread(CHATTER).waitFor();
    await user.picture('14-question');
    await user.open('Chat');
    const add = user.page.getByRole('button', { name: 'Add MFA Rollout' });
    await add.or(user.page.getByText('I answer questions')).first().waitFor();
    if (await add.isVisible()) await add.click();
    await user.say('Am I done?');
    await user
      .last()
      .getByText(/^You are (not )?enrolled/)
      .waitFor();
    await user.picture('15-own-facts');
    await user.open('Teams');
    await user.thread(CHATTER).waitFor();
    // The later question was answered: an answer to the remark would be here.
    expect(await user.thread(CHATTER).locator('.message').count()).toBe(1);
  });

  it('speaks German to whoever chose it', async () => {
    await helpdesk.page.getByLabel('Language').selectOption('de');
    await helpdesk.open('Chat');
    await helpdesk.page.getByRole('button', { name: 'MFA Rollout hinzufügen' }).or(helpdesk.last()).first().waitFor();
    const add = helpdesk.page.getByRole('button', { name: 'MFA Rollout hinzufügen' });
    if (await add.isVisible()) await add.click();
    await helpdesk.say('status');
    await helpdesk.last().getByText('Nicht registriert').waitFor();
    await helpdesk.last().getByRole('button', { name: 'Ausnahmen' }).click();
    await helpdesk.last().getByText(`Unterschrieben von ${approver.me.displayName}`).waitFor();
    await helpdesk.picture('16-german');
    await helpdesk.open('MFA Rollout' as const);
    await helpdesk.tab.getByText('Wo wir stehen').waitFor();
    await helpdesk.picture('17-german-tab');
  });

  it('can be used with assistive technology, in high contrast, and on a phone', async () => {
    await approver.open('Teams');
    await approver.thread('Policy draft for review').waitFor();
    expect(await approver.violations(), 'light').toEqual([]);
    await approver.page.getByLabel('Theme').selectOption('contrast');
    await approver.thread('Policy draft for review').waitFor();
    await approver.picture('18-contrast');
    expect(await approver.violations(), 'contrast').toEqual([]);
    const phone = await arrive('user', { viewport: { width: 390, height: 844 } });
    await phone.thread('Policy draft for review').waitFor();
    await phone.picture('19-phone');
    const widths = '[document.documentElement, document.querySelector("#stage-body")].map((one) => one.scrollWidth)';
    expect(await phone.page.evaluate(widths)).toEqual([390, 390]);
    expect(phone.complaints).toEqual([]);
  });

  it('leaves nothing on anybody’s console and no request unanswered', () => {
    for (const { me, complaints } of [approver, helpdesk, engineer, user, late]) {
      expect(complaints, me.displayName).toEqual([]);
    }
  });
});

const QUESTION = 'Do I have to use my private phone?';
const CHATTER = 'Lunch at noon, anybody? The soup was great yesterday.';

/** The first cell of every row below the heads. */
async function namesIn(card: ReturnType<Visitor['thread']>): Promise<string[]> {
  const rows = await card.getByRole('row').all();
  const cells = await Promise.all(rows.slice(1).map((row) => row.getByRole('cell').first().innerText()));
  return cells.map((cell) => cell.trim());
}
