// The form over a reload: what was written, and the settings.
import type { PackManifest } from '../pack/manifest.ts';
import { samplers, type Truncation } from '../types.ts';
import { mostCharacters } from './promptHistory.ts';
import { type Draft, maxCandidates } from './settings.ts';
import { isRecord, readSchema, type Shelf } from './shelf.ts';
import type { AppStore } from './store.ts';

const key = 'clip-vqdiffusion.draft';
const schema = 1;

const isText = (most: number) => (value: unknown) => typeof value === 'string' && value.length <= most;
const isWhole = (most: number) => (value: unknown) =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most;
const isNumber = (most: number) => (value: unknown) =>
  typeof value === 'number' && value >= 0 && value <= most;

/** What may be believed of each field; the opened model may still know less than that. */
const believable: Readonly<Record<keyof Draft, (value: unknown) => boolean>> = {
  prompt: isText(mostCharacters),
  avoid: isText(mostCharacters),
  seed: isText(40),
  seedLocked: (value) => typeof value === 'boolean',
  steps: isWhole(100_000),
  guidance: isNumber(100),
  truncation: isTruncation,
  redraw: isNumber(1),
  looks: (value) => value === null || value === 1,
  candidates: isWhole(maxCandidates),
  sampler: (value) => samplers.some((known) => known === value),
};
const fields = Object.keys(believable) as (keyof Draft)[];

function isTruncation(value: unknown): boolean {
  if (!isRecord(value)) return false;
  switch (value.kind) {
    case 'none':
      return true;
    case 'topR':
      return isNumber(1)(value.r);
    case 'topK':
      return isWhole(1 << 20)(value.k);
    default:
      return false;
  }
}

export interface KeptDraft {
  /** Fields that are missing, or hold what they cannot, are left out. */
  readonly draft: Partial<Draft>;
  readonly tunedFor: string | null;
}

/** Null where nothing was kept, or something else. */
export function parseDraft(text: string | null): KeptDraft | null {
  const found = readSchema(text, schema);
  if (!found || !isRecord(found.draft)) return null;
  const { tunedFor } = found;
  // Drafts of before have no looks.
  const draft: Record<string, unknown> = { looks: null, ...found.draft };
  const kept = fields.filter((field) => Object.hasOwn(draft, field) && believable[field](draft[field]));
  return {
    draft: Object.fromEntries(kept.map((field) => [field, draft[field]])),
    // Settings of which some are missing are none that were made for a model.
    tunedFor: typeof tunedFor === 'string' && kept.length === fields.length ? tunedFor : null,
  };
}

/** The same draft within what the opened model takes: a kept one may be older than the model. */
export function withinModel(draft: Draft, { timesteps, codebookSize }: PackManifest): Draft {
  const { steps, truncation } = draft;
  const fits: Truncation =
    truncation.kind === 'topK' && truncation.k > codebookSize ? { kind: 'none' } : truncation;
  return { ...draft, steps: Math.min(steps, timesteps), truncation: fits };
}

/** Brings back the form as it was left, and keeps what becomes of it. A seed that was not locked is drawn anew. */
export function keepDraft(store: AppStore, shelf: Shelf): void {
  const kept = parseDraft(shelf.read(key));
  if (kept) {
    const { seed, ...rest } = kept.draft;
    store.setState(({ draft }) => ({
      draft: { ...draft, ...rest, ...(rest.seedLocked && seed !== undefined && { seed }) },
      tunedFor: kept.tunedFor,
    }));
  }
  store.subscribe(({ draft, tunedFor }, before) => {
    if (draft === before.draft && tunedFor === before.tunedFor) return;
    if (draft.prompt.length > mostCharacters) return;
    shelf.write(key, JSON.stringify({ schema, tunedFor, draft }));
  });
}
