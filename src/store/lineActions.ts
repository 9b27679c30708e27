// Runs one job after the other, as long as there are any and nothing stands in the way.
import type { Arithmetic } from '../types.ts';
import {
  afterRun,
  cleared,
  goesOn,
  type Job,
  type Line,
  type WaitingJob,
  withJob,
  withKeepGoing,
  withoutJob,
} from './line.ts';
import { canRun, type Runner } from './runner.ts';
import { type AppState, type AppStore, activeRun } from './store.ts';

export interface LineSurroundings {
  readonly runner: Runner;
  /** What the form makes next while it keeps going; null for nothing. */
  readonly again: () => Job | null;
  readonly openPack: (packUrl: string) => Promise<void>;
}

/** Whether a job could be begun or put in line. */
export function canAsk(state: AppState): boolean {
  return canRun(state) || (activeRun(state) !== null && state.pack.kind === 'ready');
}

export function createLineActions(
  { getState, setState }: AppStore,
  { runner, again, openPack }: LineSurroundings,
) {
  let nextId = 1;
  const change = (to: (line: Line) => Line) => setState(({ line }) => ({ line: to(line) }));

  function withModel(job: Job): WaitingJob {
    const { packUrl, manifest } = getState();
    return { ...job, id: nextId++, packUrl, modelName: manifest?.name ?? '' };
  }

  /** The next job of the line, out of it; null where the line ends or has to stand. */
  function take(): WaitingJob | null {
    const state = getState();
    const { line, pack } = state;
    if (!goesOn(line)) return null;
    const [next] = line.waiting;
    if (pack.kind !== 'ready' || !canRun(state) || (next && next.packUrl !== state.packUrl)) {
      change((standing) => ({ ...standing, halted: 'model' }));
      return null;
    }
    if (!next) {
      const job = again();
      if (job) return withModel(job);
      change((ended) => withKeepGoing(ended, false));
      return null;
    }
    change((rest) => withoutJob(rest, next.id));
    return onDevice(next, pack.device.arithmetic);
  }

  /** @returns what is next */
  async function runOne(job: WaitingJob, waited: boolean): Promise<WaitingJob | null> {
    const end = await runner.run(job, waited);
    if (!end) return null;
    change((line) => afterRun(line, job, end));
    return take();
  }

  async function runAll(first: WaitingJob | null, waited: boolean): Promise<void> {
    let job = first && (await runOne(first, waited));
    while (job) job = await runOne(job, true);
  }

  return {
    /** Begins a job, or puts it in line while a run is on; settles when the line is done. Does nothing where canAsk() says no. */
    async ask(job: Job): Promise<void> {
      const state = getState();
      if (!canAsk(state)) return;
      if (!activeRun(state)) return runAll(withModel(job), false);
      change((line) => withJob(line, withModel(job)));
      const { length } = getState().line.waiting;
      setState({
        runError: null,
        complaint: null,
        opened: null,
        announcement: `Added to the line: ${length === 1 ? 'one waits' : `${length} wait`}.`,
      });
    },

    /** Stops the run at hand; what waits goes on, but nothing more is made of the form. */
    cancel(): void {
      if (!activeRun(getState())) return;
      change((line) => withKeepGoing(line, false));
      runner.cancel();
    },

    /** Runs of the form without end; can be asked for while one is on. */
    keepGoing(wanted: boolean): void {
      if (wanted && !activeRun(getState())) return;
      change((line) => withKeepGoing(line, wanted));
    },

    takeOut(id: number): void {
      change((line) => withoutJob(line, id));
      setState({ announcement: 'Taken out of the line.' });
    },

    clearLine(): void {
      change(cleared);
      setState({ announcement: 'The line is empty.' });
    },

    /** Lets a line go on that stands still, with the model that its next job is for. */
    async goOn(): Promise<void> {
      const { line, packUrl } = getState();
      if (line.halted === null) return;
      const [next] = line.waiting;
      const isBusy = activeRun(getState()) !== null;
      if (!isBusy && next && next.packUrl !== packUrl) await openPack(next.packUrl);
      if (!isBusy && !canRun(getState())) return;
      setState((state) => ({ line: { ...state.line, halted: null }, runError: null }));
      if (!isBusy) await runAll(take(), true);
    },
  };
}

/** As the device computes now: it may be another than when the job was put in line. */
function onDevice(job: WaitingJob, arithmetic: Arithmetic): WaitingJob {
  return { ...job, recipes: job.recipes.map((recipe) => ({ ...recipe, arithmetic })) };
}
