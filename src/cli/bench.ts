// npm run bench: the design targets, measured. Times stand only as ratios within one run: machines differ, and are shared.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '../errors.ts';
import { bad, parsedNumber } from './arguments.ts';
import { measureBrowser } from './bench/browser.ts';
import { type Figure, table } from './bench/figures.ts';
import { measureRuntimes } from './bench/runtimes.ts';
import { measureSamplers } from './bench/samplerTimes.ts';
import { measureSizes } from './bench/sizes.ts';
import { stageFigures } from './bench/stageFigures.ts';
import type { StageReport } from './bench/stages.ts';
import { measureStagesInChromium } from './bench/stagesInChromium.ts';
import { measureNatively, measureOnDawn } from './bench/stagesInNode.ts';
import { startSite } from './site.ts';

const usage = `Measures what the page is to reach, and each stage of a run by itself.

  --pack FOLDER      more than one: their stages are measured one after the other (public/models/portraits)
  --generations N    runs of the page, to see whether its memory grows (200)
  --stages           only the stages
  --dawn             no browser at all: the stages on a GPU through Dawn in Node, and on the processor natively
  --rounds N         times that a stage is run after its first, 1 to 90 (9 on a processor, 3 on a GPU)
  --json FILE        keeps all numbers`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    pack: { type: 'string', multiple: true, default: ['public/models/portraits'] },
    generations: { type: 'string', default: '200' },
    stages: { type: 'boolean', default: false },
    dawn: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    json: { type: 'string' },
  },
});

const figures: Figure[] = [];
function report(found: readonly Figure[]): void {
  figures.push(...found);
  console.log(table(found));
}

const stages: StageReport[] = [];
function reportStages(found: StageReport | null): void {
  if (!found) {
    console.log('No Chromium was found, so its stages are skipped: set CHROME_PATH, or measure with --dawn.');
    return;
  }
  report(stageFigures(found));
  stages.push(found);
}

function rounds(usual: number): number {
  const given = parsedNumber('rounds', values.rounds ?? String(usual));
  if (!Number.isInteger(given) || given < 1 || given > 90) throw bad('rounds', String(given), 'from 1 to 90');
  return given;
}
const [firstPack] = values.pack;

async function measureTargets(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'clip-vqdiffusion-bench-'));
  const site = await startSite(folder);
  try {
    report(measureSizes(firstPack, folder));
    report(await measureBrowser(site.url, Number(values.generations)));
    report(await measureRuntimes(firstPack));
    report(await measureSamplers(2));
  } finally {
    await site.close();
    rmSync(folder, { recursive: true });
  }
}

async function measureInChromium(pack: string): Promise<void> {
  const address = pack.replace(/^public\//, '');
  reportStages(await measureStagesInChromium(address, 'wasm', rounds(9)));
  reportStages(await measureStagesInChromium(address, 'webgpu', rounds(3)));
}

async function measureInNode(pack: string): Promise<void> {
  reportStages(await measureOnDawn(pack, rounds(3)));
  reportStages(await measureNatively(pack, rounds(9)));
}

if (values.help) {
  console.log(usage);
  process.exit(0);
}
try {
  if (!values.dawn && !values.stages) await measureTargets();
  for (const pack of values.pack) await (values.dawn ? measureInNode(pack) : measureInChromium(pack));
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ figures, stages }, null, 2)}\n`);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exit(1);
}
// The runtimes keep their thread pools, and with them the process.
process.exit(0);
