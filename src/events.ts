// What a run says on its way; the engine yields it and the page shows it.
import type { RgbaImage, StepProgress } from './types.ts';

/** A picture to look at only: bytes, or on the GPU where it was drawn. */
export type Frame = RgbaImage | ImageBitmap;

export type RunEvent =
  /** The prompt as CLIP sees it: `tokenCount` of at most `tokenLimit`, the rest was cut off. */
  | {
      readonly type: 'encoded';
      readonly tokenCount: number;
      readonly tokenLimit: number;
      readonly truncated: boolean;
      /** Characters of the prompt up to the cut. */
      readonly read: number;
    }
  | { readonly type: 'step'; readonly progress: StepProgress }
  /** The pictures so far: still masked positions are shown as the code the denoiser finds most likely. */
  | { readonly type: 'preview'; readonly first: number; readonly frames: readonly Frame[] }
  /** A finished candidate; score is the cosine of its CLIP embedding to the prompt's. */
  | {
      readonly type: 'image';
      readonly candidate: number;
      readonly seed: number;
      readonly image: RgbaImage;
      readonly score: number;
    };
