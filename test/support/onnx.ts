// Opens graphs with onnxruntime-web, as the engine does, but in Node and without a pack around them.
import * as ort from 'onnxruntime-web';
import { type Graph, writeModel } from '../../src/convert/onnx.ts';

export interface NumberArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export type RunGraph = (inputs: Record<string, NumberArray>) => Promise<Record<string, NumberArray>>;

/** Makes the graph's file in memory. */
export async function modelBytes(graph: Graph): Promise<Uint8Array> {
  const file = writeModel(graph);
  const bytes = new Uint8Array(file.byteLength);
  let position = 0;
  for await (const chunk of file.chunks()) {
    bytes.set(chunk, position);
    position += chunk.byteLength;
  }
  return bytes;
}

/** A function that runs the model: named arrays in, named arrays out. */
export async function openModel(bytes: Uint8Array): Promise<RunGraph> {
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ['wasm'],
    logSeverityLevel: 3,
  });
  return async (inputs) => {
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { data, shape }]) => [
        name,
        data instanceof Int32Array
          ? new ort.Tensor('int32', data, shape)
          : new ort.Tensor('float32', data, shape),
      ]),
    );
    const results = await session.run(feeds);
    return Object.fromEntries(
      Object.entries(results).map(([name, { data, dims }]) => [name, { data, shape: dims } as NumberArray]),
    );
  };
}

export async function openGraph(graph: Graph): Promise<RunGraph> {
  return openModel(await modelBytes(graph));
}

/** Largest |a - b|; infinite when the lengths differ or a value is NaN. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, difference);
  }
  return largest;
}
