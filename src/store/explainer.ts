// The engine, shown at work. Its pictures are not the gallery's: nothing of them is kept. A run of the page goes before all of it: while one is on
// nothing is begun here, and what is under way stops for it and begins again after it.
import { createStore, type StoreApi } from 'zustand/vanilla';
import { trailStep } from '../recipe/trail.ts';
import type { ImageTokens } from '../types.ts';
import type { EngineClient } from '../worker/client.ts';
import { engineAnswer } from './engineAnswer.ts';
import { explainedPrompt, explainedRecipes, type FigureName } from './explained.ts';
import { type Explained, type Figure, figureNames, nothingMade } from './explainerState.ts';
import { afterEvent, type Run, releasePreviews, startRun } from './run.ts';
import { type AppStore, activeRun } from './store.ts';
import { CHOICES, drawChoices, type TilePlace } from './tileChoices.ts';
import { untilFree } from './untilFree.ts';
import { asUserError } from './userError.ts';

/** Milliseconds for which a pointer rests on a token that is meant. */
const REST = 120;

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
  choose(place: TilePlace | null): void;
  /** Stops all; the engine is as before. */
  dispose(): void;
}

/** Chosen by looking: of the built-in model's first example. */
const FIRST_SEED = 8;

export function createExplainer(
  app: AppStore,
  { client, randomSeed, now, reopenPack }: ExplainerSurroundings,
): Explainer {
  const { draft, manifest } = app.getState();
  const store = createStore<Explained>(() => ({
    prompt: manifest ? explainedPrompt(draft, manifest) : '',
    seed: FIRST_SEED,
    ...nothingMade(),
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

  /** The figure's pictures, whole. @throws the signal's reason */
  async function generate(name: FigureName, signal: AbortSignal): Promise<void> {
    for (;;) {
      // Stopped before its turn came, perhaps.
      signal.throwIfAborted();
      change(name, { status: 'waiting' });
      await untilFree(app, signal);
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
      await untilFree(app, signal);
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
    for (const name of figureNames) {
      stop(name);
      changeRun(name, null);
    }
    setState({ ...part, ...nothingMade() });
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
      const draw = async (tokens: ImageTokens) => {
        await untilFree(app, signal);
        const image = await answerOf(client.draw(tokens));
        signal.throwIfAborted();
        return image;
      };
      const timer = setTimeout(() => {
        // A failure shows as pictures that are missing; the figures beside them say what was found.
        drawChoices(store, place, draw).catch(() => {});
      }, REST);
      signal.addEventListener('abort', () => clearTimeout(timer));
    },

    dispose() {
      beginAnew({});
    },
  };
}
