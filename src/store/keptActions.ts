// What can be done with kept pictures. Failures end up in the page's state, a sentence each.
import { UserError } from '../errors.ts';
import type { Entry } from '../gallery/entries.ts';
import { type Gallery, UNDO_TIME } from '../gallery/gallery.ts';
import type { Head, KeptPicture } from '../gallery/picture.ts';
import type { View } from '../gallery/view.ts';
import { late } from '../late.ts';
import type { BranchChange } from '../recipe/branch.ts';
import type { Quality } from '../recipe/push.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Variation } from '../recipe/vary.ts';
import type { Actions } from './actions.ts';
import { builtInModels } from './address.ts';
import { recipeText } from './copyActions.ts';
import { pictureFileName } from './fileName.ts';
import { type KeptStore, type Viewed, withoutKept } from './kept.ts';
import type { keptFilm } from './keptFilm.ts';
import type { Job } from './line.ts';
import type { Mending } from './relatedActions.ts';
import type { Selection } from './selection.ts';
import type { AppStore } from './store.ts';
import { asUserError } from './userError.ts';
import { createWatchActions } from './watchActions.ts';

export interface KeptSurroundings {
  readonly gallery: Promise<Gallery>;
  /** Hands a file to the visitor. */
  readonly save: (file: Blob, name: string) => void;
  readonly actions: Pick<
    Actions,
    | 'edit'
    | 'openPicture'
    | 'copyLink'
    | 'copyPicture'
    | 'variationsOf'
    | 'branchesOf'
    | 'moreLike'
    | 'pushesOf'
    | 'triesOf'
    | 'morphOf'
    | 'filmOf'
    | 'makeRelated'
    | 'openBrush'
    | 'look'
    | 'study'
    | 'mendsOf'
  >;
}

export type KeptActions = ReturnType<typeof createKeptActions>;

