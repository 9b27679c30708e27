// The page's end of the import worker's wire.
import { UserError } from '../errors.ts';
import type { ImportEvent, ImportJob, ImportProgress, ImportRequest, Inspection } from './importProtocol.ts';

export interface ImportClient {
  /** What a file is, by its keys. @throws {UserError} what it is instead, or what it lacks */
  inspect(file: File): Promise<Inspection>;
  /**
   * Converts into the browser's storage.
   * @returns the new pack's id; null when the signal ended it, which is no error
   * @throws {UserError} what is wrong with the files, or with the storage
   */
  convert(
    job: ImportJob,
    onProgress: (progress: ImportProgress) => void,
    signal: AbortSignal,
  ): Promise<string | null>;
}

interface Task {
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly resolve: (event: ImportEvent) => void;
  readonly reject: (reason: UserError) => void;
}

const workerDied =
  'The conversion stopped without a word, most likely out of memory: close other pages and convert again.';

/** A client with no worker yet: it lives from the first task to the last one's end, and its memory goes with it. */
export function createImportClient(startWorker: () => Worker = startHost): ImportClient {
  let worker: Worker | null = null;
  let nextTask = 0;
  const tasks = new Map<number, Task>();

  function end() {
    worker?.terminate();
    worker = null;
  }

  function receive(event: ImportEvent) {
    const task = tasks.get(event.task);
    if (event.type === 'progress') {
      task?.onProgress?.(event.progress);
      return;
    }
    tasks.delete(event.task);
    if (tasks.size === 0) end();
    if (event.type === 'failed') task?.reject(new UserError(event.error.code, event.error.message));
    else task?.resolve(event);
  }

  function running(): Worker {
    if (worker) return worker;
    const started = startWorker();
    started.addEventListener('message', (message: MessageEvent<ImportEvent>) => receive(message.data));
    for (const type of ['error', 'messageerror']) {
      started.addEventListener(type, () => {
        end();
        for (const task of tasks.values()) task.reject(new UserError('internal', workerDied));
        tasks.clear();
      });
    }
    worker = started;
    return started;
  }

  function ask(request: ImportRequest, onProgress?: Task['onProgress']): Promise<ImportEvent> {
    return new Promise((resolve, reject) => {
      tasks.set(request.task, { resolve, reject, ...(onProgress && { onProgress }) });
      running().postMessage(request);
    });
  }

  return {
    async inspect(file) {
      const event = await ask({ type: 'inspect', task: nextTask++, file });
      if (event.type !== 'inspected') throw new Error(`Asked what a file is, and got ${event.type}.`);
      return event.inspection;
    },

    async convert(job, onProgress, signal) {
      if (signal.aborted) return null;
      const task = nextTask++;
      const cancel = () => worker?.postMessage({ type: 'cancel', task } satisfies ImportRequest);
      signal.addEventListener('abort', cancel, { once: true });
      try {
        const event = await ask({ type: 'convert', task, job }, onProgress);
        if (event.type !== 'converted') throw new Error(`Asked for a conversion, and got ${event.type}.`);
        return event.id;
      } finally {
        signal.removeEventListener('abort', cancel);
      }
    },
  };
}

function startHost(): Worker {
  return new Worker(new URL('./importHost.ts', import.meta.url), { type: 'module' });
}
