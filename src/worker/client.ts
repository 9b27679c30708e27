// The page's end of the wire: promises, progress and cancelling over the plain messages of protocol.ts.
import { type ErrorCode, UserError } from '../errors.ts';
import type { RunEvent } from '../events.ts';
import type { PackManifest } from '../pack/manifest.ts';
import type { DeviceReport, GenerateSettings, LoadProgress, ProviderChoice } from '../types.ts';
import type { Event as EngineEvent, Request } from './protocol.ts';

export interface OpenedPack {
  readonly manifest: PackManifest;
  readonly device: DeviceReport;
}

export interface EngineClient {
  /**
   * Opens a pack in a new worker. The one before it ends, and with it its memory: a WASM heap never shrinks.
   * @param packUrl absolute address of the pack's folder, with its closing slash; or `own:<id>`
   * @throws {UserError} what the worker found wrong; `AbortError` when a later open() took this one's place
   */
  open(
    packUrl: string,
    provider: ProviderChoice,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<OpenedPack>;
  /**
   * Makes the candidates of one prompt; one run at a time.
   * @param signal stops the run within a step; it then ends with `cancelled`, which is no error
   * @throws {UserError} what the worker found wrong, or that it is gone
   */
  generate(
    settings: GenerateSettings,
    onEvent: (event: RunEvent) => void,
    signal: AbortSignal,
  ): Promise<{ readonly cancelled: boolean }>;
}

interface Opening {
  readonly onProgress: (progress: LoadProgress) => void;
  readonly resolve: (pack: OpenedPack) => void;
  readonly reject: (reason: unknown) => void;
}

interface Running {
  readonly onEvent: (event: RunEvent) => void;
  readonly resolve: (end: { cancelled: boolean }) => void;
  readonly reject: (reason: unknown) => void;
}

const workerDied =
  'The engine stopped without a word, most likely out of memory: open the model again, and ask for fewer candidates if it happens twice.';

/** A client with no worker yet: the first open() starts one. */
export function createEngineClient(startWorker: () => Worker = startHost): EngineClient {
  let worker: Worker | null = null;
  let opening: Opening | null = null;
  let nextRun = 0;
  const running = new Map<number, Running>();

  const send = (request: Request) => worker?.postMessage(request);

  /** Ends the worker; whoever still waits for it is told why. */
  function end(reason: unknown) {
    worker?.terminate();
    worker = null;
    opening?.reject(reason);
    opening = null;
    for (const run of running.values()) run.reject(reason);
    running.clear();
  }

  function receive(event: EngineEvent) {
    switch (event.type) {
      case 'loading':
        opening?.onProgress(event.progress);
        return;
      case 'ready':
        opening?.resolve({ manifest: event.manifest, device: event.device });
        opening = null;
        return;
      case 'run':
        running.get(event.run)?.onEvent(event.event);
        return;
      case 'finished':
        running.get(event.run)?.resolve({ cancelled: event.cancelled });
        running.delete(event.run);
        return;
      case 'failed': {
        const error = toUserError(event.error);
        if (event.run === null) {
          opening?.reject(error);
          opening = null;
        } else {
          running.get(event.run)?.reject(error);
          running.delete(event.run);
        }
        return;
      }
      default:
        event satisfies never;
    }
  }

  return {
    open(packUrl, provider, onProgress) {
      end(new DOMException('Another model is being opened.', 'AbortError'));
      const started = startWorker();
      worker = started;
      started.addEventListener('message', (message: MessageEvent<EngineEvent>) => {
        // A message already under way outlives terminate().
        if (worker === started) receive(message.data);
      });
      for (const type of ['error', 'messageerror']) {
        started.addEventListener(type, () => {
          if (worker === started) end(new UserError('internal', workerDied));
        });
      }
      return new Promise((resolve, reject) => {
        opening = { onProgress, resolve, reject };
        send({ type: 'open', packUrl, provider });
      });
    },

    generate(settings, onEvent, signal) {
      if (!worker) {
        return Promise.reject(new UserError('internal', 'No model is open: open one, then generate.'));
      }
      if (signal.aborted) return Promise.resolve({ cancelled: true });
      const run = nextRun++;
      const cancel = () => send({ type: 'cancel', run });
      signal.addEventListener('abort', cancel, { once: true });
      return new Promise<{ cancelled: boolean }>((resolve, reject) => {
        running.set(run, { onEvent, resolve, reject });
        send({ type: 'generate', run, settings });
      }).finally(() => signal.removeEventListener('abort', cancel));
    },
  };
}

function startHost(): Worker {
  return new Worker(new URL('./host.ts', import.meta.url), { type: 'module' });
}

function toUserError({ code, message }: { readonly code: ErrorCode; readonly message: string }): UserError {
  return new UserError(code, message);
}
