// Writes into a pack's pack.json what its denoiser answers to one step, natively and in single precision: what a GPU is
// held against when it opens the pack. `npm run convert` does it by itself; for a pack that there is:
//   npx tsx src/cli/stepCheck.ts --pack public/models/<id>
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as native from 'onnxruntime-node';
import { createDenoiser } from '../engine/denoiser.ts';
import type { Graph } from '../engine/session.ts';
import { checkInput, checkLogits, pickLogits, spreadOf } from '../engine/stepCheck.ts';
import { UserError } from '../errors.ts';
import { type PackCheck, type PackManifest, parseManifest } from '../pack/manifest.ts';
import { chosenFile } from '../pack/packFiles.ts';
import { rawValues } from './arguments.ts';

const usage = `Writes the answer of one step into pack.json, which a GPU is held against.

  npx tsx src/cli/stepCheck.ts --pack public/models/<id>

  --pack FOLDER         the pack
`;

/** Of the input: any will do. */
const SEED = 20261126;

/**
 * What is no fault. In single precision a software adapter differed by 8e-7, but WGSL lets exp and the like be some units
 * off, in every layer. In half the logits of the built-in models moved by 0.4 % on a GPU's driver: twice that, and some more
 * for models of more layers.
 */
const usual: PackCheck['tolerance'] = { single: 1e-3, half: 0.01 };
/**
 * Products by packed weights may round their inputs to 8 bits on WebGPU, by up to 2 % of their size: measured 0.7 % in the
 * logits of two layers, and it adds up as the root of their number.
 */
const packed: PackCheck['tolerance'] = { single: 0.05, half: 0.05 };

/**
 * Asks the denoiser, and writes its answer into the folder's pack.json, of which nothing else changes.
 * @throws {UserError} where the runtime cannot run it, for instance for lack of memory
 */
export async function writeStepCheck(folder: string): Promise<PackCheck> {
  const file = join(folder, 'pack.json');
  const manifest = parseManifest(JSON.parse(await readFile(file, 'utf8')));
  const check = await stepCheck(folder, manifest);
  const checked = parseManifest({ ...manifest, check });
  await writeFile(file, `${JSON.stringify(checked, null, 2)}\n`);
  return check;
}

async function stepCheck(folder: string, manifest: PackManifest): Promise<PackCheck> {
  const { graphs, codebookSize, timesteps } = manifest;
  const denoiserFile = join(folder, chosenFile(graphs.denoiser).file.file);
  const opened: native.InferenceSession[] = [];
  // By their paths: weights beside a graph are then read from the disk, not held twice.
  const open = async (path: string): Promise<Pick<Graph, 'run'>> => {
    const session = await native.InferenceSession.create(path);
    opened.push(session);
    return { run: (inputs) => runNatively(session, inputs) };
  };
  try {
    const conditioner = await open(join(folder, chosenFile(graphs.conditioner).file.file));
    const denoiser = createDenoiser(conditioner, await open(denoiserFile), manifest);
    // Late enough for tokens to be seen, and early enough for some to be masked.
    const timestep = Math.floor(0.4 * timesteps);
    const logits = await checkLogits(denoiser, checkInput({ seed: SEED, timestep }, manifest));
    const kept = pickLogits(logits, SEED, codebookSize);
    return {
      seed: SEED,
      timestep,
      logits: Buffer.from(kept.buffer).toString('base64'),
      spread: spreadOf(logits),
      tolerance: (await readFile(denoiserFile)).includes('MatMulNBits') ? packed : usual,
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0].slice(0, 120) : String(cause);
    throw new UserError(
      'internal',
      `The pack is whole, but its denoiser could not be run here (${why}), so that no GPU can be held against it.`,
      { cause },
    );
  } finally {
    for (const session of opened) await session.release();
  }
}

async function runNatively(
  session: native.InferenceSession,
  inputs: Parameters<Graph['run']>[0],
): Promise<Float32Array> {
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => {
      if ('buffer' in tensor) throw new TypeError(`${name} is on a GPU`);
      return [name, new native.Tensor(tensor.type, tensor.data, tensor.dims)];
    }),
  );
  const results = await session.run(feeds);
  return results[session.outputNames[0]].data as Float32Array;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { pack } = rawValues(usage, process.argv.slice(2));
  if (pack === undefined) console.log(usage);
  else {
    const { spread, tolerance } = await writeStepCheck(pack);
    console.log(`${pack}: logits of ${spread.toFixed(3)}, to ${tolerance.single} of it in single precision`);
  }
}
