// Whether a recipe can be made with the model and device at hand.
import { UserError } from '../errors.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { quoted } from '../quote.ts';
import type { Arithmetic } from '../types.ts';
import { decodeFloats } from './base64.ts';
import type { RecipeCondition } from './condition.ts';
import { differingParts, modelFingerprint } from './fingerprint.ts';
import { wasBuiltIn } from './formerModels.ts';
import { parseRecipe } from './parse.ts';
import type { RecipeSource } from './reader.ts';
import type { Recipe } from './recipe.ts';
import { decodeFree, type RecipeStart } from './start.ts';

/**
 * Why the very same picture cannot be made here, in one sentence with what can be done; null when it can (as far as
 * version 1 tells, which did not write the weights down).
 */
export function replayObstacle(
  recipe: Recipe,
  manifest: PackManifest,
  arithmetic: Arithmetic,
): string | null {
  const { id, fingerprint } = recipe.model;
  if (id !== manifest.id) {
    if (wasBuiltIn(id)) {
      return `This recipe is for the model ${quoted(id)}, which is not built in any more: bring it as a pack, or use its prompt with ${quoted(manifest.id)}.`;
    }
    return `This recipe is for the model ${quoted(id)}, and ${quoted(manifest.id)} is open: open that one, or take the prompt and settings for this one.`;
  }
  if (fingerprint !== null) {
    const parts = differingParts(fingerprint, modelFingerprint(manifest));
    if (parts.length) {
      return `This recipe is for other weights of ${quoted(id)} (another ${parts.join(', another ')}): the same settings make another picture here.`;
    }
  }
  if (recipe.arithmetic !== arithmetic) {
    const wanted = recipe.arithmetic;
    return `This recipe is for ${wanted} precision, and the model is open in ${arithmetic}: choose ${wanted === 'half' ? 'WebGPU in half precision' : 'WASM or WebGPU in single precision'} as the device, or make another picture here.`;
  }
  return null;
}

const asked: RecipeSource = {
  opening: 'This picture cannot be made',
  remedy: 'Change that, and try again.',
};

/**
 * Everything that can be wrong with a recipe, the sizes of the model among it, before anything is computed.
 * @throws {UserError} `recipe`, listing what is out of its range; `settings`, naming what the model does not have
 */
export function checkRecipe(recipe: Recipe, manifest: PackManifest): void {
  parseRecipe(recipe, asked);
  const { timesteps, codebookSize } = manifest;
  const { steps, truncation, start, condition, avoid } = recipe;
  if (steps > timesteps) throw misfit(`${steps} steps`, `at most ${timesteps}`);
  if (truncation.kind === 'topK' && truncation.k > codebookSize) {
    throw misfit(`truncation to ${truncation.k} codes`, `a codebook of ${codebookSize}`);
  }
  if (start.kind === 'tokens') checkTokens(start, manifest);
  for (const given of avoid ? [condition, avoid] : [condition]) checkEmbeddings(given, manifest);
}

function checkTokens(
  { tokens, free, timestep }: Extract<RecipeStart, { kind: 'tokens' }>,
  { timesteps, codebookSize, grid }: PackManifest,
): void {
  const positions = grid.rows * grid.columns;
  if (tokens.length !== positions) throw misfit(`${tokens.length} tokens`, `${positions}`);
  const largest = Math.max(...tokens);
  if (largest > codebookSize) throw misfit(`the code ${largest}`, `codes below ${codebookSize}`);
  if (timestep >= timesteps) throw misfit(`a start at timestep ${timestep}`, `timesteps below ${timesteps}`);
  const mayChange = decodeFree(free, positions);
  const kept = tokens.findIndex((token, i) => token === codebookSize && !mayChange?.[i]);
  if (kept >= 0) {
    throw new UserError(
      'settings',
      `The recipe keeps token ${kept + 1} of ${positions} as it is, and that one is masked: let it change, or give it a code.`,
    );
  }
}

function checkEmbeddings(condition: RecipeCondition, manifest: PackManifest): void {
  switch (condition.kind) {
    case 'text':
      return;
    case 'embedding': {
      const { length } = decodeFloats(condition.values) ?? [];
      const { conditionSize } = manifest;
      if (length !== conditionSize) throw misfit(`an embedding of ${length} numbers`, `${conditionSize}`);
      return;
    }
    case 'mix':
      for (const part of condition.parts) checkEmbeddings(part.condition, manifest);
      return;
    case 'between':
      for (const end of [condition.from, condition.to]) checkEmbeddings(end, manifest);
      return;
    case 'direction':
      for (const part of [condition.base, condition.from, condition.to]) checkEmbeddings(part, manifest);
      return;
    default:
      condition satisfies never;
  }
}

function misfit(asked: string, has: string): UserError {
  return new UserError(
    'settings',
    `The recipe asks for ${asked}, and this model has ${has}: change it, or open the model that it is for.`,
  );
}
