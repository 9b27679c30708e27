/** Whether the scale needs the unconditional branch at all; the authors skip it this close to 1. */
export function needsGuidance(scale: number): boolean {
  return Math.abs(scale - 1) >= 1e-3;
}

/**
 * Classifier-free guidance on log-probabilities: u + s (c - u). Overwrites `conditional`;
 * constants in either row come out as a constant, and softmax takes it away.
 * VQ-Diffusion's improved form (arXiv 2205.16007), eq. 9.
 * @param conditional log p(x_0 | prompt). [K]
 * @param unconditional log p(x_0). [K]
 */
export function guide(conditional: Float64Array, unconditional: Float64Array, scale: number): void {
  for (let k = 0; k < conditional.length; k++) {
    conditional[k] = unconditional[k] + scale * (conditional[k] - unconditional[k]);
  }
}
