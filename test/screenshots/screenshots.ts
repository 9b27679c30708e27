// npm run screenshots: the page's main states in three sizes, light and dark, into test/.tmp/screenshots, to be looked at.
// axe looks as well: what it finds is printed, and fails the command. `-- phone dark` makes some of them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BrowserContextOptions, chromium, type Page } from 'playwright';
import { chromiumArguments, findChromium } from '../../src/cli/chromium.ts';
import { startSite } from '../../src/cli/site.ts';
import { accessibilityViolations } from '../support/accessibility.ts';
import { fillGallery } from '../support/fillGallery.ts';
import { convertMicroPack } from '../support/microPack.ts';

const folder = fileURLToPath(new URL('../.tmp/screenshots/', import.meta.url));
const siteFolder = fileURLToPath(new URL('../.tmp/screenshots-site/', import.meta.url));

const devices: readonly {
  readonly name: string;
  readonly sizes: readonly (readonly [number, number])[];
  options: BrowserContextOptions;
}[] = [
  {
    name: 'desktop',
    sizes: [
      [1440, 900],
      [1024, 768],
    ],
    options: {},
  },
  { name: 'phone', sizes: [[390, 844]], options: { hasTouch: true, isMobile: true, deviceScaleFactor: 2 } },
];
const prompts: readonly string[] = JSON.parse(
  readFileSync(new URL('../../public/models/portraits/pack.json', import.meta.url), 'utf8'),
).examples;

let violations = 0;

/** @param focus brings into view what is to be seen, at each size */
type Shoot = (state: string, focus?: () => Promise<void>) => Promise<void>;

/** Goes through the states in the order of a visit. */
async function walk(page: Page, url: string, shoot: Shoot): Promise<void> {
  const button = (name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' });
  const prompt = page.getByRole('textbox', { name: 'Prompt' });
  const ready = () => page.waitForFunction(() => document.querySelector('button[type=submit]:enabled'));
  const earlier = page.getByRole('region', { name: 'Earlier pictures' });

  await page.goto(url);
  await ready();
  await page.waitForLoadState('networkidle');
  const toTop = () => page.evaluate(() => scrollTo(0, 0));
  await shoot('1 first visit', toTop);
  await button('Ideas').click();
  await button('Generate').click();
  await page.getByText('Write a prompt first').waitFor();
  await shoot('1 no prompt, ideas', toTop);
  await button('Ideas').click();
  const advanced = page.getByText('Advanced', { exact: true });
  await advanced.click();
  const toAdvanced = () => page.locator('details.advanced').evaluate((all) => all.scrollIntoView());
  await shoot('1 advanced', toAdvanced);
  await advanced.click();

  await prompt.fill(prompts[0]);
  await page.getByRole('slider', { name: 'Steps' }).fill('40');
  await button('Generate').click();
  await page.getByText(/Step (1[2-9]|[23]\d) of 4\d/).waitFor();
  await shoot('2 generating');
  for (const other of prompts.slice(1, 3)) {
    await prompt.fill(other);
    await button('Add to the line').click();
  }
  await page.getByRole('region', { name: 'What waits' }).waitFor();
  await shoot('2 line', toTop);
  await button('Clear the line').click();
  await prompt.fill(prompts[0]);
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
  const change = viewer.getByRole('group', { name: 'Change one thing' });
  await shoot('3 change', () => change.evaluate((group) => group.scrollIntoView({ block: 'center' })));
  await viewer.getByRole('button', { name: 'Why this one' }).click();
  const why = viewer.getByRole('region', { name: 'Why this one' });
  await viewer.getByRole('checkbox', { name: 'How sure it was' }).uncheck();
  await viewer.getByRole('slider', { name: 'Step' }).press('End');
  await why.getByRole('listitem').first().waitFor();
  const toWhy = () => why.evaluate((section) => section.scrollIntoView({ block: 'center' }));
  await shoot('3 why', toWhy);
  await why.getByRole('button', { name: 'Mend what it was least sure of' }).click();
  await why.getByText(/^Marked in the picture/).waitFor();
  await shoot('3 mend', toWhy);
  await viewer.getByRole('button', { name: 'Why this one' }).click();
  await viewer.getByRole('button', { name: 'Repaint a part…' }).click();
  const brush = page.getByRole('dialog', { name: 'Repaint a part' });
  await brush.getByRole('application').waitFor();
  await shoot('3 brush', () => paint(page));
  await page.keyboard.press('Escape');
  await brush.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  if (!(await button('Grid…').isVisible())) await page.getByText('Advanced', { exact: true }).click();
  await button('Grid…').click();
  await page.getByRole('dialog', { name: 'Grid' }).getByLabel('Rows', { exact: true }).waitFor();
  await shoot('3 grid');
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
  // Those that were made here look more like their words: of the others there are no tokens.
  await button('Best first').click();
  const film = page.getByRole('article').first();
  for (const place of [0, 1]) await earlier.getByRole('checkbox').nth(place).check();
  await button('Film').click();
  await film.getByRole('img').nth(2).waitFor();
  await shoot('5 film in the making', toTop);
  await film.locator('a.view-link[href]').nth(16).waitFor();
  await ready();
  await shoot('5 film', () => film.evaluate((article) => article.scrollIntoView()));
  await button('Best first').click();

  await earlier.getByRole('link').first().click();
  await page.getByRole('dialog').getByRole('img').waitFor();
  await shoot('6 viewer');
  await page.keyboard.press('Escape');
  await button('Models').click();
  await page.getByText('Portraits').last().waitFor();
  await shoot('7 models');
  await page.keyboard.press('Escape');
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('?');
  await shoot('8 keys');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'How it works' }).click();
  await page.getByRole('button', { name: /^Show me: From nothing/ }).click();
  await page.getByRole('button', { name: /^Again: From nothing/ }).waitFor();
  await shoot('8 how it works');
  await shoot('8 how it works, one tile', () =>
    page.locator('.choices').evaluate((figure) => figure.scrollIntoView({ block: 'center' })),
  );
  await page.keyboard.press('Escape');
  await page.locator('input[type=file][accept="image/*"]').setInputFiles({
    name: 'holiday.jpg',
    mimeType: 'image/jpeg',
    buffer: Buffer.from('a photo'),
  });
  await page.locator('.alert').waitFor();
  await shoot('9 alert', toTop);
  await page.locator('input[type=file][accept="image/*"]').setInputFiles({
    name: 'me at the lake.png',
    mimeType: 'image/png',
    buffer: Buffer.from((await strip(page))[3]),
  });
  await page.getByRole('region', { name: 'Your picture' }).waitFor();
  await shoot('10 own picture', () =>
    page
      .getByRole('region', { name: 'Your picture' })
      .evaluate((own) => own.scrollIntoView({ block: 'center' })),
  );

  await page.goto(`${url}?pack=packs/micro/`);
  await ready();
  await button('Models').click();
  await page
    .getByRole('button', { name: /^Check/ })
    .first()
    .waitFor();
  await shoot('11 models stored');
  await page.keyboard.press('Escape');
}

