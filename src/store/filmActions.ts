// Films: a way from one picture to another whose frames hang together, and its files.
import { UserError } from '../errors.ts';
import type { KeptPicture } from '../gallery/picture.ts';
import { framesOf } from '../png/film.ts';
import { filmed } from '../recipe/film.ts';
import { shareOfWay } from '../recipe/morph.ts';
import { escapeChoices } from '../recipe/wildcards.ts';
import type { RgbaImage } from '../types.ts';
import { videoFileName } from './fileName.ts';
import type { Job } from './line.ts';
import { openedHere, recipeHere } from './openedHere.ts';
import { type Run, titleOf } from './run.ts';
import type { AppState } from './store.ts';

/** A picture of a film, and how long it is shown. */
export interface FilmFrame {
  readonly image: RgbaImage;
  readonly milliseconds: number;
}

/** From the one to the other, each frame from the tokens of the one before. @throws {UserError} */
export function filmJob(
  state: Pick<AppState, 'manifest' | 'pack'>,
  one: KeptPicture,
  other: KeptPicture,
): Job {
  const { recipe, manifest } = recipeHere(state, one);
  const end = openedHere(state, other);
  if (end.tokens.includes(manifest.codebookSize)) {
    throw new UserError('recipe', 'This picture is not finished: make it again, and take that one.');
  }
  const recipes = filmed(recipe, end.recipe, end.tokens, manifest);
  const columns = recipes.map((_, i) => shareOfWay(i, recipes.length));
  return { prompt: escapeChoices(one.head.prompt), recipes, grid: { columns, rows: [''] }, inTurn: true };
}

/** What there is to be recorded of a run of one row, there and back, and what its file is called. */
export function videoOf(run: Run): { readonly frames: FilmFrame[]; readonly name: string } {
  const images = run.candidates.flatMap(({ picture }) => picture?.image ?? []);
  if (!images.length) throw new UserError('settings', 'This film has no pictures: make it again.');
  const frames = framesOf(images.length).map(({ index, milliseconds }) => ({
    image: images[index],
    milliseconds,
  }));
  return { frames, name: videoFileName(titleOf(run), run.recipes[0].seed) };
}
