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
  /** Likeliest codes that are others, of 256. */
  readonly winners: number;
  /** Of 1. */
  readonly pixels: number;
}

const w = {
  textEmbedding: 1e-9,
  imageEmbedding: 1e-9,
  logits: 1e-9,
  divergence: 1e-19,
  statistics: 1e-9,
  winners: 1,
  pixels: 1e-9,
};
/** Twice what was measured: float32 differs by the order of sums alone; with fewer bits the rounded weights show. */
export const limits: Record<WeightType, Limits> = { fp32: w, fp16: w, int8: w, q4: w };
