// Everything the page can do. The sole caller of the engine's client.
import type { ProviderChoice } from '../types.ts';
import type { EngineClient } from '../worker/client.ts';
import { packAddress } from './address.ts';
import { endAnnouncement, quarterAnnouncement, startAnnouncement } from './announcements.ts';
import { archiveFileName, pictureFileName } from './fileName.ts';
import { withinModel } from './keptDraft.ts';
import { pictureFile } from './pictureFile.ts';
import { remember } from './promptHistory.ts';
import { afterEvent, endRun, type Picture, type Run, releasePreviews, startRun } from './run.ts';
import { type Draft, findComplaint, modelDefaults, settingsOf } from './settings.ts';
import { type AppStore, activeRun } from './store.ts';
import { asUserError } from './userError.ts';
import { zip } from './zip.ts';

/** What the actions take from outside. */
export interface Surroundings {
  readonly client: EngineClient;
  /** u32 */
  readonly randomSeed: () => number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Hands a file to the visitor. */
  readonly save: (file: Blob, name: string) => void;
  /** Settles when the page has shown what the state says now. */
  readonly painted: () => Promise<void>;
  /** What relative pack addresses are relative to. */
  readonly base: string;
}

export type Actions = ReturnType<typeof createActions>;

/** Binds the actions to one store. */
export function createActions(
  store: AppStore,
  { client, randomSeed, now, save, painted, base }: Surroundings,
) {
  const { getState, setState } = store;
  let opening = 0;
  let nextRun = 1;
  let stop: AbortController | null = null;

  /** Opens the pack at `packUrl`, as it was written in the address. Failures end up in the state. */
  async function openPack(packUrl: string, provider: ProviderChoice): Promise<void> {
    // A later call takes the place of this one; what this one still reports is then no longer of interest.
    const own = ++opening;
    const current = () => own === opening;
    setState({ packUrl, provider, pack: { kind: 'opening', progress: null }, runError: null });
    try {
      const { manifest, device } = await client.open(packAddress(packUrl, base), provider, (progress) => {
        if (current()) setState({ pack: { kind: 'opening', progress } });
      });
      if (!current()) return;
      setState((state) => ({
        pack: { kind: 'ready', device },
        manifest,
        draft:
          packUrl === state.tunedFor
            ? withinModel(state.draft, manifest)
            : { ...state.draft, ...modelDefaults(manifest) },
        tunedFor: packUrl,
        announcement: `${manifest.name} is ready.`,
      }));
    } catch (error) {
      if (current()) setState({ pack: { kind: 'failed', error: asUserError(error) } });
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

  const rollSeed = () => edit({ seed: String(randomSeed()), seedLocked: getState().draft.seedLocked });

  /** Back to what the model was made for; prompt and seed stay. */
  function resetTuning(): void {
    const { manifest } = getState();
    if (manifest) edit(modelDefaults(manifest));
  }

  function takeSeed({ seed }: Picture): void {
    edit({ seed: String(seed), seedLocked: true });
    setState({ announcement: `Seed ${seed} is kept for the next pictures.` });
  }

  /** Puts all that made a run back into the form, and opens its model where another one is open. */
  function takeSettings({ settings, model: { packUrl, name } }: Run): void {
    edit({ ...settings, seed: String(settings.seed), seedLocked: true });
    setState({
      tunedFor: packUrl,
      announcement: `The settings of this run of ${name} are back in the form.`,
    });
    if (packUrl !== getState().packUrl) void openPack(packUrl, getState().provider);
  }

  /** Runs the form. Does nothing while a run is on or no model is open. */
  async function generate(): Promise<void> {
    const state = getState();
    const { manifest, draft } = state;
    if (activeRun(state) || state.pack.kind !== 'ready' || !manifest) return;
    const complaint = findComplaint(draft);
    if (complaint) {
      setState({ complaint });
      return;
    }
    const settings = settingsOf(draft);
    const { id, name, license, grid, codebookSize, image, matchScore = null } = manifest;
    const { arithmetic } = state.pack.device;
    const { packUrl } = state;
    const model = { packUrl, id, name, license, grid, codebookSize, image, matchScore, arithmetic };
    const started = startRun(nextRun++, settings, model);
    stop = new AbortController();
    setState({
      runs: [started, ...state.runs],
      prompts: remember(state.prompts, draft.prompt),
      runError: null,
      complaint: null,
      announcement: startAnnouncement(settings),
    });
    if (!draft.seedLocked) rollSeed();

    /** @param change gives null for a run that is to leave the gallery */
    const update = (change: (run: Run) => Run | null) => {
      const before = runById(started.id);
      if (!before) return;
      const after = change(before);
      setState(({ runs }) => ({ runs: runs.flatMap((run) => (run === before ? (after ?? []) : run)) }));
      releasePreviews(before, after);
    };
    const end = (status: 'finished' | 'cancelled' | 'failed') => update((run) => endRun(run, status));

    try {
      // The engine takes every core there is: the page answers the click first.
      await painted();
      const { cancelled } = await client.generate(
        settings,
        (event) => {
          const before = runById(started.id)?.progress.done ?? 0;
          update((run) => afterEvent(run, event, now()));
          const progress = runById(started.id)?.progress;
          const announcement = progress && quarterAnnouncement(before, progress);
          if (announcement) setState({ announcement });
        },
        stop.signal,
      );
      end(cancelled ? 'cancelled' : 'finished');
      setState({ announcement: endAnnouncement(runById(started.id), cancelled) });
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') {
        // Another opening took the worker; what it finds goes into the state by itself.
        end('cancelled');
        return;
      }
      end('failed');
      const runError = asUserError(error);
      // A worker that is gone has the model with it; opened again, it is as before.
      if (runError.code === 'lost') void reopenPack();
      // What the device or the runtime did once, they would do again: the person chooses how to go on.
      const broken = runError.code === 'device' || runError.code === 'internal';
      setState(broken ? { pack: { kind: 'failed', error: runError } } : { runError });
    } finally {
      stop = null;
    }
  }

  const runById = (id: number) => getState().runs.find((run) => run.id === id);

  /** Stops the run within a step; its finished pictures stay. */
  function cancel(): void {
    const run = activeRun(getState());
    if (run?.status !== 'running') return;
    setState(({ runs }) => ({ runs: [{ ...run, status: 'stopping' }, ...runs.slice(1)] }));
    stop?.abort();
  }

  /** Empties the gallery, but for a run in progress. */
  function clearGallery(): void {
    const state = getState();
    const kept = activeRun(state);
    setState({ runs: kept ? [kept] : [] });
    for (const run of state.runs) if (run !== kept) releasePreviews(run, null);
  }

  const tellWhenDone = (wanted: boolean) => setState({ tellWhenDone: wanted });
  const dismissError = () => setState({ runError: null });

  async function download(run: Run, picture: Picture): Promise<void> {
    save(await pictureFile(run, picture), pictureFileName(run.settings.prompt, picture.seed));
  }

  /** One archive of all the run's pictures. */
  async function downloadAll(run: Run): Promise<void> {
    const pictures = run.candidates.flatMap(({ picture }) => picture ?? []);
    const entries = await Promise.all(
      pictures.map(async (picture) => ({
        name: pictureFileName(run.settings.prompt, picture.seed),
        bytes: new Uint8Array(await (await pictureFile(run, picture)).arrayBuffer()),
      })),
    );
    save(zip(entries), archiveFileName(run.settings.prompt, run.settings.seed));
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
    cancel,
    clearGallery,
    dismissError,
    tellWhenDone,
    download,
    downloadAll,
  };
}
