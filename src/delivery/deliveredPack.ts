// A pack on a web server, by way of the store: what is there is opened from it, what is missing is fetched into it.
import { memoryFor, type PackBytes, type PackSource, wrongHash } from '../engine/packReader.ts';
import type { PackFile } from '../pack/manifest.ts';
import type { BlobStore } from './blobStore.ts';
import { bringFile } from './bringFile.ts';
import { GaveUp } from './faults.ts';
import { readInto } from './fileBytes.ts';
import { openKeptFile } from './keptFile.ts';
import { alone, fileLock, namesLock } from './locks.ts';
import { memoryStore } from './memoryStore.ts';
import { currentManifest } from './packJson.ts';
import { packRecord } from './packRecord.ts';
import { type Limits, takingTurns, usualLimits } from './patience.ts';
import { sweepFiles } from './records.ts';
import { freeSpace } from './space.ts';
import { givenUp, isOfStorage, whyMemory, whyNotKept } from './words.ts';

export interface DeliveredPack extends PackSource {
  /** Why the files are not there for the next visit, in one sentence; null where they are. */
  notKept(): string | null;
}

export interface Surroundings {
  readonly store: BlobStore;
  /** Of the page. */
  readonly origin: string | undefined;
  readonly limits?: Limits;
  /** Bytes that the store may still take. */
  readonly space?: () => Promise<number>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** @param folderUrl absolute address of the pack's folder, with its closing slash */
export function deliveredPack(
  folderUrl: string,
  { store, origin, limits = usualLimits, space = freeSpace, now = Date.now }: Surroundings,
): DeliveredPack {
  const record = packRecord(store, folderUrl);
  const isOwnOrigin = new URL(folderUrl).origin === origin;
  let notKept = store.lasts === 'memory' ? whyMemory : null;

  /** A store that refuses is no reason not to open the pack. */
  async function inStore(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!isOfStorage(error)) throw error;
      notKept ??= whyNotKept(error, 0);
    }
  }

  async function files(wanted: readonly PackFile[], onBytes: (bytes: PackBytes) => void) {
    const memory = new Map(wanted.map((file) => [file.file, memoryFor(file)]));
    const totalBytes = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
    const kept = await Promise.all(wanted.map((file) => openKeptFile(store, file, limits.segment)));
    const isHere = kept.every(({ isWhole }) => isWhole);
    // Opening counts what has been read; a download what has come, in earlier visits as well.
    const done = new Map(isHere ? [] : wanted.map(({ file }, i) => [file, kept[i].bytes]));
    const doneBytes = () => [...done.values()].reduce((sum, bytes) => sum + bytes, 0);
    let stage: Pick<PackBytes, 'stage'> = isHere ? { stage: 'open' } : {};
    const report = () => onBytes({ loadedBytes: doneBytes(), totalBytes, ...stage });
    report();
    const missing = isHere ? 0 : totalBytes - doneBytes();
    const lacking = missing > 0 ? missing - (await space()) : 0;
    if (lacking > 0) notKept ??= whyNotKept(null, lacking);

    const turn = takingTurns(limits.atOnce);
    const failed = new AbortController();
    const { signal } = failed;
    const fallback = memoryStore();

    /** Sees to it that a file is whole in a store. `isFresh` where it had to be fetched, by whomever. */
    async function bring(file: PackFile, into: BlobStore) {
      let state = await openKeptFile(into, file, limits.segment);
      if (state.isWhole) return { state, isFresh: false };
      let waits = true;
      stage = {};
      const onChange = () => {
        done.set(file.file, state.bytes);
        report();
      };
      const bringing = async () => {
        // Another tab may have brought it meanwhile.
        waits = false;
        state = await openKeptFile(into, file, limits.segment, memory.get(file.file));
        if (state.isWhole) return;
        const url = new URL(file.file, folderUrl).href;
        await bringFile({ ...file, url }, state, { limits, turn, isOwnOrigin, signal, onChange });
      };
      const waiting = async () => {
        const seen = await openKeptFile(into, file, limits.segment).catch(() => state);
        if (!waits) return;
        state = seen;
        onChange();
      };
      if (into === fallback) await bringing();
      else await alone(fileLock(file.sha256), bringing, { signal, waiting: () => void waiting() });
      return { state, isFresh: true };
    }

    async function read(file: PackFile): Promise<void> {
      for (let damaged = false; ; ) {
        const isLost = notKept !== null && !(await openKeptFile(store, file, limits.segment)).isWhole;
        const into = isLost ? fallback : store;
        try {
          const { state, isFresh } = await bring(file, into);
          if (await readInto(memory.get(file.file)!, file, state, isFresh)) break;
          // What a disk spoiled is fetched once more.
          if (damaged) throw wrongHash(file);
          damaged = true;
          await state.drop();
        } catch (error) {
          if (signal.aborted || !isOfStorage(error) || into === fallback) throw error;
          notKept ??= whyNotKept(error, totalBytes - doneBytes() - (await space()));
        }
      }
      // In memory there is no room for it twice.
      await fallback.remove(file.sha256);
      done.set(file.file, file.bytes);
      report();
    }

    const reading = wanted.map(async (file) => {
      try {
        await read(file);
      } catch (error) {
        // Without one of the files the others are of no use.
        failed.abort(error);
        throw error;
      }
    });
    try {
      await Promise.all(reading);
    } catch (error) {
      throw error instanceof GaveUp ? givenUp(error, doneBytes(), totalBytes, notKept !== null) : error;
    }
    await inStore(() => record.opened(now()));
    await inStore(() => alone(namesLock, () => sweepFiles(store)));
    return memory;
  }

  return {
    async manifest() {
      const { manifest, value } = await currentManifest(folderUrl, record, limits);
      if (value !== undefined) await inStore(() => record.keep(value));
      return manifest;
    },
    files,
    notKept: () => notKept,
  };
}
