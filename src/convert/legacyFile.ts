// PyTorch files from before 1.6: four pickles (magic number, protocol, system, contents), a pickled list of storage
// keys, then the storages in the list's order, each an int64 count of elements and the elements.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import { type Budget, cost } from './budget.ts';
import { readExactly, subSource } from './bytes.ts';
import { unpickle } from './pickle.ts';
import { WindowTooSmall } from './pickleCursor.ts';
import { type PickleStorage, type PickleValue, typeInWords } from './pickleValues.ts';
import type { ByteSource } from './source.ts';

const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;

const firstWindow = 2 ** 20;
/** Far above the pickles of any checkpoint, far below what would fill memory. */
const largestWindow = 2 ** 26;

export interface LegacyFile {
  readonly root: PickleValue;
  /** The bytes of the storages, by key. */
  readonly storages: ReadonlyMap<string, ByteSource>;
}

interface Pickles {
  readonly root: PickleValue;
  /** The storages that the contents name: only they know their elements' type. */
  readonly known: ReadonlyMap<string, PickleStorage>;
  readonly keys: PickleValue;
  readonly system: PickleValue;
  /** Where the storages begin. */
  readonly end: number;
}

/**
 * Does a file begin with a pickle of the magic number? Newer protocols put a frame's header before it; protocols 0 and 1
 * have no header at all and write it in digits.
 */
export function isLegacyFile(head: Uint8Array): boolean {
  const magic = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  const digits = new TextEncoder().encode(`L${magicNumber}L\n`);
  return (
    digits.every((byte, i) => head[i] === byte) ||
    (head[0] === 0x80 && [2, 11].some((start) => magic.every((byte, i) => head[start + i] === byte)))
  );
}

/** Reads the pickles and finds the storages; their contents stay unread. */
export async function openLegacy(source: ByteSource, budget: Budget): Promise<LegacyFile> {
  const { root, known, keys, system, end } = await readPickles(source, budget);
  const littleEndian = system instanceof Map ? system.get('little_endian') : true;
  // Protocol 1 has no truth values.
  if (littleEndian === false || littleEndian === 0) {
    throw new UserError(
      'checkpoint',
      'The file was saved on a big-endian machine: load it with torch.load and save it again on another.',
    );
  }
  if (!Array.isArray(keys)) throw damaged('it has no list of storages');
  const storages = new Map<string, ByteSource>();
  let at = end;
  for (const key of keys) {
    const storage = typeof key === 'string' ? known.get(key) : undefined;
    if (!storage) {
      if (typeof key !== 'string')
        throw damaged(`${typeInWords(key)} stands among the names of its storages`);
      throw damaged(`storage ${quoted(key)} is listed, but nothing uses it`);
    }
    const shown = quoted(storage.key);
    if (storages.has(storage.key)) throw damaged(`storage ${shown} is listed twice`);
    budget.spend(cost.read + storage.key.length);
    const view = new DataView((await readExactly(source, at, at + 8)).buffer);
    const elements = Number(view.getBigInt64(0, true));
    if (elements !== storage.elements) {
      throw damaged(`storage ${shown} has ${elements} elements instead of ${storage.elements}`);
    }
    if (storage.bytesPerElement === 0) {
      throw new UserError(
        'checkpoint',
        `The file has a ${quoted(storage.type)}, whose length is not known: load it with torch.load and save it again with torch.save.`,
      );
    }
    const start = at + 8;
    at = start + elements * storage.bytesPerElement;
    if (at > source.byteLength) {
      throw damaged(`storage ${shown} reaches to byte ${at}, but the file ends at ${source.byteLength}`);
    }
    storages.set(storage.key, subSource(source, start, at));
  }
  return { root, storages };
}

/** The pickles do not say how long they are: read a window, and a larger one if they go on beyond it. */
async function readPickles(source: ByteSource, budget: Budget): Promise<Pickles> {
  for (let window = firstWindow; ; ) {
    const bytes = await readExactly(source, 0, Math.min(window, source.byteLength));
    try {
      return runPickles(bytes, source.byteLength, budget);
    } catch (error) {
      if (!(error instanceof WindowTooSmall)) throw error;
      if (error.end > largestWindow) {
        throw damaged(`its table of contents goes on beyond byte ${largestWindow}`);
      }
      // Each window is paid for again: by fours, all before the last are a third of it.
      window = Math.min(Math.max(4 * window, error.end), largestWindow);
    }
  }
}

function runPickles(bytes: Uint8Array, fileLength: number, budget: Budget): Pickles {
  const next = (start: number) => unpickle(bytes, budget, start, fileLength);
  const magic = next(0);
  const protocol = next(magic.end);
  if (magic.value !== magicNumber || protocol.value !== protocolVersion) {
    throw damaged('its magic number or protocol version is unknown');
  }
  const system = next(protocol.end);
  const root = next(system.end);
  const keys = next(root.end);
  return { root: root.value, known: root.storages, keys: keys.value, system: system.value, end: keys.end };
}

function damaged(what: string): UserError {
  return new UserError(
    'checkpoint',
    `The file has the form of PyTorch before 1.6, but ${what}: it is cut off or damaged. Fetch it again.`,
  );
}
