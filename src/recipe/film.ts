// From one picture to another in frames that hang together: each begins with the tokens of the one before, into which those
// of the other picture come little by little, and a share of the rest is drawn again so that they go together. Every frame is
// a recipe of its own that carries those tokens, so that any of them can be made again alone.
import { seededNoise } from '../diffusion/random.ts';
import { maskedStart, type ScheduledModel, timestepOfMasked } from './maskedStart.ts';
import { morphed } from './morph.ts';
import type { Recipe } from './recipe.ts';
import { decodeFree } from './start.ts';

/** Pictures of a film, its ends among them. */
export const FRAMES = 17;
/** The share that each frame draws again, of the tokens that are not yet the other picture's. */
export const SHARE = 0.3;

/** Keeps these draws apart from those of the chain, whose classes are below it. */
const TURNS = 0x66696c6d;

export interface FilmShape {
  readonly frames: number;
  readonly share: number;
}

/**
 * The recipes of a film. Its ends are the two pictures as they are; each frame between is to go on from the tokens of the one
 * before, with continued(), and those that it takes from there are masked until they are known. Positions become the
 * other's in an order by the seed. With the tokens of the one alone, and a share of them masked, no film gets anywhere:
 * what stays is all that the denoiser needs to draw the same again.
 * @param tokens of the other picture, none of them masked. [positions]
 */
export function filmed(
  one: Recipe,
  other: Recipe,
  tokens: ArrayLike<number>,
  model: ScheduledModel,
  { frames, share }: FilmShape = { frames: FRAMES, share: SHARE },
): Recipe[] {
  const way = morphed(one, other, frames);
  const noise = seededNoise(one.seed);
  const order = Array.from(tokens, (_, position) => ({ position, chance: noise(0, position, TURNS) }))
    .sort((a, b) => a.chance - b.chance)
    .map(({ position }) => position);
  return way.map((recipe, frame): Recipe => {
    if (frame === 0) return one;
    if (frame === frames - 1) return other;
    // On a small grid too something is left to be drawn.
    const arrived = Math.min(order.length - 1, Math.round((frame / (frames - 1)) * order.length));
    const rest = order.slice(arrived);
    const count = Math.max(1, Math.round(share * rest.length));
    const free = Array<boolean>(order.length).fill(false);
    for (let i = 0; i < count; i++) free[rest[((frame - 1) * count + i) % rest.length]] = true;
    const known = Array<number>(order.length).fill(model.codebookSize);
    for (const position of order.slice(0, arrived)) known[position] = tokens[position];
    return { ...recipe, start: maskedStart(known, free, timestepOfMasked(free, model), model) };
  });
}

/**
 * The recipe with all tokens that stay: where they are not known yet, as in the picture that it goes on from.
 * @param former [positions]
 */
export function continued(
  recipe: Recipe,
  former: ArrayLike<number>,
  { codebookSize }: Pick<ScheduledModel, 'codebookSize'>,
): Recipe {
  const { start } = recipe;
  if (start.kind !== 'tokens') return recipe;
  const free = decodeFree(start.free, start.tokens.length);
  const tokens = start.tokens.map((token, i) => (free?.[i] || token !== codebookSize ? token : former[i]));
  return { ...recipe, start: { ...start, tokens } };
}
