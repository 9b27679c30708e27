// Runs a list of recipes: asks the engine, keeps the state up with what it says, and ends every way there is.
import { UserError } from '../errors.ts';
import { late } from '../late.ts';
import type { PackManifest } from '../pack/manifest.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Arithmetic, DeviceReport } from '../types.ts';
import type { EngineClient } from '../worker/client.ts';
import { endAnnouncement, quarterAnnouncement, startAnnouncement } from './announcements.ts';
import { type Care, careAfter } from './care.ts';
import type { CrashMark } from './crashMark.ts';
import type { Generate } from './inTurn.ts';
import type { Job, RunEnd } from './line.ts';
import { atPlaces, createRest, type Rest } from './rest.ts';
import { afterEvent, endRun, type Run, type RunModel, releasePreviews, startRun } from './run.ts';
import { type AppState, type AppStore, activeRun } from './store.ts';
import { asUserError } from './userError.ts';

export interface RunnerSurroundings {
  readonly client: Pick<EngineClient, 'generate'>;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Settles when the page has shown what the state says now. */
  readonly painted: () => Promise<void>;
  /** Opens the model again whose worker is gone; with the usual care where none is given. */
  readonly reopenPack: (care?: Care) => Promise<void>;
  readonly crashMark: CrashMark;
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

/** Whether the engine broke off at its work, so that another one may go on with it. */
function isBreak(error: unknown): error is UserError {
  return error instanceof UserError && ['lost', 'device', 'memory', 'internal'].includes(error.code);
}

export function createRunner(
  { getState, setState }: AppStore,
  { client, now, painted, reopenPack, crashMark }: RunnerSurroundings,
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
    const { id } = begin(job, waited);
    const controller = new AbortController();
    stop = controller;
    const end = (status: 'finished' | 'cancelled' | 'failed') => update(id, (run) => endRun(run, status));
    try {
      // The engine takes every core there is: the page answers the click first.
      await painted();
      const generate = job.inTurn ? await inTurn(id, state.manifest!) : client.generate;
      const { cancelled } = await makeAll(id, generate, controller.signal);
      end(cancelled ? 'cancelled' : 'finished');
      if (!cancelled) crashMark.forget();
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
      // Where the model did not open again, that is what there is to tell.
      if (getState().pack.kind !== 'failed') {
        // A worker that is gone has the model with it; opened again, it is as before.
        if (runError.code === 'lost') void reopenPack();
        // What the device or the runtime did again and again, they would do once more: the person chooses how to go on.
        const isBroken = isBreak(runError) && runError.code !== 'lost';
        setState(isBroken ? { pack: { kind: 'failed', error: runError } } : { runError });
      }
      const isWanted = (place: number) => failed?.status === 'running' && !failed.candidates[place].picture;
      return { kind: 'failed', unmade: (failed?.recipes ?? []).filter((_, place) => isWanted(place)) };
    } finally {
      crashMark.end();
      stop = null;
    }
  }

  /**
   * Makes the pictures of a run. Where its engine breaks off, the model is opened again, more carefully from time to time, and
   * the run goes on from its last tokens.
   * @throws what broke it off last, where nothing more is to be tried
   */
  async function makeAll(
    id: number,
    generate: Generate,
    signal: AbortSignal,
  ): Promise<{ readonly cancelled: boolean }> {
    const { recipes, model } = runById(id)!;
    const device = deviceNow()!;
    const rest = createRest(recipes);
    for (let losses = 0; ; ) {
      try {
        return await makeRest(id, rest, generate, signal);
      } catch (error) {
        if (!isBreak(error) || signal.aborted) throw error;
        update(id, (run) => ({ ...run, losses: run.losses + 1 }));
        setState({ announcement: 'The engine broke off; it is started again, and the run goes on.' });
        for (let broken: UserError | null = error; broken; ) {
          const care = isBreak(broken) ? careAfter(++losses, broken, device) : null;
          if (!care) throw broken;
          broken = await openedAgain(care, model.packUrl);
        }
        if (signal.aborted) return { cancelled: true };
        inPrecision(id, rest, deviceNow()!.arithmetic);
      }
    }
  }

  async function makeRest(
    id: number,
    rest: Rest,
    generate: Generate,
    signal: AbortSignal,
  ): Promise<{ readonly cancelled: boolean }> {
    const { places, begun } = rest.missing();
    const recipes = places.map((place) => runById(id)!.recipes[place]);
    if (!recipes.length) return { cancelled: false };
    if (deviceNow()?.provider === 'webgpu') crashMark.begin();
    return generate(
      recipes,
      (said) => {
        const event = atPlaces(said, places);
        rest.hear(event);
        // The step is the largest thing that the device is asked for.
        if (event.type === 'step') crashMark.end();
        const before = runById(id)?.progress.done ?? 0;
        update(id, (run) => afterEvent(run, event, now()));
        const progress = runById(id)?.progress;
        const announcement = progress && quarterAnnouncement(before, progress);
        if (announcement) setState({ announcement });
      },
      signal,
      begun.some((each) => each) ? begun : undefined,
      places,
    );
  }

  /**
   * Opens the model of the run again.
   * @returns why it did not open, null where it did
   * @throws {DOMException} `AbortError` where another one took its place
   */
  async function openedAgain(care: Care, packUrl: string): Promise<UserError | null> {
    await reopenPack(care);
    const { pack, packUrl: opened } = getState();
    if (opened !== packUrl || pack.kind === 'opening') {
      throw new DOMException('Another model is being opened.', 'AbortError');
    }
    return pack.kind === 'failed' ? pack.error : null;
  }

  /** What is not made yet is made as the device computes now: a half-made picture of another precision begins anew. */
  function inPrecision(id: number, rest: Rest, arithmetic: Arithmetic): void {
    const { recipes } = runById(id)!;
    const places = new Set(rest.missing().places);
    const isOther = (recipe: Recipe, place: number) => places.has(place) && recipe.arithmetic !== arithmetic;
    if (!recipes.some(isOther)) return;
    rest.beginAnew();
    update(id, (run) => ({
      ...run,
      recipes: recipes.map((recipe, place) => (isOther(recipe, place) ? { ...recipe, arithmetic } : recipe)),
    }));
  }

  function deviceNow(): DeviceReport | null {
    const { pack } = getState();
    return pack.kind === 'ready' ? pack.device : null;
  }

  /** The engine for recipes that are known one by one. */
  async function inTurn(id: number, model: PackManifest): Promise<Generate> {
    const { generateInTurn } = await late(() => import('./inTurn.ts'));
    return generateInTurn(client.generate, model, (place, recipe) =>
      update(id, (run) => ({ ...run, recipes: run.recipes.with(place, recipe) })),
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
