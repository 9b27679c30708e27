// A morph whose pictures hang together: each begins with the tokens of the one before, of which a share is drawn again. Every
// frame is a recipe of its own that carries those tokens, so that any of them can be made again alone.
import { seededNoise } from '../diffusion/random.ts';
import { maskedStart, type ScheduledModel, timestepOfMasked } from './maskedStart.ts';
import { morphed } from './morph.ts';
import type { Recipe } from './recipe.ts';
import { decodeFree } from './start.ts';

/** Pictures of a film, its ends among them. */
export const FRAMES = 17;
/** The share of the tokens that each frame draws again. */
export const SHARE = 0.25;
/** So many of the last frames have the other's whole condition, so that most tokens are drawn under it in the end. */
export const SETTLED = 3;

/** Keeps these draws apart from those of the chain, whose classes are below it. */
const TURNS = 0x66696c6d;

export interface FilmShape {
  readonly frames: number;
  readonly share: number;
  readonly settled: number;
}

/**
 * The recipes of a film from the one's condition to the other's, all else as the one has it. Each but the first is to go on
 * from the tokens of the one before, with continued(): which are drawn again is said already, and those that stay are
 * masked until they are known. Positions take turns in an order by the seed, so that each is drawn as often as any other;
 * the first timestep is the one at which so many are masked, and the steps their share.
 */
export function filmed(
  one: Recipe,
  other: Recipe,
  { grid, ...model }: ScheduledModel & { readonly grid: { readonly rows: number; readonly columns: number } },
  { frames, share, settled }: FilmShape = { frames: FRAMES, share: SHARE, settled: SETTLED },
): Recipe[] {
  const way = morphed(one, other, frames - settled + 1);
  const end = way[way.length - 1];
  const positions = grid.rows * grid.columns;
  const masked = Array<number>(positions).fill(model.codebookSize);
  const noise = seededNoise(one.seed);
  const order = masked
    .map((_, position) => ({ position, chance: noise(0, position, TURNS) }))
    .sort((a, b) => a.chance - b.chance);
  const count = Math.max(1, Math.round(share * positions));
  return Array.from({ length: frames }, (_, frame): Recipe => {
    const recipe = way[frame] ?? end;
    if (frame === 0) return recipe;
    const free = Array<boolean>(positions).fill(false);
    for (let i = 0; i < count; i++) free[order[((frame - 1) * count + i) % positions].position] = true;
    return { ...recipe, start: maskedStart(masked, free, timestepOfMasked(free, model), model) };
  });
}

/** The recipe with the tokens that stay, as they are in the picture that it goes on from. @param former [positions] */
export function continued(recipe: Recipe, former: ArrayLike<number>): Recipe {
  const { start } = recipe;
  if (start.kind !== 'tokens') return recipe;
  const free = decodeFree(start.free, start.tokens.length);
  return {
    ...recipe,
    start: { ...start, tokens: start.tokens.map((mask, i) => (free?.[i] ? mask : former[i])) },
  };
}
