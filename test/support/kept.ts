// Kept pictures for tests of the page that are not about them.
import type { Gallery } from '../../src/gallery/gallery.ts';
import { openGallery } from '../../src/gallery/gallery.ts';
import type { Actions } from '../../src/store/actions.ts';
import { keepPictures } from '../../src/store/keepPictures.ts';
import { createKeptStore } from '../../src/store/kept.ts';
import { createKeptActions } from '../../src/store/keptActions.ts';
import type { AppStore } from '../../src/store/store.ts';

let opened = 0;

/** Of its own, and empty. */
export function freshGallery(): Promise<Gallery> {
  return openGallery({ name: `test ${Date.now()} ${opened++}` });
}

/** Store and actions of kept pictures, beside the page's. */
export function keptPage(
  store: AppStore,
  actions: Actions,
  gallery: Promise<Gallery> = freshGallery(),
  save: (file: Blob, name: string) => void = () => {},
) {
  const kept = createKeptStore(gallery);
  keepPictures(store, kept, gallery);
  return { store: kept, actions: createKeptActions(store, kept, { gallery, save, actions }) };
}
