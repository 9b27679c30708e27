// Finding the model's tensors in what a checkpoint holds: a plain state_dict, a dict of training, or TorchScript.
import { UserError } from '../errors.ts';
import { quotable } from './bytes.ts';
import { isKind, type PickleTensor, type PickleValue, typeInWords } from './pickleValues.ts';

export interface StateDict {
  /** Key of the dict it was found under; undefined where it is the file's root. */
  readonly section: string | undefined;
  readonly tensors: ReadonlyMap<string, PickleTensor>;
}

type Dict = ReadonlyMap<PickleValue, PickleValue>;

/** Lightning's key; the averaged weights that the authors publish and load; the weights in training. */
const preferredSections = ['state_dict', 'ema', 'model'];

/** Tensors and modules: the largest checkpoint here has 500. Shared TorchScript modules could multiply without end. */
const mostItems = 100_000;
/** Letters of a tensor's path in a TorchScript archive: a module may even contain itself. */
const longestPath = 1000;

/** @throws UserError where there is no state_dict, or more than one and no telling which */
export function findStateDict(root: PickleValue): StateDict {
  if (isKind(root, 'instance')) return { section: undefined, tensors: moduleTensors(root) };
  if (!(root instanceof Map)) {
    throw new UserError(
      'checkpoint',
      `The file holds ${typeInWords(root)} and not a model's weights: save model.state_dict() with torch.save.`,
    );
  }
  const preferred = preferredSections.find((key) => holdsTensors(root.get(key)));
  // A state_dict may well have a sub-module called "model", but then as a prefix and not as a dict of its own.
  if (preferred !== undefined) return section(root, preferred);
  if (holdsTensors(root)) return { section: undefined, tensors: namedTensors(root) };

  const sections = [...root.keys()].filter(
    (key): key is string => typeof key === 'string' && holdsTensors(root.get(key)),
  );
  if (sections.length === 1) return section(root, sections[0]);
  if (sections.length > 1) {
    throw new UserError(
      'checkpoint',
      `The file holds several sets of weights (${list(sections)}): save the one to use with torch.save in a file of its own.`,
    );
  }
  const keys = [...root.keys()].filter((key) => typeof key === 'string');
  throw new UserError(
    'checkpoint',
    `The file holds no model's weights, but ${keys.length > 0 ? list(keys) : 'an empty dict'}: save model.state_dict() with torch.save.`,
  );
}

function section(root: Dict, key: string): StateDict {
  return { section: key, tensors: namedTensors(root.get(key) as Dict) };
}

function holdsTensors(value: PickleValue | undefined): boolean {
  if (!(value instanceof Map)) return false;
  for (const [key, item] of value) if (typeof key === 'string' && isKind(item, 'tensor')) return true;
  return false;
}

/** A state_dict may hold other things (`_extra_state`): they are passed over. */
function namedTensors(dict: Dict): ReadonlyMap<string, PickleTensor> {
  const tensors = new Map<string, PickleTensor>();
  for (const [key, value] of dict) {
    if (typeof key === 'string' && isKind(value, 'tensor')) tensors.set(key, value);
  }
  if (tensors.size > mostItems) throw tooMany();
  return tensors;
}

/** Parameters and buffers of a TorchScript module, named by the path of attributes to them. */
function moduleTensors(root: PickleValue): ReadonlyMap<string, PickleTensor> {
  const tensors = new Map<string, PickleTensor>();
  /** What is still to visit, the next one last. */
  const pending = [{ path: '', value: root }];
  let items = 0;
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { path, value } = next;
    if (path.length > longestPath) throw tooMany();
    if (isKind(value, 'tensor')) tensors.set(path, value);
    if (!isKind(value, 'instance') || !(value.state instanceof Map)) continue;
    const children = [...value.state].flatMap(([name, child]) =>
      typeof name === 'string' && (isKind(child, 'tensor') || isKind(child, 'instance'))
        ? [{ path: path === '' ? name : `${path}.${name}`, value: child }]
        : [],
    );
    items += children.length;
    if (items > mostItems) throw tooMany();
    pending.push(...children.reverse());
  }
  if (tensors.size === 0) {
    throw new UserError(
      'checkpoint',
      'The TorchScript archive has no tensors: export the model with its weights.',
    );
  }
  return tensors;
}

function tooMany(): UserError {
  return new UserError(
    'checkpoint',
    `The file has more than ${mostItems} tensors or modules, or they lie in one another without end: no model of this kind has.`,
  );
}

/** The first few keys, quoted. */
function list(keys: readonly PickleValue[]): string {
  const shown = keys.slice(0, 8).map((key) => `"${quotable(String(key))}"`);
  return shown.join(', ') + (keys.length > shown.length ? ` and ${keys.length - shown.length} more` : '');
}
