// Which build of ONNX Runtime a browser gets, on which device, and why.
import type * as Ort from 'onnxruntime-web';
import asyncifyModule from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiModule from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiBinary from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import wasmModule from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { UserError } from '../errors.ts';
import type { Provider, ProviderChoice } from '../types.ts';
import type { Runtime } from './session.ts';

export interface BrowserRuntime extends Runtime {
  readonly reason: string;
  readonly threads: number;
  readonly adapter: string | null;
  readonly half: HalfPrecision;
}

/** Whether to compute in half precision: not at all, for models where it matters, or always. */
export type HalfPrecision = 'never' | 'for large models' | 'always';

interface DeviceChoice {
  readonly provider: Provider;
  readonly reason: string;
  readonly adapter: string | null;
  readonly half: HalfPrecision;
}

/**
 * Loads the smallest build that the device at hand needs.
 * @throws {UserError} `device` when WebGPU, or half precision, is asked for by name and there is none
 */
export async function openRuntime(choice: ProviderChoice): Promise<BrowserRuntime> {
  const device = await chooseDevice(choice);
  const ort = await loadBuild(device.provider);
  const threads = threadCount();
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  return { ort, ...device, threads };
}

async function chooseDevice(choice: ProviderChoice): Promise<DeviceChoice> {
  const wasm = (reason: string) => ({ provider: 'wasm', reason, adapter: null, half: 'never' }) as const;
  if (choice === 'wasm') return wasm('chosen by hand');
  const { adapter, missing } = await findAdapter();
  const half = adapter?.features.has('shader-f16') ?? false;
  if (choice === 'auto') {
    if (!adapter) return wasm(missing);
    // A software adapter computes correctly, but many times slower than WASM does on the same cores.
    if (adapter.info?.isFallbackAdapter) return wasm('WebGPU is only emulated in software here');
    const reason = 'this browser gives a GPU';
    return {
      provider: 'webgpu',
      reason,
      adapter: describe(adapter),
      half: half ? 'for large models' : 'never',
    };
  }
  if (!adapter) throw new UserError('device', `WebGPU cannot be used: ${missing}. Choose WASM instead.`);
  const reason = 'chosen by hand';
  if (choice === 'webgpu') return { provider: 'webgpu', reason, adapter: describe(adapter), half: 'never' };
  if (!half) {
    throw new UserError(
      'device',
      'This GPU does not compute in half precision: choose WebGPU in single precision, or WASM.',
    );
  }
  return { provider: 'webgpu', reason, adapter: describe(adapter), half: 'always' };
}

type AdapterSearch =
  | { readonly adapter: GPUAdapter; readonly missing?: never }
  | { readonly adapter: null; readonly missing: string };

async function findAdapter(): Promise<AdapterSearch> {
  if (!self.isSecureContext) return { adapter: null, missing: 'WebGPU needs a page served over https' };
  if (!navigator.gpu) return { adapter: null, missing: 'this browser has no WebGPU' };
  const adapter = await navigator.gpu
    .requestAdapter({ powerPreference: 'high-performance' })
    .catch(() => null);
  return adapter ? { adapter } : { adapter: null, missing: 'this browser has WebGPU, but no GPU for it' };
}

/** Browsers tell little of the GPU, and older ones nothing. */
function describe({ info }: GPUAdapter): string {
  return info?.description || [info?.vendor, info?.architecture].filter(Boolean).join(' ') || 'unnamed GPU';
}

/** The plain build has no WebGPU and is the smallest; the JSPI one is smaller and faster than the Asyncify one. */
async function loadBuild(provider: Provider): Promise<typeof Ort> {
  if (provider === 'wasm') {
    const ort = await import('onnxruntime-web/wasm');
    ort.env.wasm.wasmPaths = { mjs: absolute(wasmModule), wasm: absolute(wasmBinary) };
    return ort;
  }
  if ('Suspending' in WebAssembly) {
    const ort = await import('onnxruntime-web/jspi');
    ort.env.wasm.wasmPaths = { mjs: absolute(jspiModule), wasm: absolute(jspiBinary) };
    return ort;
  }
  const ort = await import('onnxruntime-web/webgpu');
  ort.env.wasm.wasmPaths = { mjs: absolute(asyncifyModule), wasm: absolute(asyncifyBinary) };
  return ort;
}

function absolute(url: string): string {
  return new URL(url, import.meta.url).href;
}

/** Threads need a cross-origin isolated page. Half the logical cores, as two share one set of arithmetic units. */
function threadCount(): number {
  if (!self.crossOriginIsolated) return 1;
  const cores = navigator.hardwareConcurrency;
  return Math.min(cores, 8, Math.max(2, cores >> 1));
}
