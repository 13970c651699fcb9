// Draws the Teams app's icons from their SVG with Chromium (CHROMIUM_PATH, default /usr/bin/chromium). The PNGs are
// committed, so nobody needs Chromium to package the app: run this only after a change of a drawing.
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { PNG } from 'pngjs';

const ICONS = [
  { name: 'color', size: 192 },
  { name: 'outline', size: 32 },
] as const;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: FLAGS,
});
try {
  for (const { name, size } of ICONS) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    const svg = readFileSync(`appPackage/icons/${name}.svg`, 'utf8');
    await page.setContent(`<style>html,body{margin:0;background:transparent}svg{display:block}</style>${svg}`);
    const drawn = PNG.sync.read(await page.screenshot({ omitBackground: true }));
    if (name === 'outline') whiten(drawn);
    writeFileSync(`appPackage/${name}.png`, PNG.sync.write(drawn, { colorType: 6 }));
    await page.close();
    process.stdout.write(`drawn: appPackage/${name}.png (${drawn.width} x ${drawn.height})\n`);
  }
} finally {
  await browser.close();
}

/** Smoothing leaves greys at the edges, which Teams refuses: only the alpha channel may tell them apart. */
function whiten(image: PNG): void {
  for (let at = 0; at < image.data.length; at += 4) image.data.fill(255, at, at + 3);
}
