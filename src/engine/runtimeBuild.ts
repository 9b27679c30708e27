// The builds of ONNX Runtime: fetched with their progress, started, and told apart when they do not.
import type * as Ort from 'onnxruntime-web';
import asyncifyModule from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiModule from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiBinary from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import wasmModule from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { UserError } from '../errors.ts';
import { isForbidden, loadFailure } from '../loadFailure.ts';
import type { Provider } from '../types.ts';
import type { BytesSoFar } from './loading.ts';
import { buildBytes } from './runtimeBytes.ts';

interface Build {
  readonly load: () => Promise<typeof Ort>;
  /** Its loader is a file of its own, as its threads start from that file. */
  readonly module: string;
  readonly binary: string;
  readonly bytes: number;
}

/** The plain build has no WebGPU and is the smallest; the JSPI one is smaller and faster than the Asyncify one. */
const builds = {
  plain: {
    load: () => import('onnxruntime-web/wasm'),
    module: absolute(wasmModule),
    binary: absolute(wasmBinary),
    bytes: buildBytes.plain,
  },
  jspi: {
    load: () => import('onnxruntime-web/jspi'),
    module: absolute(jspiModule),
    binary: absolute(jspiBinary),
    bytes: buildBytes.jspi,
  },
  asyncify: {
    load: () => import('onnxruntime-web/webgpu'),
    module: absolute(asyncifyModule),
    binary: absolute(asyncifyBinary),
    bytes: buildBytes.asyncify,
  },
} as const satisfies Record<string, Build>;

/** y = x for one number: whether this opens tells of the runtime, whatever is wrong with a model. */
const smallestGraph = Uint8Array.of(
  ...[8, 8, 58, 55, 10, 16, 10, 1, 120, 18, 1, 121, 34, 8, 73, 100, 101, 110, 116, 105, 116, 121, 18, 1, 103],
  ...[90, 15, 10, 1, 120, 18, 10, 10, 8, 8, 1, 18, 4, 10, 2, 8, 1, 98, 15, 10, 1, 121, 18, 10, 10, 8, 8, 1],
  ...[18, 4, 10, 2, 8, 1, 66, 2, 16, 13],
);

/** Milliseconds that several threads get to start in: those that cannot be loaded never say so. */
const THREADS_PATIENCE = 60_000;

/** A build is started once, and stays. */
const started = new Map<Build, Promise<typeof Ort>>();

/**
 * @param onBytes told of the binary's bytes as they arrive
 * @throws {UserError} `network` or `runtime` when a file does not load or run, `threads` when only several threads do not
 */
export function loadBuild(
  provider: Provider,
  threads: number,
  onBytes: (bytes: BytesSoFar) => void,
): Promise<typeof Ort> {
  const build: Build =
    provider === 'wasm' ? builds.plain : 'Suspending' in WebAssembly ? builds.jspi : builds.asyncify;
  const before = started.get(build);
  if (before) onBytes({ loadedBytes: build.bytes, totalBytes: build.bytes });
  const starting = before ?? start(build, provider, threads, onBytes);
  started.set(build, starting);
  return starting;
}

async function start(
  build: Build,
  provider: Provider,
  threads: number,
  onBytes: (bytes: BytesSoFar) => void,
): Promise<typeof Ort> {
  onBytes({ loadedBytes: 0, totalBytes: build.bytes });
  const [ort, binary] = await Promise.all([
    build.load().catch(async (cause: unknown) => {
      // Of the page's own chunk the browser names the address, if anything does.
      const [address = import.meta.url] = /https?:\S+/.exec(String(cause)) ?? [];
      throw await loadFailure(address, cause);
    }),
    fetchBinary(build, onBytes),
  ]);
  const { wasm } = ort.env;
  wasm.wasmPaths = { mjs: build.module };
  wasm.wasmBinary = binary;
  wasm.numThreads = threads;
  wasm.initTimeout = threads > 1 ? THREADS_PATIENCE : 0;
  ort.env.logLevel = 'error';
  try {
    // Stays open: with the last session, the runtime would let its GPU device go.
    await ort.InferenceSession.create(smallestGraph, {
      executionProviders: [provider],
      logSeverityLevel: 3,
    });
  } catch (cause) {
    throw await startFailure(build, provider, threads, cause);
  }
  delete wasm.wasmBinary;
  return ort;
}

async function startFailure(
  build: Build,
  provider: Provider,
  threads: number,
  cause: unknown,
): Promise<UserError> {
  const said = cause instanceof Error ? cause.message : String(cause);
  if (isForbidden(said) || /import|module script/i.test(said)) {
    return loadFailure(build.module, cause);
  }
  if (provider === 'webgpu' && !/\btimeout\b/.test(said)) {
    return new UserError(
      'device',
      'This browser’s WebGPU did not start: update the browser or the GPU’s driver, or choose WASM.',
      { cause },
    );
  }
  if (threads > 1) {
    return new UserError(
      'threads',
      'This browser started no threads for the page: reload it, or try another browser.',
      { cause },
    );
  }
  if (/SIMD|CompileError|WebAssembly is not defined/i.test(said)) {
    return new UserError(
      'runtime',
      'This browser’s WebAssembly is too old for the page, or switched off: update the browser, or use another one.',
      { cause },
    );
  }
  return new UserError(
    'runtime',
    'The browser could not start the engine, most likely for lack of memory: close other tabs and try again.',
    { cause },
  );
}

/** In one piece: the runtime's own way would say nothing of its progress, and complain of servers that do not know .wasm. */
async function fetchBinary(
  { binary, bytes }: Build,
  onBytes: (bytes: BytesSoFar) => void,
): Promise<ArrayBuffer> {
  const buffer = new Uint8Array(bytes);
  let loadedBytes = 0;
  try {
    const response = await fetch(binary);
    if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
    const reader = response.body.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      buffer.set(read.value, loadedBytes);
      loadedBytes += read.value.length;
      onBytes({ loadedBytes, totalBytes: bytes });
    }
    if (loadedBytes < bytes) throw new Error(`${loadedBytes} bytes`);
  } catch (cause) {
    throw await loadFailure(binary, cause);
  }
  return buffer.buffer;
}

function absolute(url: string): string {
  return new URL(url, import.meta.url).href;
}
