// The noise schedule is two straight lines; the checkpoint's buffers say whether they are the right ones.
import { UserError } from '../../errors.ts';
import type { PackManifest } from '../../pack/manifest.ts';
import type { CheckpointTensors } from '../tensors.ts';

type Schedule = PackManifest['schedule'];

/** `alpha1` of the authors, with their end points. */
export const authorsSchedule: Schedule = {
  type: 'alpha1',
  alphaBar: [0.99999, 0.000009],
  gammaBar: [0.000009, 0.99999],
};

const TOLERANCE = 1e-4;

/**
 * Compares the cumulative schedule with the buffers log_cumprod_at and log_cumprod_ct, relative both in the
 * probabilities and in their logarithms. Averaging over the training moves the buffers by 1e-6 at most.
 * @throws {UserError} naming the first timestep that differs.
 */
export async function checkSchedule(
  tensors: CheckpointTensors,
  timesteps: number,
  schedule: Schedule,
): Promise<void> {
  const lines = [
    ['log_cumprod_at', '--alpha-bar', schedule.alphaBar],
    ['log_cumprod_ct', '--gamma-bar', schedule.gammaBar],
  ] as const;
  for (const [key, flag, [first, last]] of lines) {
    const logs = await tensors.get(key)?.float32();
    if (logs?.length !== timesteps + 1) {
      throw new UserError(
        'checkpoint',
        `The diffusion checkpoint's schedule ${key} should have ${timesteps + 1} values, found ${logs?.length ?? 'none'}.`,
      );
    }
    for (let t = 0; t < timesteps; t++) {
      const value = timesteps === 1 ? first : first + ((last - first) * t) / (timesteps - 1);
      const expected = Math.log(value);
      // |log ratio| is the relative difference of the values.
      if (!(Math.abs(logs[t] - expected) <= TOLERANCE * Math.min(1, Math.abs(expected)))) {
        const ends = `${Math.exp(logs[0])},${Math.exp(logs[timesteps - 1])}`;
        throw new UserError(
          'checkpoint',
          `The checkpoint's schedule is another one: ${key} at timestep ${t} is ${logs[t]}, and ${flag} ${first},${last} gives ${expected}; if it is linear, pass ${flag} ${ends}.`,
        );
      }
    }
  }
}
