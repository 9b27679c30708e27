// What a run says on its way; the engine yields it and the page shows it. Every event names places in the list of recipes.
import type { ImageTokens, LikeliestCodes, RgbaImage, StepProgress } from './types.ts';

/** A picture to look at only: bytes, or on the GPU where it was drawn. */
export type Frame = RgbaImage | ImageBitmap;

/** A step of a finished picture, looked at again. */
export interface StepLook {
  /** As the preview after that step; null where it was not asked for. */
  readonly image: RgbaImage | null;
  /** How probable the denoiser found each token, or the likeliest code where none is set yet, 0..1. [positions] */
  readonly confidence: Float32Array;
  /** What it would have put there, from the same evaluation; only where it was asked for. */
  readonly likeliest?: LikeliestCodes;
}

/** What is asked about a finished picture, none of whose tokens is MASK: [positions]. The model's prefix comes before each text. */
export type PictureQuestion =
  /** How close CLIP finds it to texts: their cosines. [texts] */
  | { readonly kind: 'weigh'; readonly tokens: ImageTokens; readonly texts: readonly string[] }
  /** Where it would be another if the one text had been asked for, and not the other: by how much, in nats. [positions] */
  | {
      readonly kind: 'locate';
      readonly tokens: ImageTokens;
      readonly asked: string;
      readonly other: string;
    };

export type RunEvent =
  /** A text as CLIP sees it: `tokenCount` of at most `tokenLimit`, the rest was cut off. Said once for each text. */
  | {
      readonly type: 'encoded';
      /** The first recipe that has it. */
      readonly index: number;
      readonly what: 'prompt' | 'avoid';
      readonly tokenCount: number;
      readonly tokenLimit: number;
      readonly truncated: boolean;
      /** Characters of the prompt up to the cut. */
      readonly read: number;
    }
  | { readonly type: 'step'; readonly progress: StepProgress }
  /**
   * The pictures so far: still masked positions are shown as the code the denoiser finds most likely. `frames[i]` is of
   * the recipe at `indices[i]`.
   */
  | {
      readonly type: 'preview';
      readonly indices: readonly number[];
      readonly frames: readonly Frame[];
    }
  /** A finished picture; score is the cosine of its CLIP embedding to its recipe's condition. */
  | {
      readonly type: 'image';
      readonly index: number;
      readonly image: RgbaImage;
      readonly score: number;
    };
