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
 * How fewer steps than T are taken: `exact` jumps with the composed transitions; `authors-fast` is the released
 * code's `sample_fast`, kept for comparison.
 */
export type Sampler = 'exact' | 'authors-fast';

/** All that decides a picture, together with the pack. */
export interface GenerateSettings {
  readonly prompt: string;
  /** Candidate c is made from seed + c, so that any one of them can be made again alone. u32 */
  readonly seed: number;
  /** Denoiser evaluations, 1..T. */
  readonly steps: number;
  /** Classifier-free guidance scale s in u + s (c - u); 1 needs no second branch. */
  readonly guidance: number;
  readonly truncation: Truncation;
  readonly candidates: number;
  readonly sampler: Sampler;
}
