// Runs a list of recipes: asks the engine, keeps the state up with what it says, and ends every way there is.
import { late } from '../late.ts';
import type { PackManifest } from '../pack/manifest.ts';
import type { EngineClient } from '../worker/client.ts';
import { endAnnouncement, quarterAnnouncement, startAnnouncement } from './announcements.ts';
import type { Job, RunEnd } from './line.ts';
import { afterEvent, endRun, type Run, type RunModel, releasePreviews, startRun } from './run.ts';
import { type AppState, type AppStore, activeRun } from './store.ts';
import { asUserError } from './userError.ts';

export interface RunnerSurroundings {
  readonly client: Pick<EngineClient, 'generate'>;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Settles when the page has shown what the state says now. */
  readonly painted: () => Promise<void>;
  /** Opens the model again whose worker is gone. */
  readonly reopenPack: () => Promise<void>;
}

export interface Runner {
  /**
   * Makes the pictures of recipes that the open model can make. Failures end up in the state.
   * @param waited begun by itself: what else the page shows stays
   * @returns null when it does nothing, as a run is on or no model is open
   */
  run(job: Job, waited?: boolean): Promise<RunEnd | null>;
  /** Stops the run within a step; its finished pictures stay. */
  cancel(): void;
}

/** Whether a run could begin now. */
export function canRun(state: AppState): boolean {
  return !activeRun(state) && state.pack.kind === 'ready' && state.manifest !== null;
}

export function createRunner(
  { getState, setState }: AppStore,
  { client, now, painted, reopenPack }: RunnerSurroundings,
): Runner {
  let nextRun = 1;
  let stop: AbortController | null = null;
  const runById = (id: number) => getState().runs.find((run) => run.id === id);

  /** @param change gives null for a run that is to leave the gallery */
  function update(id: number, change: (run: Run) => Run | null): void {
    const before = runById(id);
    if (!before) return;
    const after = change(before);
    setState(({ runs }) => ({ runs: runs.flatMap((run) => (run === before ? (after ?? []) : run)) }));
    releasePreviews(before, after);
  }

  async function run(job: Job, waited = false): Promise<RunEnd | null> {
    const state = getState();
    if (!canRun(state)) return null;
    const { recipes } = job;
    const { id } = begin(job, waited);
    const controller = new AbortController();
    stop = controller;
    const end = (status: 'finished' | 'cancelled' | 'failed') => update(id, (run) => endRun(run, status));
    try {
      // The engine takes every core there is: the page answers the click first.
      await painted();
      const generate = job.inTurn ? await inTurn(id, state.manifest!) : client.generate;
      const { cancelled } = await generate(
        recipes,
        (event) => {
          const before = runById(id)?.progress.done ?? 0;
          update(id, (run) => afterEvent(run, event, now()));
          const progress = runById(id)?.progress;
          const announcement = progress && quarterAnnouncement(before, progress);
          if (announcement) setState({ announcement });
        },
        controller.signal,
      );
      end(cancelled ? 'cancelled' : 'finished');
      setState({ announcement: endAnnouncement(runById(id), cancelled) });
      return { kind: cancelled ? 'stopped' : 'finished' };
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') {
        // Another opening took the worker; what it finds goes into the state by itself.
        end('cancelled');
        return { kind: 'replaced' };
      }
      const failed = runById(id);
      end('failed');
      const runError = asUserError(error);
      // A worker that is gone has the model with it; opened again, it is as before.
      if (runError.code === 'lost') void reopenPack();
      // What the device or the runtime did once, they would do again: the person chooses how to go on.
      const broken = runError.code === 'device' || runError.code === 'internal';
      setState(broken ? { pack: { kind: 'failed', error: runError } } : { runError });
      const isWanted = (place: number) => failed?.status === 'running' && !failed.candidates[place].picture;
      return { kind: 'failed', unmade: recipes.filter((_, place) => isWanted(place)) };
    } finally {
      stop = null;
    }
  }

  /** The engine for recipes that are known one by one. */
  async function inTurn(id: number, model: PackManifest): Promise<EngineClient['generate']> {
    const { generateInTurn } = await late(() => import('./inTurn.ts'));
    return generateInTurn(client.generate, model, (index, recipe) =>
      update(id, (run) => ({ ...run, recipes: run.recipes.with(index, recipe) })),
    );
  }

  function begin(job: Job, waited: boolean): Run {
    const { packUrl, manifest, runs } = getState();
    const { id, name, license, grid, codebookSize, timesteps, image, matchScore = null } = manifest!;
    const model: RunModel = { packUrl, id, name, license, grid, codebookSize, timesteps, image, matchScore };
    const begun = startRun(nextRun++, job, model, waited);
    setState({
      runs: [begun, ...runs],
      ...(!waited && { runError: null, complaint: null, opened: null }),
      announcement: startAnnouncement(job.recipes),
    });
    return begun;
  }

  return {
    run,
    cancel() {
      const run = activeRun(getState());
      if (run?.status !== 'running') return;
      setState(({ runs }) => ({ runs: [{ ...run, status: 'stopping' }, ...runs.slice(1)] }));
      stop?.abort();
    },
  };
}
