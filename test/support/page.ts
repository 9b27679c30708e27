// A manifest, recipes and an engine's client for tests of the page. The client is a stand-in for the worker only: the
// test says what the engine answers, and when.
import type { PictureQuestion, RunEvent, StepLook } from '../../src/events.ts';
import type { PackManifest } from '../../src/pack/manifest.ts';
import type { Begun } from '../../src/recipe/begun.ts';
import { modelFingerprint } from '../../src/recipe/fingerprint.ts';
import { candidates } from '../../src/recipe/plan.ts';
import { makeRecipe, type Recipe } from '../../src/recipe/recipe.ts';
import type { TrailStep } from '../../src/recipe/trail.ts';
import { createModelActions } from '../../src/store/modelActions.ts';
import { createModelsStore } from '../../src/store/models.ts';
import type { DecodePicture } from '../../src/store/ownPicture.ts';
import { startRun } from '../../src/store/run.ts';
import type {
  Condition,
  DeviceReport,
  ImageTokens,
  LoadProgress,
  ProviderChoice,
  RgbaImage,
} from '../../src/types.ts';
import type { EngineClient, OpenedPack } from '../../src/worker/client.ts';
import type { TokenPicture } from '../../src/worker/protocol.ts';

const file = { file: 'x.onnx', bytes: 1_000_000, sha256: '0'.repeat(64) };

/** A model of 2 x 2 tokens and five codes. */
export const microManifest: PackManifest = {
  format: 'clip-vqdiffusion-pack',
  version: 1,
  id: 'micro',
  name: 'Micro',
  description: 'Four tokens.',
  license: 'MIT',
  provenance: ['Made up.'],
  image: { width: 4, height: 4 },
  grid: { rows: 2, columns: 2 },
  codebookSize: 5,
  timesteps: 100,
  schedule: { type: 'alpha1', alphaBar: [0.99999, 0.000009], gammaBar: [0.000009, 0.99999] },
  conditionSize: 4,
  layers: 1,
  clip: { contextLength: 77, vocabularySize: 49408, imageSize: 8 },
  emptyTextEmbedding: '',
  defaults: {
    steps: 10,
    guidance: 1.15,
    truncation: { kind: 'topR', r: 0.85 },
    candidates: 4,
    promptPrefix: '',
  },
  examples: ['a smiling woman', 'a man with a beard'],
  tokenizer: { model: file, config: file },
  graphs: {
    text_encoder: { fp16: file },
    conditioner: { fp16: file },
    denoiser: { fp16: file },
    decoder: { fp16: file },
    encoder: { fp16: file },
    image_encoder: { fp16: file },
  },
};

export const microRecipe: Recipe = makeRecipe({
  model: { id: 'micro', fingerprint: modelFingerprint(microManifest) },
  condition: { kind: 'text', text: 'a smiling woman' },
  seed: 42,
  steps: 10,
  guidance: 1.15,
  truncation: { kind: 'topR', r: 0.85 },
  sampler: 'exact',
  arithmetic: 'single',
});

/** Four candidates. */
export const microRecipes: readonly Recipe[] = candidates(microRecipe, 4);

/** A run of the micro model before its first event. */
export const micro = startRun(
  1,
  { prompt: 'a smiling woman', recipes: microRecipes, grid: null },
  { ...microManifest, packUrl: 'models/micro/', matchScore: null },
  false,
);

export const onWasm: DeviceReport = {
  provider: 'wasm',
  reason: 'no WebGPU in this browser',
  threads: 2,
  adapter: null,
  weightType: 'fp32',
  arithmetic: 'single',
  batch: 64,
  choices: [{ what: 'Runs on', chosen: 'WASM', why: 'no WebGPU in this browser' }],
};

/** A picture of one grey. */
export function grey(value: number): RgbaImage {
  return { width: 4, height: 4, data: new Uint8ClampedArray(64).fill(value) };
}

/** The engine's word that the picture of a recipe is done. */
export function imageEvent(index: number, score: number): RunEvent {
  return { type: 'image', index, score, image: grey(index) };
}

/** The engine's word that `step` of `steps` is done for `count` recipes from `first` on; all tokens are 0. */
export function stepEvent(step: number, steps: number, first: number, count: number): RunEvent {
  const tokens = new Int32Array(4 * count) as ImageTokens;
  const indices = Array.from({ length: count }, (_, i) => first + i);
  return { type: 'step', progress: { step, steps, timestep: steps - step, indices, tokens } };
}

interface Call<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** Remembers what it is asked, and answers when the test says so. */
export function standInClient() {
  const opens: (Call<OpenedPack> & {
    readonly packUrl: string;
    readonly provider: ProviderChoice;
    readonly onProgress: (progress: LoadProgress) => void;
    readonly most: number | undefined;
  })[] = [];
  const runs: (Call<{ cancelled: boolean }> & {
    readonly recipes: readonly Recipe[];
    readonly onEvent: (event: RunEvent) => void;
    readonly signal: AbortSignal;
    readonly begun: readonly (Begun | null)[] | undefined;
  })[] = [];
  const embeds: (Call<Condition> & { readonly tokens: ImageTokens })[] = [];
  const encodes: (Call<TokenPicture> & { readonly image: RgbaImage })[] = [];
  const studies: (Call<Float32Array> & {
    readonly question: PictureQuestion;
    readonly signal: AbortSignal;
  })[] = [];
  const looks: (Call<StepLook> & { readonly step: TrailStep; readonly draw: boolean })[] = [];
  const draws: (Call<RgbaImage> & { readonly tokens: ImageTokens })[] = [];
  const client: EngineClient = {
    open: (packUrl, provider, onProgress, most) =>
      new Promise((resolve, reject) => {
        opens.push({ packUrl, provider, onProgress, most, resolve, reject });
      }),
    generate: (recipes, onEvent, signal, begun) =>
      new Promise((resolve, reject) => {
        runs.push({ recipes, onEvent, signal, begun, resolve, reject });
      }),
    embed: (tokens) =>
      new Promise((resolve, reject) => {
        embeds.push({ tokens, resolve, reject });
      }),
    encode: (image) =>
      new Promise((resolve, reject) => {
        encodes.push({ image, resolve, reject });
      }),
    look: (step, draw) =>
      new Promise((resolve, reject) => {
        looks.push({ step, draw, resolve, reject });
      }),
    draw: (tokens) =>
      new Promise((resolve, reject) => {
        draws.push({ tokens, resolve, reject });
      }),
    study: (question, signal) =>
      new Promise((resolve, reject) => {
        studies.push({ question, signal, resolve, reject });
      }),
  };
  return { client, opens, runs, embeds, encodes, looks, draws, studies };
}

/** Where there is no browser. */
export const noDecoding: DecodePicture = () => Promise.reject(new Error('There is no browser here.'));

/** Models where the browser has no storage for them: nothing can be asked of worker or library. */
export function modelsWithoutStorage(opened: (address: string) => void = () => {}) {
  const never = () => Promise.reject(new Error('Asked for where there is no storage.'));
  const store = createModelsStore('There is no storage here.');
  const actions = createModelActions(store, {
    client: { inspect: never, convert: never, verify: never },
    library: { list: never, remove: never, files: never, persist: never },
    delivered: { list: async () => [], remove: never },
    openPack: opened,
    openedPack: () => '',
    save: () => {},
    base: 'https://example.org/app/',
  });
  return { store, actions };
}
