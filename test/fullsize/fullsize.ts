// npm run fullsize: stand-ins of the released files' size, converted and checked. Needs 6 GB of disk; no part of npm test.
import { fork } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelKind } from '../../src/convert/models/sizes.ts';
import type { WeightType } from '../../src/pack/manifest.ts';
import { checkPack } from './checkPack.ts';
import type { Measured } from './convertMeasured.ts';
import { writeStandIn } from './standIns.ts';

const models = ['diffusion', 'vqgan', 'clip'] as const satisfies readonly ModelKind[];
const weightTypes = ['fp16', 'fp32'] as const satisfies readonly WeightType[];
const MOST_MEMORY = 1e9;

const say = (line: string) => console.log(line);
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

const folder = await mkdtemp(join(tmpdir(), 'fullsize-'));
let failed = false;
try {
  const checkpoints: Record<ModelKind, string> = {
    diffusion: join(folder, 'diffusion.pt'),
    vqgan: join(folder, 'vqgan.ckpt'),
    clip: join(folder, 'clip.pt'),
  };
  for (const model of models) {
    const begun = performance.now();
    await writeStandIn(model, checkpoints[model]);
    const { size } = await stat(checkpoints[model]);
    say(`made ${model}, ${megabytes(size)}, in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  }
  for (const weightType of weightTypes) {
    const pack = join(folder, weightType);
    const { seconds, peakBytes } = await convertApart(checkpoints, weightType, pack);
    const read = await totalSize(Object.values(checkpoints));
    const written = await totalSize((await readdir(pack)).map((name) => join(pack, name)));
    say(
      `${weightType}: ${megabytes(read)} -> ${megabytes(written)} in ${seconds.toFixed(1)} s, ${megabytes(read / seconds)}/s; peak memory ${megabytes(peakBytes)}`,
    );
    failed = verdict('peak memory, bytes', peakBytes, MOST_MEMORY) || failed;
    for (const { what, found, limit } of await checkPack(pack, weightType, say)) {
      failed = verdict(`${weightType} ${what}`, found, limit) || failed;
    }
    await rm(pack, { recursive: true });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (failed) process.exitCode = 1;

/** Says how a figure stands to its limit. @returns whether it is too large. */
function verdict(what: string, found: number, limit: number): boolean {
  const fails = !(found < limit);
  say(`${fails ? 'FAIL' : 'ok  '} ${what}: ${found.toPrecision(3)} (below ${limit})`);
  return fails;
}

async function convertApart(
  checkpoints: Record<ModelKind, string>,
  weightType: WeightType,
  out: string,
): Promise<Measured> {
  const files = models.flatMap((model) => [`--${model}`, checkpoints[model]]);
  const rest = ['--dtype', weightType, '--out', out, '--name', 'Full-size stand-in', '--license', 'MIT'];
  const child = fork(fileURLToPath(new URL('convertMeasured.ts', import.meta.url)), [
    ...files,
    ...rest,
    '--heads',
    '16',
  ]);
  return new Promise((resolve, reject) => {
    child.on('message', (measured) => resolve(measured as Measured));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`The conversion ended with exit status ${code}.`)));
  });
}

async function totalSize(paths: readonly string[]): Promise<number> {
  let sum = 0;
  for (const path of paths) sum += (await stat(path)).size;
  return sum;
}
