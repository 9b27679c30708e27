// One run, from the first step to its place in the gallery: what each event of the engine makes of it.
import { rank } from '../diffusion/rank.ts';
import type { Frame, RunEvent } from '../events.ts';
import { WORDLESS, wayInWords } from '../gallery/prompt.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { jumpsOf } from '../recipe/jumps.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { ImageTokens, RgbaImage, StepProgress } from '../types.ts';
import type { GridLabels, Job } from './line.ts';
import { promptOf } from './settings.ts';

/** A finished picture. */
export interface Picture {
  /** Its place among the recipes of its run. */
  readonly index: number;
  /** Makes this picture again, alone. */
  readonly recipe: Recipe;
  readonly image: RgbaImage;
  /** Cosine of its CLIP embedding to its condition. */
  readonly score: number;
}

/** What is known of one picture so far; tokens and preview are let go when there are pictures and the run ends. */
export interface Candidate {
  /** [positions] */
  readonly tokens: ImageTokens | null;
  readonly preview: Frame | null;
  readonly picture: Picture | null;
}

/** What a run and its pictures need to know of the opened model, should another one be opened meanwhile. */
export type RunModel = Pick<
  PackManifest,
  'id' | 'name' | 'license' | 'grid' | 'codebookSize' | 'timesteps' | 'image'
> & {
  /** Where it can be opened again, as written in the page's address. */
  readonly packUrl: string;
  /** Score from which on its pictures are called a match; null where nobody measured it. */
  readonly matchScore: number | null;
};

export interface RunProgress {
  /** Steps done in the batch at hand, of `steps`; 0 before the first. */
  readonly step: number;
  readonly steps: number;
  /** Places of the recipes in the batch at hand. */
  readonly indices: readonly number[];
  /** Steps done of each recipe. */
  readonly taken: readonly number[];
  /** Share of the whole run's steps, 0..1. */
  readonly done: number;
  /** When the run's first step was done: what came before it (reading the prompt, compiling) is not to be repeated. */
  readonly since: { readonly milliseconds: number; readonly done: number } | null;
  /** Null while there is nothing to go by. */
  readonly secondsLeft: number | null;
}

/** Tokens of a text beyond those CLIP reads, and how many it reads. */
export interface Cut {
  readonly what: 'prompt' | 'avoid';
  readonly unused: number;
  readonly limit: number;
  /** Characters of it that were read. */
  readonly read: number;
}

export interface Run {
  readonly id: number;
  /** As it was written, with its choices. */
  readonly prompt: string;
  readonly recipes: readonly Recipe[];
  /** For pictures that stay in the order of their recipes, row by row; null for candidates. */
  readonly grid: GridLabels | null;
  /** Whether each picture goes on from the one before. */
  readonly isFilm: boolean;
  /** Begun by itself, out of the line: nobody is looking for it. */
  readonly waited: boolean;
  readonly model: RunModel;
  readonly status: 'running' | 'stopping' | 'finished' | 'cancelled' | 'failed';
  readonly progress: RunProgress;
  /** The first text that was not read to its end; null when all were. */
  readonly cut: Cut | null;
  /** Engines that broke off on the way, and whose work another one went on with. */
  readonly losses: number;
  /** In the order of the recipes. */
  readonly candidates: readonly Candidate[];
}

/** A run before its first event. */
export function startRun(
  id: number,
  { prompt, recipes, grid, inTurn }: Job,
  model: RunModel,
  waited: boolean,
): Run {
  const nothing: Candidate = { tokens: null, preview: null, picture: null };
  const taken = recipes.map(() => 0);
  const progress = { step: 0, steps: 0, indices: [], taken, done: 0, since: null, secondsLeft: null };
  const candidates = recipes.map(() => nothing);
  return {
    id,
    prompt,
    recipes,
    grid,
    isFilm: inTurn === true,
    waited,
    model,
    status: 'running',
    progress,
    cut: null,
    losses: 0,
    candidates,
  };
}

/** @param milliseconds a clock that only goes forward */
export function afterEvent(run: Run, event: RunEvent, milliseconds: number): Run {
  switch (event.type) {
    case 'encoded': {
      const { what, truncated, tokenCount, tokenLimit, read } = event;
      if (!truncated || run.cut) return run;
      return { ...run, cut: { what, unused: tokenCount - tokenLimit, limit: tokenLimit, read } };
    }
    case 'step': {
      const { indices, tokens } = event.progress;
      const positions = tokens.length / indices.length;
      const changes = indices.map((_, row) => {
        const own = tokens.subarray(row * positions, (row + 1) * positions) as ImageTokens;
        return { tokens: own };
      });
      return {
        ...changed(run, indices, changes),
        progress: afterStep(run, event.progress, milliseconds),
      };
    }
    case 'preview':
      return changed(
        run,
        event.indices,
        event.frames.map((preview) => ({ preview })),
      );
    case 'image': {
      const { index, image, score } = event;
      return changed(run, [index], [{ picture: { index, recipe: run.recipes[index], image, score } }]);
    }
    default:
      return event satisfies never;
  }
}

