// One run, from the first step to its place in the gallery: what each event of the engine makes of it.
import { rank } from '../diffusion/rank.ts';
import type { Frame, RunEvent } from '../events.ts';
import type { PackManifest } from '../pack/manifest.ts';
import type { DeviceReport, GenerateSettings, ImageTokens, RgbaImage } from '../types.ts';

/** A finished picture. */
export interface Picture {
  readonly candidate: number;
  /** Makes this picture again, alone. */
  readonly seed: number;
  readonly image: RgbaImage;
  /** Cosine of its CLIP embedding to the prompt's. */
  readonly score: number;
}

/** What is known of one candidate so far; tokens and preview are let go when there are pictures and the run ends. */
export interface Candidate {
  /** [positions] */
  readonly tokens: ImageTokens | null;
  readonly preview: Frame | null;
  readonly picture: Picture | null;
}

/** What a run and its pictures need to know of the opened model, should another one be opened meanwhile. */
export type RunModel = Pick<PackManifest, 'id' | 'name' | 'license' | 'grid' | 'codebookSize' | 'image'> &
  Pick<DeviceReport, 'arithmetic'> & {
    /** Where it can be opened again, as written in the page's address. */
    readonly packUrl: string;
    /** Score from which on its pictures are called a match; null where nobody measured it. */
    readonly matchScore: number | null;
  };

export interface RunProgress {
  /** Steps done in the batch at hand, of `steps`; 0 before the first. */
  readonly step: number;
  readonly steps: number;
  /** Candidates of the batch at hand, the first of which is number `first`. */
  readonly first: number;
  readonly count: number;
  /** Share of the whole run's steps, 0..1. */
  readonly done: number;
  /** When the run's first step was done: what came before it (reading the prompt, compiling) is not to be repeated. */
  readonly since: { readonly milliseconds: number; readonly done: number } | null;
  /** Null while there is nothing to go by. */
  readonly secondsLeft: number | null;
}

export interface Run {
  readonly id: number;
  readonly settings: GenerateSettings;
  readonly model: RunModel;
  readonly status: 'running' | 'stopping' | 'finished' | 'cancelled' | 'failed';
  readonly progress: RunProgress;
  /**
   * Tokens of the prompt beyond those CLIP reads, how many it reads, and at which character they end; null when all were
   * read.
   */
  readonly cut: { readonly unused: number; readonly limit: number; readonly read: number } | null;
  /** In candidate order. */
  readonly candidates: readonly Candidate[];
}

/** A run before its first event. */
export function startRun(id: number, settings: GenerateSettings, model: RunModel): Run {
  const nothing: Candidate = { tokens: null, preview: null, picture: null };
  return {
    id,
    settings,
    model,
    status: 'running',
    progress: {
      step: 0,
      steps: settings.steps,
      first: 0,
      count: settings.candidates,
      done: 0,
      since: null,
      secondsLeft: null,
    },
    cut: null,
    candidates: Array.from({ length: settings.candidates }, () => nothing),
  };
}

/** @param milliseconds a clock that only goes forward */
export function afterEvent(run: Run, event: RunEvent, milliseconds: number): Run {
  switch (event.type) {
    case 'encoded': {
      const { truncated, tokenCount, tokenLimit, read } = event;
      return truncated ? { ...run, cut: { unused: tokenCount - tokenLimit, limit: tokenLimit, read } } : run;
    }
    case 'step': {
      const { step, steps, first, count, tokens } = event.progress;
      const positions = tokens.length / count;
      const done = (first + (count * step) / steps) / run.settings.candidates;
      const since = run.progress.since ?? { milliseconds, done };
      return {
        ...run,
        progress: {
          step,
          steps,
          first,
          count,
          done,
          since,
          secondsLeft: secondsLeft(since, { milliseconds, done }),
        },
        candidates: run.candidates.map((candidate, c) => {
          const row = c - first;
          if (row < 0 || row >= count) return candidate;
          const own = tokens.subarray(row * positions, (row + 1) * positions) as ImageTokens;
          return { ...candidate, tokens: own };
        }),
      };
    }
    case 'preview': {
      const { first, frames } = event;
      return {
        ...run,
        candidates: run.candidates.map((candidate, c) => {
          const preview = frames[c - first];
          return preview ? { ...candidate, preview } : candidate;
        }),
      };
    }
    case 'image': {
      const { candidate: number, seed, image, score } = event;
      return {
        ...run,
        candidates: run.candidates.map((candidate, c) =>
          c === number ? { ...candidate, picture: { candidate: number, seed, image, score } } : candidate,
        ),
      };
    }
    default:
      return event satisfies never;
  }
}

/** Frees the previews of a run that are shown no more: the GPU's memory is scarcer than a garbage collector thinks. */
export function releasePreviews(before: Run, after: Run | null): void {
  const shown = new Set(after?.candidates.map(({ preview }) => preview));
  for (const { preview } of before.candidates) {
    if (preview && 'close' in preview && !shown.has(preview)) preview.close();
  }
}

/**
 * The run as the gallery keeps it, best score first. One that was cancelled without a finished picture keeps what could
 * be seen of them; one that failed so early leaves nothing (null), and the alert speaks for it.
 */
export function endRun(run: Run, status: 'finished' | 'cancelled' | 'failed'): Run | null {
  const pictures = run.candidates.flatMap(({ picture }) => picture ?? []);
  if (!pictures.length) {
    const seen = run.candidates.filter(({ tokens, preview }) => tokens || preview);
    return status === 'cancelled' ? { ...run, status, candidates: seen } : null;
  }
  const best = rank(pictures.map(({ score }) => score));
  return {
    ...run,
    status,
    candidates: best.map((i) => ({ tokens: null, preview: null, picture: pictures[i] })),
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
export function hasMatch({ candidates, model: { matchScore } }: Run): boolean {
  const best = candidates[0]?.picture;
  return candidates.length > 1 && best != null && (matchScore === null || best.score >= matchScore);
}
