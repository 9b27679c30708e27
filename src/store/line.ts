// What is to be made after the run at hand: the jobs that wait, in their order, and whether it goes on for ever.
import type { Recipe } from '../recipe/recipe.ts';

/** What the rows and columns of a run's pictures are called, where it is a grid. */
export interface GridLabels {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
}

/** What one run makes. */
export interface Job {
  /** As it was written, with its choices. */
  readonly prompt: string;
  /** Of a grid row by row. */
  readonly recipes: readonly Recipe[];
  readonly grid: GridLabels | null;
  /** Each goes on from the picture of the one before, as of filmed(). */
  readonly inTurn?: true;
}

/** A job that is not begun, and the model that it is for. */
export interface WaitingJob extends Job {
  readonly id: number;
  readonly packUrl: string;
  readonly modelName: string;
}

/** How a run ended. */
export type RunEnd =
  | { readonly kind: 'finished' | 'stopped' }
  /** Another model was opened. */
  | { readonly kind: 'replaced' }
  | {
      readonly kind: 'failed';
      /** None where it had been stopped. */
      readonly unmade: readonly Recipe[];
    };

/** What waits needs a run in progress, or a reason for standing still. */
export interface Line {
  /** The next one first. */
  readonly waiting: readonly WaitingJob[];
  /** When nothing waits, the form is run again and again. */
  readonly keepGoing: boolean;
  /** Why the line stands until someone says "Go on"; null while it does not. */
  readonly halted: 'model' | 'failure' | null;
}

export const emptyLine: Line = { waiting: [], keepGoing: false, halted: null };

/** Whether there is anything to go on with. */
export function isEmpty({ waiting, keepGoing }: Line): boolean {
  return !waiting.length && !keepGoing;
}

/** Whether another run begins by itself when the one at hand ends. */
export function goesOn(line: Line): boolean {
  return line.halted === null && !isEmpty(line);
}

export function withJob(line: Line, job: WaitingJob): Line {
  return { ...line, waiting: [...line.waiting, job] };
}

export function withoutJob(line: Line, id: number): Line {
  return settled({ ...line, waiting: line.waiting.filter((job) => job.id !== id) });
}

/** Nothing waits; a line that stands still is forgotten altogether. */
export function cleared(line: Line): Line {
  return line.halted === null ? { ...line, waiting: [] } : emptyLine;
}

export function withKeepGoing(line: Line, keepGoing: boolean): Line {
  return settled({ ...line, keepGoing });
}

/**
 * The line when a run has ended. One that failed waits again at its head with what it did not make, unless it was alone:
 * then the form still has it.
 * @param job what was run
 */
export function afterRun(line: Line, job: WaitingJob, end: RunEnd): Line {
  if (isEmpty(line)) return line;
  switch (end.kind) {
    case 'finished':
    case 'stopped':
      return line;
    case 'replaced':
      return { ...line, halted: 'model' };
    case 'failed': {
      // A part of a grid has no rows and columns: it is made again as a whole.
      const recipes = job.grid && end.unmade.length ? job.recipes : end.unmade;
      const rest = recipes.length ? [{ ...job, recipes }] : [];
      return { ...line, waiting: [...rest, ...line.waiting], halted: 'failure' };
    }
    default:
      return end satisfies never;
  }
}

/** Nothing stands still where nothing waits. */
function settled(line: Line): Line {
  return isEmpty(line) ? emptyLine : line;
}