/** @param changes `changes[i]` is for the candidate at `indices[i]` */
function changed(run: Run, indices: readonly number[], changes: readonly Partial<Candidate>[]): Run {
  const candidates = [...run.candidates];
  for (const [i, index] of indices.entries()) candidates[index] = { ...candidates[index], ...changes[i] };
  return { ...run, candidates };
}

function afterStep({ recipes, model, progress }: Run, at: StepProgress, milliseconds: number): RunProgress {
  const { step, steps, indices } = at;
  const taken = progress.taken.map((before, place) => (indices.includes(place) ? step : before));
  const all = recipes.reduce((sum, recipe) => sum + jumpsOf(recipe, model.timesteps).length, 0);
  const done = taken.reduce((sum, each) => sum + each, 0) / all;
  const since = progress.since ?? { milliseconds, done };
  const left = secondsLeft(since, { milliseconds, done });
  return { step, steps, indices, taken, done, since, secondsLeft: left };
}

/**
 * What a run is of, for a person: its prompt as the recipes have it, or with its choices where they differ; both ends of a
 * morph or film; in other words where they have none.
 */
export function titleOf({ prompt, recipes }: Pick<Run, 'prompt' | 'recipes'>): string {
  if (recipes.some(({ condition }) => condition.kind === 'between') && !isOfOnePrompt(recipes)) {
    return wayInWords(promptOf(recipes[0]), promptOf(recipes[recipes.length - 1])) || WORDLESS;
  }
  return isOfOnePrompt(recipes) ? promptOf(recipes[0]) || WORDLESS : prompt;
}

function isOfOnePrompt(recipes: readonly Recipe[]): boolean {
  return recipes.every((recipe) => promptOf(recipe) === promptOf(recipes[0]));
}

/** The candidate at a place of a grid; null where it was not made, or is gone. */
export function cellOf({ status, candidates }: Run, index: number): Candidate | null {
  const isWhole = status === 'running' || status === 'stopping' || !candidates.some(({ picture }) => picture);
  if (isWhole) return candidates[index] ?? null;
  return candidates.find(({ picture }) => picture?.index === index) ?? null;
}

/** Frees the previews of a run that are shown no more: the GPU's memory is scarcer than a garbage collector thinks. */
export function releasePreviews(before: Run, after: Run | null): void {
  const shown = new Set(after?.candidates.map(({ preview }) => preview));
  for (const { preview } of before.candidates) {
    if (preview && 'close' in preview && !shown.has(preview)) preview.close();
  }
}

/**
 * The run as the gallery keeps it, best score first; scores of different prompts do not compare, and such pictures stay in
 * their order, as do the cells of a grid. One that was cancelled without a finished picture keeps what could be seen of
 * them; one that failed so early leaves nothing (null), and the alert speaks for it.
 */
export function endRun(run: Run, status: 'finished' | 'cancelled' | 'failed'): Run | null {
  const pictures = run.candidates.flatMap(({ picture }) => picture ?? []);
  if (!pictures.length) {
    const seen = run.candidates.filter(({ tokens, preview }) => tokens || preview);
    return status === 'cancelled' ? { ...run, status, candidates: run.grid ? run.candidates : seen } : null;
  }
  const isRanked = !run.grid && isOfOnePrompt(run.recipes);
  const order = isRanked ? rank(pictures.map(({ score }) => score)) : pictures.keys();
  return {
    ...run,
    status,
    candidates: Array.from(order, (i) => ({ tokens: null, preview: null, picture: pictures[i] })),
  };
}

/** From the pace between two moments; null when they are one. */
export function secondsLeft(
  from: { readonly milliseconds: number; readonly done: number },
  now: { readonly milliseconds: number; readonly done: number },
): number | null {
  const done = now.done - from.done;
  if (!(done > 0)) return null;
  return ((now.milliseconds - from.milliseconds) / done) * ((1 - now.done) / 1000);
}

/** Whether the first of several ranked pictures is as close to the prompt as right ones are, as far as the model tells. */
export function hasMatch({ candidates, recipes, grid, model: { matchScore } }: Run): boolean {
  if (grid || !isOfOnePrompt(recipes)) return false;
  const best = candidates[0]?.picture;
  return candidates.length > 1 && best != null && (matchScore === null || best.score >= matchScore);
}
