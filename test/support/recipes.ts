// Recipes of every form, for tests of what carries them.
import type { Engine } from '../../src/engine/engine.ts';
import { embeddingCondition } from '../../src/recipe/condition.ts';
import { modelFingerprint } from '../../src/recipe/fingerprint.ts';
import { makeRecipe, type Recipe } from '../../src/recipe/recipe.ts';
import { encodeFree } from '../../src/recipe/start.ts';

/** What the page makes from its form. */
export const plain: Recipe = makeRecipe({
  model: { id: 'micro', fingerprint: '00112233445566778899aabb' },
  condition: { kind: 'text', text: 'a smiling woman' },
  seed: 42,
  steps: 10,
  guidance: 1.15,
  truncation: { kind: 'topR', r: 0.85 },
  sampler: 'exact',
  arithmetic: 'single',
});

export const avoiding: Recipe = { ...plain, avoid: { kind: 'text', text: 'лицо 顔 👩‍🦰 "é"' } };

/** Every kind of condition, in one another; tokens to start from. */
export const elaborate: Recipe = {
  version: 4,
  model: { id: 'micro', fingerprint: null },
  condition: {
    kind: 'direction',
    base: {
      kind: 'between',
      from: embeddingCondition(Float32Array.of(0.6, -0.8, 0, 0)),
      to: { kind: 'text', text: 'a hat' },
      at: 0.25,
    },
    from: { kind: 'text', text: 'young' },
    to: {
      kind: 'mix',
      parts: [
        { condition: { kind: 'text', text: 'old' }, weight: 2 },
        { condition: { kind: 'text', text: 'beard' }, weight: -0.5 },
      ],
    },
    strength: -1.5,
  },
  start: { kind: 'tokens', tokens: [4, 0, 5, 3], free: encodeFree([false, true, true, false]), timestep: 59 },
  seed: 0xffffffff,
  steps: 3,
  guidance: 0,
  truncation: { kind: 'topK', k: 3 },
  redraw: 0.25,
  sampler: 'authors-fast',
  arithmetic: 'half',
};

export const recipes: readonly Recipe[] = [
  plain,
  avoiding,
  elaborate,
  { ...plain, truncation: { kind: 'none' } },
  { ...plain, redraw: 0.25, looks: 1 },
];

/** A recipe that the opened engine can make, with a change. */
export function recipeFor(
  { manifest, device }: Pick<Engine, 'manifest' | 'device'>,
  change: Partial<Recipe> = {},
): Recipe {
  const model = { id: manifest.id, fingerprint: modelFingerprint(manifest) };
  return { ...plain, model, arithmetic: device.arithmetic, ...change };
}

/** The path to every number, text, truth value and null in a JSON tree. */
export function leaves(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/** A copy of a JSON tree with another value at a path; undefined takes the field away. */
export function changed(tree: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(tree)) as Record<string | number, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path[path.length - 1];
  if (value === undefined) delete at[last];
  else Object.defineProperty(at, last, { value, enumerable: true, writable: true, configurable: true });
  return copy;
}
