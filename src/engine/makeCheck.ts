// What a converter writes down for every device that will open its pack: the denoiser's answer to one step, in single
// precision on the processor, with a part of the weights in memory at a time.
import type { GraphFile, PackCheck, PackManifest } from '../pack/manifest.ts';
import { chosenFile, dataPath } from '../pack/packFiles.ts';
import { encodeFloats } from '../recipe/base64.ts';
import { createDenoiser } from './denoiser.ts';
import { operatorsOf } from './graphPieces.ts';
import { graphInPieces, type PieceOptions } from './runPieces.ts';
import type { Runtime } from './session.ts';
import { checkInput, checkLogits, pickLogits, spreadOf } from './stepCheck.ts';

/** A part of a file of the pack, by its path relative to pack.json. */
export type ReadBytes = (path: string, start: number, end: number) => Promise<Uint8Array>;

/** Of the input: any will do. */
const SEED = 20261126;

/**
 * What is no fault: twice what was measured, and room for hardware that was not there (docs/figures.md, "The check").
 * Single: WASM, native code and a software adapter are 9e-7 apart at most, in 8 layers as in 24; twice that is 2e-6. WGSL lets
 * an exponential be some 20 units off, 2e-6 of itself, and sums be in any order: products that are each 1e-5 off move the answer
 * by 8e-5. What is to be found begins at 1e-3.
 * Half: 1e-3 where sums are kept in 32 bits, 4e-3 on a driver that keeps them in 16; twice that, and a quarter more.
 */
const usual: PackCheck['tolerance'] = { single: 1e-4, half: 0.01 };
/**
 * Products by packed weights may round their inputs to 8 bits, natively and on WebGPU: 5e-3 in 24 layers and 7e-3 in two
 * narrow ones, so twice that, and a third more.
 */
const packed: PackCheck['tolerance'] = { single: 0.02, half: 0.02 };

/** Bytes of weights that makeCheck() tells of. */
export const checkedBytes = ({ graphs }: PackManifest): number =>
  chosenFile(graphs.conditioner).bytes + chosenFile(graphs.denoiser).bytes;

/**
 * @param runtime of a processor
 * @throws what the runtime, `read` or the signal throws
 */
export async function makeCheck(
  runtime: Runtime,
  manifest: PackManifest,
  read: ReadBytes,
  options: PieceOptions = {},
): Promise<PackCheck> {
  const { graphs, codebookSize, timesteps } = manifest;
  const open = async ({ file, bytes, data = [] }: GraphFile) => {
    const paths = new Map(data.map((each) => [dataPath(each), each.file]));
    const model = await read(file, 0, bytes);
    const graph = graphInPieces(
      runtime,
      model,
      (name, ...range) => read(paths.get(name)!, ...range),
      options,
    );
    return { graph, isPacked: operatorsOf(model).has('MatMulNBits') };
  };
  const { graph: conditioner } = await open(chosenFile(graphs.conditioner).file);
  const { graph, isPacked } = await open(chosenFile(graphs.denoiser).file);
  const denoiser = createDenoiser(conditioner, graph, manifest);
  // Late enough for tokens to be seen, and early enough for some to be masked.
  const timestep = Math.floor(0.4 * timesteps);
  const logits = await checkLogits(denoiser, checkInput({ seed: SEED, timestep }, manifest));
  return {
    seed: SEED,
    timestep,
    logits: encodeFloats(pickLogits(logits, SEED, codebookSize)),
    spread: spreadOf(logits),
    tolerance: isPacked ? packed : usual,
  };
}
