/** Mean over positions of KL(softmax(expected) || softmax(found)), in nats. [positions, codes] each */
export function meanDivergence(expected: Float32Array, found: Float32Array, codes: number): number {
  let sum = 0;
  for (let begin = 0; begin < expected.length; begin += codes) {
    const p = logSoftmax(expected.subarray(begin, begin + codes));
    const q = logSoftmax(found.subarray(begin, begin + codes));
    for (let k = 0; k < codes; k++) sum += Math.exp(p[k]) * (p[k] - q[k]);
  }
  return sum / (expected.length / codes);
}

function logSoftmax(logits: Float32Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const total = logits.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  return Float64Array.from(logits, (value) => value - largest - Math.log(total));
}
