// For browsers that keep nothing: as long as the engine lives.
import type { BlobStore } from './blobStore.ts';

/** A store that is empty, and gone with whoever holds it. */
export function memoryStore(): BlobStore {
  const kept = new Map<string, Map<string, Uint8Array[]>>();
  const folder = (name: string) => kept.get(name) ?? new Map<string, Uint8Array[]>();
  const put = (folderName: string, name: string, pieces: Uint8Array[]) => {
    kept.set(folderName, folder(folderName).set(name, pieces));
    return pieces;
  };
  return {
    lasts: 'memory',
    folders: async () => [...kept.keys()],
    sizes: async (name) => new Map([...folder(name)].map(([blob, pieces]) => [blob, length(pieces)])),
    read: async (name, blob) => {
      const pieces = folder(name).get(blob);
      return pieces ? joined(pieces) : null;
    },
    remove: async (name) => void kept.delete(name),
    write: async (name, blob, bytes) => void put(name, blob, [bytes.slice()]),
    append: async (name, blob, at) => {
      const before = joined(folder(name).get(blob) ?? []).subarray(0, at);
      const pieces = put(name, blob, at > 0 ? [before] : []);
      return { append: (bytes) => void pieces.push(bytes.slice()), close: async () => {} };
    },
  };
}

/** One after the other. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length(pieces));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const length = (pieces: readonly Uint8Array[]) => pieces.reduce((sum, piece) => sum + piece.length, 0);
