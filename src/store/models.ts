// The state of "Models": which packs there are, and the form that brings a new one.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { StoredPack } from '../delivery/storedPacks.ts';
import type { UserError } from '../errors.ts';
import type { OwnPack } from '../library/ownPacks.ts';
import { ownPackAddress } from '../library/packFolder.ts';
import type { WeightType } from '../types.ts';
import type {
  ClipActivation,
  ImportProgress,
  Inspection,
  ModelKind,
  WeightChoice,
} from '../worker/importProtocol.ts';

export type { ClipActivation, ImportProgress, Inspection, ModelKind, OwnPack, StoredPack, WeightChoice };

/** A chosen file, and what it turned out to be. */
export interface ChosenFile {
  readonly id: number;
  readonly file: File;
  readonly state:
    | { readonly kind: 'reading' }
    | { readonly kind: 'recognised'; readonly inspection: Inspection }
    | { readonly kind: 'refused'; readonly message: string };
}

export interface ImportForm {
  readonly name: string;
  readonly license: string;
  /** Null: what is recommended for the files. */
  readonly weightType: WeightType | null;
  /** As typed; used where the checkpoint does not tell. */
  readonly heads: string;
  /** Null until it is chosen; used where the checkpoint does not tell. */
  readonly clipActivation: ClipActivation | null;
  /** Used where a file holds both. */
  readonly weights: WeightChoice;
}

export interface ModelsState {
  readonly own: readonly OwnPack[];
  /** Those that were fetched, as far as their files are kept. */
  readonly stored: readonly StoredPack[];
  readonly files: readonly ChosenFile[];
  readonly form: ImportForm;
  /** The conversion in progress; `stopping` once it was cancelled. */
  readonly conversion: { readonly progress: ImportProgress | null; readonly stopping: boolean } | null;
  /** The check in progress, of the files of a pack, as in the page's address; its share of 1. */
  readonly verifying: { readonly pack: string; readonly done: number } | null;
  /** Id of the pack whose archive is being made. */
  readonly exporting: string | null;
  /** Why no model can be kept here, in one sentence; null where they can. Built-in ones are there all the same. */
  readonly storageProblem: string | null;
  /** Why the last wish was not met. */
  readonly error: UserError | null;
  /** What came of the last wish, in a sentence. */
  readonly notice: string;
}

export type ModelsStore = StoreApi<ModelsState>;

export const emptyForm: ImportForm = {
  name: '',
  license: 'unknown',
  weightType: null,
  heads: '',
  clipActivation: null,
  weights: 'averages',
};

export function createModelsStore(storageProblem: string | null = null): ModelsStore {
  return createStore<ModelsState>(() => ({
    storageProblem,
    own: [],
    stored: [],
    files: [],
    form: emptyForm,
    conversion: null,
    verifying: null,
    exporting: null,
    error: null,
    notice: '',
  }));
}

/** When a model was made, for those that share their name with another one; null for the rest. */
export function madeAtInWords({ id, name, madeAt }: OwnPack, own: readonly OwnPack[]): string | null {
  if (!own.some((other) => other.id !== id && other.name === name)) return null;
  return new Date(madeAt).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'medium' });
}

export const modelKinds: readonly ModelKind[] = ['diffusion', 'vqgan', 'clip'];

type Recognised<Kind extends ModelKind> = { file: File; inspection: Extract<Inspection, { kind: Kind }> };

/** The files recognised as this kind; a conversion takes exactly one of each. */
export function filesOf<Kind extends ModelKind>(
  files: readonly ChosenFile[],
  kind: Kind,
): readonly Recognised<Kind>[] {
  return files.flatMap(({ file, state }) =>
    state.kind === 'recognised' && isOf(state.inspection, kind)
      ? [{ file, inspection: state.inspection }]
      : [],
  );
}

function isOf<Kind extends ModelKind>(
  inspection: Inspection,
  kind: Kind,
): inspection is Extract<Inspection, { kind: Kind }> {
  return inspection.kind === kind;
}

/** Whether the denoiser's heads must be asked for: its width does not tell them. */
export function headsNeeded({ files }: ModelsState): boolean {
  const [diffusion] = filesOf(files, 'diffusion');
  return diffusion !== undefined && diffusion.inspection.heads === null;
}

/** Whether CLIP's activation must be asked for: nothing in the file tells it. */
export function activationNeeded({ files }: ModelsState): boolean {
  const [clip] = filesOf(files, 'clip');
  return clip !== undefined && clip.inspection.activation === null;
}

/** Whether a file holds averages over the training beside its weights. */
export function hasAverages({ files }: ModelsState): boolean {
  return files.some(({ state }) => state.kind === 'recognised' && state.inspection.hasBoth === true);
}

const kindNames: Readonly<Record<ModelKind, string>> = {
  diffusion: 'the diffusion model (.pt or .pth)',
  vqgan: 'the VQGAN (.ckpt)',
  clip: 'CLIP (OpenAI’s .pt or Hugging Face’s .safetensors)',
};

/** What the form still lacks, in one sentence; null when it can be converted. */
export function formComplaint(state: ModelsState): string | null {
  const { files, form } = state;
  if (files.some(({ state: { kind } }) => kind === 'reading')) return 'Reading the files…';
  for (const kind of modelKinds) {
    const names = filesOf(files, kind).map(({ file }) => `“${file.name}”`);
    if (names.length > 1) return `${list(names)} are the same kind of file: keep just one.`;
  }
  const missing = modelKinds.filter((kind) => filesOf(files, kind).length === 0);
  if (missing.length > 0) {
    return `${files.length > 0 ? 'Still missing' : 'Needed'}: ${list(missing.map((kind) => kindNames[kind]))}.`;
  }
  if (!form.name.trim()) return 'Give the model a name.';
  if (!form.license.trim()) return 'Enter the licence of the weights, or “unknown”.';
  if (headsNeeded(state)) {
    const { width } = filesOf(files, 'diffusion')[0].inspection;
    const heads = Number(form.heads);
    if (!form.heads.trim()) return 'Enter how many attention heads the diffusion model has.';
    if (!Number.isInteger(heads) || heads < 1 || width % heads !== 0) {
      return `The number of heads must divide the model’s width, ${width}; “${form.heads.trim().slice(0, 12)}” doesn’t.`;
    }
  }
  if (activationNeeded(state) && form.clipActivation === null) return 'Choose where this CLIP comes from.';
  return null;
}

function list(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** A model that can be opened, by its pack as in the page's address. */
export interface KnownModel {
  readonly pack: string;
  readonly name: string;
}

/** Among those on this device, brought or fetched, the one that recipes name so. */
export function modelOnDevice(
  id: string,
  { own, stored }: Pick<ModelsState, 'own' | 'stored'>,
): KnownModel | null {
  const brought = own.find((each) => each.id === id && each.problem === null);
  if (brought) return { pack: ownPackAddress(id), name: brought.name };
  const fetched = stored.find((each) => each.id === id && each.usedAt !== null);
  return fetched ? { pack: fetched.address, name: fetched.name } : null;
}
