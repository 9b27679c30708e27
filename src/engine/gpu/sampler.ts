// The shader of samplerShader.ts on a device, bound to the buffers of a batch.
import { JUMP_BYTES, type JumpSettings, jumpParameters } from './jumpParameters.ts';
import { samplerShader } from './samplerShader.ts';

/** Where a batch lives, and how large it is. */
export interface SamplerBatch {
  readonly candidates: number;
  readonly positions: number;
  /** float32, and written over. [candidates, or twice that when guided, positions, K] */
  readonly logits: GPUBuffer;
  /** int32: x, before and after; -1 where the logits were no numbers. [candidates (or twice), positions] */
  readonly tokens: GPUBuffer;
  /** int32: x, with the likeliest code where it is MASK. [candidates, positions] */
  readonly guess: GPUBuffer;
  /** One for each candidate. u32 */
  readonly seeds: readonly number[];
}

export interface BoundSampler {
  /** Puts one step into the device's queue. */
  step(settings: JumpSettings): void;
  dispose(): void;
}

export interface Sampler {
  bind(batch: SamplerBatch): BoundSampler;
}

/** Compiles the shader for a codebook. */
export async function createSampler(device: GPUDevice, codes: number): Promise<Sampler> {
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code: samplerShader(codes) }), entryPoint: 'sample' },
  });
  return {
    bind({ candidates, positions, logits, tokens, guess, seeds }) {
      const jump = device.createBuffer({
        size: JUMP_BYTES,
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      });
      const seedBuffer = device.createBuffer({
        size: 4 * seeds.length,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
      });
      device.queue.writeBuffer(seedBuffer, 0, Uint32Array.from(seeds));
      const group = device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [jump, logits, seedBuffer, tokens, guess].map((buffer, binding) => ({
          binding,
          resource: { buffer },
        })),
      });
      return {
        step(settings) {
          device.queue.writeBuffer(jump, 0, jumpParameters(settings));
          const encoder = device.createCommandEncoder();
          const pass = encoder.beginComputePass();
          pass.setPipeline(pipeline);
          pass.setBindGroup(0, group);
          pass.dispatchWorkgroups(positions, candidates);
          pass.end();
          device.queue.submit([encoder.finish()]);
        },
        dispose() {
          jump.destroy();
          seedBuffer.destroy();
        },
      };
    },
  };
}
