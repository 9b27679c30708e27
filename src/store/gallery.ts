// Pictures of the gallery as files: one archive of many, with a list of how each was made.
import { crc32 } from '../crc32.ts';
import { UserError } from '../errors.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { pictureFileName } from './fileName.ts';
import { type ZipFile, zipFiles } from './zip.ts';

/** One entry of recipes.json. */
export interface ArchivedPicture {
  readonly file: string;
  /** Null when it cannot be read. */
  readonly recipe: Recipe | null;
  /** The model's name. */
  readonly model: string;
  readonly score: number | null;
  readonly favourite: boolean;
  /** ISO 8601, UTC. */
  readonly made: string;
}

export interface PictureArchive {
  readonly file: Blob;
  /** Pictures that are not in it: removed meanwhile, or no longer to be read. */
  readonly missing: number;
}

/** The PNGs of these pictures, in this order, and recipes.json. Only one of them is in memory at a time. */
export async function archivePictures(
  gallery: Pick<Gallery, 'picture'>,
  ids: readonly string[],
): Promise<PictureArchive> {
  const files: ZipFile[] = [];
  const pictures: ArchivedPicture[] = [];
  const taken = new Set<string>();
  for (const id of ids) {
    try {
      const picture = await gallery.picture(id);
      if (!picture) continue;
      const { head, png, recipe } = picture;
      const content = new Uint8Array(await png.arrayBuffer());
      const { prompt, seed, model, score, favourite, time } = head;
      const file = freeName(pictureFileName(prompt, seed), taken);
      files.push({ name: file, content: png, size: content.length, crc: crc32(content) });
      pictures.push({ file, recipe, model, score, favourite, made: new Date(time).toISOString() });
    } catch (error) {
      // One damaged picture must not keep the others from being saved.
      if (!(error instanceof UserError || error instanceof DOMException)) throw error;
    }
  }
  const list = new TextEncoder().encode(`${JSON.stringify(pictures, null, 2)}\n`);
  return {
    file: zipFiles([...files, { name: 'recipes.json', content: list, size: list.length, crc: crc32(list) }]),
    missing: ids.length - files.length,
  };
}

/** a-hat_7.png -> a-hat_7-2.png where the first is taken. The letter case does not tell files apart everywhere. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free.toLowerCase()); count++) free = name.replace(/(?=\.png$)/, `-${count}`);
  taken.add(free.toLowerCase());
  return free;
}
