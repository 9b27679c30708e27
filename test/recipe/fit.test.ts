import { describe, expect, it } from 'vitest';
import { embeddingCondition } from '../../src/recipe/condition.ts';
import { differingParts, modelFingerprint } from '../../src/recipe/fingerprint.ts';
import { checkRecipe, replayObstacle } from '../../src/recipe/fit.ts';
import type { Recipe } from '../../src/recipe/recipe.ts';
import { microManifest } from '../support/page.ts';
import { changed, elaborate, plain } from '../support/recipes.ts';
import { refusal } from '../support/refusal.ts';

const own = modelFingerprint(microManifest);
const manifestWith = (path: readonly (string | number)[], value: unknown) =>
  changed(microManifest, path, value) as typeof microManifest;
const partsChanged = (path: readonly (string | number)[], value: unknown) =>
  differingParts(own, modelFingerprint(manifestWith(path, value)));

describe('the fingerprint of a model', () => {
  const sha256 = '1'.repeat(64);

  it('is this one', () => expect(own).toBe('14791be3be6f3a565982fd23'));

  it('tells which part is another', () => {
    expect(partsChanged(['graphs', 'denoiser', 'fp16', 'sha256'], sha256)).toEqual(['denoiser']);
    expect(partsChanged(['graphs', 'denoiser', 'fp16', 'data'], [{ file: 'y', bytes: 1, sha256 }])).toEqual([
      'denoiser',
    ]);
    expect(partsChanged(['graphs', 'conditioner', 'fp16', 'sha256'], sha256)).toEqual(['denoiser']);
    expect(partsChanged(['emptyTextEmbedding'], 'AAAA')).toEqual(['denoiser']);
    expect(partsChanged(['schedule', 'gammaBar', 1], 0.5)).toEqual(['denoiser']);
    expect(partsChanged(['graphs', 'decoder', 'fp16', 'sha256'], sha256)).toEqual(['decoder']);
    expect(partsChanged(['graphs', 'text_encoder', 'fp16', 'sha256'], sha256)).toEqual(['text encoder']);
    expect(partsChanged(['tokenizer', 'model', 'sha256'], sha256)).toEqual(['text encoder']);
    expect(partsChanged(['defaults', 'promptPrefix'], 'a фото of \ud83d')).toEqual(['text encoder']);
  });

  it('does not change with what decides no picture', () => {
    expect(partsChanged(['graphs', 'image_encoder', 'fp16', 'sha256'], sha256)).toEqual([]);
    expect(partsChanged(['name'], 'Other')).toEqual([]);
    expect(partsChanged(['defaults', 'steps'], 99)).toEqual([]);
    // Of several forms, the one that is opened counts.
    expect(partsChanged(['graphs', 'decoder', 'fp32'], { file: 'y', bytes: 2e6, sha256 })).toEqual([]);
    expect(partsChanged(['graphs', 'decoder', 'int8'], { file: 'y', bytes: 1, sha256 })).toEqual(['decoder']);
  });
});

describe('a recipe on a model', () => {
  const recipe: Recipe = { ...plain, model: { id: 'micro', fingerprint: own } };
  const obstacle = (model: Partial<Recipe['model']>) =>
    replayObstacle({ ...recipe, model: { ...recipe.model, ...model } }, microManifest, 'single');

  it('can be replayed where weights and arithmetic are the same', () => {
    expect(replayObstacle(recipe, microManifest, 'single')).toBeNull();
    expect(obstacle({ fingerprint: null })).toBeNull();
  });

  it('says in one sentence why not, and what can be done', () => {
    expect(obstacle({ id: 'other' })).toBe(
      'This recipe is for the model “other”, and “micro” is open: open that one, or take the prompt and settings for this one.',
    );
    // Pictures of a model that is built in no more are still about.
    expect(obstacle({ id: 'toon' })).toBe(
      'This recipe is for the model “toon”, which is not built in any more: bring it as a pack, or use its prompt with “micro”.',
    );
    const brought = { ...recipe, model: { id: 'toon', fingerprint: null } };
    expect(replayObstacle(brought, { ...microManifest, id: 'toon' }, 'single')).toBeNull();
    expect(obstacle({ fingerprint: own.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')) })).toContain(
      'other weights of “micro” (another text encoder)',
    );
    expect(obstacle({ fingerprint: '0'.repeat(24) })).toContain(
      'another denoiser, another decoder, another text',
    );
    expect(replayObstacle(recipe, microManifest, 'half')).toContain('single precision as the device');
    expect(replayObstacle({ ...recipe, arithmetic: 'half' }, microManifest, 'single')).toContain(
      'WebGPU in half precision as the device',
    );
  });

  it('is checked against its sizes', async () => {
    const refused = (change: Partial<Recipe>) =>
      refusal(() => checkRecipe({ ...recipe, ...change }, microManifest));
    expect(() => checkRecipe(recipe, microManifest)).not.toThrow();
    expect(() => checkRecipe(elaborate, microManifest)).not.toThrow();
    expect(() => checkRecipe({ ...recipe, steps: 100 }, microManifest)).not.toThrow();
    expect(await refused({ steps: 101 })).toContain('asks for 101 steps, and this model has at most 100');
    expect(await refused({ seed: 1.5 })).toContain('This picture cannot be made: seed should be');
    expect(await refused({ truncation: { kind: 'topK', k: 6 } })).toContain('6 codes');
    const start = elaborate.start.kind === 'tokens' ? elaborate.start : null;
    expect(await refused({ start: { ...start!, tokens: [0, 1, 2], free: 'AQ==' } })).toContain(
      'asks for 3 tokens, and this model has 4',
    );
    expect(await refused({ start: { ...start!, tokens: [0, 1, 2, 6] } })).toContain('the code 6');
    expect(await refused({ start: { ...start!, timestep: 100 } })).toContain('timestep 100');
    // Steps are those of a whole run, wherever this one begins.
    expect(() => checkRecipe({ ...recipe, start: { ...start!, timestep: 0 } }, microManifest)).not.toThrow();
    expect(() =>
      checkRecipe({ ...recipe, start: { ...start!, tokens: [4, 5, 5, 3] } }, microManifest),
    ).not.toThrow();
    expect(await refused({ start: { ...start!, tokens: [4, 0, 0, 5] } })).toBe(
      'The recipe keeps token 4 of 4 as it is, and that one is masked: let it change, or give it a code.',
    );
    const embedding = embeddingCondition(Float32Array.of(1, 0, 0));
    for (const condition of [
      embedding,
      { kind: 'mix', parts: [{ condition: embedding, weight: 1 }] },
      { kind: 'between', from: plain.condition, to: embedding, at: 0 },
      { kind: 'direction', base: plain.condition, from: plain.condition, to: embedding, strength: 1 },
    ] as const) {
      expect(await refused({ condition })).toContain('an embedding of 3 numbers, and this model has 4');
      expect(await refused({ avoid: condition })).toContain('an embedding of 3 numbers');
    }
  });
});
