// What the page and the worker say to each other. Types only: nothing else crosses.
import type { ErrorCode } from '../errors.ts';
import type { PackManifest, WeightType } from '../pack/manifest.ts';
import type { GenerateSettings, ImageTokens } from '../types.ts';

export type Provider = 'webgpu' | 'wasm';

/** `auto` takes WebGPU where there is a real GPU, else WASM. */
export type ProviderChoice = 'auto' | Provider;

/** What the engine runs on, and why, in words for a person. */
export interface DeviceReport {
  readonly provider: Provider;
  /** For instance "no WebGPU in this browser". */
  readonly reason: string;
  /** WASM threads. */
  readonly threads: number;
  /** Name of the GPU, where the browser tells. */
  readonly adapter: string | null;
  readonly weightType: WeightType;
}

/** Opening a pack, by bytes: the runtime and the model files are one count. */
export interface LoadProgress {
  readonly stage: 'download' | 'prepare';
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

/** Where a run is. `tokens` holds the candidates of the batch at hand, the first of which is number `first`. */
export interface StepProgress {
  /** Steps done, 1..steps, in this batch. */
  readonly step: number;
  readonly steps: number;
  readonly timestep: number;
  readonly first: number;
  readonly count: number;
  /** [count, positions] */
  readonly tokens: ImageTokens;
}

/** A picture as the canvas takes it. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4] */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export type Request =
  | { readonly type: 'open'; readonly packUrl: string; readonly provider: ProviderChoice }
  | { readonly type: 'generate'; readonly run: number; readonly settings: GenerateSettings }
  | { readonly type: 'cancel'; readonly run: number };

/** What a run says on its way; the engine yields these and the page shows them. */
export type RunEvent =
  /** The prompt as CLIP sees it: `tokenCount` of at most `tokenLimit`, the rest was cut off. */
  | {
      readonly type: 'encoded';
      readonly tokenCount: number;
      readonly tokenLimit: number;
      readonly truncated: boolean;
    }
  | { readonly type: 'step'; readonly progress: StepProgress }
  /** The pictures so far: still masked positions are shown as the code the denoiser finds most likely. */
  | { readonly type: 'preview'; readonly first: number; readonly images: readonly RgbaImage[] }
  /** A finished candidate; score is the cosine of its CLIP embedding to the prompt's. */
  | {
      readonly type: 'image';
      readonly candidate: number;
      readonly seed: number;
      readonly image: RgbaImage;
      readonly score: number;
    };

export type Event =
  | { readonly type: 'loading'; readonly progress: LoadProgress }
  | { readonly type: 'ready'; readonly manifest: PackManifest; readonly device: DeviceReport }
  | { readonly type: 'run'; readonly run: number; readonly event: RunEvent }
  | { readonly type: 'finished'; readonly run: number; readonly cancelled: boolean }
  /** `run` is null when opening failed. */
  | {
      readonly type: 'failed';
      readonly run: number | null;
      readonly error: { readonly code: ErrorCode; readonly message: string };
    };
