// What generate() cannot see of the chain in arrays.
import { expect, it } from 'vitest';
import { createSchedule } from '../../src/diffusion/schedule.ts';
import { planJumps } from '../../src/diffusion/timesteps.ts';
import { arrayChains } from '../../src/engine/chain.ts';
import type { Condition, Logits, Pixels } from '../../src/types.ts';
import { microManifest } from '../support/page.ts';

const { timesteps, codebookSize, schedule, image } = microManifest;

const avoid = Float32Array.of(0, 1, 0, 0) as Condition;

/** A chain of one candidate of 2 x 2 tokens, and what its denoiser was asked. */
async function chainWith(guidance: number) {
  const asked: {
    guidance: number;
    conditions: number;
    avoided: readonly (Condition | null)[];
  }[] = [];
  const startChain = arrayChains(
    {
      async condition(conditions, avoided, scale) {
        asked.push({ guidance: scale, conditions: conditions.length, avoided });
        return async (tokens) => new Float32Array(2 * tokens.length * codebookSize) as Logits;
      },
    },
    async () => new Float32Array(3 * image.width * image.height) as Pixels,
    4,
    image,
  );
  const chain = await startChain({
    schedule: createSchedule(timesteps, codebookSize, schedule),
    jumps: planJumps('exact', timesteps, 2),
    guidance,
    truncation: { kind: 'none' },
    conditions: [new Float32Array(4) as Condition],
    avoided: [avoid],
    seeds: [1],
  });
  return { chain, asked };
}

it('prepares the batch once, for the guidance asked for: 1 spares half of every step', async () => {
  for (const guidance of [1, 3]) {
    const { chain, asked } = await chainWith(guidance);
    for await (const _ of chain.steps());
    expect(asked).toEqual([{ guidance, conditions: 1, avoided: [avoid] }]);
  }
});

it('is idle as soon as it is asked, which is what previews are timed by', async () => {
  const { chain } = await chainWith(1);
  const before = performance.now();
  const idle = await chain.idle();
  expect(idle).toBeGreaterThanOrEqual(before);
  expect(idle).toBeLessThanOrEqual(performance.now());
});
