import type { WeightType } from '../../src/pack/manifest.ts';

/** What the largest differences should be below. */
export interface Limits {
  readonly textEmbedding: number;
  readonly imageEmbedding: number;
  readonly logits: number;
  /** Mean KL, nats a position. */
  readonly divergence: number;
  /** Of the logits' mean, standard deviation and extremes. */
  readonly statistics: number;
  /** Of 1. */
  readonly pixels: number;
}

/**
 * Twice what was measured: float32 differs by the order of sums alone; with fewer bits the rounded weights show. The VQGAN
 * and CLIP of `q4` are those of `int8`.
 */
export const limits: Record<WeightType, Limits> = {
  fp32: {
    textEmbedding: 3.2e-7,
    imageEmbedding: 3.6e-7,
    logits: 9e-6,
    divergence: 8.5e-13,
    statistics: 3.9e-6,
    pixels: 5.5e-6,
  },
  fp16: {
    textEmbedding: 1.3e-3,
    imageEmbedding: 3.7e-5,
    logits: 6.3e-3,
    divergence: 4.7e-7,
    statistics: 1.5e-3,
    pixels: 2.3e-3,
  },
  int8: {
    textEmbedding: 3.8e-3,
    imageEmbedding: 4.2e-3,
    logits: 0.147,
    divergence: 2.1e-4,
    statistics: 0.037,
    pixels: 2.3e-3,
  },
  q4: {
    textEmbedding: 3.8e-3,
    imageEmbedding: 4.2e-3,
    logits: 0.95,
    divergence: 8.8e-3,
    statistics: 0.153,
    pixels: 2.3e-3,
  },
};
