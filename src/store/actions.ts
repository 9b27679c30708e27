// Everything the page can do. The sole caller of the engine's client.

import { UserError } from '../errors.ts';
import type { KeptPicture } from '../gallery/picture.ts';
import { late } from '../late.ts';
import { madeWith } from '../png/recipeTexts.ts';
import { encodePng } from '../png/write.ts';
import { modelFingerprint } from '../recipe/fingerprint.ts';
import { countPrompts } from '../recipe/wildcards.ts';
import type { ProviderChoice, RgbaImage } from '../types.ts';
import type { EngineClient } from '../worker/client.ts';
import { openingFailure, packAddress } from './address.ts';
import { createBrushActions } from './brushActions.ts';
import { type Care, careAfterCrashes, noCare } from './care.ts';
import { createChangeActions } from './changeActions.ts';
import { type CopySurroundings, createCopyActions } from './copyActions.ts';
import type { CrashMark } from './crashMark.ts';
import type { ExplainerSurroundings } from './explainer.ts';
import { archiveFileName, distinctNames, filmFileName, gridFileName, pictureFileName } from './fileName.ts';
import type { FilmFrame } from './filmActions.ts';
import { withinModel } from './keptDraft.ts';
import type { Job } from './line.ts';
import { canAsk, createLineActions } from './lineActions.ts';
import { createOwnActions } from './ownActions.ts';
import type { DecodePicture } from './ownPicture.ts';
import { pictureFile } from './pictureFile.ts';
import { remember } from './promptHistory.ts';
import { createRecipeActions } from './recipeActions.ts';
import { createRelatedActions } from './relatedActions.ts';
import { type Picture, type Run, releasePreviews, titleOf } from './run.ts';
import { createRunner } from './runner.ts';
import { type Draft, draftOf, findComplaint, modelDefaults, promptOf, recipesOf } from './settings.ts';
import { type AppStore, activeRun } from './store.ts';
import { asUserError } from './userError.ts';

/** What the actions take from outside. */
export interface Surroundings extends CopySurroundings {
  readonly client: EngineClient;
  /** u32 */
  readonly randomSeed: () => number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Hands a file to the visitor. */
  readonly save: (file: Blob, name: string) => void;
  /** Settles when the page has shown what the state says now. */
  readonly painted: () => Promise<void>;
  readonly decodePicture: DecodePicture;
  /** What relative pack addresses are relative to. */
  readonly base: string;
  readonly crashMark: CrashMark;
}

export type Actions = ReturnType<typeof createActions>;

