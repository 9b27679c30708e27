// npm run bench: design targets, measured. Times stand only as ratios within one run: machines differ, and are shared.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureBrowser } from './bench/browser.ts';
import { type Figure, table } from './bench/figures.ts';
import { measureRuntimes } from './bench/runtimes.ts';
import { measureSizes } from './bench/sizes.ts';

const { values } = parseArgs({
  options: {
    pack: { type: 'string', default: 'public/models/toon' },
    generations: { type: 'string', default: '200' },
    json: { type: 'string' },
  },
});

const figures: Figure[] = [];
for (const measure of [
  () => measureSizes(values.pack),
  () => measureRuntimes(values.pack),
  () => measureBrowser(Number(values.generations)),
]) {
  const found = await measure();
  figures.push(...found);
  console.log(table(found));
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
// The runtimes keep their thread pools, and with them the process.
process.exit(0);
