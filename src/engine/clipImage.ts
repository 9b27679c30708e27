// What the authors do to a decoded picture before CLIP's image encoder sees it.
import type { Pixels } from '../types.ts';

const MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
const DEVIATION = [0.26862954, 0.26130258, 0.27577711] as const;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Bilinear resize of planes, pixel centres aligned, no antialiasing: torchvision's Resize on a tensor as the authors
 * pin it (0.13).
 * @param planes [planes, height, width]
 * @returns [planes, side, side]
 */
export function resizeBilinear(planes: Float32Array, from: Size, side: number): Float32Array {
  const count = planes.length / (from.width * from.height);
  const columns = taps(from.width, side);
  const rows = taps(from.height, side);
  const out = new Float32Array(count * side * side);
  let next = 0;
  for (let plane = 0; plane < count; plane++) {
    const base = plane * from.width * from.height;
    for (const row of rows) {
      const upper = base + row.low * from.width;
      const lower = base + row.high * from.width;
      for (const { low, high, weight } of columns) {
        const top = planes[upper + low] * (1 - weight) + planes[upper + high] * weight;
        const bottom = planes[lower + low] * (1 - weight) + planes[lower + high] * weight;
        out[next++] = top * (1 - row.weight) + bottom * row.weight;
      }
    }
  }
  return out;
}

/** The two neighbours of each output place, and the weight of the higher one. */
function taps(from: number, to: number): { low: number; high: number; weight: number }[] {
  return Array.from({ length: to }, (_, i) => {
    const place = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const low = Math.min(from - 1, Math.floor(place));
    return { low, high: Math.min(from - 1, low + 1), weight: place - low };
  });
}

/**
 * Resizes and normalises one picture for CLIP.
 * @param pixels in 0..1. [3, height, width]
 * @returns [3, side, side]
 */
export function clipInput(pixels: Pixels, size: Size, side: number): Float32Array {
  const planes = resizeBilinear(pixels, size, side);
  const area = side * side;
  return planes.map((value, i) => {
    const channel = Math.floor(i / area);
    return (value - MEAN[channel]) / DEVIATION[channel];
  });
}
