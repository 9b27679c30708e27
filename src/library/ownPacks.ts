// The packs in the browser's own storage: which there are, and putting them away.
import { UserError } from '../errors.ts';
import { parseManifest } from '../pack/manifest.ts';
import { chosenFile, packFiles } from '../pack/packFiles.ts';
import type { WeightType } from '../types.ts';
import { packFile, packLock, packsFolder } from './packFolder.ts';

export interface OwnPack {
  readonly id: string;
  readonly name: string;
  readonly license: string;
  /** Of all its files but pack.json. */
  readonly bytes: number;
  /** Of the denoiser, by which a conversion was asked for; null in a pack that cannot be opened. */
  readonly weightType: WeightType | null;
  /** When it was written: milliseconds since 1970. */
  readonly madeAt: number;
  /** Why it cannot be opened, in one sentence; null when it can. */
  readonly problem: string | null;
}

/** What the page asks of the storage. */
export interface Library {
  /** All own packs by name, after what interrupted imports left has been swept away. @throws {UserError} `storage` */
  list(): Promise<readonly OwnPack[]>;
  remove(id: string): Promise<void>;
  /** Its files, pack.json first. @throws {DOMException} `NotFoundError` when one is not there */
  files(id: string): Promise<readonly { readonly path: string; readonly file: File }[]>;
  /**
   * Asks the browser not to clear the storage on its own; false where it may. Not to be waited for: some browsers ask the
   * person, who may never answer.
   */
  persist(): Promise<boolean>;
}

/** The library of this origin. */
export function openLibrary(): Library {
  return {
    async list() {
      const packs = await packsFolder();
      const found: OwnPack[] = [];
      for await (const id of packs.keys()) {
        const pack = await readOwnPack(packs, id);
        if (pack) found.push(pack);
        else await sweep(packs, id);
      }
      return found.sort((a, b) => a.name.localeCompare(b.name) || a.madeAt - b.madeAt);
    },

    async remove(id) {
      const packs = await packsFolder();
      try {
        // pack.json goes first: half a pack must never look like a whole one.
        await (await packs.getDirectoryHandle(id)).removeEntry('pack.json');
        await packs.removeEntry(id, { recursive: true });
      } catch (error) {
        // Another page was faster.
        if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
      }
    },

    async files(id) {
      const folder = await (await packsFolder()).getDirectoryHandle(id);
      const manifest = parseManifest((await readJson(folder)).value);
      const paths = ['pack.json', ...packFiles(manifest).map(({ file }) => file)];
      return Promise.all(
        paths.map(async (path) => ({
          path,
          file: await (await packFile(folder, path, { create: false })).getFile(),
        })),
      );
    },

    persist: async () => (await navigator.storage.persisted()) || navigator.storage.persist(),
  };
}

/** Null where there is no whole pack.json: it is written last, so an import ended early. */
async function readOwnPack(packs: FileSystemDirectoryHandle, id: string): Promise<OwnPack | null> {
  let value: unknown;
  let madeAt: number;
  try {
    ({ value, madeAt } = await readJson(await packs.getDirectoryHandle(id)));
  } catch {
    return null;
  }
  try {
    const manifest = parseManifest(value);
    const bytes = packFiles(manifest).reduce((sum, file) => sum + file.bytes, 0);
    const { weightType } = chosenFile(manifest.graphs.denoiser);
    return { id, name: manifest.name, license: manifest.license, bytes, weightType, madeAt, problem: null };
  } catch (error) {
    // Written by a newer page, perhaps: not ours to throw away.
    if (!(error instanceof UserError)) throw error;
    const { message: problem } = error;
    return { id, name: id, license: 'unknown', bytes: 0, weightType: null, madeAt, problem };
  }
}

async function readJson(folder: FileSystemDirectoryHandle): Promise<{ value: unknown; madeAt: number }> {
  const file = await (await folder.getFileHandle('pack.json')).getFile();
  return { value: JSON.parse(await file.text()), madeAt: file.lastModified };
}

/** Removes what an interrupted import left, unless a page is writing there right now. */
async function sweep(packs: FileSystemDirectoryHandle, id: string): Promise<void> {
  await navigator.locks.request(packLock(id), { ifAvailable: true }, async (lock) => {
    // It may have become whole since; and a file still held by a dying worker waits for the next visit.
    if (lock && !(await readOwnPack(packs, id))) {
      await packs.removeEntry(id, { recursive: true }).catch(() => {});
    }
  });
}
