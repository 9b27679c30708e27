// What the explainer makes: recipes that differ in one thing alone.
import type { PackManifest } from '../pack/manifest.ts';
import type { Recipe, RecipeModel } from '../recipe/recipe.ts';
import type { Arithmetic } from '../types.ts';
import { type Draft, findComplaint, modelDefaults, recipesOf, truncationAt } from './settings.ts';

export const rowNames = ['guidance', 'truncation', 'steps'] as const;
export type RowName = (typeof rowNames)[number];
/** One picture's way from hidden to finished, or a row of pictures. */
export type FigureName = 'way' | RowName;

/** Each from least to most; 1 of truncation keeps all codes. */
export const explainedValues: Readonly<Record<RowName, readonly number[]>> = {
  guidance: [0, 1, 2, 3, 5],
  truncation: [0.1, 0.4, 0.7, 0.9, 1],
  steps: [1, 3, 6, 10, 25],
};
/** At most, of all pictures but those that are about steps: enough for a good one, and soon made. */
const STEPS = 12;

/** What the explainer begins with: the form's own prompt, where it is one that can be run, else the model's first example. */
export function explainedPrompt(draft: Draft, { examples }: PackManifest): string {
  const own = draft.prompt.trim() && !/[{|}]/.test(draft.prompt) && findComplaint(draft)?.field !== 'prompt';
  return own ? draft.prompt.trim() : examples[0];
}

/** The recipes of a figure, in their order. */
export function explainedRecipes(
  figure: FigureName,
  { prompt, seed, draft }: { readonly prompt: string; readonly seed: number; readonly draft: Draft },
  manifest: PackManifest,
  model: RecipeModel,
  arithmetic: Arithmetic,
): Recipe[] {
  const form: Draft = {
    ...draft,
    ...modelDefaults(manifest),
    steps: Math.min(STEPS, manifest.defaults.steps),
    // A second look would be a sixth thing to tell of.
    redraw: 0,
    candidates: 1,
    prompt: 'a picture',
    avoid: '',
    seed: String(seed),
  };
  const [made] = recipesOf(form, model, arithmetic);
  // As it was typed: braces are no choices here.
  const base: Recipe = { ...made, condition: { kind: 'text', text: prompt } };
  switch (figure) {
    case 'way':
      return [base];
    case 'guidance':
      return explainedValues.guidance.map((guidance) => ({ ...base, guidance }));
    case 'truncation':
      return explainedValues.truncation.map((r) => ({ ...base, truncation: truncationAt(r) }));
    case 'steps':
      return explainedValues.steps.map((steps) => ({ ...base, steps: Math.min(steps, manifest.timesteps) }));
    default:
      return figure satisfies never;
  }
}
