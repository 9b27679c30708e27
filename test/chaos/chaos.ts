// npm run chaos: the built page against everything that can break: its server, GPU, worker and tab, at moments drawn by a seed.
//   npm run chaos -- --faults 500 --seed 0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSite } from '../../src/cli/site.ts';
import { mulberry32 } from '../support/mulberry32.ts';
import {
  byCrash,
  byHanging,
  byServer,
  byWrongShader,
  type Ended,
  inOpening,
  inRuns,
  type Random,
  undisturbed,
} from './kinds.ts';
import { Place } from './place.ts';

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '500' },
    seed: { type: 'string', default: '0' },
    /** Visits that ask a GPU: minutes each where that is emulated on a busy machine. */
    gpu: { type: 'string', default: '6' },
  },
});
const wanted = Number(values.faults);
const seed = Number(values.seed);

type Scene = (place: Place, random: Random, ended: Ended) => Promise<void>;
/** Of a hundred, how often each. */
const scenes: readonly [number, Scene][] = [
  [52, byServer],
  [22, (place, random, ended) => inRuns(place, random, ended, 'kill the worker', 12)],
  [12, inOpening],
  [11, byCrash],
  [3, byHanging],
];
/** In turn. */
const onGpu: readonly Scene[] = [
  (place, random, ended) => inRuns(place, random, ended, 'lose the GPU', 2),
  byWrongShader,
  (place, random, ended) => byCrash(place, random, ended, 'webgpu'),
];

function drawn(random: Random): Scene {
  let place = 100 * random();
  for (const [share, scene] of scenes) {
    place -= share;
    if (place < 0) return scene;
  }
  return byServer;
}

const table = new Map<string, { recovered: number; told: number }>();
let faults = 0;
let failures = 0;
const ended: Ended = (fault, end) => {
  const row = table.get(fault) ?? { recovered: 0, told: 0 };
  row[end]++;
  table.set(fault, row);
  faults++;
};

const folder = mkdtempSync(join(tmpdir(), 'clip-vqdiffusion-chaos-'));
buildSite(folder);
const place = await Place.of(folder);
// Ctrl+C: the table of what there is.
let isEnough = false;
process.once('SIGINT', () => {
  isEnough = true;
});

let visits = 0;
async function visit(draw: (random: Random) => Scene): Promise<void> {
  const number = visits++;
  const random = mulberry32(1000 * seed + number);
  try {
    await draw(random)(place, random, ended);
  } catch (error) {
    failures++;
    console.log(`visit ${number} FAILED: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
  }
  if (visits % 5 === 0) console.log(`${faults} faults in ${visits} visits, ${failures} failures`);
}

try {
  await undisturbed(place);
  while (faults < wanted && failures <= 20 && !isEnough) await visit(drawn);
  for (let turn = 0; turn < Number(values.gpu); turn++) await visit(() => onGpu[turn % onGpu.length]);
} finally {
  await place.leave();
  rmSync(folder, { recursive: true });
}

console.log('\n| fault | times | went on by itself | told in a sentence |\n|---|---|---|---|');
for (const [fault, { recovered, told }] of [...table].sort()) {
  console.log(`| ${fault} | ${recovered + told} | ${recovered} | ${told} |`);
}
console.log(`\nseed ${seed}: ${faults} faults, ${failures} failures`);
process.exit(failures ? 1 : 0);
