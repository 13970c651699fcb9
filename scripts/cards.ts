/** Pictures of every card in both languages and three themes: `npm run cards [folder]`. Needs Chromium. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { findChromium, startBrowser } from '../test/support/browser.ts';
import { gallery } from '../test/support/card-gallery.ts';

const THEMES = {
  light: { page: '#f5f5f5', card: '#ffffff', text: '#242424', subtle: '#616161', accent: '#5b5fc7', edge: '#d1d1d1' },
  dark: { page: '#1f1f1f', card: '#292929', text: '#ffffff', subtle: '#adadad', accent: '#9299f7', edge: '#525252' },
  contrast: {
    page: '#000000',
    card: '#000000',
    text: '#ffffff',
    subtle: '#ffffff',
    accent: '#ffff01',
    edge: '#ffffff',
  },
} as const;

type Theme = keyof typeof THEMES;

/** Backgrounds of the strips: light, dark, contrast. */
const STRIPS: Record<Theme, Record<string, string>> = {
  light: { good: '#e7f2da', warning: '#fbf6d9', attention: '#fcf4f6', accent: '#e8ebfa', emphasis: '#f0f0f0' },
  dark: { good: '#0d2e0d', warning: '#463100', attention: '#3e1f25', accent: '#2f2f4a', emphasis: '#1f1f1f' },
  contrast: { good: '#000000', warning: '#000000', attention: '#000000', accent: '#000000', emphasis: '#000000' },
};

const folder = resolve(process.argv[2] ?? 'output/cards');
mkdirSync(folder, { recursive: true });
const bundle = readFileSync(createRequire(import.meta.url).resolve('adaptivecards/dist/adaptivecards.js'), 'utf8');
const path = findChromium();
if (path === null) process.exit(1);
const browser = await startBrowser(path);
try {
  for (const theme of Object.keys(THEMES) as Theme[]) {
    for (const language of ['en', 'de'] as const) await picture(browser, theme, language);
  }
} finally {
  await browser.close();
}
process.stdout.write(`Pictures of every card stand in ${folder}\n`);

/** One page with all cards of a language in a theme; a picture of each, and one of all. */
async function picture(from: Browser, theme: Theme, language: 'en' | 'de'): Promise<void> {
  const page = await from.newPage({ viewport: { width: 640, height: 900 } });
  const cards = gallery(language);
  await page.setContent(pageOf(theme, Object.keys(cards)));
  await page.addScriptTag({ content: bundle });
  await page.addScriptTag({ content: `draw(${JSON.stringify({ cards, host: hostOf(theme) })})` });
  for (const name of Object.keys(cards)) {
    const shot = await page.locator(`[id="${name}"]`).screenshot();
    writeFileSync(join(folder, `${name}-${language}-${theme}.png`), shot);
  }
  await page.screenshot({ path: join(folder, `all-${language}-${theme}.png`), fullPage: true });
  await page.close();
}

function pageOf(theme: Theme, names: readonly string[]): string {
  const { page, card, text, accent, edge } = THEMES[theme];
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 16px; background: ${page}; color: ${text}; font: 14px "Segoe UI", system-ui, sans-serif; }
    section { background: ${card}; border: 1px solid ${edge}; border-radius: 6px; width: 560px; margin-bottom: 24px; }
    button { background: ${card}; color: ${text}; border: 1px solid ${edge}; border-radius: 4px; padding: 6px 12px; font: inherit; }
    button.style-positive { background: ${accent}; color: ${theme === 'light' ? '#ffffff' : '#000000'}; }
    button.style-destructive { color: ${theme === 'light' ? '#c4314b' : text}; }
    select { width: 100%; font: inherit; background: ${card}; color: ${text}; border: 1px solid ${edge}; padding: 4px; }
    p { margin: 0; }</style>
    ${names.map((name) => `<section id="${name}"></section>`).join('')}
    <script>function draw({ cards, host }) {
      AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
        const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
        result.outputHtml = safe.replaceAll(/\\*\\*(.+?)\\*\\*/g, '<b>$1</b>');
        result.didProcess = true;
      };
      for (const [name, content] of Object.entries(cards)) {
        const card = new AdaptiveCards.AdaptiveCard();
        card.hostConfig = new AdaptiveCards.HostConfig(host);
        card.parse(content);
        document.getElementById(name).append(card.render());
      }
    }</script>`;
}

function hostOf(theme: Theme): object {
  const { card, text, subtle, accent } = THEMES[theme];
  const tones = { light: ['#237b4b', '#835c00', '#c4314b'], dark: ['#92c353', '#f8d22a', '#f9526b'] } as const;
  const [good, warning, attention] = theme === 'light' ? tones.light : tones.dark;
  const tone = (color: string) => ({ default: color, subtle: color });
  const foregroundColors = {
    default: { default: text, subtle },
    accent: tone(accent),
    good: tone(good),
    warning: tone(warning),
    attention: tone(attention),
  };
  const styles = Object.entries({ default: card, ...STRIPS[theme] });
  return {
    supportsInteractivity: true,
    fontFamily: '"Segoe UI", system-ui, sans-serif',
    fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
    fontWeights: { lighter: 400, default: 400, bolder: 600 },
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    containerStyles: Object.fromEntries(
      styles.map(([name, backgroundColor]) => [name, { backgroundColor, foregroundColors }]),
    ),
    actions: {
      maxActions: 6,
      spacing: 'default',
      buttonSpacing: 8,
      actionsOrientation: 'horizontal',
      actionAlignment: 'left',
    },
    factSet: { title: { weight: 'bolder', maxWidth: 250 }, spacing: 16 },
  };
}
