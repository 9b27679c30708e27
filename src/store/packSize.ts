// How large a pack will be, before it is made, and which precision to recommend for it.
import type { WeightType } from '../types.ts';
import { type ChosenFile, filesOf, modelKinds } from './models.ts';

/** Bytes a weight of the checkpoint takes in the pack, scales and tables included: measured at the released sizes. */
const bytesPerWeight: Readonly<Record<WeightType, Readonly<Record<(typeof modelKinds)[number], number>>>> = {
  q4: { diffusion: 0.62, vqgan: 2, clip: 1.01 },
  int8: { diffusion: 1, vqgan: 2, clip: 1.01 },
  fp16: { diffusion: 1.96, vqgan: 2, clip: 1.84 },
  fp32: { diffusion: 3.9, vqgan: 4, clip: 4 },
};

/** Above so many bytes in half precision, few browsers have room for all weights in single. */
const LARGE = 500e6;

/** Bytes, roughly; null until one file of each kind is there. */
export function expectedPackBytes(files: readonly ChosenFile[], weightType: WeightType): number | null {
  let sum = 0;
  for (const kind of modelKinds) {
    const [found] = filesOf(files, kind);
    if (!found) return null;
    sum += found.inspection.weights * bytesPerWeight[weightType][kind];
  }
  return sum;
}

/** Half precision, or for a large model 4 bits, which are the only weights that stay small in memory too. */
export function recommendedWeightType(files: readonly ChosenFile[]): WeightType {
  return (expectedPackBytes(files, 'fp16') ?? 0) > LARGE ? 'q4' : 'fp16';
}
