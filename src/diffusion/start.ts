// p(x_0): from the denoiser's logits to log-probabilities of the K codes.

/** Floor of every log-probability, as the authors clamp them. */
export const LOG_FLOOR = -70;

/** Keeps a log-probability in [-70, 0]. */
export function clampLog(logProbability: number): number {
  return Math.min(0, Math.max(LOG_FLOOR, logProbability));
}

/**
 * log softmax of one row of logits, clamped to [-70, 0]; MASK gets the floor.
 * @param logits [..., K], the row starting at `offset`
 * @param out log p(x_0). [K + 1]
 */
export function predictStart(logits: Float32Array, offset: number, out: Float64Array): void {
  const codes = out.length - 1;
  for (let k = 0; k < codes; k++) out[k] = logits[offset + k];
  normalise(out, codes);
}

/** Subtracts the logsumexp of the first `codes` values, clamps them, and floors MASK. */
export function normalise(values: Float64Array, codes: number): void {
  let max = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < codes; k++) if (values[k] > max) max = values[k];
  let sum = 0;
  for (let k = 0; k < codes; k++) sum += Math.exp(values[k] - max);
  const shift = max + Math.log(sum);
  for (let k = 0; k < codes; k++) values[k] = clampLog(values[k] - shift);
  values[codes] = LOG_FLOOR;
}
