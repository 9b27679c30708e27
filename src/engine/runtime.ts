// Which build of ONNX Runtime a browser gets, on which device, and why.
import { UserError } from '../errors.ts';
import type { Provider, ProviderChoice } from '../types.ts';
import type { BytesSoFar } from './loading.ts';
import { obstacles } from './obstacles.ts';
import { loadBuild } from './runtimeBuild.ts';
import type { Runtime } from './session.ts';

export interface BrowserRuntime extends Runtime {
  readonly reason: string;
  readonly threads: number;
  readonly adapter: string | null;
  readonly half: HalfPrecision;
}

/** Whether to compute in half precision: not at all, for models where it matters, or always. */
export type HalfPrecision = 'never' | 'for large models' | 'always';

/** Milliseconds. */
const ADAPTER_PATIENCE = 30_000;

interface DeviceChoice {
  readonly provider: Provider;
  readonly reason: string;
  readonly adapter: string | null;
  readonly half: HalfPrecision;
}

export interface RuntimeOptions {
  /** Told of the build's bytes as they arrive. */
  readonly onBytes?: (bytes: BytesSoFar) => void;
  /** Where threads were found not to start. */
  readonly oneThread?: boolean;
}

/**
 * Loads and starts the smallest build that the device at hand needs. With `auto`, a GPU's build that does not start is
 * passed over for WASM's.
 * @throws {UserError} `device` when WebGPU, or half precision, is asked for by name and there is none; `network`,
 * `runtime` or `threads` when a build does not load or start
 */
export async function openRuntime(
  choice: ProviderChoice,
  { onBytes = () => {}, oneThread = false }: RuntimeOptions = {},
): Promise<BrowserRuntime> {
  const device = await chooseDevice(choice);
  const threads = oneThread ? 1 : threadCount();
  try {
    return { ort: await loadBuild(device.provider, threads, onBytes), ...device, threads };
  } catch (error) {
    if (choice !== 'auto' || device.provider === 'wasm') throw error;
    const what = error instanceof Error ? error.message : String(error);
    const wasm = await openRuntime('wasm', { onBytes, oneThread });
    return { ...wasm, reason: `WebGPU did not start (${what})` };
  }
}

async function chooseDevice(choice: ProviderChoice): Promise<DeviceChoice> {
  const wasm = (reason: string) => ({ provider: 'wasm', reason, adapter: null, half: 'never' }) as const;
  if (choice === 'wasm') return wasm('chosen by hand');
  const { adapter, missing } = await findAdapter();
  const half = adapter?.features.has('shader-f16') ?? false;
  if (choice === 'auto') {
    if (!adapter) return wasm(missing);
    // A software adapter computes correctly, but many times slower than WASM does on the same cores.
    if (adapter.info?.isFallbackAdapter) return wasm(obstacles.software);
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
  if (!self.isSecureContext) return { adapter: null, missing: obstacles.insecure };
  if (!navigator.gpu) return { adapter: null, missing: obstacles.noWebGpu };
  // A GPU process that is going down may never answer.
  const late = new Promise<AdapterSearch>((resolve) =>
    setTimeout(resolve, ADAPTER_PATIENCE, { adapter: null, missing: obstacles.silent }),
  );
  const asked = navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }).then(
    (adapter): AdapterSearch => (adapter ? { adapter } : { adapter: null, missing: obstacles.noGpu }),
    // It does not fail where there is none: somebody forbids it.
    (): AdapterSearch => ({ adapter: null, missing: obstacles.forbidden }),
  );
  return Promise.race([asked, late]);
}

/** Browsers tell little of the GPU, and older ones nothing. */
function describe({ info }: GPUAdapter): string {
  return info?.description || [info?.vendor, info?.architecture].filter(Boolean).join(' ') || 'unnamed GPU';
}

/** Threads need a cross-origin isolated page. Half the logical cores, as two share one set of arithmetic units. */
function threadCount(): number {
  if (!self.crossOriginIsolated) return 1;
  const cores = navigator.hardwareConcurrency;
  return Math.min(cores, 8, Math.max(2, cores >> 1));
}
