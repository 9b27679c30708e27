// Opens a checkpoint as PyTorch or Hugging Face writes it, whatever its container, and names its tensors. Nothing in it
// is run, and no weights are read before they are asked for.
import { UserError } from '../errors.ts';
import { quotable, readExactly } from './bytes.ts';
import { isLegacyFile, openLegacy } from './legacyFile.ts';
import type { PickleStorage, PickleValue } from './pickleValues.ts';
import { isSafetensors, openSafetensors } from './safetensors.ts';
import { describeForeignFile, sniffedBytes } from './sniff.ts';
import type { ByteSource } from './source.ts';
import { findStateDict } from './stateDict.ts';
import type { CheckpointTensor, CheckpointTensors } from './tensors.ts';
import { checkpointTensor } from './tensorView.ts';
import { openZipFile } from './zipFile.ts';

export interface Checkpoint {
  /** PyTorch 1.6 and newer, TorchScript archive (OpenAI's CLIP), PyTorch before 1.6, or Hugging Face's. */
  readonly container: 'zip' | 'torchscript' | 'legacy' | 'safetensors';
  /** Key the state_dict was found under, such as `state_dict` or `ema`; undefined where it is the whole file. */
  readonly section: string | undefined;
  readonly tensors: CheckpointTensors;
}

interface Container {
  readonly kind: Exclude<Checkpoint['container'], 'safetensors'>;
  readonly root: PickleValue;
  readonly storage: (storage: PickleStorage) => ByteSource;
}

/**
 * Names, shapes and dtypes of all tensors of the state_dict, each checked against its storage.
 *
 * @throws UserError('checkpoint') with one sentence for everything that is not an honest, whole checkpoint
 */
export async function openCheckpoint(source: ByteSource): Promise<Checkpoint> {
  const head = await readExactly(source, 0, Math.min(sniffedBytes, source.byteLength));
  if (isSafetensors(head)) {
    return { container: 'safetensors', section: undefined, tensors: await openSafetensors(source) };
  }
  const { kind, root, storage } = await openContainer(source, head);
  const { section, tensors } = findStateDict(root);
  const checked = new Map<string, CheckpointTensor>();
  for (const [name, tensor] of tensors) {
    checked.set(name, checkpointTensor(name, tensor, storage(tensor.storage)));
  }
  return { container: kind, section, tensors: checked };
}

async function openContainer(source: ByteSource, head: Uint8Array): Promise<Container> {
  if (isZip(head)) {
    const { root, storage, isTorchScript } = await openZipFile(source);
    return { kind: isTorchScript ? 'torchscript' : 'zip', root, storage };
  }
  if (isLegacyFile(head)) {
    const { root, storages } = await openLegacy(source);
    return {
      kind: 'legacy',
      root,
      storage: ({ key }) => {
        const bytes = storages.get(key);
        if (!bytes) {
          throw new UserError(
            'checkpoint',
            `The file lacks storage ${quotable(key)} of its tensors: save or fetch it again.`,
          );
        }
        return bytes;
      },
    };
  }
  throw new UserError('checkpoint', describeForeignFile(head, source));
}

/** The signature of a first entry, or of the end where there are none. */
function isZip([p, k, first, second]: Uint8Array): boolean {
  return p === 0x50 && k === 0x4b && ((first === 3 && second === 4) || (first === 5 && second === 6));
}
