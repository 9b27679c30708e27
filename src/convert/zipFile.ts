// PyTorch files since 1.6, TorchScript archives among them: a zip with one folder that holds data.pkl and the storages
// as data/<key>.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import type { Budget } from './budget.ts';
import { unpickle } from './pickle.ts';
import type { PickleStorage, PickleValue } from './pickleValues.ts';
import type { ByteSource } from './source.ts';
import { openZip, type ZipEntries } from './zip.ts';

/** Far above data.pkl of any checkpoint, far below what would fill memory. */
const largestPickle = 2 ** 26;

export interface ZipFile {
  readonly root: PickleValue;
  readonly isTorchScript: boolean;
  /** The bytes of a storage, whose size is that of its entry. */
  readonly storage: (storage: PickleStorage) => ByteSource;
}

/** Reads the list of entries and data.pkl; the storages stay unread. */
export async function openZipFile(source: ByteSource, budget: Budget): Promise<ZipFile> {
  const entries = await openZip(source, budget);
  const folder = findFolder(entries);
  const order = entries.get(`${folder}byteorder`);
  if (order && order.byteLength === 3) {
    throw new UserError(
      'checkpoint',
      'The file was saved on a big-endian machine: load it with torch.load and save it again on another.',
    );
  }
  const pickle = entries.get(`${folder}data.pkl`)!;
  if (pickle.byteLength > largestPickle) {
    throw new UserError(
      'checkpoint',
      `The file's data.pkl has ${pickle.byteLength} bytes, far more than any model's: save only the model's state_dict.`,
    );
  }
  const { value: root } = unpickle(await pickle.slice(0, pickle.byteLength), budget);
  return {
    root,
    isTorchScript: entries.has(`${folder}constants.pkl`),
    storage: (storage) => findStorage(entries, folder, storage),
  };
}

/** The folder with data.pkl, its slash included; empty where it lies at the top. */
function findFolder(entries: ZipEntries): string {
  const folders = [...entries.keys()].flatMap((name) => /^((?:[^/]*\/)?)data\.pkl$/.exec(name)?.[1] ?? []);
  if (folders.length === 1) return folders[0];
  if (folders.length > 1) {
    throw new UserError(
      'checkpoint',
      `The zip archive holds ${folders.length} PyTorch files: unpack it first.`,
    );
  }
  const names = [...entries.keys()].slice(0, 3).map((name) => quoted(name, 40));
  throw new UserError(
    'checkpoint',
    `The file is a zip archive but no PyTorch file: it has no data.pkl, but ${names.join(', ') || 'nothing at all'}. If a checkpoint is inside, unpack it first.`,
  );
}

function findStorage(entries: ZipEntries, folder: string, storage: PickleStorage): ByteSource {
  const entry = entries.get(`${folder}data/${storage.key}`);
  const key = quoted(storage.key);
  if (!entry) {
    throw new UserError(
      'checkpoint',
      `The file lacks storage ${key} of its tensors: save or fetch it again.`,
    );
  }
  const elements = Math.floor(entry.byteLength / storage.bytesPerElement);
  if (elements !== storage.elements) {
    throw new UserError(
      'checkpoint',
      `Storage ${key} should have ${storage.elements} elements of ${storage.type}, but its entry has ${entry.byteLength} bytes: the file is damaged. Fetch it again.`,
    );
  }
  return entry;
}
