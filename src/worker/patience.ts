// How long a worker may be silent at its work. While WASM computes, it hears and says nothing; on a slow device that is
// minutes for a large model, and to end such a run would be worse than to wait for one that hangs.
import type { PackManifest } from '../pack/manifest.ts';
import { chosenFile } from '../pack/packFiles.ts';
import type { DeviceReport, WeightType } from '../types.ts';

/** Seconds for what takes no time to speak of. */
const BASE = 30;
/** Bytes of graphs that the slowest device opens in a second. */
const SLOWEST_OPENING = 1e6;
/** Multiplications and additions that the slowest device does in a second: a thirtieth of two ordinary cores'. */
const SLOWEST_ARITHMETIC = 1e9;
/** Of the VQGAN's decoder, the largest of what runs between two steps: measured at the authors' size. */
const ARITHMETIC_A_PIXEL = 2e6;

const bytesAWeight: Readonly<Record<WeightType, number>> = { q4: 0.62, int8: 1, fp16: 2, fp32: 4 };

/** Seconds for opening graphs of so many bytes. */
export function openingPatience(bytes: number): number {
  return BASE + bytes / SLOWEST_OPENING;
}

/** Seconds for the longest stretch of a run: a guided step of a whole batch, or a picture. */
export function runPatience(
  { graphs, grid, image }: PackManifest,
  { batch }: Pick<DeviceReport, 'batch'>,
  pictures: number,
): number {
  const denoiser = chosenFile(graphs.denoiser);
  const weights = denoiser.bytes / bytesAWeight[denoiser.weightType];
  const step = 2 * Math.min(batch, pictures) * weights * grid.rows * grid.columns;
  const picture = ARITHMETIC_A_PIXEL * image.width * image.height;
  return BASE + Math.max(step, picture) / SLOWEST_ARITHMETIC;
}
