// npm run generations: what a thousand runs, of which some are stopped half-way, leave in memory.
//   npm run generations -- --runs 1000 --seed 0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSite } from '../../src/cli/site.ts';
import { Place, type Visitor } from './place.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '1000' }, seed: { type: 'string', default: '0' } },
});
const all = Number(values.runs);
/** Where memory is looked at. */
const marks = [0.1, 0.2, 0.5, 1].map((share) => Math.round(share * all));

/** So many runs of the form as it stands; a third of them are stopped after some milliseconds. In the page. */
async function run({ count, seed }: { readonly count: number; readonly seed: number }): Promise<number> {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const button = () => document.querySelector<HTMLButtonElement>('button[type=submit]')!;
  const isIdle = () => button().textContent === 'Generate' && !button().disabled;
  let stopped = 0;
  for (let i = 0; i < count; i++) {
    button().click();
    if (random() < 1 / 3) {
      await wait(60 * random());
      const stop = document.querySelector<HTMLButtonElement>('button.stop');
      if (stop) stopped++;
      stop?.click();
    }
    do await wait(4);
    while (!isIdle());
    // Pictures of this visit stay on the page, by design, until they are cleared.
    if (i % 20 === 19) document.querySelector<HTMLButtonElement>('button.clear')?.click();
  }
  return stopped;
}

async function measure({ page, context }: Visitor): Promise<string[]> {
  const session = await context.newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  // With the workers', and the runtime's WebAssembly.
  const whole = await page.evaluate(async () => {
    const { measureUserAgentSpecificMemory: ask } = performance as unknown as {
      measureUserAgentSpecificMemory?: () => Promise<{ readonly bytes: number }>;
    };
    return ask ? (await ask.call(performance)).bytes : Number.NaN;
  });
  const browser = await context.browser()!.newBrowserCDPSession();
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  await browser.detach();
  const resident = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]) / 1000);
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  return [megabytes(usedSize), megabytes(whole), Math.max(...resident).toFixed(0)];
}

const folder = mkdtempSync(join(tmpdir(), 'clip-vqdiffusion-generations-'));
buildSite(folder);
const place = await Place.of(folder);
try {
  const visitor = await place.visitor();
  await visitor.open('wasm');
  await visitor.write(1, 4);
  await visitor.page.getByRole('button', { name: 'Keep this seed' }).click();
  console.log('| runs | stopped | JavaScript of the page, MB | with its workers, MB | the process, MB |');
  console.log('|---|---|---|---|---|');
  let [done, stopped] = [0, 0];
  for (const mark of marks) {
    while (done < mark) {
      const count = Math.min(100, mark - done);
      stopped += await visitor.page.evaluate(run, { count, seed: Number(values.seed) + done });
      done += count;
    }
    await visitor.idle();
    console.log(`| ${[done, stopped, ...(await measure(visitor))].join(' | ')} |`);
  }
} finally {
  await place.leave();
  rmSync(folder, { recursive: true });
}
process.exit(0);
