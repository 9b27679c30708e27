// WebGPU without a browser: Dawn, which is Chromium's, as a module of Node. For timing on machines that have a GPU and no
// screen.
import { setFlagsFromString } from 'node:v8';
import type * as Ort from 'onnxruntime-web';
import * as ort from 'onnxruntime-web/webgpu';
import { create, globals } from 'webgpu';
import type { ReportingRuntime } from '../engine/engine.ts';
import { UserError } from '../errors.ts';

let opened: Promise<ReportingRuntime> | null = null;

/**
 * ONNX Runtime's WebGPU build on the first adapter that Dawn finds; a process has one.
 * @throws {UserError} `device` where there is none
 */
export function openDawnRuntime(): Promise<ReportingRuntime> {
  opened ??= open();
  return opened;
}

async function open(): Promise<ReportingRuntime> {
  // V8 would optimise one function of the runtime for a minute and a half, and all that Dawn does would wait for it.
  for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);
  // Chromium rounds times on the GPU's clock, for privacy; here they are what is wanted.
  const gpu = create(['disable-dawn-features=timestamp_quantization']);
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  copySharedMemory();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new UserError(
      'device',
      'Dawn finds no GPU: install its Vulkan driver and loader (libvulkan), or name a driver in VK_ICD_FILENAMES.',
    );
  }
  ort.env.wasm.wasmPaths = {
    mjs: import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs'),
    wasm: import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm'),
  };
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  const { description, vendor, architecture } = adapter.info;
  return {
    ort: ort as unknown as typeof Ort,
    provider: 'webgpu',
    reason: 'Dawn in Node',
    threads: 1,
    adapter: description || `${vendor} ${architecture}`,
    half: adapter.features.has('shader-f16') ? 'for large models' : 'never',
  };
}

/** Dawn takes no views of shared memory, which is what the runtime's WASM has. */
function copySharedMemory(): void {
  const { writeBuffer } = GPUQueue.prototype;
  GPUQueue.prototype.writeBuffer = function (buffer, offset, data, ...part) {
    const shared = ArrayBuffer.isView(data) && data.buffer instanceof SharedArrayBuffer;
    const given = shared ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice() : data;
    return writeBuffer.call(this, buffer, offset, given as BufferSource, ...part);
  };
}
