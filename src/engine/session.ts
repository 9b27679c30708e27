// The door to ONNX Runtime: graphs in, arrays or GPU buffers out. Which build of it, and on what, runtime.ts decides.
import type * as Ort from 'onnxruntime-web';
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import type { Provider } from '../types.ts';

export interface Runtime {
  readonly ort: typeof Ort;
  readonly provider: Provider;
}

/** Numbers that are on the GPU and stay there. */
export interface GpuTensor {
  readonly type: 'int32' | 'float32';
  readonly buffer: GPUBuffer;
  readonly dims: readonly number[];
}

export type ArrayTensor =
  | { readonly type: 'int32'; readonly data: Int32Array; readonly dims: readonly number[] }
  | { readonly type: 'float32'; readonly data: Float32Array; readonly dims: readonly number[] };

export type Tensor = ArrayTensor | GpuTensor;

export type Inputs = Readonly<Record<string, Tensor>>;

/** One opened graph. Held until disposed; runs one at a time. */
export interface Graph {
  /** Of its single output, without the batch: what the graph declares. */
  readonly outputShape: readonly number[];
  /**
   * Runs on all inputs and gives the graph's single output.
   * @throws {UserError} `memory` where that is too little, else `device` when the GPU fails, else `internal`
   */
  run(inputs: Inputs): Promise<Float32Array | Int32Array>;
  /**
   * Runs with WebGPU into a buffer. Resolves when the work is in the device's queue, which is before it is done.
   * @throws {UserError} as `run`
   */
  runInto(output: GpuTensor, inputs: Inputs): Promise<void>;
  dispose(): Promise<void>;
}

/** The weights of a large graph that lie beside it, under the name the graph has for them. */
export interface DataFile {
  readonly path: string;
  readonly data: Uint8Array;
}

/**
 * @param name for messages
 * @throws {UserError} `pack-corrupt` when the runtime refuses the graph
 */
export async function openGraph(
  { ort, provider }: Runtime,
  name: string,
  model: Uint8Array,
  data: readonly DataFile[] = [],
): Promise<Graph> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    externalData: data,
    // Shape arithmetic and the like runs on the CPU by design; the runtime's remark about it is no news.
    logSeverityLevel: 3,
  }).catch((cause: unknown) => {
    throw new UserError('pack-corrupt', `ONNX Runtime cannot open ${name}${reasonOf(cause)}.`, { cause });
  });
  const [output] = session.outputNames;
  const [metadata] = session.outputMetadata;
  if (!metadata) {
    await session.release();
    throw new UserError('pack-corrupt', `The graph ${name} has no output: convert the pack again.`);
  }

  const tensorOf = (tensor: Tensor): Ort.Tensor =>
    'buffer' in tensor
      ? ort.Tensor.fromGpuBuffer(tensor.buffer, { dataType: tensor.type, dims: tensor.dims })
      : new ort.Tensor(tensor.type, tensor.data, tensor.dims);

  const runWith = (inputs: Inputs, fetches: Ort.InferenceSession.OnnxValueMapType | string[]) => {
    const feeds = Object.fromEntries(Object.entries(inputs).map(([key, tensor]) => [key, tensorOf(tensor)]));
    return session.run(feeds, fetches).catch((cause: unknown) => {
      const reason = reasonOf(cause);
      if (reason === MEMORY) {
        throw new UserError(
          'memory',
          `There was too little memory left at ${name}: close other tabs, or make fewer pictures at once.`,
          { cause },
        );
      }
      throw provider === 'webgpu'
        ? new UserError('device', `The GPU failed at ${name}${reason}: open the model again, or use WASM.`, {
            cause,
          })
        : new UserError('internal', `ONNX Runtime failed at ${name}${reason}: open the model again.`, {
            cause,
          });
    });
  };

  return {
    outputShape: metadata.isTensor ? metadata.shape.slice(1).map(Number) : [],
    run: async (inputs) => (await runWith(inputs, [output]))[output].data as Float32Array | Int32Array,
    runInto: async (tensor, inputs) => {
      await runWith(inputs, { [output]: tensorOf(tensor) });
    },
    dispose: () => session.release(),
  };
}

/** Ways of WASM, and of the tool that made it, to say no more than that the program broke off. */
const brokenOff =
  /unreachable|out of bounds|Aborted\(|null function|signature mismatch|call stack|table index/i;
const MEMORY = ' (out of memory)';
const outOfMemory = /out of memory|bad_alloc|Array buffer allocation|could not allocate|OOM/i;

/**
 * " (why)". The runtime wraps its reasons in codes, paths and conditions of its source: the innermost one is for people.
 * Empty where it only broke off.
 */
function reasonOf(error: unknown): string {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  if (outOfMemory.test(line)) return MEMORY;
  if (brokenOff.test(line)) return '';
  const innermost = line.split(/message: /i).at(-1)!;
  return ` (${quoted(innermost, 120)})`;
}
