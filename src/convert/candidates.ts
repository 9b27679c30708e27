// Where in a checkpoint a model may stand: each set of tensors, and in it each beginning of names (`module.`,
// `first_stage_model.`) behind which a model's own names begin.
import { UserError } from '../errors.ts';
import { type Budget, cost } from './budget.ts';
import { signatures } from './models/check.ts';
import { expectedTensors } from './models/expected.ts';
import { openAiClip } from './models/huggingFaceClip.ts';
import type { Expected, ModelKind } from './models/sizes.ts';
import type { CheckpointTensor, CheckpointTensors } from './tensors.ts';
import { elementCount } from './weights.ts';

/** Tensors that stand together in the file. */
export interface NamedSet {
  /** Where, as keys with dots between; empty for the file's root. */
  readonly path: string;
  readonly tensors: CheckpointTensors;
  /** Those that cannot be read, each with the sentence that says why. */
  readonly broken: ReadonlyMap<string, string>;
}

export interface Candidate {
  readonly kind: ModelKind;
  readonly path: string;
  /** What stood before the model's own names. */
  readonly prefix: string;
  /** Are these weights averaged over the training? */
  readonly averaged: boolean;
  readonly tensors: CheckpointTensors;
  /** Sentences on tensors that the model needs and that cannot be read. */
  readonly complaints: readonly string[];
  /** Is every tensor of the model there, in the right shape? */
  readonly whole: boolean;
  /** Values of the model's tensors that are there; 0 where its sizes cannot be told. */
  readonly elements: number;
}

/** Looked into, those with the most tensors first. An honest file has fewer. */
const mostCandidates = 32;

/** A word of its own in a path or prefix: `ema`, `model_ema`, `state_dict_ema`, `averaged_model`. */
const averagedWord = /(?:^|[._])(?:ema|swa|averaged?)(?:[._]|$)/i;
/** Where LitEma (latent diffusion) keeps averages, under names without their dots. */
const litEma = 'model_ema.';

/** The models that may be in these sets, in the sets' order. */
export function findCandidates(sets: readonly NamedSet[], budget: Budget): Candidate[] {
  const places = sets
    .flatMap((set, order) => {
      const prefixes = prefixesOf(set, budget);
      return [...prefixes].map(([prefix, count]) => ({ set, order, prefix, prefixes, count }));
    })
    .sort((a, b) => b.count - a.count)
    .slice(0, mostCandidates)
    .sort((a, b) => a.order - b.order);
  return places.flatMap(({ set, prefix, prefixes }) => {
    // Averages of the same tensors are none of this model's. (Other longer prefixes may well be: in Hugging Face's CLIP
    // `text_model.embeddings.` stands before a name of OpenAI's.)
    const averages = [...prefixes.keys(), litEma].filter(
      (other) => other.length > prefix.length && other.startsWith(prefix) && averagedWord.test(other),
    );
    const plain = candidate(set, prefix, averages, budget);
    if (!plain) return [];
    const averaged = litAverages(set, plain, budget);
    return averaged ? [plain, averaged] : [plain];
  });
}

/** Beginnings of names behind which a model's names begin, with the number of names that show it. */
function prefixesOf({ tensors, broken }: NamedSet, budget: Budget): ReadonlyMap<string, number> {
  const prefixes = new Map<string, number>();
  for (const names of [tensors, broken]) {
    for (const name of names.keys()) {
      budget.spend(signatures.length * cost.slot);
      for (const [, signature] of signatures) {
        const at = name.startsWith(signature) ? 0 : name.indexOf(`.${signature}`) + 1;
        if (at === 0 && !name.startsWith(signature)) continue;
        const prefix = name.slice(0, at);
        prefixes.set(prefix, (prefixes.get(prefix) ?? 0) + 1);
      }
    }
  }
  // Few are worth a look, and each of them is compared with all names.
  return new Map([...prefixes].sort(([, a], [, b]) => b - a).slice(0, mostCandidates));
}

function candidate(
  { path, tensors: all, broken }: NamedSet,
  prefix: string,
  without: readonly string[],
  budget: Budget,
): Candidate | undefined {
  budget.spend((all.size + broken.size) * (cost.mapItem + cost.slot * without.length));
  const stripped = <T>(map: ReadonlyMap<string, T>): Map<string, T> => {
    const found = new Map<string, T>();
    for (const [name, value] of map) {
      if (name.startsWith(prefix) && !without.some((other) => name.startsWith(other))) {
        found.set(name.slice(prefix.length), value);
      }
    }
    return found;
  };
  const tensors = stripped(all);
  const unread = stripped(broken);
  const names = [...tensors.keys(), ...unread.keys()];
  const kind = signatures.find(([, beginning]) => names.some((name) => name.startsWith(beginning)))?.[0];
  if (kind === undefined) return undefined;
  const averaged = averagedWord.test(path) || averagedWord.test(prefix);
  const expected = expectedOf(tensors, kind);
  // Where the sizes cannot be told, that may be why.
  const complaints = [...unread].flatMap(([name, why]) =>
    !expected || expected.shapes.has(name) ? [why] : [],
  );
  const { whole, elements } = expected ? present(tensors, expected) : { whole: false, elements: 0 };
  return { kind, path, prefix, averaged, tensors, complaints, whole, elements };
}

function expectedOf(tensors: CheckpointTensors, kind: ModelKind): Expected | undefined {
  try {
    return expectedTensors(openAiClip(tensors), kind);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function present(tensors: CheckpointTensors, { shapes }: Expected): { whole: boolean; elements: number } {
  const named = openAiClip(tensors);
  let whole = true;
  let elements = 0;
  for (const [name, shape] of shapes) {
    const found = named.get(name);
    if (found && sameShape(found.shape, shape)) elements += elementCount(shape);
    else whole = false;
  }
  return { whole, elements };
}

const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/**
 * The same model with LitEma's averages in place of its weights; buffers (the noise schedule's) are not averaged.
 *
 * `model_ema.transformerblocks0lnweight` is the average of `transformer.blocks.0.ln.weight`.
 */
function litAverages({ tensors }: NamedSet, plain: Candidate, budget: Budget): Candidate | undefined {
  const { prefix, kind } = plain;
  if (!plain.whole || kind === 'clip') return undefined;
  const nameOf = [
    (name: string) => litEma + withoutDots(prefix + name),
    (name: string) => litEma + withoutDots(name),
    (name: string) => prefix + litEma + withoutDots(name),
  ].find((nameOf) => [...plain.tensors.keys()].some((name) => tensors.has(nameOf(name))));
  if (!nameOf) return undefined;
  budget.spend(plain.tensors.size * cost.mapItem);
  const averaged = new Map<string, CheckpointTensor>();
  const needed = expectedTensors(plain.tensors, kind).shapes;
  for (const [name, tensor] of plain.tensors) {
    const average = tensors.get(nameOf(name));
    if (average && sameShape(average.shape, tensor.shape)) averaged.set(name, average);
    else if (needed.has(name)) return undefined;
    else averaged.set(name, tensor);
  }
  return { ...plain, averaged: true, tensors: averaged };
}

const withoutDots = (name: string) => name.replaceAll('.', '');