/** What is told where a part of the page does not come. */
async function walkWithoutParts(page: Page, url: string, shoot: Shoot): Promise<void> {
  await page.route(/assets\/(GridFields|Shortcuts|Viewer)-/, (route) => route.abort());
  await page.goto(`${url}?pack=packs/micro/&device=wasm`);
  await page.waitForFunction(() => document.querySelector('button[type=submit]:enabled'));
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a hat');
  await page.getByLabel('How many pictures').selectOption('1');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await page.locator('a.view-link[href]').first().click();
  await page.getByRole('dialog').getByRole('alert').waitFor();
  await shoot('12 no viewer');
  await page.keyboard.press('Escape');
  await page.getByText('Advanced', { exact: true }).click();
  await page.getByRole('button', { name: 'Grid…' }).click();
  await page.getByRole('dialog').getByRole('alert').waitFor();
  await shoot('12 no grid');
}

/** A stroke over the middle of the picture under the brush. */
async function paint(page: Page): Promise<void> {
  const { x, y, width, height } = (await page.locator('.brush [role=application]').boundingBox())!;
  await page.mouse.move(x + 0.3 * width, y + 0.3 * height);
  await page.mouse.down();
  await page.mouse.move(x + 0.6 * width, y + 0.35 * height, { steps: 4 });
  await page.mouse.up();
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
const asked = process.argv.slice(2);
const isAsked = (name: string, names: readonly string[]) =>
  !asked.some((each) => names.includes(each)) || asked.includes(name);
const site = await startSite(siteFolder);
mkdirSync(`${siteFolder}packs/micro`, { recursive: true });
for (const [path, bytes] of await convertMicroPack('fp16'))
  writeFileSync(`${siteFolder}packs/micro/${path}`, bytes);
const browser = await chromium.launch({ executablePath, args: chromiumArguments });
try {
  for (const { name: device, sizes, options } of devices) {
    if (!isAsked(device, ['desktop', 'phone'])) continue;
    for (const colorScheme of ['light', 'dark'] as const) {
      if (!isAsked(colorScheme, ['light', 'dark'])) continue;
      for (const [go, serviceWorkers] of [
        [walk, 'allow'],
        [walkWithoutParts, 'block'],
      ] as const) {
        const context = await browser.newContext({
          ...options,
          colorScheme,
          serviceWorkers,
          reducedMotion: 'reduce',
          viewport: { width: sizes[0][0], height: sizes[0][1] },
        });
        context.setDefaultTimeout(300_000);
        const page = await context.newPage();
        await go(page, site.url, async (state, focus = async () => {}) => {
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
  }
} finally {
  await browser.close();
  await site.close();
}
console.log(`The pictures are in ${folder}; axe finds ${violations || 'nothing'}.`);
process.exitCode = violations ? 1 : 0;
