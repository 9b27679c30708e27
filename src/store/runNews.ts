// How a run is told to someone who looks elsewhere: in the tab's title, and by a notification that was asked for.
import { endAnnouncement } from './announcements.ts';
import { goesOn } from './line.ts';
import type { Run } from './run.ts';
import { type AppState, type AppStore, activeRun } from './store.ts';

export interface Ending {
  readonly kind: 'finished' | 'failed';
  /** For a notification. */
  readonly words: string;
}

/**
 * What ended between two states; null for nothing, for a run that was cancelled (who did that knows), and for one that
 * another follows out of the line.
 * @param earlier runs of the line before this one, of which nothing was told
 */
export function endingBetween(before: AppState, after: AppState, earlier = 0): Ending | null {
  const was = activeRun(before);
  if (!was || activeRun(after)?.id === was.id) return null;
  const run = after.runs.find(({ id }) => id === was.id);
  if (run?.status === 'cancelled') return null;
  if (run?.status === 'finished') {
    if (goesOn(after.line)) return null;
    const words = earlier ? `The line is done: ${earlier + 1} runs.` : endAnnouncement(run, false);
    return { kind: 'finished', words };
  }
  return { kind: 'failed', words: 'Your pictures could not be made: the page says why.' };
}

/**
 * Without the prompt: a browser keeps titles in its history, and may carry that to other devices.
 * @param ended what nobody has looked at yet
 */
export function pageTitle(plain: string, run: Run | null, ended: Ending | null): string {
  if (run) return `${Math.floor(run.progress.done * 100)}% · ${plain}`;
  if (ended) return `${ended.kind === 'finished' ? 'Done' : 'Stopped'} · ${plain}`;
  return plain;
}

export interface NewsStand {
  readonly plainTitle: string;
  readonly setTitle: (title: string) => void;
  /** Whether the visitor has the page before them. */
  readonly isWatched: () => boolean;
  readonly notify: (words: string) => void;
}

/**
 * Tells of every run from now on.
 * @returns to be called when the visitor is there: what has ended is no news any more
 */
export function tellOfRuns(store: AppStore, stand: NewsStand): () => void {
  let ended: Ending | null = null;
  /** Runs of the line that ended without a word. */
  let untold = 0;
  let shown = stand.plainTitle;
  const show = () => {
    const title = pageTitle(stand.plainTitle, activeRun(store.getState()), ended);
    if (title !== shown) stand.setTitle(title);
    shown = title;
  };
  store.subscribe((after, before) => {
    if (after.runs === before.runs) return;
    const ending = endingBetween(before, after, untold);
    const isBetween = !activeRun(after) && goesOn(after.line);
    if (isBetween) untold += activeRun(before) ? 1 : 0;
    else if (!activeRun(after)) untold = 0;
    ended = ending ?? (activeRun(after) ? null : ended);
    if (ending && after.tellWhenDone && !stand.isWatched()) stand.notify(ending.words);
    if (!isBetween) show();
  });
  return () => {
    ended = null;
    show();
  };
}
