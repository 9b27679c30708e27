// ln1's scale and shift hang on the timestep alone, so all of them are one table, made at conversion.
import { computed, type Weight, type WeightFinder } from '../weights.ts';

/** linear(silu(emb[t])) of one block's ln1: scale, then shift. [T, 2 * width] */
export function timeModulation(find: WeightFinder, block: string): Weight {
  const embedding = find(`${block}.ln1.emb.weight`);
  const matrix = find(`${block}.ln1.linear.weight`);
  const [timesteps, width] = embedding.shape as [number, number];
  const outputs = 2 * width;
  return computed(
    [timesteps, outputs],
    [embedding, matrix, find(`${block}.ln1.linear.bias`)],
    (times, weights, bias) => {
      const table = new Float32Array(timesteps * outputs);
      const activated = new Float64Array(width);
      for (let t = 0; t < timesteps; t++) {
        for (let i = 0; i < width; i++) {
          const x = times[t * width + i];
          activated[i] = x / (1 + Math.exp(-x));
        }
        for (let output = 0; output < outputs; output++) {
          let sum = bias[output];
          for (let i = 0; i < width; i++) sum += weights[output * width + i] * activated[i];
          table[t * outputs + output] = sum;
        }
      }
      return table;
    },
  );
}
