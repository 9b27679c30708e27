// Looks at steps of the picture that is seen large, one at a time. What is wished last comes first, and a run goes before
// all: while one has the engine nothing is asked, so it waits for one look at most, and only if that began before it.
import type { StepLook } from '../events.ts';
import type { Head, KeptPicture } from '../gallery/picture.ts';
import type { KeptStore } from './kept.ts';
import { type AppStore, activeRun } from './store.ts';
import { asUserError } from './userError.ts';
import { unmet, type Watched, type Wish, watchedFrom, withLook } from './watched.ts';

/** Milliseconds for which a slider rests on a step that is meant. */
const REST = 100;

/** A kept picture, as far as its steps need it. */
export type Watchable = Pick<Head, 'id'> & Pick<KeptPicture, 'recipe' | 'steps'>;

export interface WatchSurroundings {
  /** @throws {UserError} why this step cannot be looked at */
  readonly look: (picture: Watchable, wish: Wish) => Promise<StepLook>;
}

export function createWatchActions(store: AppStore, kept: KeptStore, { look }: WatchSurroundings) {
  let picture: Watchable | null = null;
  let wishes: readonly Wish[] = [];
  let looking = false;
  /** The last look took the engine down with it: not to be tried again before somebody asks for another. */
  let isLost = false;
  let resting: ReturnType<typeof setTimeout> | undefined;

  function change(to: (watched: Watched) => Watched): void {
    const { watched } = kept.getState();
    if (watched) kept.setState({ watched: to(watched) });
  }

  const waitFor = (waits: Watched['waits']) =>
    change((watched) => (watched.waits === waits ? watched : { ...watched, waits }));

  const forgetProblem = () =>
    change((watched) => (watched.problem === null ? watched : { ...watched, problem: null }));

  /** Meets one wish after the other. */
  async function meet(): Promise<void> {
    while (!looking) {
      const { watched } = kept.getState();
      if (!watched || watched.problem !== null) return;
      const wish = unmet(watched, wishes);
      if (!wish || !picture) return waitFor(null);
      if (activeRun(store.getState())) return waitFor('run');
      looking = true;
      waitFor('look');
      try {
        const found = await look(picture, wish);
        // It may be another picture by now.
        if (kept.getState().watched?.id === watched.id) {
          change((before) => withLook(before, wish.step, found, wishes[0]?.step ?? wish.step));
        }
      } catch (error) {
        const { code, message } = asUserError(error);
        isLost = code === 'lost';
        if (kept.getState().watched?.id === watched.id) {
          change((before) => ({ ...before, waits: null, problem: message }));
        }
      } finally {
        looking = false;
      }
    }
  }

  store.subscribe((state, before) => {
    if (state.pack !== before.pack && !isLost) forgetProblem();
    if (state.pack !== before.pack || activeRun(state) !== activeRun(before)) void meet();
  });

  return {
    /** Turns to a picture, or away from all; what was seen of another one is let go. */
    watch(to: Watchable | null): void {
      picture = to;
      wishes = [];
      clearTimeout(resting);
      kept.setState({ watched: to && watchedFrom(to.id) });
    },

    /** Which steps are to be looked at, the one that is shown first; in the place of all wishes before. */
    wish(wanted: readonly Wish[]): void {
      wishes = wanted;
      if (isLost) forgetProblem();
      isLost = false;
      clearTimeout(resting);
      resting = setTimeout(() => void meet(), REST);
    },
  };
}
