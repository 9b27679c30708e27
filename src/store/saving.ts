// What makes files of many pictures or of a model; fetched when the first one is asked for.
export { encodeFilm } from '../png/film.ts';
export { gridTexts } from '../png/gridTexts.ts';
export { packArchive } from './exportPack.ts';
export { archivePictures } from './gallery.ts';
export { keptFilm } from './keptFilm.ts';
export { zip } from './zip.ts';
