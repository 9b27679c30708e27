// npm run bench: the design targets, measured. Times stand only as ratios within one run: machines differ, and are shared.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureBrowser } from './bench/browser.ts';
import { type Figure, table } from './bench/figures.ts';
import { measureRuntimes } from './bench/runtimes.ts';
import { measureSamplers } from './bench/samplerTimes.ts';
import { measureSizes } from './bench/sizes.ts';
import type { StageReport } from './bench/stages.ts';
import { measureStagesInChromium, stageFigures } from './bench/stagesInChromium.ts';
import { startSite } from './site.ts';

const { values } = parseArgs({
  options: {
    pack: { type: 'string', default: 'public/models/portraits' },
    generations: { type: 'string', default: '200' },
    json: { type: 'string' },
  },
});

const figures: Figure[] = [];
function report(found: readonly Figure[]): void {
  figures.push(...found);
  console.log(table(found));
}

const folder = mkdtempSync(join(tmpdir(), 'clip-vqdiffusion-bench-'));
const site = await startSite(folder);
try {
  report(measureSizes(values.pack, folder));
  report(await measureBrowser(site.url, Number(values.generations)));
  report(await measureRuntimes(values.pack));
  report(await measureSamplers(2));
  const stages: StageReport[] = [];
  for (const provider of ['wasm', 'webgpu'] as const) {
    const found = await measureStagesInChromium(values.pack.replace(/^public\//, ''), provider);
    if (!found) continue;
    report(stageFigures(found));
    stages.push(found);
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ figures, stages }, null, 2)}\n`);
} finally {
  await site.close();
  rmSync(folder, { recursive: true });
}
// The runtimes keep their thread pools, and with them the process.
process.exit(0);
