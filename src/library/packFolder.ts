// Own packs lie in the browser's origin-private file system, one folder a pack: packs/<id>/pack.json and its files.
import { UserError } from '../errors.ts';
import { storageFailure } from './storageFailure.ts';

const scheme = 'own:';

/** How an own pack is named where others have a web address. */
export const ownPackAddress = (id: string): string => scheme + id;

/** The id in such an address; null for an address of the web. */
export function ownPackId(address: string): string | null {
  return address.startsWith(scheme) ? address.slice(scheme.length) : null;
}

/** Held by whoever writes the pack, so that nobody takes it for the remains of an interrupted import. */
export const packLock = (id: string): string => `pack ${id}`;

/** The folder of all packs. @throws {UserError} `storage` where the browser keeps nothing, as in some private windows */
export async function packsFolder(): Promise<FileSystemDirectoryHandle> {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle('packs', { create: true });
  } catch (error) {
    throw storageFailure(error, 'The browser’s storage was cleared just now: reload the page.');
  }
}

/** Whether any model of one's own was ever brought here, whole or not. */
export async function keepsOwnPacks(): Promise<boolean> {
  try {
    const root = await navigator.storage.getDirectory();
    const packs = await root.getDirectoryHandle('packs');
    return !(await packs.keys().next()).done;
  } catch {
    // Neither the folder, nor storage at all.
    return false;
  }
}

/** A file of a pack by its path relative to pack.json; folders on the way are made when it is to be created. */
export async function packFile(
  folder: FileSystemDirectoryHandle,
  path: string,
  { create }: { readonly create: boolean },
): Promise<FileSystemFileHandle> {
  const parts = path.split('/');
  let inside = folder;
  for (const part of parts.slice(0, -1)) inside = await inside.getDirectoryHandle(part, { create });
  return inside.getFileHandle(parts.at(-1)!, { create });
}

/** A file of a pack in the browser's own storage. @throws {DOMException} `NotFoundError` when it is not there */
export async function ownPackFile(id: string, path: string): Promise<File> {
  const folder = await (await packsFolder()).getDirectoryHandle(id);
  return (await packFile(folder, path, { create: false })).getFile();
}

/** A pack in the browser's own storage, read as one on a web server is. */
export function ownPack(id: string): (path: string) => Promise<Response> {
  return async (path) => {
    try {
      return new Response(await ownPackFile(id, path));
    } catch (cause) {
      if (cause instanceof UserError) throw cause;
      throw new UserError(
        'pack-missing',
        `${path} of the model “${id}” is not in this browser’s storage: choose another model, or bring its weights again.`,
        { cause },
      );
    }
  };
}
