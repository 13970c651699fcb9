/** People at the page that plays Teams, each in a browser of their own, and what goes wrong on their screens. */
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';

/** The people of the sign-in page, by the words that say there what they do. */
const PARTS = {
  engineer: 'Engineer of the service provider',
  approver: 'The customer’s approver',
  helpdesk: 'Helpdesk of the customer',
  manager: 'Manager: sees',
  user: 'Employee who',
} as const;

export type Role = keyof typeof PARTS;

export type Visitor = {
  page: Page;
  /** What the page says of who is signed in. */
  me: { tenantId: string; objectId: string; displayName: string };
  /** Errors of the console, exceptions, and answers of 400 and above; empty when all went well. */
  complaints: string[];
  /** Goes to one of the places on the left. */
  open(place: 'Chat' | 'Teams' | 'MFA Rollout'): Promise<void>;
  /** Writes where the person is; in a channel to the bot, unless it is not to be mentioned. */
  say(text: string, given?: { toBot: boolean }): Promise<void>;
  /** The thread that begins with this text, or holds a card with it. */
  thread(text: string): Locator;
  /** The last message of the chat. */
  last(): Locator;
  tab: FrameLocator;
  picture(name: string): Promise<void>;
  /** What the accessibility checker finds on the page and in the tab inside it. */
  violations(): Promise<string[]>;
};

type Visit = {
  role: Role;
  standIn: string;
  pictures: string;
  /** The page of this person hears nothing of what others do. */
  isDeaf?: boolean;
  viewport?: { width: number; height: number };
};

/** The list of Microsoft's domains, which Teams' own library asks for by itself: not ours, and not here. */
const OUTSIDE = 'https://res.cdn.office.net/';

/** Signs in through the sign-in page, as a person does. */
export async function visit(browser: Browser, given: Visit): Promise<Visitor> {
  const { role, standIn, viewport = { width: 1280, height: 900 } } = given;
  const context = await browser.newContext({
    viewport,
    locale: 'en-US',
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  if (given.isDeaf === true) await context.route('**/events', (route) => route.abort());
  await context.route(`${OUTSIDE}**`, (route) => route.abort());
  const page = await context.newPage();
  const complaints = watch(context);
  await page.goto(standIn);
  await page.getByRole('button', { name: PARTS[role] }).first().click();
  await page.waitForURL(({ pathname }) => pathname === '/');
  await page.locator('#list').waitFor({ state: 'attached' });
  const answer = await context.request.get(`${standIn}/api/me`);
  const { person } = (await answer.json()) as { person: Visitor['me'] };
  await page.getByText(person.displayName).first().waitFor({ state: 'attached' });
  return { ...handsOf(page, given), page, me: person, complaints };
}

function watch(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on('console', (message) => {
    const from = message.location().url;
    const isOther = from.startsWith(OUTSIDE) || from.endsWith('/events');
    if (message.type() === 'error' && !isOther) complaints.push(`${message.text()} (${from})`);
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('response', (answer) => {
    if (answer.status() >= 400) complaints.push(`${answer.status()} ${answer.url()}`);
  });
  context.on('requestfailed', (request) => {
    // A page that is left gives up what it had asked for.
    const why = request.failure()?.errorText ?? '';
    const isOther = request.url().startsWith(OUTSIDE) || request.url().endsWith('/events');
    if (!isOther && why !== 'net::ERR_ABORTED') complaints.push(`${why} ${request.url()}`);
  });
  return complaints;
}

function handsOf(page: Page, { pictures }: Visit): Omit<Visitor, 'page' | 'me' | 'complaints'> {
  return {
    open: (place) => page.getByRole('navigation').first().getByRole('button', { name: place }).click(),
    async say(text, { toBot } = { toBot: true }) {
      const mention = page.locator('#mention');
      const isOn = (await mention.getAttribute('aria-pressed')) === 'true';
      if ((await mention.isVisible()) && isOn !== toBot) await mention.click();
      await page.locator('#text').fill(text);
      await page.locator('#text').press('Enter');
    },
    thread: (text) => page.locator('article.thread').filter({ hasText: text }).last(),
    last: () => page.locator('.messages > .message').last(),
    tab: page.frameLocator('iframe.tab-frame'),
    picture: async (name) => {
      await page.screenshot({ path: join(pictures, `${name}.png`) });
    },
    async violations() {
      // Fluent's focus guards are hidden from assistive technology on purpose; see microsoft/tabster#288.
      const hidden = ['iframe.tab-frame', '[data-tabster-dummy]'];
      const { violations } = await new AxeBuilder({ page }).exclude(hidden).analyze();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    },
  };
}
