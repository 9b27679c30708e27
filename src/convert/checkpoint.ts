// Opens a checkpoint as PyTorch or Hugging Face writes it, whatever its container, and names the tensors of the model in
// it. Nothing in it is run, and no weights are read before they are asked for.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import { type Budget, cost, openingBudget } from './budget.ts';
import { readExactly } from './bytes.ts';
import type { NamedSet } from './candidates.ts';
import { chooseTensors, type WeightChoice } from './chooseTensors.ts';
import { bytesPerElement } from './elements.ts';
import { isLegacyFile, openLegacy } from './legacyFile.ts';
import type { ModelKind } from './models/sizes.ts';
import { type PickleStorage, type PickleValue, typeInWords } from './pickleValues.ts';
import { isSafetensors, openSafetensors } from './safetensors.ts';
import { describeForeignFile, sniffedBytes } from './sniff.ts';
import type { ByteSource } from './source.ts';
import { tensorSets } from './tensorSets.ts';
import type { CheckpointTensor, CheckpointTensors } from './tensors.ts';
import { checkpointTensor } from './tensorView.ts';
import { elementCount } from './weights.ts';
import { openZipFile } from './zipFile.ts';

export interface Checkpoint {
  /** PyTorch 1.6 and newer, TorchScript archive (OpenAI's CLIP), PyTorch before 1.6, or Hugging Face's. */
  readonly container: 'zip' | 'torchscript' | 'legacy' | 'safetensors';
  /** Keys under which the tensors were found, such as `state_dict` or `model.ema`; undefined where it is the whole file. */
  readonly section: string | undefined;
  /** Where the tensors were found and which of several, as a sentence for a person; undefined where it is plain. */
  readonly note: string | undefined;
  /** Whether the file holds the model both averaged over the training and plain. */
  readonly hasBoth: boolean;
  readonly tensors: CheckpointTensors;
}

interface Container {
  readonly kind: Exclude<Checkpoint['container'], 'safetensors'>;
  readonly root: PickleValue;
  readonly storage: (storage: PickleStorage) => ByteSource;
}

/**
 * Tensors may be views of a few values, share a storage, or come out of compressed ones: by how much they may be more
 * than the file, and what is no matter at all. Bytes.
 */
const mostGrowth = 8;
const smallModel = 2 ** 26;

/**
 * Names, shapes and dtypes of all tensors of the model, each checked against its storage.
 *
 * @param wanted which of several models; the largest one where left out
 * @param weights averages are taken where there are any, unless plain weights are asked for
 * @throws UserError('checkpoint') with one sentence for everything that is not an honest, whole checkpoint
 */
export async function openCheckpoint(
  source: ByteSource,
  wanted?: ModelKind,
  weights?: WeightChoice,
): Promise<Checkpoint> {
  const head = await readExactly(source, 0, Math.min(sniffedBytes, source.byteLength));
  const budget = openingBudget();
  const opened = isSafetensors(head)
    ? await openSafetensorsSets(source)
    : await openPickledSets(source, head, budget);
  const { section, note, hasBoth, tensors } = chooseTensors(
    opened.sets,
    opened.holds,
    budget,
    wanted,
    weights,
  );
  const total = [...tensors.values()].reduce(
    (sum, { dtype, shape }) => sum + elementCount(shape) * bytesPerElement(dtype),
    0,
  );
  if (total > Math.max(smallModel, mostGrowth * source.byteLength)) {
    throw new UserError(
      'checkpoint',
      `The file has ${source.byteLength} bytes and says that its tensors have ${total}: it is damaged. Fetch it again.`,
    );
  }
  return { container: opened.container, section, note, hasBoth, tensors };
}

interface Opened {
  readonly container: Checkpoint['container'];
  readonly sets: readonly NamedSet[];
  /** What the file holds, where it has no tensors. */
  readonly holds: string;
}

async function openSafetensorsSets(source: ByteSource): Promise<Opened> {
  const broken = new Map<string, string>();
  const tensors = await openSafetensors(source, broken);
  return { container: 'safetensors', sets: [{ path: '', tensors, broken }], holds: 'no tensors' };
}

async function openPickledSets(source: ByteSource, head: Uint8Array, budget: Budget): Promise<Opened> {
  const { kind, root, storage } = await openContainer(source, head, budget);
  const sets = tensorSets(root, budget).map(({ path, tensors }): NamedSet => {
    const read = new Map<string, CheckpointTensor>();
    const broken = new Map<string, string>();
    for (const [name, tensor] of tensors) {
      budget.spend(4 * cost.object);
      if (tensor.kind === 'unreadable') {
        broken.set(
          name,
          `Tensor ${quoted(name)} is of a type that is not supported (${quoted(tensor.type)}): save the model's weights as dense float32 or float16 with torch.save.`,
        );
        continue;
      }
      try {
        read.set(name, checkpointTensor(name, tensor, storage(tensor.storage)));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        budget.spend(cost.complaint);
        broken.set(name, error.message);
      }
    }
    return { path, tensors: read, broken };
  });
  return { container: kind, sets, holds: contentsInWords(root) };
}

/** The first few keys of a dict, or what else it is. */
function contentsInWords(root: PickleValue): string {
  if (!(root instanceof Map)) return typeInWords(root);
  const shown: string[] = [];
  for (const key of root.keys()) {
    if (shown.length === 3) break;
    if (typeof key === 'string') shown.push(quoted(key, 40));
  }
  if (shown.length === 0) return root.size === 0 ? 'an empty dict' : 'a dict without names';
  return shown.join(', ') + (root.size > shown.length ? ` and ${root.size - shown.length} more` : '');
}

async function openContainer(source: ByteSource, head: Uint8Array, budget: Budget): Promise<Container> {
  if (isZip(head)) {
    const { root, storage, isTorchScript } = await openZipFile(source, budget);
    return { kind: isTorchScript ? 'torchscript' : 'zip', root, storage };
  }
  if (isLegacyFile(head)) {
    const { root, storages } = await openLegacy(source, budget);
    return {
      kind: 'legacy',
      root,
      storage: ({ key }) => {
        const bytes = storages.get(key);
        if (!bytes) {
          throw new UserError(
            'checkpoint',
            `The file lacks storage ${quoted(key)} of its tensors: save or fetch it again.`,
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
