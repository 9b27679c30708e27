import { needsGuidance } from '../diffusion/guidance.ts';
import { decodeFloats } from '../pack/base64Floats.ts';
import type { PackManifest } from '../pack/manifest.ts';
import type { Condition, ImageTokens, Logits } from '../types.ts';
import type { Graph } from './session.ts';

/** Logits of p(x_0) for a batch of candidates; see DenoiseOptions.predict. */
export type Predict = (tokens: ImageTokens, timestep: number) => Promise<Logits>;

export interface Denoiser {
  /**
   * Prepares a batch: everything that depends on the prompts alone is computed here, once.
   * @param conditions one for each candidate
   * @param avoided what guidance leads each away from; null for the null condition
   * @param guidance 1 spares the second half of every batch
   */
  condition(
    conditions: readonly Condition[],
    avoided: readonly (Condition | null)[],
    guidance: number,
  ): Promise<Predict>;
}

export function createDenoiser(
  conditioner: Pick<Graph, 'run'>,
  denoiser: Pick<Graph, 'run'>,
  manifest: PackManifest,
): Denoiser {
  const positions = manifest.grid.rows * manifest.grid.columns;
  const { layers, conditionSize } = manifest;
  return {
    async condition(conditions, avoided, guidance) {
      const guided = needsGuidance(guidance);
      const rows = branches(conditions, avoided, guided, manifest);
      const batch = rows.length / conditionSize;
      const modulation = await conditioner.run({
        condition: { type: 'float32', data: rows, dims: [batch, conditionSize] },
      });
      const input = new Int32Array(batch * positions);
      const timesteps = new Int32Array(batch);
      return async (tokens, timestep) => {
        input.set(tokens);
        if (guided) input.set(tokens, tokens.length);
        return (await denoiser.run({
          tokens: { type: 'int32', data: input, dims: [batch, positions] },
          timestep: { type: 'int32', data: timesteps.fill(timestep), dims: [batch] },
          modulation: {
            type: 'float32',
            data: modulation as Float32Array,
            // 2 * width, which the conditioner alone knows.
            dims: [batch, layers, modulation.length / (batch * layers)],
          },
        })) as Logits;
      };
    },
  };
}

/**
 * What the conditioner reads for a batch: the condition of every candidate, then, when guided, what each is led away
 * from. [branches, conditionSize]
 */
export function branches(
  conditions: readonly Condition[],
  avoided: readonly (Condition | null)[],
  guided: boolean,
  { conditionSize, emptyTextEmbedding }: Pick<PackManifest, 'conditionSize' | 'emptyTextEmbedding'>,
): Float32Array {
  const rows = new Float32Array((guided ? 2 : 1) * conditions.length * conditionSize);
  for (const [i, condition] of conditions.entries()) rows.set(condition, i * conditionSize);
  if (guided) {
    const nullCondition = decodeFloats(emptyTextEmbedding, conditionSize)!;
    for (const i of conditions.keys())
      rows.set(avoided[i] ?? nullCondition, (conditions.length + i) * conditionSize);
  }
  return rows;
}
