// What keeps a device from doing its best, each with what to do about it. Parts of sentences: for "About this device", behind
// what was chosen, and in messages.
import { UserError } from '../errors.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { chosenFile } from '../pack/packFiles.ts';
import type { WeightType } from '../types.ts';

export const obstacles = {
  insecure: 'WebGPU needs a page served over https: open it by https, or by “localhost”',
  noWebGpu:
    'this browser has no WebGPU: a current Chrome, Edge, Safari or Firefox has it, and is faster with it',
  noGpu:
    'this browser has WebGPU, but no GPU for it: update the GPU’s driver, and switch on graphics acceleration in the browser’s settings',
  forbidden:
    'a policy of the browser or of this site keeps WebGPU from the page: ask whoever set it, or use another browser',
  silent: 'the GPU does not answer: restart the browser',
  software:
    'WebGPU is only emulated in software here, which WASM outruns: where there is a GPU, update its driver and switch on graphics acceleration',
  noHalf:
    'this GPU’s driver has no half precision (shader-f16), which needs half the memory: a newer one may have it',
} as const;

/**
 * Refuses a GPU that cannot bind one picture's largest array.
 * @param bytes of that array
 * @throws {UserError} `device`
 */
export function checkBinding(
  bytes: number,
  { maxStorageBufferBindingSize }: Pick<GPUSupportedLimits, 'maxStorageBufferBindingSize'>,
): void {
  if (bytes <= maxStorageBufferBindingSize) return;
  throw new UserError(
    'device',
    `This GPU takes arrays of at most ${megabytes(maxStorageBufferBindingSize)}, and one picture of this model needs ${megabytes(bytes)}: choose WASM, or a smaller model.`,
  );
}

/** Bytes in memory for one of a graph's file: the file while it is opened, and the weights as they are computed with. */
const unfolded: Readonly<Record<WeightType, number>> = { q4: 2, int8: 5, fp16: 3, fp32: 2 };
/** Runtime, page and what runs between. */
const BESIDE = 400e6;

/**
 * A sentence where a device says that it has less memory than a model may need; null where it has enough, or does not say.
 * @param gigabytes navigator.deviceMemory, which browsers round
 */
export function memoryNote(
  { graphs }: Pick<PackManifest, 'graphs'>,
  gigabytes: number | undefined,
): string | null {
  if (gigabytes === undefined) return null;
  const need = Object.values(graphs)
    .map((stored) => chosenFile(stored))
    .reduce((sum, { bytes, weightType }) => sum + unfolded[weightType] * bytes, BESIDE);
  if (need <= gigabytes * 2 ** 30) return null;
  return `This device says that it has ${gigabytes} GB of memory, and this model may need ${(need / 2 ** 30).toFixed(1)} GB: should it break off, close other tabs, or choose a smaller model.`;
}

const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
