// The engine without a browser: the same WASM runtime and packs from a folder.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as native from 'onnxruntime-node';
import * as ort from 'onnxruntime-web';
import type { ReportingRuntime } from '../engine/engine.ts';
import type { PackFetch } from '../engine/packReader.ts';

/** ONNX Runtime's WASM build, as the page runs it. */
export async function openNodeRuntime(threads = 2): Promise<ReportingRuntime> {
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  return { ort, provider: 'wasm', reason: 'Node has no WebGPU', threads, adapter: null, half: 'never' };
}

/** The same graphs in native ONNX Runtime, two to three times as fast. The engine takes it for the WASM build. */
export async function openNativeRuntime(threads = 2): Promise<ReportingRuntime> {
  const create = (model: Uint8Array, options: ort.InferenceSession.SessionOptions) =>
    native.InferenceSession.create(model, {
      ...options,
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
    });
  return {
    ...(await openNodeRuntime(threads)),
    // Of all its exports, the engine uses these two.
    ort: { InferenceSession: { create }, Tensor: native.Tensor } as unknown as typeof ort,
    reason: 'native ONNX Runtime on the CPU',
  };
}

/** A pack in a folder of this machine. */
export function packIn(folder: string): PackFetch {
  return async (path) => {
    const file = join(folder, path);
    const found = await stat(file).catch(() => null);
    if (!found?.isFile()) return new Response(null, { status: 404 });
    return new Response(Readable.toWeb(createReadStream(file)) as ReadableStream);
  };
}
