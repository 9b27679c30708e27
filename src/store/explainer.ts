// The engine, shown at work. Its pictures are not the gallery's: nothing of them is kept. A run of the page goes before all of it: while one is on
// nothing is begun here, and what is under way stops for it and begins again after it.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { StepLook } from '../events.ts';
import type { Trail } from '../recipe/trail.ts';
import { trailStep } from '../recipe/trail.ts';
import type { ImageTokens, RgbaImage } from '../types.ts';
import type { EngineClient } from '../worker/client.ts';
import { cropAround, type Grid } from './crop.ts';
import { engineAnswer } from './engineAnswer.ts';
import { explainedPrompt, explainedRecipes, type FigureName, rowNames } from './explained.ts';
import { afterEvent, type Run, releasePreviews, startRun } from './run.ts';
import { canRun } from './runner.ts';
import { type AppStore, activeRun } from './store.ts';
import { asUserError } from './userError.ts';

/** Likeliest codes that are looked at of each token. */
export const CHOICES = 5;
/** Tokens on each side of the one whose choices are drawn. */
export const AROUND = 1;
/** Milliseconds for which a pointer rests on a token that is meant. */
const REST = 120;
/** Crops of choices that are remembered, a few kB each. */
const MOST_CROPS = 400;

export interface Figure {
  /** `waiting`: for the engine, which has other things to do first. */
  readonly status: 'idle' | 'waiting' | 'running' | 'done';
  /** Why it could not be made, in a sentence. */
  readonly problem: string | null;
  /** Its pictures, finished and under way; null before the first. */
  readonly run: Run | null;
  /** How long each took. In milliseconds. */
  readonly times: readonly number[];
}

export interface Explained {
  readonly prompt: string;
  /** u32 */
  readonly seed: number;
  readonly figures: Readonly<Record<FigureName, Figure>>;
  /** The tokens of the way's steps. */
  readonly trail: Trail | null;
  /** Each of them looked at again, by step. */
  readonly looks: ReadonlyMap<number, StepLook>;
  /** A token's surroundings with another code in its place, by choiceKey(). */
  readonly crops: ReadonlyMap<string, RgbaImage>;
}

export interface ExplainerSurroundings {
  readonly client: Pick<EngineClient, 'generate' | 'look' | 'draw'>;
  /** u32 */
  readonly randomSeed: () => number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Opens the model again whose worker is gone. */
  readonly reopenPack: () => Promise<void>;
}

export interface Explainer {
  readonly store: StoreApi<Explained>;
  /** Makes a figure, when the engine is free; nothing where it is being made. */
  show(figure: FigureName): void;
  /** Stops a figure within a step; what is there of it stays. */
  stop(figure: FigureName): void;
  /** Begins anew with other words. */
  write(prompt: string): void;
  /** Begins anew with another seed. */
  reseed(): void;
  /** Draws the choices of one token after a step; those asked for before are left. Null for none. */
  choose(place: { readonly step: number; readonly position: number } | null): void;
  /** Stops all; the engine is as before. */
  dispose(): void;
}

const nothing: Figure = { status: 'idle', problem: null, run: null, times: [] };
const names: readonly FigureName[] = ['way', ...rowNames];
/** Chosen by looking: of the built-in model's first example. */
const FIRST_SEED = 8;

/** The likeliest code's share, of a token that is worth a look. */
const TELLING = 0.4;

export const choiceKey = (step: number, position: number, code: number) => `${step} ${position} ${code}`;

/**
 * A token to begin with: hidden after the step, near the middle, and of which the model is neither sure nor at a loss.
 */
