// Every set of named tensors that a pickle holds: the dicts with tensors in them, wherever they lie, and whole modules.
import { type Budget, cost } from './budget.ts';
import {
  isKind,
  type PickleInstance,
  type PickleTensor,
  type PickleValue,
  type UnreadableTensor,
} from './pickleValues.ts';

export interface TensorSet {
  /** Keys and numbers from the file's root to the dict or module, `model.state_dict`; empty for the root itself. */
  readonly path: string;
  readonly tensors: ReadonlyMap<string, PickleTensor | UnreadableTensor>;
}

/** Letters of a path, or of a tensor's name: no model's are longer, and a module may even contain itself. */
const longestPath = 1000;
/** Places of one and the same module that are followed: some networks apply one layer at every depth. */
const mostPlaces = 64;

/** Attributes in which PyTorch's modules keep what they hold; they are no part of a tensor's name. */
const moduleParts: ReadonlySet<PickleValue> = new Set(['_parameters', '_buffers', '_modules']);

/** In the order of depth. Non-tensors and keys that are no text (numbers apart) are passed over. */
export function tensorSets(root: PickleValue, budget: Budget): TensorSet[] {
  const sets: TensorSet[] = [];
  const seen = new Map<PickleValue, number>();
  const pending = [{ path: '', value: root }];
  const enqueue = (path: string | undefined, value: PickleValue) => {
    budget.spend(cost.slot);
    if (path === undefined || !isContainer(value) || seen.has(value)) return;
    budget.spend(2 * cost.object);
    pending.push({ path, value });
  };
  // A list that grows as it is walked.
  for (const { path, value } of pending) {
    if (seen.has(value)) continue;
    seen.set(value, 1);
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) enqueue(joined(path, i), value[i]);
    } else if (isKind(value, 'instance') && !value.items) {
      const tensors = moduleTensors(value, seen, budget, (name, inner) => enqueue(joined(path, name), inner));
      if (tensors.size > 0) sets.push({ path, tensors });
    } else {
      const tensors = new Map<string, PickleTensor | UnreadableTensor>();
      for (const [key, item] of itemsOf(value) ?? []) {
        if (isTensor(item) && typeof key === 'string' && key.length <= longestPath) {
          budget.spend(cost.mapItem);
          tensors.set(key, item);
        } else enqueue(joined(path, key), item);
      }
      if (tensors.size > 0) sets.push({ path, tensors });
    }
  }
  return sets;
}

/**
 * Parameters and buffers of a module, TorchScript's or pickled whole, named by the path of attributes to them.
 *
 * @param other takes what else its attributes hold
 */
function moduleTensors(
  root: PickleInstance,
  seen: Map<PickleValue, number>,
  budget: Budget,
  other: (path: string, value: PickleValue) => void,
): ReadonlyMap<string, PickleTensor | UnreadableTensor> {
  const tensors = new Map<string, PickleTensor | UnreadableTensor>();
  /** What is still to visit, the next one last. */
  const pending: { path: string; value: PickleValue }[] = [{ path: '', value: root }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { path, value } = next;
    if (isTensor(value)) {
      tensors.set(path, value);
      continue;
    }
    const attributes = isKind(value, 'instance') ? value.state : value;
    if (!(attributes instanceof Map)) continue;
    const children: typeof pending = [];
    for (const [key, child] of attributes) {
      budget.spend(cost.slot);
      const isPart = moduleParts.has(key) && child instanceof Map;
      const longer = isPart ? path : joined(path, key);
      if (longer === undefined) continue;
      const places = seen.get(child) ?? 0;
      if (isPart || isTensor(child) || (isKind(child, 'instance') && places < mostPlaces)) {
        budget.spend(2 * cost.object + cost.mapItem);
        // Its dicts of parts go with the module: only modules are counted.
        if (isKind(child, 'instance')) seen.set(child, places + 1);
        children.push({ path: longer, value: child });
      } else if (isContainer(child)) other(longer, child);
    }
    while (children.length > 0) pending.push(children.pop()!);
  }
  return tensors;
}

/** One key further; undefined where the key is no text or number, or no model's path is as long. */
function joined(path: string, key: PickleValue): string | undefined {
  if (typeof key !== 'string' && typeof key !== 'number') return undefined;
  const name = typeof key === 'number' ? String(key) : key;
  if (path.length + name.length > longestPath) return undefined;
  return path === '' || name === '' ? path || name : `${path}.${name}`;
}

function isTensor(value: PickleValue): value is PickleTensor | UnreadableTensor {
  return isKind(value, 'tensor') || isKind(value, 'unreadable');
}

function isContainer(value: PickleValue): boolean {
  return Array.isArray(value) || value instanceof Map || isKind(value, 'instance');
}

function itemsOf(value: PickleValue): ReadonlyMap<PickleValue, PickleValue> | null {
  return isKind(value, 'instance') ? value.items : value instanceof Map ? value : null;
}
