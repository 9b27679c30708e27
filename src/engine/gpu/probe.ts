import { denoise } from '../../diffusion/denoise.ts';
import { seededNoise } from '../../diffusion/random.ts';
import { createSchedule } from '../../diffusion/schedule.ts';
import { planJumps, stridedJumps } from '../../diffusion/timesteps.ts';
import type { PackManifest } from '../../pack/manifest.ts';
import type { Condition, ImageTokens } from '../../types.ts';
import type { ChainOptions, StartChain } from '../chain.ts';
import { type CheckedAnswer, WrongStep } from '../stepCheck.ts';

/** Share of tokens that the shader may draw otherwise than the reference: its rounding does so once in some millions. */
const RARE = 0.01;

/**
 * Milliseconds of a step of one guided candidate: the second of two steps, as the first compiles the shaders. A GPU that
 * cannot run this model fails here, while it is opened.
 * @param answer where there is one, the first step is its evaluation again, and the tokens that the shader draws are held
 * against those that the reference draws from the same logits
 * @throws {WrongStep}
 */
export async function probeStep(
  startChain: StartChain,
  manifest: PackManifest,
  answer: CheckedAnswer | null,
): Promise<number> {
  const { timesteps, codebookSize, conditionSize } = manifest;
  const options: ChainOptions = {
    schedule: createSchedule(timesteps, codebookSize, manifest.schedule),
    jumps: planJumps('exact', timesteps, Math.min(2, timesteps)),
    guidance: 2,
    truncation: { kind: 'topR', r: 0.85 },
    conditions: [new Float32Array(conditionSize) as Condition],
    avoided: [null],
    seeds: [0],
    ...(answer && stepOf(answer)),
  };
  const chain = await startChain(options);
  try {
    let before = 0;
    let duration = 0;
    for await (const { step, tokens } of chain.steps()) {
      const now = performance.now();
      duration = now - before;
      before = now;
      if (step === 1 && answer) await compare(tokens, options, answer);
    }
    return duration;
  } finally {
    chain.dispose();
  }
}

/** The check's own step, and one more. */
function stepOf({ tokens, timestep, condition, guidance, seed }: CheckedAnswer): Partial<ChainOptions> {
  return {
    jumps: stridedJumps(timestep > 0 ? [timestep, timestep >> 1] : [timestep]),
    guidance,
    conditions: [condition],
    seeds: [seed],
    starts: [{ tokens: [...tokens], free: Array(tokens.length).fill(true) }],
  };
}

/** @throws {WrongStep} where these are not the tokens that the sampler in TypeScript draws */
async function compare(
  drawn: ImageTokens,
  { schedule, jumps, guidance, truncation, seeds }: ChainOptions,
  { tokens, logits, arithmetic }: CheckedAnswer,
): Promise<void> {
  const noise = seeds.map(seededNoise);
  const predict = async () => logits;
  const reference = denoise({ schedule, jumps, guidance, truncation, noise, start: tokens, predict });
  for await (const { tokens: expected } of reference) {
    const others = drawn.filter((token, i) => token !== expected[i]).length;
    if (others > RARE * drawn.length) throw new WrongStep(arithmetic);
    return;
  }
}
