// The shader of samplerShader.ts on a device, bound to the buffers of a batch.
import type { GpuTensor } from '../session.ts';
import { JUMP_BYTES, type JumpSettings, jumpParameters } from './jumpParameters.ts';
import { samplerShader } from './samplerShader.ts';

/** Where a batch lives. B is the number of candidates, or twice that when guided. */
export interface SamplerBatch {
  /** Written over. float32 [B, positions, K] */
  readonly logits: GpuTensor;
  /** x, before and after; -1 where the logits were no numbers. int32 [B, positions] */
  readonly tokens: GpuTensor;
  /** x, with the likeliest code where it is MASK. int32 [candidates, positions] */
  readonly guess: GpuTensor;
  /** One for each candidate. u32 */
  readonly seeds: readonly number[];
  /** As of DenoiseOptions: where it is 0, tokens and guess stay as they are. [candidates, positions] */
  readonly free?: Uint8Array;
}

export interface BoundSampler {
  /** Adds one step to commands that are about to be submitted. */
  step(encoder: GPUCommandEncoder, settings: JumpSettings): void;
  dispose(): void;
}

export interface Sampler {
  bind(batch: SamplerBatch): BoundSampler;
}

/** Compiles the shader for a codebook. */
export async function createSampler(device: GPUDevice, codebookSize: number): Promise<Sampler> {
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: {
      module: device.createShaderModule({ code: samplerShader(codebookSize) }),
      entryPoint: 'sample',
    },
  });
  return {
    bind({ logits, tokens, guess, seeds, free }) {
      const buffer = (size: number, usage: number) =>
        device.createBuffer({ size, usage: usage | GPUBufferUsage.COPY_DST });
      const jump = buffer(JUMP_BYTES, GPUBufferUsage.UNIFORM);
      const seedBuffer = buffer(4 * seeds.length, GPUBufferUsage.STORAGE);
      device.queue.writeBuffer(seedBuffer, 0, Uint32Array.from(seeds));
      const [candidates, positions] = guess.dims;
      const freeBuffer = buffer(4 * candidates * positions, GPUBufferUsage.STORAGE);
      const isFree = free ?? new Uint8Array(candidates * positions).fill(1);
      device.queue.writeBuffer(freeBuffer, 0, Uint32Array.from(isFree));
      const bound = [jump, logits.buffer, seedBuffer, tokens.buffer, guess.buffer, freeBuffer];
      const group = device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: bound.map((each, binding) => ({ binding, resource: { buffer: each } })),
      });
      return {
        step(encoder, settings) {
          device.queue.writeBuffer(jump, 0, jumpParameters(settings));
          const pass = encoder.beginComputePass();
          pass.setPipeline(pipeline);
          pass.setBindGroup(0, group);
          pass.dispatchWorkgroups(positions, candidates);
          pass.end();
        },
        dispose() {
          jump.destroy();
          seedBuffer.destroy();
          freeBuffer.destroy();
        },
      };
    },
  };
}
