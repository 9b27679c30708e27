import type { Pixels, RgbaImage } from '../types.ts';
import type { Size } from './clipImage.ts';

/**
 * Planes of 0..1 to bytes, rounding down as the authors' demo saves its pictures.
 * @param pixels [3, height, width]
 */
export function toRgba(pixels: Pixels, { width, height }: Size): RgbaImage {
  const area = width * height;
  const data = new Uint8ClampedArray(area * 4);
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++) {
      data[i * 4 + channel] = Math.floor(pixels[channel * area + i] * 255);
    }
    data[i * 4 + 3] = 255;
  }
  return { width, height, data };
}

/**
 * Bytes to planes of 0..1; what is transparent is for the caller to have painted over.
 * @returns [3, height, width]
 */
export function fromRgba({ width, height, data }: RgbaImage): Pixels {
  const area = width * height;
  const pixels = new Float32Array(3 * area) as Pixels;
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++) pixels[channel * area + i] = data[i * 4 + channel] / 255;
  }
  return pixels;
}
