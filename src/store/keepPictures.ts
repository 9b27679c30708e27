// Writes every finished picture into the gallery, one by one as they come, with the tokens of all its steps.
import type { Gallery } from '../gallery/gallery.ts';
import { newId } from '../gallery/newId.ts';
import type { FilmPlace } from '../gallery/picture.ts';
import { type KeptStore, keptPlace } from './kept.ts';
import { pictureFile } from './pictureFile.ts';
import type { Picture, Run } from './run.ts';
import type { AppStore } from './store.ts';
import { asUserError } from './userError.ts';

/** From now on; what cannot be kept is told once a run, and stays in its run to be downloaded. */
export function keepPictures(
  store: AppStore,
  kept: KeptStore,
  gallery: Promise<Pick<Gallery, 'keep'>>,
): void {
  /** Of the run in progress. [candidates][steps][positions] */
  let trails: Int32Array[][] = [];
  /** The same, should it be a film. */
  let film = '';
  let toldOf: number | null = null;
  // One after the other: each is later than the one before.
  let turn: Promise<void> = Promise.resolve();

  store.subscribe(({ runs: [run] }, before) => {
    if (run === before.runs[0] || (run?.status !== 'running' && run?.status !== 'stopping')) return;
    const earlier = before.runs[0]?.id === run.id ? before.runs[0] : null;
    if (!earlier) {
      trails = run.candidates.map(() => []);
      film = newId();
    }
    for (const [i, { tokens, picture }] of run.candidates.entries()) {
      const was = earlier?.candidates[i];
      // A copy: this one is a view of the whole batch's. By its step, as one may be taken again.
      if (tokens && tokens !== was?.tokens) trails[i][run.progress.taken[i] - 1] = tokens.slice();
      if (!picture || was?.picture) continue;
      const frame = { id: film, frame: picture.index, frames: run.recipes.length };
      turn = keep(run, picture, run.isFilm ? frame : null, trails[i], turn);
      trails[i] = [];
    }
  });

  async function keep(
    run: Run,
    picture: Picture,
    film: FilmPlace | null,
    rows: Int32Array[],
    before: Promise<void>,
  ): Promise<void> {
    const { model } = run;
    const { recipe, score, index } = picture;
    const [png] = await Promise.allSettled([pictureFile(model, picture), before]);
    try {
      if (png.status === 'rejected') throw png.reason;
      // A step that was not heard of leaves a hole.
      const isWhole = rows.length > 0 && Array.from(rows).every(Boolean);
      const steps = isWhole ? { mask: model.codebookSize, rows } : null;
      await (await gallery).keep({ png: png.value, recipe, model, score, steps, film }, ({ id }) =>
        kept.setState(({ ids }) => ({ ids: new Map(ids).set(keptPlace(run, index), id) })),
      );
    } catch (error) {
      if (toldOf === run.id) return;
      toldOf = run.id;
      store.setState({ runError: asUserError(error) });
    }
  }
}
