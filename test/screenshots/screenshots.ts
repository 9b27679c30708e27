// npm run screenshots: the page's main states in three sizes, light and dark, into test/.tmp/screenshots, to be looked at.
// axe looks as well: what it finds is printed, and fails the command.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BrowserContextOptions, chromium, type Page } from 'playwright';
import { chromiumArguments, findChromium } from '../../src/cli/chromium.ts';
import { startSite } from '../../src/cli/site.ts';
import { accessibilityViolations } from '../support/accessibility.ts';
import { fillGallery } from '../support/fillGallery.ts';

const folder = fileURLToPath(new URL('../.tmp/screenshots/', import.meta.url));
const siteFolder = fileURLToPath(new URL('../.tmp/screenshots-site/', import.meta.url));

const devices: readonly {
  readonly sizes: readonly (readonly [number, number])[];
  options: BrowserContextOptions;
}[] = [
  {
    sizes: [
      [1440, 900],
      [1024, 768],
    ],
    options: {},
  },
  { sizes: [[390, 844]], options: { hasTouch: true, isMobile: true, deviceScaleFactor: 2 } },
];
const prompts: readonly string[] = JSON.parse(
  readFileSync(new URL('../../public/models/portraits/pack.json', import.meta.url), 'utf8'),
).examples;

let violations = 0;

/** Goes through the states in the order of a visit. */
async function walk(
  page: Page,
  url: string,
  shoot: (state: string, focus?: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const button = (name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' });
  const prompt = page.getByRole('textbox', { name: 'Prompt' });
  const ready = () => page.waitForFunction(() => document.querySelector('button[type=submit]:enabled'));
  const earlier = page.getByRole('region', { name: 'Earlier pictures' });

  await page.goto(url);
  await ready();
  await page.waitForLoadState('networkidle');
  await shoot('1 first visit', () => page.evaluate(() => scrollTo(0, 0)));

  await prompt.fill(prompts[0]);
  await page.getByRole('slider', { name: 'Steps' }).fill('100');
  await button('Generate').click();
  await page.getByText(/Step [3-9]\d of 10\d/).waitFor();
  await shoot('2 generating');
  await page.keyboard.press('Escape');
  await ready();
  await page.getByRole('slider', { name: 'Steps' }).fill('12');
  await button('Generate').click();
  await page
    .getByRole('article')
    .first()
    .getByRole('button', { name: /^Use this seed/ })
    .nth(3)
    .waitFor();
  await ready();
  await shoot('3 done');

  const viewer = page.getByRole('dialog');
  await page.getByRole('article').first().getByRole('link').first().click();
  await viewer.getByRole('slider', { name: 'Step' }).fill('6');
  await viewer.getByRole('checkbox', { name: 'How sure it was' }).check();
  await page.waitForFunction(() => !document.querySelector('.steps-wait'));
  await shoot('3 steps');
  await page.keyboard.press('Escape');

  await fillGallery(
    page,
    Array.from({ length: 17 }, (_, i) => ({
      prompt: prompts[i % prompts.length],
      seed: 2_871_004_551 - 1371 * i,
      score: 0.31 - i / 100,
    })),
    await strip(page),
  );
  await page.reload();
  await ready();
  await earlier.getByRole('img').nth(5).waitFor();
  const toGallery = () => earlier.evaluate((section) => section.scrollIntoView());
  await shoot('4 gallery', toGallery);
  for (const place of [1, 2]) await earlier.getByRole('checkbox').nth(place).check();
  await shoot('5 some selected', toGallery);
  await page.keyboard.press('Escape');

  await earlier.getByRole('link').first().click();
  await page.getByRole('dialog').getByRole('img').waitFor();
  await shoot('6 viewer');
  await page.keyboard.press('Escape');
  await button('Models').click();
  await shoot('7 models');
  await page.keyboard.press('Escape');
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('?');
  await shoot('8 keys');
  await page.keyboard.press('Escape');
  await page.locator('input[type=file][accept="image/*"]').setInputFiles({
    name: 'holiday.jpg',
    mimeType: 'image/jpeg',
    buffer: Buffer.from('a photo'),
  });
  await page.locator('.alert').waitFor();
  await shoot('9 alert', () => page.evaluate(() => scrollTo(0, 0)));
}

/** The built-in model's own pictures, one PNG each. */
async function strip(page: Page): Promise<Uint8Array[]> {
  const urls = await page.evaluate(async () => {
    const file = await (await fetch('models/portraits/welcome.webp')).blob();
    const all = await createImageBitmap(file);
    const side = all.height;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 128;
    const pictures: string[] = [];
    for (let x = 0; x < all.width; x += side) {
      canvas.getContext('2d')?.drawImage(all, x, 0, side, side, 0, 0, 128, 128);
      pictures.push(canvas.toDataURL('image/png'));
    }
    return pictures;
  });
  return urls.map((url) => Buffer.from(url.split(',')[1], 'base64'));
}

const executablePath = findChromium();
if (!executablePath) throw new Error('No Chromium found: set CHROME_PATH.');
const site = await startSite(siteFolder);
const browser = await chromium.launch({ executablePath, args: chromiumArguments });
try {
  for (const { sizes, options } of devices) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({
        ...options,
        colorScheme,
        reducedMotion: 'reduce',
        viewport: { width: sizes[0][0], height: sizes[0][1] },
      });
      const page = await context.newPage();
      await walk(page, site.url, async (state, focus = async () => {}) => {
        for (const [width, height] of sizes) {
          await page.setViewportSize({ width, height });
          await focus();
          const name = `${state.replaceAll(' ', '-')}_${width}_${colorScheme}`;
          await page.screenshot({ path: `${folder}${name}.png` });
          for (const violation of await accessibilityViolations(page)) {
            violations++;
            console.error(`${name}: ${violation}`);
          }
        }
      });
      await context.close();
    }
  }
} finally {
  await browser.close();
  await site.close();
}
console.log(`The pictures are in ${folder}; axe finds ${violations || 'nothing'}.`);
process.exitCode = violations ? 1 : 0;