/** Binds the actions to the page's store and that of its kept pictures. */
export function createKeptActions(
  store: AppStore,
  kept: KeptStore,
  { gallery, save, actions }: KeptSurroundings,
) {
  let undoTimer: ReturnType<typeof setTimeout> | undefined;
  const say = (announcement: string) => store.setState({ announcement });

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      store.setState({ runError: asUserError(error) });
    }
  }

  /** All of a picture. @throws {UserError} `storage` when it is gone or cannot be read */
  async function read({ id }: Pick<Head, 'id'>): Promise<KeptPicture> {
    const picture = await (await gallery).picture(id);
    if (!picture) throw new UserError('storage', 'This picture was deleted meanwhile, in another tab.');
    return picture;
  }

  async function filmOf(film: Entry): ReturnType<typeof keptFilm> {
    const saving = await late(() => import('./saving.ts'));
    return saving.keptFilm(await gallery, film);
  }

  function offerUndo(removed: readonly string[], wait = UNDO_TIME): void {
    clearTimeout(undoTimer);
    kept.setState({ removed });
    if (removed.length) undoTimer = setTimeout(() => kept.setState({ removed: [] }), wait);
  }
  // What was deleted just before a reload.
  void gallery.then((opened) => {
    const { ids, left } = opened.removed();
    if (ids.length && left > 0) offerUndo(ids, left);
  });

  /** Out of the way of what is made now. */
  function make(job: Job): Promise<void> {
    kept.setState({ viewed: null });
    return actions.makeRelated(job);
  }

  const fileName = ({ prompt, seed }: Head) => pictureFileName(prompt, seed);

  return {
    ...createWatchActions(store, kept, { look: actions.look }),

    read,

    /** Opens a picture large; null closes it. */
    view: (viewed: Viewed | null) => kept.setState({ viewed }),

    look: (change: Partial<View>) => kept.setState(({ view }) => ({ view: { ...view, ...change } })),

    download: (head: Head) => attempt(async () => save((await read(head)).png, fileName(head))),

    /** One archive of these pictures, and of how they were made. */
    downloadAll: (heads: readonly Head[]) =>
      attempt(async () => {
        const ids = heads.map(({ id }) => id);
        const { archivePictures } = await late(() => import('./saving.ts'));
        const { file, missing } = await archivePictures(await gallery, ids);
        if (missing === ids.length) throw new UserError('storage', 'None of these pictures can be read.');
        save(file, 'pictures.zip');
        if (missing) {
          const which = missing === 1 ? '1 picture is' : `${missing} pictures are`;
          throw new UserError('storage', `${which} not in the archive: deleted meanwhile, or damaged.`);
        }
      }),

    /** What the page plays; null where it cannot be had, which is told. */
    async filmFile(film: Entry): Promise<Blob | null> {
      let file: Blob | null = null;
      await attempt(async () => {
        file = (await filmOf(film)).file;
      });
      return file;
    },

    downloadKeptFilm: (film: Entry) =>
      attempt(async () => {
        const { file, name } = await filmOf(film);
        save(file, name);
      }),

    setFavourite: (ids: readonly string[], favourite: boolean) =>
      attempt(async () => (await gallery).setFavourite(ids, favourite)),

    select: (selection: Selection) => kept.setState({ selection }),

    remove: (ids: readonly string[]) =>
      attempt(async () => {
        // As they are before: then there are none.
        const { ids: places } = kept.getState();
        const back = await (await gallery).remove(ids);
        store.setState(({ runs }) => ({ runs: withoutKept(runs, places, new Set(ids)) }));
        if (back) offerUndo([...kept.getState().removed, ...ids]);
        say(`${ids.length === 1 ? 'The picture is' : `${ids.length} pictures are`} deleted.`);
      }),

    /** Brings back what was removed since the last time that this was offered. */
    undo: () =>
      attempt(async () => {
        const { removed } = kept.getState();
        const back = await (await gallery).restore(removed);
        offerUndo([]);
        if (back < removed.length) {
          throw new UserError('storage', 'Not all came back: the disk was full, and their room was needed.');
        }
        say(`${back === 1 ? 'The picture is' : `${back} pictures are`} back.`);
      }),

    leaveRemoved: () => offerUndo([]),

    /** Into the form, with all that can be said of it there. */
    takeSettings: (head: Head) =>
      attempt(async () => actions.openPicture(new File([(await read(head)).png], fileName(head)))),

    /** Puts a link to a recipe on the clipboard, with the address of its model where that is known. */
    async copyLink(recipe: Recipe): Promise<boolean> {
      const { manifest, packUrl } = store.getState();
      const { id } = recipe.model;
      const builtIn = builtInModels.find(({ pack }) => pack === `models/${id}/`);
      return actions.copyLink(recipe, manifest?.id === id || !builtIn ? packUrl : builtIn.pack);
    },

    /** Puts a picture on the clipboard, with how it was made. */
    copyPicture: (head: Head) =>
      actions.copyPicture(
        read(head).then(({ png, recipe }) => ({
          png,
          text: recipe ? recipeText(recipe, head) : head.prompt,
        })),
      ),

    /** Four pictures that are nearly this one. */
    vary: (head: Head, variation: Variation) =>
      attempt(async () => make(actions.variationsOf(await read(head), variation))),

    /** Four pictures that part from this one after one of its steps. */
    branch: (head: Head, step: number, change?: BranchChange) =>
      attempt(async () => make(actions.branchesOf(await read(head), step, change))),

    /** Four others that look to CLIP as this one does. */
    moreLike: (head: Head) => attempt(async () => make(await actions.moreLike(await read(head)))),

    /** Seven pictures, from less of a quality to more. */
    push: (head: Head, quality: Quality) =>
      attempt(async () => make(actions.pushesOf(await read(head), quality))),

    /** One picture for each phrase of a group. */
    tryEach: (head: Head, group: string) =>
      attempt(async () => make(actions.triesOf(await read(head), group))),

    /** A way of pictures from one to another. */
    morph: (one: Head, other: Head) =>
      attempt(async () => make(actions.morphOf(await read(one), await read(other)))),

    /** The same as a film whose frames hang together. */
    film: (one: Head, other: Head) =>
      attempt(async () => make(await actions.filmOf(await read(one), await read(other)))),

    /** Lays it under the brush. @param mending what is painted already, and what is asked for there */
    paintOver: (head: Head, mending?: Mending) =>
      attempt(async () => actions.openBrush(await read(head), mending)),

    /** Four in which a part is drawn again. */
    mend: (head: Head, mending: Mending) =>
      attempt(async () => make(actions.mendsOf(await read(head), mending))),

    /** What the engine says about a picture. @throws {UserError} */
    study: actions.study,

    /** A step of a picture again. @throws {UserError} */
    lookAt: actions.look,

    takeSeed({ seed }: Head): void {
      actions.edit({ seed: String(seed), seedLocked: true });
      say(`Seed ${seed} is kept for the next pictures.`);
    },
  };
}
