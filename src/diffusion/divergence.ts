// How far apart two distributions are that are given by their logits.
import type { Logits } from '../types.ts';

/** KL(p || q) of two rows of logits, in nats; 0 where they are alike. @param one offset of p's row @param other of q's */
export function divergence(logits: Logits, one: number, other: number, codes: number): number {
  const p = logNormaliser(logits, one, codes);
  const q = logNormaliser(logits, other, codes);
  let sum = 0;
  for (let k = 0; k < codes; k++) {
    const logP = logits[one + k] - p;
    sum += Math.exp(logP) * (logP - (logits[other + k] - q));
  }
  return Math.max(0, sum);
}

/** log of the sum of exponentials. */
function logNormaliser(logits: Logits, offset: number, codes: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < codes; k++) max = Math.max(max, logits[offset + k]);
  let sum = 0;
  for (let k = 0; k < codes; k++) sum += Math.exp(logits[offset + k] - max);
  return max + Math.log(sum);
}
