// npm run fullsize: stand-ins of the released files' size, converted and checked. Needs 6 GB of disk; no part of npm test.
import { fork } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelKind } from '../../src/convert/models/sizes.ts';
import type { WeightType } from '../../src/pack/manifest.ts';
import type { Checked } from './checkMeasured.ts';
import type { Measured } from './convertMeasured.ts';
import { writeStandIn } from './standIns.ts';

const models = ['diffusion', 'vqgan', 'clip'] as const satisfies readonly ModelKind[];
/** Single precision first: the others are held against its run. */
const weightTypes = ['fp32', 'fp16', 'int8', 'q4'] as const satisfies readonly WeightType[];
/** Twice what was measured. */
const MOST_MEMORY = 6.6e8;

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
    const paths = (await readdir(pack)).map((name) => join(pack, name));
    const denoiser = await totalSize(paths.filter((path) => basename(path).startsWith('denoiser.')));
    say(
      `${weightType}: ${megabytes(read)} -> ${megabytes(await totalSize(paths))} (denoiser ${megabytes(denoiser)}) in ${seconds.toFixed(1)} s, ${megabytes(read / seconds)}/s; peak memory ${megabytes(peakBytes)}`,
    );
    failed = verdict('peak memory, bytes', peakBytes, MOST_MEMORY) || failed;
    const answers = ['trajectory', 'held-out'].map((name) => join(folder, name));
    const checked = await apart<Checked>('checkMeasured.ts', [pack, weightType, ...answers]);
    say(
      `${weightType}: peak memory of the process that ran the graphs, one by one, ${megabytes(checked.peakBytes)}`,
    );
    for (const { what, found, limit } of checked.findings) {
      failed = verdict(`${weightType} ${what}`, found, limit) || failed;
    }
    await rm(pack, { recursive: true });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (failed) process.exitCode = 1;

/** Says how a figure stands to its limit. @returns whether it is too large. */
function verdict(what: string, found: number, limit: number | null): boolean {
  const fails = limit !== null && !(found < limit);
  const below = limit === null ? '' : ` (below ${limit})`;
  say(`${fails ? 'FAIL' : 'ok  '} ${what}: ${found.toPrecision(3)}${below}`);
  return fails;
}

function convertApart(
  checkpoints: Record<ModelKind, string>,
  weightType: WeightType,
  out: string,
): Promise<Measured> {
  const files = models.flatMap((model) => [`--${model}`, checkpoints[model]]);
  const named = ['--name', 'Full-size stand-in', '--license', 'MIT', '--heads', '16'];
  return apart<Measured>('convertMeasured.ts', [...files, '--dtype', weightType, '--out', out, ...named]);
}

/** Runs a script of this folder in a process of its own, and gives what it reports. */
function apart<Report>(script: string, given: readonly string[]): Promise<Report> {
  // As `npm run convert` does it.
  const execArgv = [...process.execArgv, '--expose-gc'];
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), [...given], { execArgv });
  return new Promise((resolve, reject) => {
    child.on('message', (report) => resolve(report as Report));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`${script} ended with exit status ${code}.`)));
  });
}

async function totalSize(paths: readonly string[]): Promise<number> {
  let sum = 0;
  for (const path of paths) sum += (await stat(path)).size;
  return sum;
}
