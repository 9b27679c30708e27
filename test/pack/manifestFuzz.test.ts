// pack.json by the thousand; see test/support/fuzz.ts for more of them.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createSchedule, transition } from '../../src/diffusion/schedule.ts';
import { parseManifest } from '../../src/pack/manifest.ts';
import { fuzz, mutated } from '../support/fuzz.ts';

const whole: unknown = JSON.parse(
  readFileSync(new URL('../../public/models/toon/pack.json', import.meta.url), 'utf8'),
);

test('a pack.json is refused in a sentence, or is one that can be used', async () => {
  const taken = await fuzz((dice) => {
    const manifest = parseManifest(mutated(whole, dice));
    expect(JSON.stringify(parseManifest(JSON.parse(JSON.stringify(manifest))))).toBe(
      JSON.stringify(manifest),
    );
    const { timesteps, codebookSize } = manifest;
    const schedule = createSchedule(timesteps, codebookSize, manifest.schedule);
    for (let t = 0; t < timesteps; t += Math.ceil(timesteps / 10)) {
      const { alpha, beta, gamma } = transition(schedule, t, t - 1);
      expect(Math.min(alpha, beta, gamma)).toBeGreaterThanOrEqual(-1e-15);
    }
  });
  // Some changes do no harm, so both kinds are among them.
  expect(taken).toBeGreaterThan(20);
});
