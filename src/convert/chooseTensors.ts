// Which of the sets of tensors in a checkpoint is the model: the largest that makes one, its average where there is one.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import type { Budget } from './budget.ts';
import { type Candidate, findCandidates, type NamedSet } from './candidates.ts';
import type { ModelKind } from './models/sizes.ts';
import type { CheckpointTensors } from './tensors.ts';

/** Of weights and their averages over the training, where a file holds both. */
export const weightChoices = ['averages', 'plain'] as const;
export type WeightChoice = (typeof weightChoices)[number];

export interface ChosenTensors {
  readonly section: string | undefined;
  readonly note: string | undefined;
  /** Whether the file holds the model both averaged and plain. */
  readonly hasBoth: boolean;
  readonly tensors: CheckpointTensors;
}

/** For sets that make no model: Lightning's key, averaged weights, weights in training. */
const preferredSections = ['state_dict', 'ema', 'model'];

/**
 * The tensors of the model, under its own names.
 *
 * Averages beside the weights are used wherever they make the whole model, unless plain weights are asked for: the authors publish and sample from the
 * average of their diffusion transformer (training files: `{'model': ..., 'ema': ...}`), and their other two files have
 * none.
 *
 * @param holds what the file holds, for the message where there are no tensors
 * @param wanted which of several models; the largest one where left out
 * @throws UserError where there are no tensors, none but averages where they are not wanted, or a tensor that the model
 *   needs cannot be read
 */
export function chooseTensors(
  sets: readonly NamedSet[],
  holds: string,
  budget: Budget,
  wanted?: ModelKind,
  weights: WeightChoice = 'averages',
): ChosenTensors {
  const all = findCandidates(sets, budget);
  const candidates = weights === 'plain' ? all.filter(({ averaged }) => !averaged) : all;
  const isWanted = ({ kind }: Candidate) => wanted === undefined || kind === wanted;
  if (all.some(isWanted) && !candidates.some(isWanted)) {
    throw new UserError(
      'checkpoint',
      'The file holds averaged weights and no plain ones: convert it without --weights plain.',
    );
  }
  const ofKind = candidates.filter(({ kind }) => kind === wanted);
  const best = (ofKind.length > 0 ? ofKind : candidates).reduce<Candidate | undefined>(
    (before, next) => (before && !isBetter(next, before) ? before : next),
    undefined,
  );
  if (!best) return withoutModel(sets, holds);
  if (!best.whole && best.complaints.length > 0) throw new UserError('checkpoint', best.complaints[0]);
  const others = all.some(
    ({ averaged, kind, whole }) => averaged !== best.averaged && kind === best.kind && whole,
  );
  const hasBoth = others && (best.averaged || weights === 'plain');
  return { section: best.path || undefined, note: noteOn(best, hasBoth), hasBoth, tensors: best.tensors };
}

/** Whole before broken, large before small, averaged before plain, and otherwise the first. */
function isBetter(a: Candidate, b: Candidate): boolean {
  if (a.whole !== b.whole) return a.whole;
  if (a.elements !== b.elements) return a.elements > b.elements;
  return a.averaged && !b.averaged;
}

/** @param hasBoth averaged weights and plain ones */
function noteOn({ path, prefix, averaged }: Candidate, hasBoth: boolean): string | undefined {
  const where = [
    ...(path ? [`under ${quoted(path)}`] : []),
    ...(prefix ? [`behind the prefix ${quoted(prefix)}`] : []),
  ].join(', ');
  // Lightning's own place, and the only one that the authors' loader looks at.
  if (!hasBoth && !prefix && path === 'state_dict') return undefined;
  if (hasBoth) {
    const found = where && `, found ${where}`;
    return averaged
      ? `The file also holds averaged weights: these are used${found}, unless plain ones are asked for.`
      : `The file also holds averaged weights: the plain ones are used${found}.`;
  }
  return where ? `The weights were found ${where}.` : undefined;
}

/** A set that is none of our models: for the message that says so, and for tools. */
function withoutModel(sets: readonly NamedSet[], holds: string): ChosenTensors {
  const named = sets.filter(({ tensors }) => tensors.size > 0);
  const preferred = preferredSections.flatMap((key) => named.find(({ path }) => path === key) ?? []);
  const chosen = preferred[0] ?? named.find(({ path }) => path === '') ?? named[0] ?? sets[0];
  // Nothing says which of its tensors matter.
  const [why] = chosen ? chosen.broken.values() : [];
  if (!chosen || why !== undefined) {
    throw new UserError(
      'checkpoint',
      why ?? `The file holds no model's weights, but ${holds}: save model.state_dict() with torch.save.`,
    );
  }
  const rivals = named.filter(({ path }) => !path.includes('.') && path !== '');
  if (preferred.length === 0 && chosen.path !== '' && rivals.length > 1) {
    const shown = rivals.slice(0, 3).map(({ path }) => quoted(path, 40));
    throw new UserError(
      'checkpoint',
      `The file holds several sets of weights (${shown.join(', ')}), and none is a model of this kind: save the one to use with torch.save in a file of its own.`,
    );
  }
  return { section: chosen.path || undefined, note: undefined, hasBoth: false, tensors: chosen.tensors };
}
