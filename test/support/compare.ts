/** Largest absolute difference; equal infinities are no difference, NaN is an infinite one. */
export function maxAbsDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} values for ${expected.length}`);
  let max = 0;
  for (let i = 0; i < expected.length; i++) {
    if (actual[i] === expected[i]) continue;
    const difference = Math.abs(actual[i] - expected[i]);
    if (!(difference <= max)) max = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return max;
}

/** [batch, classes, positions], as the golden files store it, to [batch, positions, classes]. */
export function classesLast<T extends Float64Array | Float32Array>(
  values: T,
  [batch, classes, positions]: readonly number[],
): T {
  const turned = values.slice() as T;
  for (let b = 0; b < batch; b++)
    for (let k = 0; k < classes; k++)
      for (let l = 0; l < positions; l++)
        turned[(b * positions + l) * classes + k] = values[(b * classes + k) * positions + l];
  return turned;
}
