// npm run scale: how a gallery of many pictures opens and scrolls, beside one of few. Times stand only beside each other.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright';
import { chromiumArguments, findChromium } from '../../src/cli/chromium.ts';
import { startSite } from '../../src/cli/site.ts';
import { blurs, fillGallery } from '../support/fillGallery.ts';

const { values } = parseArgs({
  options: {
    pictures: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
  },
});
const few = 10;
const counts = [few, Number(values.pictures)];
/** How far in one frame, in CSS pixels: as a wheel does, and as a flung finger does. */
const speeds = { slow: 40, fast: 400 };
/** A gallery of ten is as high as a screen or two: it is scrolled to and fro. */
const framesScrolled = 240;

interface Scrolled {
  /** Milliseconds between frames, from short to long. */
  readonly frames: readonly number[];
}
interface Visit {
  /** Milliseconds from the navigation until the first kept picture is to be seen. */
  readonly opened: number;
  readonly scrolled: Record<keyof typeof speeds, Scrolled>;
}

/** In the page, before its own scripts. */
function watchForPictures(): void {
  const look = () => {
    const image = document.querySelector<HTMLImageElement>('.kept-tile img');
    if (image?.complete && image.naturalWidth) Object.assign(globalThis, { pictureAt: performance.now() });
    else requestAnimationFrame(look);
  };
  look();
}

async function visit(
  browser: Browser,
  url: string,
  count: number,
  pngs: readonly Uint8Array[],
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    // tsx keeps the names of functions by a helper that a page has not.
    await context.addInitScript('globalThis.__name = (named) => named;');
    const page = await context.newPage();
    await page.goto(`${url}models/portraits/pack.json`);
    const pictures = Array.from({ length: count }, (_, i) => ({
      prompt: `a smiling woman with red hair and a hat, number ${i}`,
      seed: 1000 + i,
      score: 0.2 + (i % 50) / 500,
    }));
    await fillGallery(page, pictures, pngs);
    await page.addInitScript(watchForPictures);
    await page.goto(url);
    await page.waitForFunction(() => 'pictureAt' in globalThis);
    const opened = await page.evaluate(() => (globalThis as unknown as { pictureAt: number }).pictureAt);
    // The model loads meanwhile, and takes its share.
    await page.waitForFunction(() => document.querySelector('button[type=submit]:enabled'));
    await page.waitForTimeout(500);
    const slow = await scroll(page, speeds.slow);
    return { opened, scrolled: { slow, fast: await scroll(page, speeds.fast) } };
  } finally {
    await context.close();
  }
}

const scroll = (page: Page, speed: number): Promise<Scrolled> =>
  page.evaluate(
    ([speed, count]) =>
      new Promise((resolve) => {
        const frames: number[] = [];
        let [last, towards] = [0, 1];
        const next = (time: number) => {
          if (last) frames.push(time - last);
          last = time;
          if (frames.length === count) {
            scrollTo(0, 0);
            resolve({ frames: frames.sort((a, b) => a - b) });
            return;
          }
          const before = scrollY;
          scrollBy(0, towards * speed);
          if (scrollY === before) towards = -towards;
          requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      }),
    [speed, framesScrolled] as const,
  );

const executablePath = findChromium();
if (!executablePath) throw new Error('No Chromium found: set CHROME_PATH.');
const site = await startSite(fileURLToPath(new URL('../.tmp/scale-site/', import.meta.url)));
const browser = await chromium.launch({ executablePath, args: chromiumArguments });
try {
  const pngs = await blurs(40);
  const visits = new Map<number, Visit[]>(counts.map((count) => [count, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const count of counts) visits.get(count)?.push(await visit(browser, site.url, count, pngs));
  }
  for (const [count, all] of visits) {
    // The best of the rounds: what else the machine does only adds.
    const best = (times: readonly number[]) => Math.min(...times).toFixed(0);
    console.log(`${count} pictures: the first is seen after ${best(all.map(({ opened }) => opened))} ms`);
    for (const speed of Object.keys(speeds) as (keyof typeof speeds)[]) {
      const at = (share: number) =>
        best(all.map(({ scrolled }) => scrolled[speed].frames[Math.floor(share * (framesScrolled - 1))]));
      console.log(
        `  scrolled by ${speeds[speed]} px a frame: median ${at(0.5)} ms, 99th percentile ${at(0.99)} ms, longest ${at(1)} ms`,
      );
    }
  }
} finally {
  await browser.close();
  await site.close();
}
