// stages.ts in Chromium, in WASM and on WebGPU: a real GPU's where there is one, else the software adapter's.
import { chromium } from 'playwright';
import { createServer } from 'vite';
import type { Provider } from '../../types.ts';
import { chromiumArguments, findChromium } from '../chromium.ts';
import type { StageReport } from './stages.ts';
import type { PageOptions } from './stagesInPage.ts';

const stages = '/src/cli/bench/stagesInPage.ts';

/**
 * @param pack folder under public/, as the page would name it
 * @returns null where there is no Chromium
 */
export async function measureStagesInChromium(
  pack: string,
  provider: Provider,
  rounds: number,
): Promise<StageReport | null> {
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
    const options: PageOptions = { packUrl: `${url}${pack}`, provider, rounds };
    // As text: it is the page that imports.
    return await page.evaluate(
      `import("${stages}").then((m) => m.measureInPage(${JSON.stringify(options)}))`,
    );
  } finally {
    await browser.close();
    await server.close();
  }
}