export function tellingPosition(
  { rows, mask }: Trail,
  step: number,
  { likeliest }: StepLook,
  grid: Grid,
): number {
  let best = Math.floor(grid.rows / 2) * grid.columns + Math.floor(grid.columns / 2);
  let least = Number.POSITIVE_INFINITY;
  for (const [position, token] of rows[step - 1].entries()) {
    if (token !== mask || !likeliest) continue;
    const share = likeliest.probabilities[position * likeliest.count];
    const row = (Math.floor(position / grid.columns) + 0.5) / grid.rows - 0.5;
    const column = ((position % grid.columns) + 0.5) / grid.columns - 0.5;
    const cost = Math.abs(share - TELLING) + Math.hypot(row, column);
    if (cost < least) [best, least] = [position, cost];
  }
  return best;
}

/** What the picture looks like after a step, in tokens: the likeliest code wherever none is set. [positions] */
export function guessOf({ rows, mask }: Trail, step: number, { likeliest }: StepLook): ImageTokens {
  return rows[step - 1].map((token, i) =>
    token === mask ? (likeliest?.codes[i * likeliest.count] ?? 0) : token,
  ) as ImageTokens;
}

export function createExplainer(
  app: AppStore,
  { client, randomSeed, now, reopenPack }: ExplainerSurroundings,
): Explainer {
  const { draft, manifest } = app.getState();
  const fresh = () => ({
    figures: Object.fromEntries(names.map((name) => [name, nothing])) as Record<FigureName, Figure>,
    trail: null,
    looks: new Map(),
    crops: new Map(),
  });
  const store = createStore<Explained>(() => ({
    prompt: manifest ? explainedPrompt(draft, manifest) : '',
    seed: FIRST_SEED,
    ...fresh(),
  }));
  const { getState, setState } = store;
  const stops = new Map<FigureName, AbortController>();
  let choosing = new AbortController();
  /** One thing after the other. */
  let queue: Promise<void> = Promise.resolve();

  const answerOf = <Answer>(answer: Promise<Answer>) =>
    engineAnswer(answer, reopenPack, 'Another model was opened meanwhile: press “Show me” again.');

  function change(name: FigureName, part: Partial<Figure>): void {
    setState(({ figures }) => ({ figures: { ...figures, [name]: { ...figures[name], ...part } } }));
  }

  function changeRun(name: FigureName, to: Run | null): void {
    const before = getState().figures[name].run;
    change(name, { run: to });
    if (before) releasePreviews(before, to);
  }

  /** Settles when no run of the page is on. @throws the signal's reason */
  function untilFree(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (signal.aborted) end(() => reject(signal.reason));
        else if (canRun(app.getState())) end(resolve);
      };
      const end = (settle: () => void) => {
        leave();
        signal.removeEventListener('abort', look);
        settle();
      };
      const leave = app.subscribe(look);
      signal.addEventListener('abort', look);
      look();
    });
  }

  /** The figure's pictures, whole. @throws the signal's reason */
  async function generate(name: FigureName, signal: AbortSignal): Promise<void> {
    for (;;) {
      change(name, { status: 'waiting' });
      await untilFree(signal);
      const { manifest: opened, model, pack, packUrl, draft: form } = app.getState();
      if (!opened || !model || pack.kind !== 'ready') continue;
      const { prompt, seed } = getState();
      const asked = { prompt: prompt.trim() || opened.examples[0], seed, draft: form };
      const recipes = explainedRecipes(name, asked, opened, model, pack.device.arithmetic);
      const runModel = { ...opened, packUrl, matchScore: null };
      changeRun(name, startRun(0, { prompt: asked.prompt, recipes, grid: null }, runModel, true));
      change(name, { status: 'running', times: [] });
      const rows: ImageTokens[] = [];
      let since = now();
      const stop = new AbortController();
      const stopForRun = app.subscribe((state) => activeRun(state) && stop.abort());
      const stopWith = () => stop.abort();
      signal.addEventListener('abort', stopWith);
      try {
        const { cancelled } = await answerOf(
          client.generate(
            recipes,
            (event) => {
              const figure = getState().figures[name];
              if (signal.aborted || !figure.run) return;
              changeRun(name, afterEvent(figure.run, event, now()));
              if (event.type === 'step') rows.push(event.progress.tokens);
              if (event.type !== 'image') return;
              change(name, { times: [...figure.times, now() - since] });
              since = now();
            },
            stop.signal,
          ),
        );
        signal.throwIfAborted();
        if (cancelled) continue;
        if (name === 'way') setState({ trail: { mask: opened.codebookSize, rows } });
        return;
      } finally {
        stopForRun();
        signal.removeEventListener('abort', stopWith);
      }
    }
  }

  /** Looks at all steps of the way, from the first on. @throws the signal's reason */
  async function lookAtWay(signal: AbortSignal): Promise<void> {
    const { trail, figures } = getState();
    const recipe = figures.way.run?.recipes[0];
    if (!trail || !recipe) return;
    for (const step of trail.rows.keys()) {
      if (getState().looks.has(step + 1)) continue;
      await untilFree(signal);
      const look = await answerOf(client.look(trailStep(recipe, trail, step + 1), true, CHOICES));
      signal.throwIfAborted();
      setState(({ looks }) => ({ looks: new Map(looks).set(step + 1, look) }));
    }
  }

  async function make(name: FigureName, signal: AbortSignal): Promise<void> {
    try {
      await generate(name, signal);
      if (name === 'way') await lookAtWay(signal);
      change(name, { status: 'done' });
    } catch (error) {
      // Whoever stopped it has said what is next.
      if (signal.aborted) return;
      change(name, { status: 'idle', problem: asUserError(error).message });
    }
  }

  function stop(name: FigureName): void {
    stops.get(name)?.abort();
    stops.delete(name);
    const { status } = getState().figures[name];
    if (status === 'waiting' || status === 'running') change(name, { status: 'idle' });
  }

  function beginAnew(part: Partial<Pick<Explained, 'prompt' | 'seed'>>): void {
    choosing.abort();
    for (const name of names) {
      stop(name);
      changeRun(name, null);
    }
    setState({ ...part, ...fresh() });
  }

  /** The likeliest codes of a token, each drawn in its place, the likeliest first. */
  async function drawChoices(step: number, position: number, signal: AbortSignal): Promise<void> {
    const { trail, looks } = getState();
    const model = getState().figures.way.run?.model;
    const look = looks.get(step);
    if (!trail || !model || !look?.image || !look.likeliest) return;
    const { codes, count } = look.likeliest;
    const guess = guessOf(trail, step, look);
    for (let place = 0; place < count; place++) {
      const code = codes[position * count + place];
      const key = choiceKey(step, position, code);
      if (getState().crops.has(key)) continue;
      let image = look.image;
      if (guess[position] !== code) {
        await untilFree(signal);
        const tokens = guess.slice() as ImageTokens;
        tokens[position] = code;
        image = await answerOf(client.draw(tokens));
        signal.throwIfAborted();
      }
      const crop = cropAround(image, model.grid, position, AROUND);
      setState(({ crops }) => ({ crops: new Map([...crops, [key, crop] as const].slice(-MOST_CROPS)) }));
    }
  }

  return {
    store,

    show(name) {
      const { status } = getState().figures[name];
      if (status === 'waiting' || status === 'running') return;
      const controller = new AbortController();
      stops.set(name, controller);
      if (name === 'way') setState({ trail: null, looks: new Map(), crops: new Map() });
      change(name, { status: 'waiting', problem: null });
      queue = queue.then(() => make(name, controller.signal));
    },

    stop,
    write: (prompt) => beginAnew({ prompt }),
    reseed: () => beginAnew({ seed: randomSeed() }),

    choose(place) {
      choosing.abort();
      choosing = new AbortController();
      const { signal } = choosing;
      if (!place) return;
      const timer = setTimeout(() => {
        // A failure shows as pictures that are missing; the figures beside them say what was found.
        drawChoices(place.step, place.position, signal).catch(() => {});
      }, REST);
      signal.addEventListener('abort', () => clearTimeout(timer));
    },

    dispose() {
      beginAnew({});
    },
  };
}
