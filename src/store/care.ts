// How carefully a model is opened on a device that has failed before.
import type { UserError } from '../errors.ts';
import type { DeviceReport } from '../types.ts';

export interface Care {
  /** On the processor, whatever was chosen. */
  readonly onWasm: boolean;
  /** Candidates at once; undefined for as many as the device takes. */
  readonly most?: number;
  /** For the page, in one sentence; none where nothing is different. */
  readonly note?: string;
}

export const noCare: Care = { onWasm: false };

/**
 * What to try after so many losses of one run: the same again, half as many at once, WASM. Where it was memory that failed,
 * one at a time at once.
 * @param device that the run began on
 * @returns null where the run is given up
 */
export function careAfter(
  losses: number,
  { code }: UserError,
  { provider, batch }: Pick<DeviceReport, 'provider' | 'batch'>,
): Care | null {
  const onGpu = provider === 'webgpu';
  const step = losses === 1 && code === 'memory' ? 2 : losses;
  switch (step) {
    case 1:
      return noCare;
    case 2:
      return code === 'memory' ? { onWasm: false, most: 1, note: oneAtATime } : fewer(batch);
    case 3:
      return onGpu ? { onWasm: true, note: onProcessor } : { onWasm: true, most: 1, note: oneAtATime };
    default:
      return null;
  }
}

function fewer(batch: number): Care {
  const most = Math.max(1, batch >> 1);
  return most === 1
    ? { onWasm: false, most, note: oneAtATime }
    : {
        onWasm: false,
        most,
        note: `The engine broke off more than once, so it makes at most ${most} pictures at once for now.`,
      };
}

const oneAtATime =
  'The engine broke off, perhaps for lack of memory, so it makes one picture at a time for now.';
const onProcessor =
  'The GPU was lost again and again, so pictures are made on the processor (WASM) for now: slower, and to the end.';

/** What to try after so many visits in a row that broke off while they used the GPU. */
export function careAfterCrashes(crashes: number): Care {
  if (crashes === 0) return noCare;
  return crashes === 1
    ? {
        onWasm: false,
        most: 1,
        note: 'The page broke off when it last worked on this device, so it makes one picture at a time for now; after a run that ends well, the next visit is as usual.',
      }
    : {
        onWasm: true,
        note: 'The page broke off again and again on this device, so the processor (WASM) makes the pictures for now; after a run that ends well, the next visit is as usual.',
      };
}
