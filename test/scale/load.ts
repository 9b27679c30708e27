// npm run load -- --against FOLDER: how the built page loads, beside one that was built of another commit into FOLDER. They
// take turns, each visit with empty caches, and times stand only beside each other:
//
//   git worktree add --detach ../before COMMIT && (cd ../before && npm ci && npx vite build)
//   npm run load -- --against ../before/dist
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Browser, chromium } from 'playwright';
import { chromiumArguments, findChromium } from '../../src/cli/chromium.ts';
import { buildSite, type Site } from '../../src/cli/site.ts';
import { startOwn } from '../hosts/servers.ts';

const { values } = parseArgs({
  options: {
    against: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    /** As in the page's address; the built-in model of each page where none is named. */
    pack: { type: 'string' },
  },
});

interface Load {
  /** Milliseconds from the navigation until something is to be seen. */
  readonly shown: number;
  /** Until Generate can be pressed. */
  readonly ready: number;
  /** The longest task of the page's main thread until then, in processor time: other work on the machine lengthens it little. */
  readonly longest: number;
  /** Of all its tasks. */
  readonly busy: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  /** Microseconds of the processor. */
  readonly tdur?: number;
}

/** In the page, before its own scripts. */
function watchForReady(): void {
  const look = () => {
    const button = document.querySelector('button[type=submit]:enabled');
    if (button) {
      Object.assign(globalThis, { readyAt: performance.mark('ready').startTime });
    } else setTimeout(look, 5);
  };
  look();
}

async function load(browser: Browser, url: string): Promise<Load> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    // tsx keeps the names of functions by a helper that a page has not.
    await context.addInitScript('globalThis.__name = (named) => named;');
    await context.addInitScript(watchForReady);
    const page = await context.newPage();
    // Not devtools.timeline: to tell where calls come from it has V8 read the whole script again, in the task that is measured.
    await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
    const address = new URL(url);
    address.searchParams.set('device', 'wasm');
    if (values.pack) address.searchParams.set('pack', values.pack);
    await page.goto(address.href);
    const ready = await page
      .waitForFunction(() => (globalThis as { readyAt?: number }).readyAt, null, { timeout: 120_000 })
      .then((handle) => handle.jsonValue());
    const shown = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    );
    const trace: { traceEvents: TraceEvent[] } = JSON.parse(String(await browser.stopTracing()));
    return { shown, ready: ready!, ...tasksUntilReady(trace.traceEvents) };
  } finally {
    await context.close();
  }
}

function tasksUntilReady(events: readonly TraceEvent[]): Pick<Load, 'longest' | 'busy'> {
  // Set by a script, and so on the page's main thread.
  const end = events.find(({ name }) => name === 'ready');
  if (!end) throw new Error('The trace does not hold the mark of the page.');
  const tasks = events.filter(
    ({ name, ph, pid, tid, ts }) =>
      /RunTask$/.test(name) && ph === 'X' && pid === end.pid && tid === end.tid && ts <= end.ts,
  );
  if (tasks.length === 0) throw new Error('The trace holds no tasks.');
  const times = tasks.map(({ tdur = 0 }) => tdur / 1000);
  return { longest: Math.max(...times), busy: times.reduce((sum, time) => sum + time, 0) };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Pages of some commits have their runtime's modules by that name. */
const typed = (path: string) =>
  path.endsWith('.mjs') ? { headers: { 'Content-Type': 'text/javascript' } } : {};

const own = fileURLToPath(new URL('../.tmp/load/now/', import.meta.url));
buildSite(own);
const folders = { ...(values.against !== undefined && { before: values.against }), now: own };
const sites: [string, Site][] = [];
const browser = await chromium.launch({ executablePath: findChromium()!, args: chromiumArguments });
try {
  for (const [name, folder] of Object.entries(folders)) sites.push([name, await startOwn(folder, typed)]);
  const loads = new Map(sites.map(([name]): [string, Load[]] => [name, []]));
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const [name, { url }] of sites) {
      const found = await load(browser, url);
      // The first of each warms the machine up.
      if (round >= 0) loads.get(name)!.push(found);
    }
  }
  for (const [name, found] of loads) {
    const words = (['shown', 'ready', 'longest', 'busy'] as const).map((what) => {
      const all = found.map((each) => each[what]);
      return `${what} ${median(all).toFixed(0)} ms (${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)})`;
    });
    console.log(`${name}: ${words.join(', ')}`);
  }
} finally {
  await browser.close();
  for (const [, site] of sites) await site.close();
}
