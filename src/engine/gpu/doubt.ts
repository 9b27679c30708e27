// The second look on the GPU, bound to the buffers of a batch: both halves of every picture are evaluated with one of them
// hidden, in evaluations as large as the loop's own, and the least likely tokens are masked there.
import { type Look, redrawCount } from '../../diffusion/redraw.ts';
import type { Graph } from '../session.ts';
import type { GpuBatch } from './batch.ts';
import { DOUBT_LANES, doubtShader } from './doubtShader.ts';

const entryPoints = ['hide', 'judge', 'forget'] as const;
type Pipelines = Record<(typeof entryPoints)[number], GPUComputePipeline>;

export interface BoundDoubt {
  /** Evaluates both halves and adds the masking to what the device is to do; x is the batch's tokens. */
  look(): Promise<void>;
  dispose(): void;
}

/**
 * @param half as of halves(). [positions]
 * @param free where it is 0, tokens stay as they are. [candidates, positions]
 */
export type BindDoubt = (
  look: Look,
  batch: Pick<GpuBatch, 'tokens' | 'guess' | 'logits' | 'prompted'>,
  half: Uint8Array,
  free: Uint8Array,
  denoiser: Graph,
) => Promise<BoundDoubt>;

/** Compiles the shader. */
export async function createDoubt(device: GPUDevice): Promise<BindDoubt> {
  const module = device.createShaderModule({ code: doubtShader });
  const layout = device.createBindGroupLayout({
    entries: (
      [
        'uniform',
        'read-only-storage',
        'read-only-storage',
        'read-only-storage',
        'storage',
        'storage',
        'read-only-storage',
        'storage',
      ] as const
    ).map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } })),
  });
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
  const pipelines = Object.fromEntries(
    await Promise.all(
      entryPoints.map(async (entryPoint) => [
        entryPoint,
        await device.createComputePipelineAsync({ layout: pipelineLayout, compute: { module, entryPoint } }),
      ]),
    ),
  ) as Pipelines;

  return async ({ share, timestep }, { tokens, guess, logits, prompted }, half, free, denoiser) => {
    const [branches, positions] = tokens.dims;
    const [candidates] = guess.dims;
    const [, , codes] = logits.dims;
    const buffers: GPUBuffer[] = [];
    const buffer = (bytes: number, usage: number, data?: Uint32Array<ArrayBuffer>) => {
      const made = device.createBuffer({ size: bytes, usage: usage | GPUBufferUsage.COPY_DST });
      if (data) device.queue.writeBuffer(made, 0, data);
      buffers.push(made);
      return made;
    };
    const storage = (values: ArrayLike<number>) =>
      buffer(4 * values.length, GPUBufferUsage.STORAGE, Uint32Array.from(values));
    const counts = Array.from({ length: candidates }, (_, i) =>
      redrawCount(share, free.subarray(i * positions, (i + 1) * positions)),
    );
    const hidden = buffer(4 * branches * positions, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
    const times = storage(new Int32Array(branches).fill(timestep));
    const shared = [storage(half), storage(free), storage(counts), tokens.buffer, hidden, logits.buffer];
    const likelihood = buffer(4 * candidates * positions, GPUBufferUsage.STORAGE);
    // Rows go through the denoiser as many at a time as the loop's own: both halves at once where it is guided.
    const firsts = Array.from({ length: (2 * candidates) / branches }, (_, pass) => pass * branches);
    const groups = firsts.map((first) => {
      const sizes = Uint32Array.of(codes, positions, candidates, branches, first, branches);
      const uniform = buffer(sizes.byteLength, GPUBufferUsage.UNIFORM, sizes);
      return device.createBindGroup({
        layout,
        entries: [uniform, ...shared, likelihood].map((each, binding) => ({
          binding,
          resource: { buffer: each },
        })),
      });
    });

    function run(entryPoint: keyof Pipelines, group: GPUBindGroup, columns: number, rows: number): void {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipelines[entryPoint]);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(columns, rows);
      pass.end();
      device.queue.submit([encoder.finish()]);
    }

    return {
      async look() {
        for (const group of groups) {
          run('hide', group, Math.ceil(positions / DOUBT_LANES), branches);
          await denoiser.runInto(logits, {
            tokens: { type: 'int32', buffer: hidden, dims: [branches, positions] },
            timestep: { type: 'int32', buffer: times, dims: [branches] },
            modulation: prompted,
          });
          run('judge', group, positions, branches);
        }
        run('forget', groups[0], positions, candidates);
      },
      dispose() {
        for (const each of buffers) each.destroy();
      },
    };
  };
}
