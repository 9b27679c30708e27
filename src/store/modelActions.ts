// Everything that can be done with models: bring, use, export, delete.
import type { StoredPacks } from '../delivery/storedPacks.ts';
import { UserError } from '../errors.ts';
import { late } from '../late.ts';
import type { Library, OwnPack } from '../library/ownPacks.ts';
import { ownPackAddress } from '../library/packFolder.ts';
import { storageFailure } from '../library/storageFailure.ts';
import type { ImportClient } from '../worker/importClient.ts';
import { builtInPack, packAddress } from './address.ts';
import {
  activationNeeded,
  type ChosenFile,
  emptyForm,
  filesOf,
  formComplaint,
  hasAverages,
  headsNeeded,
  type ImportForm,
  type ModelsStore,
} from './models.ts';
import { recommendedWeightType } from './packSize.ts';
import { createStoredActions } from './storedActions.ts';
import { asUserError } from './userError.ts';

/** What these actions take from outside. */
export interface ModelSurroundings {
  readonly client: ImportClient;
  readonly library: Library;
  /** Packs that were fetched. */
  readonly delivered: StoredPacks;
  /** Opens a pack in the engine, by its address. */
  readonly openPack: (address: string) => void;
  /** Address of the pack that is open or being opened. */
  readonly openedPack: () => string;
  /** Hands a file to the visitor. */
  readonly save: (file: Blob, name: string) => void;
  /** What the built-in pack's address is relative to. */
  readonly base: string;
}

export type ModelActions = ReturnType<typeof createModelActions>;

/** Binds the actions to one store. Failures end up in the state. */
export function createModelActions(
  store: ModelsStore,
  { client, library, delivered, openPack, openedPack, save, base }: ModelSurroundings,
) {
  const { getState, setState } = store;
  let nextFile = 1;
  let stop: AbortController | null = null;
  /** Files being looked at, by their ids. */
  const reading = new Map<number, AbortController>();

  const storedActions = createStoredActions(store, { client, delivered, use, base });

  /** Looks again which packs there are. */
  async function refresh(): Promise<void> {
    await storedActions.list();
    if (getState().storageProblem !== null) return;
    try {
      setState({ own: await library.list() });
    } catch (error) {
      // Some browsers say only now that they keep nothing.
      const { code, message } = asUserError(error);
      setState(code === 'storage' ? { storageProblem: message } : { error: asUserError(error) });
    }
  }

  /** Adds chosen or dropped files and recognises each by its keys. */
  async function addFiles(files: readonly File[]): Promise<void> {
    const { conversion, storageProblem } = getState();
    if (conversion) return;
    if (storageProblem !== null) {
      setState({ error: new UserError('storage', storageProblem), notice: '' });
      return;
    }
    if (files.length === 0) {
      setState({ notice: 'There is no .pt, .pth, .ckpt or .safetensors file in it.' });
      return;
    }
    const added = files.map((file): ChosenFile => ({ id: nextFile++, file, state: { kind: 'reading' } }));
    setState((state) => ({ files: [...state.files, ...added], error: null, notice: '' }));
    await Promise.all(added.map(recognise));
  }

  async function recognise({ id, file }: ChosenFile): Promise<void> {
    let found: ChosenFile['state'];
    const ended = new AbortController();
    reading.set(id, ended);
    try {
      const inspection = await client.inspect(file, ended.signal);
      found = { kind: 'recognised', inspection };
      // Most people call the model as its file is called.
      const { form } = getState();
      if (inspection.kind === 'diffusion' && !form.name) edit({ name: file.name.replace(/\.[^.]+$/, '') });
    } catch (error) {
      found = { kind: 'refused', message: asUserError(error).message };
    } finally {
      reading.delete(id);
    }
    setState(({ files }) => ({
      files: files.map((each) => (each.id === id ? { ...each, state: found } : each)),
    }));
  }

  /** Takes a chosen file away, and ends its reading. */
  function removeFile(id: number): void {
    reading.get(id)?.abort();
    setState(({ files }) => ({ files: files.filter((each) => each.id !== id) }));
  }

  function edit(change: Partial<ImportForm>): void {
    setState(({ form }) => ({ form: { ...form, ...change } }));
  }

  /** Converts the chosen files. Does nothing while the form lacks something. */
  async function convert(): Promise<void> {
    const state = getState();
    const { files, form } = state;
    if (state.conversion || formComplaint(state) !== null) return;
    stop = new AbortController();
    setState({ conversion: { progress: null, stopping: false }, error: null, notice: '' });
    await attempt(async () => {
      // Neither a refusal nor a question left open is a hindrance: the browser then clears the storage when the disk is full.
      library.persist().catch(() => false);
      const id = await client.convert(
        {
          files: {
            diffusion: filesOf(files, 'diffusion')[0].file,
            vqgan: filesOf(files, 'vqgan')[0].file,
            clip: filesOf(files, 'clip')[0].file,
          },
          name: form.name.trim(),
          license: form.license.trim(),
          weightType: form.weightType ?? recommendedWeightType(files),
          heads: headsNeeded(state) ? Number(form.heads) : null,
          clipActivation: activationNeeded(state) ? form.clipActivation : null,
          weights: hasAverages(state) ? form.weights : 'averages',
          tokenizerUrl: packAddress(builtInPack, base),
        },
        (progress) =>
          setState(({ conversion }) => ({ conversion: conversion && { ...conversion, progress } })),
        stop!.signal,
      );
      if (id === null) {
        setState({ notice: 'Cancelled: nothing was kept.' });
        void refresh();
      } else {
        const own = await library.list();
        setState({ own, files: [], form: emptyForm, notice: `“${form.name.trim()}” is in the list.` });
      }
    });
    stop = null;
    setState({ conversion: null });
  }

  /** Stops the conversion; what it had written goes. */
  function cancel(): void {
    setState(({ conversion }) => ({ conversion: conversion && { ...conversion, stopping: true } }));
    stop?.abort();
  }

  /** @param pack as in the page's address */
  function use(pack: string): void {
    setState({ error: null, notice: '' });
    openPack(pack);
  }

  /** Deletes an own pack; where it was in use, the built-in one takes its place. */
  async function remove({ id, name }: OwnPack): Promise<void> {
    setState({ error: null, notice: '' });
    await attempt(async () => {
      await library.remove(id);
      setState({ own: await library.list(), notice: `“${name}” was deleted.` });
      if (openedPack() === ownPackAddress(id)) openPack(builtInPack);
    });
  }

  /** Hands an own pack to the visitor as one archive. */
  async function exportPack({ id, name }: OwnPack): Promise<void> {
    if (getState().exporting !== null) return;
    setState({ exporting: id, error: null, notice: '' });
    await attempt(async () => {
      const { packArchive } = await late(() => import('./saving.ts'));
      try {
        save(await packArchive(id, await library.files(id)), `${id}.zip`);
      } catch (error) {
        throw storageFailure(error, `“${name}” is no longer there: it was deleted, perhaps in another tab.`);
      }
    });
    setState({ exporting: null });
    // It may have been deleted in another tab.
    if (getState().error?.code === 'pack-missing') void refresh();
  }

  async function attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      setState({ error: asUserError(error) });
    }
  }

  return {
    refresh,
    addFiles,
    removeFile,
    edit,
    convert,
    cancel,
    use,
    useAddress: storedActions.useAddress,
    verify: storedActions.verify,
    removeStored: storedActions.remove,
    remove,
    exportPack,
  };
}
