import { createSchedule } from '../../diffusion/schedule.ts';
import { planJumps } from '../../diffusion/timesteps.ts';
import type { PackManifest } from '../../pack/manifest.ts';
import type { Condition } from '../../types.ts';
import type { StartChain } from '../chain.ts';

/**
 * Milliseconds of a step of one guided candidate: the second of two steps, as the first compiles the shaders. A GPU that
 * cannot run this model fails here, while it is opened.
 */
export async function probeStep(startChain: StartChain, manifest: PackManifest): Promise<number> {
  const { timesteps, codebookSize, conditionSize } = manifest;
  const chain = await startChain({
    schedule: createSchedule(timesteps, codebookSize, manifest.schedule),
    jumps: planJumps('exact', timesteps, Math.min(2, timesteps)),
    guidance: 2,
    truncation: { kind: 'none' },
    conditions: [new Float32Array(conditionSize) as Condition],
    avoided: [null],
    seeds: [0],
  });
  try {
    let before = 0;
    let duration = 0;
    for await (const _ of chain.steps()) {
      const now = performance.now();
      duration = now - before;
      before = now;
    }
    return duration;
  } finally {
    chain.dispose();
  }
}
