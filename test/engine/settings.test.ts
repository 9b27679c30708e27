import { describe, expect, it } from 'vitest';
import { checkSettings } from '../../src/engine/settings.ts';
import type { PackManifest } from '../../src/pack/manifest.ts';
import type { GenerateSettings } from '../../src/types.ts';

const manifest = { timesteps: 100, codebookSize: 512 } as PackManifest;
const good: GenerateSettings = {
  prompt: 'a face',
  seed: 0,
  steps: 100,
  guidance: 1,
  truncation: { kind: 'topR', r: 1 },
  candidates: 1,
  sampler: 'exact',
};

describe('settings', () => {
  it.each<Partial<GenerateSettings>>([
    {},
    { seed: 2 ** 32 - 1, steps: 1, guidance: 100, truncation: { kind: 'topR', r: 0 }, candidates: 64 },
    { guidance: 0, truncation: { kind: 'topK', k: 1 } },
    { truncation: { kind: 'topK', k: 512 } },
    { truncation: { kind: 'none' } },
  ])('at both ends of their ranges pass: %o', (change) => {
    expect(() => checkSettings({ ...good, ...change }, manifest)).not.toThrow();
  });

  it.each<[Partial<GenerateSettings>, string]>([
    [{ prompt: ' \n\t' }, 'The prompt is empty'],
    [{ prompt: 'a'.repeat(10_001) }, 'The prompt has 10001 characters: shorten it to 10000'],
    [{ seed: 2 ** 32 }, 'seed must be a whole number from 0 to 4294967295, not 4294967296'],
    [{ seed: -1 }, 'seed'],
    [{ seed: 0.5 }, 'seed'],
    [{ steps: 0 }, 'steps must be a whole number from 1 to 100, not 0'],
    [{ steps: 101 }, 'steps'],
    [{ steps: Number.NaN }, 'steps'],
    [{ guidance: -0.1 }, 'guidance must be from 0 to 100'],
    [{ guidance: 100.1 }, 'guidance'],
    [{ guidance: Number.POSITIVE_INFINITY }, 'guidance'],
    [{ guidance: Number.NaN }, 'guidance'],
    [{ truncation: { kind: 'topR', r: 1.01 } }, 'truncation must be from 0 to 1'],
    [{ truncation: { kind: 'topR', r: -0.01 } }, 'truncation'],
    [{ truncation: { kind: 'topK', k: 513 } }, 'truncation must be a whole number from 1 to 512'],
    [{ truncation: { kind: 'topK', k: 0 } }, 'truncation'],
    [{ truncation: { kind: 'topK', k: 1.5 } }, 'truncation'],
    [{ candidates: 0 }, 'candidates'],
    [{ candidates: 65 }, 'candidates'],
  ])('%o is refused by name', (change, message) => {
    expect(() => checkSettings({ ...good, ...change }, manifest)).toThrow(
      expect.objectContaining({ code: 'settings', message: expect.stringContaining(message) }),
    );
  });
});
