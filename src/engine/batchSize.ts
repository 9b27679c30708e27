// How many candidates go through the denoiser at once.
import type { PackManifest } from '../pack/manifest.ts';

export interface BatchChoice {
  readonly candidates: number;
  /** For a person. */
  readonly why: string;
}

/** Pictures come batch by batch: beyond this, the first would come too late. */
const MAX_BATCH = 64;
/** Without a GPU more at once is no faster, it only needs more memory: the logits stay below this. */
const MEMORY_BYTES = 2 ** 26;
/** The denoiser has several arrays of the largest kind, and others want memory of the GPU as well. */
const GPU_BYTES = 2 ** 28;
/** A run can be stopped, and shows something new, only between steps. */
const STEP_MILLISECONDS = 1000;

/** In WASM: both guidance branches of each candidate count. */
export function batchInMemory({ grid, codebookSize }: PackManifest): BatchChoice {
  const logits = 2 * 4 * grid.rows * grid.columns * codebookSize;
  return {
    candidates: atLeastOne(MEMORY_BYTES / logits),
    why: `their logits stay below ${MEMORY_BYTES >> 20} MB`,
  };
}

/**
 * The denoiser's largest array for one guided candidate: logits, attention (of heads 32 wide, or wider), or a
 * convolution in Winograd's form.
 * @param modulationSize 2 * width
 */
export function bytesPerCandidate({ grid, codebookSize }: PackManifest, modulationSize: number): number {
  const positions = grid.rows * grid.columns;
  const width = modulationSize / 2;
  return 2 * 4 * positions * Math.max(codebookSize, (positions * width) / 32, 16 * width);
}

/**
 * On a GPU: as many as its limits allow, and as keep a step below about a second.
 * @param stepMilliseconds of one guided candidate
 */
export function batchOnGpu(
  {
    maxStorageBufferBindingSize,
    maxBufferSize,
  }: Pick<GPUSupportedLimits, 'maxStorageBufferBindingSize' | 'maxBufferSize'>,
  candidateBytes: number,
  stepMilliseconds: number,
): BatchChoice {
  const bytes = Math.min(GPU_BYTES, maxStorageBufferBindingSize, maxBufferSize);
  const fit = atLeastOne(bytes / candidateBytes);
  const quick = atLeastOne(STEP_MILLISECONDS / stepMilliseconds);
  const measured = `one took ${Math.max(1, Math.round(stepMilliseconds))} ms a step when the model was opened`;
  return fit <= quick
    ? { candidates: fit, why: `their largest array stays below ${bytes >> 20} MB; ${measured}` }
    : { candidates: quick, why: `a step stays near a second: ${measured}` };
}

/** The same where no more are to go at once. */
export function atMost(batch: BatchChoice, most = Number.POSITIVE_INFINITY): BatchChoice {
  if (batch.candidates <= most) return batch;
  return { candidates: most, why: 'fewer than usual, as the device was lost before' };
}

function atLeastOne(candidates: number): number {
  return Math.min(MAX_BATCH, Math.max(1, Math.floor(candidates)));
}
