// The page's end of the import workers' wires. Each task has a worker of its own, whose memory goes with it.
import { UserError } from '../errors.ts';
import { loadFailure } from '../loadFailure.ts';
import { listenForSilence } from '../silence.ts';
import hostUrl from './importHost.ts?worker&url';
import type {
  ImportJob,
  ImportProgress,
  ImportRequest,
  Inspection,
  TaskEvent,
  Verified,
} from './importProtocol.ts';
import { type Ending, type LiveWorker, watchWorker } from './liveWorker.ts';
import { startWorker } from './startWorker.ts';

export interface ImportClient {
  /**
   * What a file is, by its keys. Files wait for each other.
   * @param signal ends it at once, whatever the file keeps the worker at
   * @throws {UserError} what it is instead, what it lacks, or that it takes too long; `AbortError`
   */
  inspect(file: File, signal: AbortSignal): Promise<Inspection>;
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
  /**
   * Holds the files of a pack in the browser's storage against their SHA-256.
   * @param pack absolute address of its folder, or `own:<id>`
   * @throws {UserError} when they cannot be read; `AbortError`
   */
  verify(
    pack: string,
    onProgress: (progress: ImportProgress) => void,
    signal: AbortSignal,
  ): Promise<Verified>;
}

/** Seconds for one file. Its table of contents is all that is read, though perhaps over a network. */
const INSPECTION_LIMIT = 60;
/** Seconds without an answer from a conversion, which gives one between two tensors, or from a check. */
const CONVERSION_PATIENCE = 120;
/** Seconds that a cancelled conversion gets to clean up after itself; what it leaves is swept away later. */
const CANCEL_PATIENCE = 3;

interface Task {
  readonly request: Exclude<ImportRequest, { type: 'cancel' | 'ping' }>;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** @param startHost starts an import worker; `again` when the first one did not come up */
export function createImportClient(
  startHost: (again: boolean) => Worker = (again) => startWorker(hostUrl, again),
  whyUnstarted: () => Promise<UserError> = () => loadFailure(hostUrl),
): ImportClient {
  let nextTask = 0;
  /** Settles when no file is being looked at. */
  let inspected: Promise<unknown> = Promise.resolve();

  /** @throws {UserError} as the worker says; `AbortError` for an inspection that was stopped */
  function perform({ request, signal, onProgress }: Task): Promise<TaskEvent | null> {
    const { task, type } = request;
    return new Promise((resolve, reject) => {
      let worker: LiveWorker<ImportRequest>;
      const limits = new AbortController();
      const settle = (act: () => void) => {
        limits.abort();
        worker.end();
        act();
      };
      const within = (seconds: number, act: () => void) => {
        const limit = listenForSilence(
          () => seconds,
          () => settle(act),
        );
        limits.signal.addEventListener('abort', limit.end);
      };
      const launch = (again: boolean) => {
        worker = watchWorker<ImportRequest, TaskEvent>(startHost(again), {
          onEvent(event) {
            if (event.type === 'progress') onProgress?.(event.progress);
            else if (event.type !== 'failed') settle(() => resolve(event));
            else settle(() => reject(new UserError(event.error.code, event.error.message)));
          },
          onEnding(ending) {
            if (ending === 'unstarted' && !again) launch(true);
            else if (ending === 'unstarted') void whyUnstarted().then((why) => settle(() => reject(why)));
            else settle(() => reject(lost(type, ending)));
          },
        });
        worker.post(request);
        if (type !== 'inspect') worker.expectWord(CONVERSION_PATIENCE);
      };
      const stop = () => {
        if (type !== 'convert') return settle(() => reject(signal.reason));
        worker.post({ type: 'cancel', task });
        within(CANCEL_PATIENCE, () => resolve(null));
      };
      launch(false);
      if (type === 'inspect') within(INSPECTION_LIMIT, () => reject(tooLong()));
      signal.addEventListener('abort', stop, { once: true, signal: limits.signal });
    });
  }

  return {
    async inspect(file, signal) {
      const before = inspected;
      const inspection = before.then(async () => {
        signal.throwIfAborted();
        const event = await perform({ request: { type: 'inspect', task: nextTask++, file }, signal });
        if (event?.type !== 'inspected') throw new Error(`Asked what a file is, and got ${event?.type}.`);
        return event.inspection;
      });
      inspected = inspection.catch(() => {});
      return inspection;
    },

    async convert(job, onProgress, signal) {
      if (signal.aborted) return null;
      const event = await perform({
        request: { type: 'convert', task: nextTask++, job },
        signal,
        onProgress,
      });
      if (event === null) return null;
      if (event.type !== 'converted') throw new Error(`Asked for a conversion, and got ${event.type}.`);
      return event.id;
    },

    async verify(pack, onProgress, signal) {
      signal.throwIfAborted();
      const event = await perform({
        request: { type: 'verify', task: nextTask++, pack },
        signal,
        onProgress,
      });
      if (event?.type !== 'verified') throw new Error(`Asked to check a model, and got ${event?.type}.`);
      return event.verified;
    },
  };
}

function lost(type: Task['request']['type'], ending: Exclude<Ending, 'unstarted'>): UserError {
  if (type === 'inspect') {
    return new UserError(
      'lost',
      'Reading this file broke off, perhaps for lack of memory: close other tabs, then choose it again.',
    );
  }
  if (type === 'verify') {
    return new UserError('lost', 'Checking the model broke off: close other tabs, then check it again.');
  }
  return new UserError(
    'lost',
    ending === 'silent'
      ? 'The conversion stopped answering, so it was ended: close other tabs and convert again.'
      : 'The conversion stopped, perhaps for lack of memory: close other tabs and convert again.',
  );
}

function tooLong(): UserError {
  return new UserError(
    'checkpoint',
    `This file was not recognised within ${INSPECTION_LIMIT} seconds: it may be damaged, or on a slow disk. Copy it to this device, then choose it again.`,
  );
}
