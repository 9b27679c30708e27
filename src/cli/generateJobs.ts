// What `npm run generate` is to make: recipes, in groups that run together, and the line of each in results.jsonl.
import { createHash } from 'node:crypto';
import type { Engine } from '../engine/engine.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { batchesOf } from '../recipe/batches.ts';
import { modelFingerprint, withFingerprint } from '../recipe/fingerprint.ts';
import { makeRecipe, type Recipe } from '../recipe/recipe.ts';
import { writeRecipe } from '../recipe/write.ts';
import { type GenerateArguments, type SamplingSettings, settingsName } from './generateArguments.ts';
import type { Result } from './generateResults.ts';

export interface Job {
  readonly recipe: Recipe;
  readonly result: Omit<Result, 'score' | 'milliseconds'>;
}

export interface JobGroup {
  readonly jobs: readonly Job[];
  /** For a person. */
  readonly title: string;
}

/**
 * A group for each prompt under each of the settings. Every picture has a seed of its own, so that pictures of different
 * prompts are independent samples. Prompts are taken as they are, braces and all.
 */
export function promptJobs(
  { manifest, device }: Engine,
  { seed, seeds, native }: GenerateArguments,
  prompts: readonly string[],
  settings: readonly SamplingSettings[],
): JobGroup[] {
  const model = { id: manifest.id, fingerprint: modelFingerprint(manifest) };
  const pack = identity(manifest);
  const groupOf = (sampling: SamplingSettings, prompt: string, index: number): JobGroup => {
    const setting = settingsName(sampling);
    const jobs = Array.from({ length: seeds }, (_, candidate): Job => {
      const own = (seed + index * seeds + candidate) >>> 0;
      const recipe = makeRecipe({
        model,
        condition: { kind: 'text', text: prompt },
        seed: own,
        ...sampling,
        arithmetic: device.arithmetic,
      });
      const file = `${setting}/${String(index).padStart(4, '0')}-${candidate}.png`;
      const runtime = native ? 'native' : 'wasm';
      return {
        recipe,
        result: { prompt, index, candidate, seed: own, setting, settings: sampling, file, pack, runtime },
      };
    });
    return { jobs, title: `${setting}, ${prompt}` };
  };
  return settings.flatMap((sampling) => prompts.map((prompt, index) => groupOf(sampling, prompt, index)));
}

/** A group for each batch of the recipes; their pictures are named by their place and what they say. */
export function recipeJobs(
  { manifest, device }: Engine,
  { native }: GenerateArguments,
  recipes: readonly Recipe[],
): JobGroup[] {
  const pack = identity(manifest);
  const jobs = recipes.map((given, index): Job => {
    const recipe = withFingerprint(given, manifest);
    const { condition, seed, sampler, steps, guidance, truncation, redraw } = recipe;
    const name = `${String(index).padStart(4, '0')}-${shortHash(writeRecipe(recipe))}`;
    return {
      recipe,
      result: {
        prompt: condition.kind === 'text' ? condition.text : '',
        index,
        candidate: 0,
        seed,
        setting: 'recipes',
        settings: { sampler, steps, guidance, truncation, redraw },
        file: `recipes/${name}.png`,
        pack,
        runtime: native ? 'native' : 'wasm',
      },
    };
  });
  return batchesOf(
    jobs.map(({ recipe }) => recipe),
    device.batch,
  ).map((places) => ({ jobs: places.map((place) => jobs[place]), title: `recipes ${places.join(', ')}` }));
}

/** Tells packs apart that share an id, as those of one training do. */
function identity({ id, graphs }: PackManifest): string {
  return `${id} ${shortHash(JSON.stringify(graphs))}`;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
