// npx tsx src/cli/icons.ts: the icons of manifest.json, drawn by Chromium from public/favicon.svg. To be made again whenever that is.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright';
import { chromiumArguments, findChromium } from './chromium.ts';

const folder = new URL('../../public/', import.meta.url);
const mark = readFileSync(new URL('favicon.svg', folder), 'utf8');
// Systems cut a filled icon to their own shape: its ground goes to the edge, and its face lies in the circle that stays.
const filled = mark
  .replace('viewBox="0 0 32 32"', 'viewBox="-2.5 -2.5 37 37"')
  .replace(/<rect width="32" height="32" rx="7"/, '<rect x="-2.5" y="-2.5" width="37" height="37"');

const icons = [
  { name: 'icon-192', size: 192, svg: mark },
  { name: 'icon-512', size: 512, svg: mark },
  { name: 'filled-512', size: 512, svg: filled },
];

const executablePath = findChromium();
if (!executablePath) throw new Error('No Chromium found: set CHROME_PATH.');
mkdirSync(new URL('icons/', folder), { recursive: true });
const browser = await chromium.launch({ executablePath, args: chromiumArguments });
try {
  for (const { name, size, svg } of icons) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(`<body style="margin: 0">${svg.replace('<svg', '<svg style="display: block"')}`);
    const file = new URL(`icons/${name}.png`, folder);
    writeFileSync(file, await page.screenshot({ omitBackground: true }));
    console.log(`${file.pathname}: ${size} x ${size}`);
    await page.close();
  }
} finally {
  await browser.close();
}
