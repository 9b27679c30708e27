import { UserError } from '../errors.ts';
import type { GraphName } from '../pack/manifest.ts';
import type { Pixels, Provider } from '../types.ts';
import type { Graph } from './session.ts';

/**
 * Refuses a graph that does not give what pack.json says: read past its end, an output would pass for noise.
 * @param shape of the output for each row of the batch
 * @throws {UserError} `pack-corrupt`
 */
export function checkOutput({ outputShape }: Graph, name: GraphName, shape: readonly number[]): void {
  if (String(outputShape) === String(shape)) return;
  const found = numbers(outputShape);
  const expected = numbers(shape);
  throw new UserError(
    'pack-corrupt',
    `The graph ${name} gives ${found === expected ? `[${outputShape}]` : `${found} numbers`} where pack.json makes it ${found === expected ? `[${shape}]` : expected}: they do not belong together, so convert the pack again.`,
  );
}

const numbers = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/**
 * Refuses what a decoder gives when its device has failed without a word: numbers that are none, or one value everywhere. In
 * WASM such a picture is what the model drew.
 * @throws {UserError} `device` for a GPU, else `internal`
 */
export function checkPicture(pixels: Pixels, provider: Provider): void {
  let [least, most] = [pixels[0], pixels[0]];
  for (const value of pixels) {
    // False for what is no number, too.
    if (!Number.isFinite(value)) throw emptyPicture(provider, 'a picture of no numbers');
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (provider === 'webgpu' && least === most) throw emptyPicture(provider, 'an empty picture');
}

function emptyPicture(provider: Provider, what: string): UserError {
  return provider === 'webgpu'
    ? new UserError('device', `The GPU drew ${what}: open the model again, or use WASM.`)
    : new UserError(
        'internal',
        `The decoder gave ${what}: its weights are faulty, so convert the pack again.`,
      );
}