/** Binds the actions to one store. */
export function createActions(
  store: AppStore,
  { client, randomSeed, now, save, painted, decodePicture, base, crashMark, ...copying }: Surroundings,
) {
  const { getState, setState } = store;
  let opening = 0;

  /** Opens the pack at `packUrl`, as it was written in the address. Failures end up in the state. */
  async function openPack(
    packUrl: string,
    provider: ProviderChoice,
    care: Care = careAfterCrashes(crashMark.crashes()),
  ): Promise<void> {
    // A later call takes the place of this one; what this one still reports is then no longer of interest.
    const own = ++opening;
    const current = () => own === opening;
    setState({ packUrl, provider, pack: { kind: 'opening', progress: null }, runError: null });
    const { onWasm, most, note } = provider === 'wasm' ? noCare : care;
    const taken = onWasm ? 'wasm' : provider;
    try {
      const address = packAddress(packUrl, base);
      const { manifest, device, notKept } = await client.open(
        address,
        taken,
        (progress) => {
          if (!current()) return;
          // All is here: what comes next may take the page with it.
          if (progress.stage === 'prepare' && taken !== 'wasm') crashMark.begin();
          setState({ pack: { kind: 'opening', progress } });
        },
        most,
      );
      if (!current()) return;
      crashMark.end();
      setState((state) => ({
        pack: { kind: 'ready', device, ...(notKept && { notKept }), ...(note && { care: note }) },
        autoProvider: provider === 'auto' ? device.provider : state.autoProvider,
        manifest,
        model: { id: manifest.id, fingerprint: modelFingerprint(manifest) },
        draft:
          packUrl === state.tunedFor
            ? withinModel(state.draft, manifest)
            : { ...state.draft, ...modelDefaults(manifest) },
        tunedFor: packUrl,
        announcement: `${manifest.name} is ready.`,
      }));
    } catch (error) {
      const failure = openingFailure(asUserError(error), packUrl);
      if (!current()) return;
      crashMark.end();
      setState({ pack: { kind: 'failed', error: failure } });
    }
  }

  const reopenPack = () => openPack(getState().packUrl, getState().provider);
  const chooseProvider = (provider: ProviderChoice) => openPack(getState().packUrl, provider);

  /** Changes the form; a seed typed by hand is kept for the runs to come. */
  function edit(change: Partial<Draft>): void {
    setState(({ draft, complaint }) => ({
      draft: { ...draft, ...('seed' in change && { seedLocked: true }), ...change },
      complaint: complaint && complaint.field in change ? null : complaint,
    }));
  }

  const runner = createRunner(store, {
    client,
    now,
    painted,
    reopenPack: (care) => openPack(getState().packUrl, getState().provider, care),
    crashMark,
  });

  const rollSeed = () => edit({ seed: String(randomSeed()), seedLocked: getState().draft.seedLocked });

  /** Back to what the model was made for; prompt and seed stay. */
  function resetTuning(): void {
    const { manifest } = getState();
    if (manifest) edit(modelDefaults(manifest));
  }

  function takeSeed({ recipe: { seed } }: Picture): void {
    edit({ seed: String(seed), seedLocked: true });
    setState({ announcement: `Seed ${seed} is kept for the next pictures.` });
  }

  /** Puts all that made a run back into the form, and opens its model where another one is open. */
  function takeSettings({ prompt, recipes, grid, model: { packUrl, name } }: Run): void {
    // A run that went on after a failure made only what was missing.
    const candidates = grid ? 1 : Math.max(1, Math.round(recipes.length / countPrompts(prompt)));
    edit({ ...draftOf(recipes[0]), prompt, candidates });
    setState({
      tunedFor: packUrl,
      announcement: `The settings of this run of ${name} are back in the form.`,
    });
    if (packUrl !== getState().packUrl) void openPack(packUrl, getState().provider);
  }

  /** The form that was run last: it keeps going while what is being written is not yet one. */
  let lastDraft: Draft | null = null;

  /** The job of a form without complaint. */
  function jobOf(draft: Draft): Job | null {
    const { model, pack } = getState();
    if (!model || pack.kind !== 'ready') return null;
    lastDraft = draft;
    return { prompt: draft.prompt, recipes: recipesOf(draft, model, pack.device.arithmetic), grid: null };
  }

  /** The form again as it stands now, with a new seed even where one is locked: its pictures are there already. */
  function again(): Job | null {
    const { draft, prompts } = getState();
    const whole = findComplaint(draft) === null ? draft : lastDraft;
    const job = whole && jobOf({ ...whole, seed: String(randomSeed()) });
    if (job) setState({ prompts: remember(prompts, job.prompt) });
    return job;
  }

  const line = createLineActions(store, {
    runner,
    again,
    openPack: (packUrl) => openPack(packUrl, getState().provider),
  });

  /** Runs a job of the form, or puts it in line; the next one has another seed. */
  async function ask(job: Job): Promise<void> {
    const { draft } = getState();
    const done = line.ask(job);
    setState({ prompts: remember(getState().prompts, draft.prompt) });
    if (!draft.seedLocked) rollSeed();
    await done;
  }

  /** Runs the form, or puts it in line while a run is on. Does nothing while no model is open. */
  async function generate(): Promise<void> {
    const state = getState();
    if (!canAsk(state)) return;
    const complaint = findComplaint(state.draft);
    if (complaint) {
      setState({ complaint });
      return;
    }
    const job = jobOf(state.draft);
    if (job) await ask(job);
  }

  /** Runs the cells of a grid, or puts them in line. */
  async function generateGrid(job: Job): Promise<void> {
    if (canAsk(getState())) await ask(job);
  }

  /** Empties the gallery, but for a run in progress. */
  function clearGallery(): void {
    const state = getState();
    const kept = activeRun(state);
    setState({ runs: kept ? [kept] : [] });
    for (const run of state.runs) if (run !== kept) releasePreviews(run, null);
  }

  const tellWhenDone = (wanted: boolean) => setState({ tellWhenDone: wanted });
  /** Of all visits; a walk through them has nowhere to go then. */
  const forgetPrompts = () =>
    setState({ prompts: [], announcement: 'The prompts that you ran are forgotten.' });
  const dismissError = () => setState({ runError: null });

  /** Opens how it works, or closes it. */
  const explain = (explaining: boolean) => setState({ explaining });
  /** Lets what is fetched later have the same store and engine. */
  const withEngine = <Made>(make: (store: AppStore, engine: ExplainerSurroundings) => Made): Made =>
    make(store, { client, randomSeed, now, reopenPack });

  const nameOf = ({ recipe }: Picture) => pictureFileName(promptOf(recipe), recipe.seed);

  async function download(run: Run, picture: Picture): Promise<void> {
    save(await pictureFile(run.model, picture), nameOf(picture));
  }

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      setState({ runError: asUserError(error) });
    }
  }

  /** One archive of all the run's pictures. */
  const downloadAll = (run: Run) =>
    attempt(async () => {
      const pictures = run.candidates.flatMap(({ picture }) => picture ?? []);
      // Long prompts with a choice at their end are cut to one name.
      const names = distinctNames(pictures.map(nameOf));
      const { zip } = await late(() => import('./saving.ts'));
      const entries = await Promise.all(
        pictures.map(async (picture, i) => ({
          name: names[i],
          bytes: new Uint8Array(await (await pictureFile(run.model, picture)).arrayBuffer()),
        })),
      );
      save(zip(entries), archiveFileName(titleOf(run), run.recipes[0].seed));
    });

  /**
   * One picture of a whole grid, with the recipes of its cells inside.
   * @param draw makes that picture
   */
  const downloadGrid = (run: Run, draw: (run: Run) => RgbaImage | Promise<RgbaImage>) =>
    attempt(async () => {
      const { grid, recipes, model } = run;
      if (!grid) return;
      const title = titleOf(run);
      const { gridTexts } = await late(() => import('./saving.ts'));
      const file = await encodePng(await draw(run), gridTexts(title, { ...grid, recipes }, madeWith(model)));
      save(file, gridFileName(title, recipes[0].seed));
    });

  /** The pictures of a single row as one that moves, with the recipes of all inside. */
  const downloadFilm = ({ grid, recipes, model, candidates, ...run }: Run) =>
    attempt(async () => {
      const pictures = candidates.flatMap(({ picture }) => picture ?? []);
      if (!grid || !pictures.length) return;
      const title = titleOf({ ...run, recipes });
      const { encodeFilm, gridTexts } = await late(() => import('./saving.ts'));
      const files = await Promise.all(pictures.map((picture) => pictureFile(model, picture)));
      const file = await encodeFilm(files, gridTexts(title, { ...grid, recipes }, madeWith(model)));
      save(file, filmFileName(title, recipes[0].seed));
    });

  /**
   * The same as a video, which carries no recipes.
   * @param record makes its file
   */
  const downloadVideo = (run: Run, record: (frames: readonly FilmFrame[]) => Promise<Blob>) =>
    attempt(async () => {
      const { videoOf } = await late(() => import('./filmActions.ts'));
      const { frames, name } = videoOf(run);
      setState({ announcement: 'The video is recorded, as long as it plays.' });
      save(await record(frames), name);
    });

  const recipeActions = createRecipeActions(store, {
    edit,
    rollSeed,
    openPack: (packUrl) => openPack(packUrl, getState().provider),
    run: line.ask,
    decodePicture,
  });

  /** Runs recipes that are not the form's, or puts them in line. @throws {UserError} why not yet */
  async function makeRelated(job: Job): Promise<void> {
    if (!canAsk(getState())) {
      throw new UserError('recipe', 'No model is open yet: wait until it is loaded, and try again.');
    }
    await line.ask(job);
  }

  return {
    openPack,
    reopenPack,
    chooseProvider,
    edit,
    rollSeed,
    resetTuning,
    takeSeed,
    takeSettings,
    generate,
    generateGrid,
    cancel: line.cancel,
    keepGoing: line.keepGoing,
    takeOut: line.takeOut,
    clearLine: line.clearLine,
    goOn: line.goOn,
    clearGallery,
    dismissError,
    explain,
    withEngine,
    forgetPrompts,
    tellWhenDone,
    download,
    downloadAll,
    downloadGrid,
    downloadFilm,
    downloadVideo,
    filmOf: async (one: KeptPicture, other: KeptPicture) =>
      (await late(() => import('./filmActions.ts'))).filmJob(getState(), one, other),
    makeRelated,
    ...createChangeActions(store),
    ...createRelatedActions(store, { client, randomSeed, reopenPack }),
    ...createBrushActions(store, { randomSeed, make: makeRelated }),
    ...createOwnActions(store, { client, decodePicture, randomSeed, reopenPack, make: makeRelated }),
    ...recipeActions,
    ...createCopyActions(store, copying),
  };
}
