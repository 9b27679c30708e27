// The nouns of the flow: prompt -> PromptIds -> Condition -> ImageTokens, step by step -> pixels.
// Brands keep arrays that look alike from being passed for one another.

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** CLIP token ids of one prompt, padded with 0. [contextLength] */
export type PromptIds = Branded<Int32Array, 'PromptIds'>;

/** L2-normalised CLIP embedding, of a text or of a picture: the denoiser's condition. [conditionSize] */
export type Condition = Branded<Float32Array, 'Condition'>;

/** Codebook indices 0..K-1, and K for MASK, row by row of the grid. [candidates, positions] */
export type ImageTokens = Branded<Int32Array, 'ImageTokens'>;

/** Scores of the K codes (none for MASK) before any softmax. [candidates, positions, codes] */
export type Logits = Branded<Float32Array, 'Logits'>;

/** Pictures as the decoder gives them: planes of red, green, blue in 0..1. [candidates, 3, height, width] */
export type Pixels = Branded<Float32Array, 'Pixels'>;

/** Keep all classes, the most probable ones up to a cumulated probability r, or the k most probable ones. */
export type Truncation =
  | { readonly kind: 'none' }
  | { readonly kind: 'topR'; readonly r: number }
  | { readonly kind: 'topK'; readonly k: number };

/**
 * How fewer steps than T are taken: `exact` jumps with the composed transitions, evenly; `cosine` does so too, with small
 * jumps first, while nothing is decided yet; `authors-fast` is the released code's `sample_fast`, kept for comparison.
 */
export const samplers = ['exact', 'cosine', 'authors-fast'] as const;
export type Sampler = (typeof samplers)[number];

/** How a graph's weights are stored. */
export type WeightType = 'fp32' | 'fp16' | 'int8' | 'q4';

export type Provider = 'webgpu' | 'wasm';

/** What the denoiser computes in. In half precision a seed draws other tokens than in single. */
export type Arithmetic = 'single' | 'half';

/**
 * `auto` takes WebGPU where there is a real GPU, for large models in half precision where it has that, else WASM;
 * `webgpu` computes in single precision, as WASM does.
 */
export type ProviderChoice = 'auto' | Provider | 'webgpu-half';

/** What the engine runs on, and why, in words for a person. */
export interface DeviceReport {
  readonly provider: Provider;
  /** For instance "no WebGPU in this browser". */
  readonly reason: string;
  /** WASM threads. */
  readonly threads: number;
  /** Name of the GPU, where the browser tells. */
  readonly adapter: string | null;
  /** The denoiser's. */
  readonly weightType: WeightType;
  readonly arithmetic: Arithmetic;
  /** Candidates that go through the denoiser at once, at most. */
  readonly batch: number;
  /** What is wrong with the device, and what was done about it, in one sentence; none where nothing is. */
  readonly note?: string;
  /** All that was chosen for this device, in words for a person. */
  readonly choices: readonly DeviceChoice[];
}

export interface DeviceChoice {
  readonly what: string;
  readonly chosen: string;
  readonly why: string;
}

/** Opening a pack: its files arrive over the network or from the storage, then the runtime prepares the graphs. */
export interface LoadProgress {
  readonly stage: 'download' | 'open' | 'prepare';
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

/** Where a run is. `tokens` holds those recipes of it that are on their way together. */
export interface StepProgress {
  /** Steps done, 1..steps, in this batch. */
  readonly step: number;
  readonly steps: number;
  readonly timestep: number;
  /** Their places in the list of recipes. */
  readonly indices: readonly number[];
  /** [indices, positions] */
  readonly tokens: ImageTokens;
}

/** The codes that a denoiser finds likeliest at each position. */
export interface LikeliestCodes {
  /** How many there are of each position. */
  readonly count: number;
  /** The likeliest first, the lower code on ties. [positions, count] */
  readonly codes: Int32Array;
  /** Theirs, 0..1; guided as the step draws, not truncated. [positions, count] */
  readonly probabilities: Float32Array;
}

/** A picture as the canvas takes it. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4] */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}
