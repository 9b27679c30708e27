import { normalise } from './start.ts';

/** Whether the scale needs the unconditional branch at all; the authors skip it this close to 1. */
export function needsGuidance(scale: number): boolean {
  return Math.abs(scale - 1) >= 1e-3;
}

/**
 * Classifier-free guidance on log-probabilities: u + s (c - u), renormalised. Overwrites `conditional`.
 * VQ-Diffusion's improved form (arXiv 2205.16007), eq. 9.
 * @param conditional log p(x_0 | prompt). [K + 1]
 * @param unconditional log p(x_0). [K + 1]
 */
export function guide(conditional: Float64Array, unconditional: Float64Array, scale: number): void {
  const codes = conditional.length - 1;
  for (let k = 0; k < codes; k++) {
    conditional[k] = unconditional[k] + scale * (conditional[k] - unconditional[k]);
  }
  normalise(conditional, codes);
}
