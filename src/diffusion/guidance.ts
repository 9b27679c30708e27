import { LOG_FLOOR } from './exp.ts';

/** Whether the scale needs the unconditional branch at all; the authors skip it this close to 1. */
export function needsGuidance(scale: number): boolean {
  return Math.abs(scale - 1) >= 1e-3;
}

/**
 * Classifier-free guidance on one row of log-probabilities: u + s (c - u). Constants in either come out as a constant,
 * and softmax takes it away, so logits do as well. Only what lies more than 70 below its row's logsumexp is raised to
 * that floor, as the authors do with log p(x_0). VQ-Diffusion's improved form (arXiv 2205.16007), eq. 9.
 * @param logits [..., K]
 * @param conditional where the row of log p(x_0 | prompt) starts in them
 * @param unconditional the same for log p(x_0); the same row without guidance
 * @param out [K]
 * @returns the largest of `out`
 */
export function guide(
  logits: Float32Array,
  conditional: number,
  unconditional: number,
  scale: number,
  out: Float64Array,
): number {
  const codes = out.length;
  let max = Number.NEGATIVE_INFINITY;
  let maxC = logits[conditional];
  let minC = maxC;
  let maxU = logits[unconditional];
  let minU = maxU;
  for (let k = 0; k < codes; k++) {
    const c = logits[conditional + k];
    const u = logits[unconditional + k];
    if (c > maxC) maxC = c;
    else if (c < minC) minC = c;
    if (u > maxU) maxU = u;
    else if (u < minU) minU = u;
    const value = extrapolate(c, u, scale);
    out[k] = value;
    if (value > max) max = value;
  }
  // A logsumexp is at most log K above the largest: mostly, nothing can be that far below it.
  const depth = -LOG_FLOOR - Math.log(codes);
  if (maxC - minC <= depth && maxU - minU <= depth) return max;

  const floorC = floorOf(logits.subarray(conditional, conditional + codes), maxC);
  const floorU = floorOf(logits.subarray(unconditional, unconditional + codes), maxU);
  max = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < codes; k++) {
    const c = Math.max(floorC, logits[conditional + k]);
    const u = Math.max(floorU, logits[unconditional + k]);
    out[k] = extrapolate(c, u, scale);
    if (out[k] > max) max = out[k];
  }
  return max;
}

function extrapolate(conditional: number, unconditional: number, scale: number): number {
  return unconditional + scale * (conditional - unconditional);
}

/** LOG_FLOOR below the logsumexp. */
function floorOf(row: Float32Array, max: number): number {
  let sum = 0;
  for (const value of row) sum += Math.exp(value - max);
  return max + Math.log(sum) + LOG_FLOOR;
}
