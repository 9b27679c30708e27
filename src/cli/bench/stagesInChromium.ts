// stages.ts in Chromium, in WASM and on WebGPU: a real GPU's where there is one, else the software adapter's.
import { chromium } from 'playwright';
import { createServer } from 'vite';
import type { Provider } from '../../types.ts';
import { chromiumArguments, findChromium } from '../chromium.ts';
import { type Figure, plain } from './figures.ts';
import type { StageOptions, StageReport } from './stages.ts';

const stages = '/src/cli/bench/stages.ts';

/**
 * @param pack folder under public/, as the page would name it
 * @returns null where there is no Chromium
 */
export async function measureStagesInChromium(pack: string, provider: Provider): Promise<StageReport | null> {
  const executablePath = findChromium();
  if (!executablePath) return null;
  // The sources, not the built page: its worker does not let anyone in.
  const server = await createServer({
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
    // As they are: bundling one when it is first met would reload the page.
    optimizeDeps: { noDiscovery: true },
  });
  const browser = await chromium.launch({ executablePath, args: chromiumArguments });
  try {
    await server.listen();
    const [url] = server.resolvedUrls!.local;
    const page = await browser.newPage();
    await page.goto(`${url}src/cli/bench/blank.html`);
    const options: StageOptions = { packUrl: `${url}${pack}`, provider, rounds: provider === 'wasm' ? 9 : 3 };
    // As text: it is the page that imports.
    return await page.evaluate(
      `import("${stages}").then((m) => m.measureStages(${JSON.stringify(options)}))`,
    );
  } finally {
    await browser.close();
    await server.close();
  }
}

/** For people; the JSON has the numbers. */
export function stageFigures({ provider, weightType, stages, steps, choices }: StageReport): Figure[] {
  const label = `${provider}, ${weightType}`;
  const ms = (value: number) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
  const of = (what: string, candidates: number | null) =>
    candidates === null ? `${label}: ${what}` : `${label}: ${what}, ${candidates} guided`;
  return [
    ...choices.map(({ what, chosen }) => plain(of(what.toLowerCase(), null), chosen)),
    ...stages.map(({ stage, candidates, cold, warm, gpu }) => {
      const onGpu = gpu === null ? '' : ` (${ms(gpu)} on its clock)`;
      const times = warm === null ? ms(cold) : `${ms(warm)}${onGpu}, first ${ms(cold)}`;
      return plain(of(stage, candidates), times);
    }),
    ...steps.flatMap(({ candidates, step, reference }) => [
      plain(of('a step, as the page runs it', candidates), ms(step)),
      plain(of('a step, logits read back, sampled in TypeScript', candidates), ms(reference)),
    ]),
  ];
}
