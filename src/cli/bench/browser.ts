// The built page in Chromium, as a first visitor meets it: time to ready, long tasks, memory over many runs.
import { type Browser, chromium, type Page } from 'playwright';
import { chromiumArguments, findChromium } from '../chromium.ts';
import { atMost, type Figure, median, plain } from './figures.ts';

const VISITS = 3;

export async function measureBrowser(url: string, generations: number): Promise<Figure[]> {
  const executablePath = findChromium();
  if (!executablePath) return [plain('browser figures', 'skipped: no Chromium, set CHROME_PATH')];
  const browser = await chromium.launch({ executablePath, args: chromiumArguments });
  try {
    return [
      await timeToReady(browser, url),
      ...(await oneRun(browser, url)),
      ...(await manyRuns(browser, url, generations)),
    ];
  } finally {
    await browser.close();
  }
}

/** First visits, each with an empty cache. */
async function timeToReady(browser: Browser, url: string): Promise<Figure> {
  const times: number[] = [];
  for (let visit = 0; visit < VISITS; visit++) {
    const begun = performance.now();
    const page = await open(browser, url);
    times.push((performance.now() - begun) / 1000);
    await page.context().close();
  }
  return atMost('first visit: page open to Generate enabled, WASM', median(times), 3, 's');
}

/** Four candidates in 25 steps, watched for tasks that block the page. */
async function oneRun(browser: Browser, url: string): Promise<Figure[]> {
  const page = await open(browser, url);
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { tasks });
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({
      entryTypes: ['longtask'],
    });
  });
  const begun = performance.now();
  await generate(page, 'a person with a black afro and sunglasses', 4);
  const seconds = (performance.now() - begun) / 1000;
  const longest = await page.evaluate(() =>
    Math.max(0, ...(globalThis as unknown as { tasks: number[] }).tasks),
  );
  await page.context().close();
  return [
    plain('four candidates, 25 steps, from click to last picture', `${seconds.toFixed(1)} s`),
    atMost('longest main-thread task while generating', longest, 50, 'ms', 0),
  ];
}

/** Memory of page and worker in the last half of the runs against the first half. */
async function manyRuns(browser: Browser, url: string, generations: number): Promise<Figure[]> {
  const page = await open(browser, url);
  await page.getByRole('slider', { name: 'Steps' }).fill('2');
  await page.getByLabel('How many pictures').selectOption('1');
  const bytes: number[] = [];
  for (let run = 0; run < generations; run++) {
    await generate(page, 'a hat', 1);
    // The pictures are the visitor's; what is measured is what they do not see.
    await page.getByRole('button', { name: 'Clear gallery' }).click();
    if ((run + 1) % Math.ceil(generations / 4) === 0) bytes.push(await memory(page));
  }
  await page.context().close();
  const half = bytes.length >> 1;
  const growth = median(bytes.slice(half)) / median(bytes.slice(0, half));
  return [
    plain(
      `memory of page and worker after ${generations} runs`,
      `${((bytes.at(-1) ?? 0) / 1e6).toFixed(0)} MB`,
    ),
    atMost('memory, second half of the runs against the first', growth, 1.05, 'x', 3),
  ];
}

async function open(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${url}?device=wasm`);
  await page.waitForFunction(() => document.querySelector('button[type=submit]:enabled'));
  return page;
}

/** Runs a prompt and waits for its pictures. */
async function generate(page: Page, prompt: string, pictures: number): Promise<void> {
  await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await page.waitForFunction(
    (count) =>
      document.querySelectorAll('article[aria-busy=false] img').length === count &&
      document.querySelector('button[type=submit]:enabled'),
    pictures,
    { timeout: 300_000 },
  );
}

/** Takes the browser up to a minute: it waits for the next garbage collection of every thread. */
async function memory(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { bytes } = await (
      performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }
    ).measureUserAgentSpecificMemory();
    return bytes;
  });
}
