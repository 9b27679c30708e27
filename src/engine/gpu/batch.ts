// The buffers of one batch, all of them: nothing is allocated while it runs.
import { needsGuidance } from '../../diffusion/guidance.ts';
import { UserError } from '../../errors.ts';
import type { Size } from '../clipImage.ts';
import type { GpuTensor, Graph } from '../session.ts';

/** B is the number of candidates, or twice that when guidance needs the null condition as well. */
export interface GpuBatch {
  /** x. int32 [B, positions] */
  readonly tokens: GpuTensor;
  /** x with the likeliest code where it is MASK. int32 [candidates, positions] */
  readonly guess: GpuTensor;
  /** The candidate that is decoded. int32 [1, positions] */
  readonly chosen: GpuTensor;
  /** int32 [B] */
  readonly timestep: GpuTensor;
  /** float32 [B, layers, 2 * width] */
  readonly modulation: GpuTensor;
  /** The same, all rows under the prompts, for the second look. Without guidance it is the same. */
  readonly prompted: GpuTensor;
  /** float32 [B, positions, codes] */
  readonly logits: GpuTensor;
  /** The chosen candidate, decoded. float32 [1, 3, height, width] */
  readonly picture: GpuTensor;
  dispose(): void;
}

/**
 * @param graphs their output shapes are the sizes
 * @param redraws whether there is a second look
 * @throws {UserError} `memory` when the GPU's memory does not suffice
 */
export async function allocateBatch(
  device: GPUDevice,
  graphs: { readonly conditioner: Graph; readonly denoiser: Graph },
  { width, height }: Size,
  candidates: number,
  guidance: number,
  redraws: boolean,
): Promise<GpuBatch> {
  const buffers: GPUBuffer[] = [];
  const tensor = (type: GpuTensor['type'], dims: readonly number[]): GpuTensor => {
    const buffer = device.createBuffer({
      size: 4 * dims.reduce((product, size) => product * size, 1),
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    });
    buffers.push(buffer);
    return { type, buffer, dims };
  };
  const dispose = () => {
    for (const buffer of buffers) buffer.destroy();
  };

  const guided = needsGuidance(guidance);
  const branches = guided ? 2 * candidates : candidates;
  const [positions] = graphs.denoiser.outputShape;
  const modulated = [branches, ...graphs.conditioner.outputShape];
  device.pushErrorScope('out-of-memory');
  const modulation = tensor('float32', modulated);
  const batch = {
    tokens: tensor('int32', [branches, positions]),
    guess: tensor('int32', [candidates, positions]),
    chosen: tensor('int32', [1, positions]),
    timestep: tensor('int32', [branches]),
    modulation,
    prompted: guided && redraws ? tensor('float32', modulated) : modulation,
    logits: tensor('float32', [branches, ...graphs.denoiser.outputShape]),
    picture: tensor('float32', [1, 3, height, width]),
    dispose,
  };
  if (await device.popErrorScope()) {
    dispose();
    throw new UserError(
      'memory',
      'The GPU has too little free memory: ask for fewer candidates, or use WASM.',
    );
  }
  return batch;
}
