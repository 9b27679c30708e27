// p(x_0): from the denoiser's logits to probabilities of the K codes. The authors keep logs and clamp them to
// [-70, 0]; here the last form of a distribution is linear, clamped to the same range, as that saves most logarithms.
import { exp } from './exp.ts';

/** Floor of every log-probability. */
export const LOG_FLOOR = -70;
/** The same, linear. */
export const FLOOR = Math.exp(LOG_FLOOR);

/** Keeps a probability where its logarithm lies in [-70, 0]. */
export function clampProbability(probability: number): number {
  return Math.min(1, Math.max(FLOOR, probability));
}

/**
 * One row of logits as log-probabilities up to a constant, which neither guidance nor softmax sees: only what lies more
 * than 70 below their logsumexp is raised to that floor, as the authors do with log p(x_0).
 * @param logits the row starts at `offset`. [..., K]
 * @param out [K]
 */
export function floorLogits(logits: Float32Array, offset: number, out: Float64Array): void {
  const codes = out.length;
  let max = Number.NEGATIVE_INFINITY;
  let min = Number.POSITIVE_INFINITY;
  for (let k = 0; k < codes; k++) {
    const value = logits[offset + k];
    out[k] = value;
    if (value > max) max = value;
    if (value < min) min = value;
  }
  // The logsumexp is at most log K above the largest: mostly, nothing can be that far below it.
  if (min - max - Math.log(codes) >= LOG_FLOOR) return;
  let sum = 0;
  for (let k = 0; k < codes; k++) sum += Math.exp(out[k] - max);
  const floor = max + Math.log(sum) + LOG_FLOOR;
  for (let k = 0; k < codes; k++) if (out[k] < floor) out[k] = floor;
}

/**
 * softmax in place: p(x_0) from log-probabilities up to a constant. VQ-Diffusion (arXiv 2111.14822), eq. 11.
 * @param values [K]
 * @throws {RangeError} for NaN or infinite values: sampling would draw noise from them, and nobody would know
 */
export function softmax(values: Float64Array): void {
  const codes = values.length;
  let max = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < codes; k++) if (values[k] > max) max = values[k];
  let sum = 0;
  for (let k = 0; k < codes; k++) {
    const value = exp(values[k] - max);
    values[k] = value;
    sum += value;
  }
  if (!(sum > 0)) throw notNumbers();
  const scale = 1 / sum;
  for (let k = 0; k < codes; k++) values[k] = clampProbability(values[k] * scale);
}

/** What there is to say when logits have NaN or infinity. */
export function notNumbers(): RangeError {
  return new RangeError(
    'The denoiser gave logits that are no numbers: its weights or the device are faulty.',
  );
}
