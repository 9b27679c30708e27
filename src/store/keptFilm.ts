// A film of the gallery as a file that moves, as the run that made it had it.
import { UserError } from '../errors.ts';
import { type Entry, titleOfEntry } from '../gallery/entries.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { encodeFilm } from '../png/film.ts';
import { gridTexts } from '../png/gridTexts.ts';
import { readTexts } from '../png/readTexts.ts';
import { softwareKeyword } from '../png/recipeTexts.ts';
import { shareOfWay } from '../recipe/morph.ts';
import { filmFileName } from './fileName.ts';

/**
 * Of what is there of it, with the recipes of all where they can be read.
 * @throws {UserError} `storage` when none of its pictures can be
 */
export async function keptFilm(
  gallery: Pick<Gallery, 'picture'>,
  film: Entry,
): Promise<{ readonly file: Blob; readonly name: string }> {
  const pictures = (await Promise.all(film.map(({ id }) => gallery.picture(id)))).flatMap(
    (picture) => picture ?? [],
  );
  const [first] = pictures;
  if (!first) throw new UserError('storage', 'This film was deleted meanwhile, in another tab.');
  const title = titleOfEntry(film);
  const recipes = pictures.flatMap(({ recipe }) => recipe ?? []);
  const { texts } = await readTexts(new Uint8Array(await first.png.arrayBuffer()));
  const software = texts.filter(({ keyword }) => keyword === softwareKeyword);
  const columns = pictures.map(({ head }) => shareOfWay(head.film?.frame ?? 0, head.film?.frames ?? 2));
  const isKnown = recipes.length === pictures.length && software.length > 0;
  const file = await encodeFilm(
    pictures.map(({ png }) => png),
    isKnown ? gridTexts(title, { columns, rows: [''], recipes }, software[0]) : software,
  );
  return { file, name: filmFileName(title, first.head.seed) };
}
