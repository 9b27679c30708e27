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
