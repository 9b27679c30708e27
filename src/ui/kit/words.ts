// How figures and settings read on the page.
import type { Entry } from '../../gallery/entries.ts';
import type { Head } from '../../gallery/picture.ts';
import { promptOf, WORDLESS } from '../../gallery/prompt.ts';
import { quoted } from '../../quote.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { decodeFree } from '../../recipe/start.ts';
import type { Inspection, ModelsState, StoredPack } from '../../store/models.ts';
import type { RunProgress } from '../../store/run.ts';
import { avoidOf } from '../../store/settings.ts';
import type { DeviceReport, LoadProgress, Truncation } from '../../types.ts';

/** "12.3 of 38 MB". */
export function bytesInWords({
  loadedBytes,
  totalBytes,
}: Pick<LoadProgress, 'loadedBytes' | 'totalBytes'>): string {
  return `${(loadedBytes / 1e6).toFixed(1)} of ${megabytes(totalBytes)}`;
}

/** "Downloading model… 12.3 of 38 MB", or "Opening model…" where all of it is here. */
export function loadingInWords(progress: LoadProgress): string {
  return `${progress.stage === 'open' ? 'Opening' : 'Downloading'} model… ${bytesInWords(progress)}`;
}

/** "38 MB on this device, last used Nov 26, 2026". */
export function keptInWords({ bytes, usedAt }: StoredPack): string {
  const when =
    usedAt === null
      ? 'not whole yet'
      : `last used ${new Date(usedAt).toLocaleDateString('en', { dateStyle: 'medium' })}`;
  return `${megabytes(bytes)} on this device, ${when}`;
}

/** "38 MB", "3.2 MB". */
export function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return `${value >= 10 ? Math.round(value) : value.toFixed(1)} MB`;
}

/** "Step 7 of 25 · 4 s left", or what goes on before the first step and after the last. */
export function progressInWords(progress: RunProgress, candidates: number): string {
  const { step, steps, indices, secondsLeft } = progress;
  if (step === 0) return 'Reading your prompt…';
  const parts = [step === steps ? 'Finishing the pictures…' : `Step ${step} of ${steps}`];
  if (indices.length < candidates) parts.push(`${placesInWords(indices)} of ${candidates}`);
  if (secondsLeft !== null && progress.done < 1) parts.push(`${timeInWords(secondsLeft)} left`);
  return parts.join(' · ');
}

/** "picture 3", "pictures 1–4", and "3 pictures" where they are not one after the other. */
function placesInWords(indices: readonly number[]): string {
  const [first] = indices;
  if (indices.length === 1) return `picture ${first + 1}`;
  const inOrder = indices.every((index, i) => index === first + i);
  return inOrder ? `pictures ${first + 1}–${first + indices.length}` : `${indices.length} pictures`;
}

/** "4 s", "2 min 5 s". */
export function timeInWords(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** "WebGPU on Apple M2", "WASM, 2 threads". */
export function deviceInWords({ provider, adapter, threads }: DeviceReport): string {
  if (provider === 'webgpu') return adapter ? `WebGPU on ${adapter}` : 'WebGPU';
  return threads === 1 ? 'WASM, one thread' : `WASM, ${threads} threads`;
}

export function truncationInWords(truncation: Truncation): string {
  switch (truncation.kind) {
    case 'none':
      return 'off';
    case 'topR':
      return truncation.r.toFixed(2);
    case 'topK':
      return `top ${truncation.k} codes`;
    default:
      return truncation satisfies never;
  }
}

/** "“red hair”, seed 7": what a kept picture is called. */
export function pictureInWords({ prompt, seed }: Pick<Head, 'prompt' | 'seed'>): string {
  const words = prompt.trim().slice(0, 120);
  return `${words ? `“${words}”` : WORDLESS}, seed ${seed}`;
}

/** "Film, 17 pictures", and of one that was stopped "Film, 5 of 17 pictures". */
export function filmInWords(film: Entry): string {
  const frames = film[0].film?.frames ?? film.length;
  const count = picturesInWords(frames);
  return `Film, ${film.length < frames ? `${film.length} of ${count}` : count}`;
}

/** All of a recipe but for its prompt and model. */
export function settingsInWords(recipe: Recipe): string {
  return settingsParts(recipe).join(' · ');
}

/** What these recipes, one at least, have in common of that. */
export function sharedSettingsInWords(recipes: readonly Recipe[]): string {
  const [first, ...others] = recipes.map(settingsParts);
  return first.filter((part) => others.every((parts) => parts.includes(part))).join(' · ');
}

function settingsParts(recipe: Recipe): string[] {
  const { start, steps, guidance, truncation, redraw, seed, sampler, arithmetic } = recipe;
  const parts = [
    ...conditionInWords(recipe),
    steps === 1 ? '1 step' : `${steps} steps`,
    `guidance ${guidance.toFixed(2)}`,
    `truncation ${truncationInWords(truncation)}`,
    `seed ${seed}`,
  ];
  if (redraw) parts.splice(-1, 0, `redraw ${redraw.toFixed(2)}`);
  const avoided = avoidOf(recipe);
  if (avoided) parts.push(`avoiding ${quoted(avoided)}`);
  if (start.kind === 'tokens') {
    const isFree = decodeFree(start.free, start.tokens.length);
    parts.push(`${start.tokens.filter((_, i) => !isFree?.[i]).length} of ${start.tokens.length} tokens kept`);
  }
  if (sampler === 'authors-fast') parts.push('authors’ fast sampler');
  if (arithmetic === 'half') parts.push('half precision');
  return parts;
}

/** What a title leaves out of a condition: how far it was pushed and where to, or how far along the way it lies. */
function conditionInWords({ condition }: Pick<Recipe, 'condition'>): string[] {
  if (condition.kind === 'between') return [`${Math.round(100 * condition.at)} % of the way`];
  if (condition.kind !== 'direction') return [];
  const { from, to, strength } = condition;
  const ends = [from, to].map((end) => quoted(promptOf(end) || WORDLESS));
  return [`pushed by ${String(strength).replace('-', '−')} from ${ends[0]} to ${ends[1]}`];
}

/** "Diffusion model: 19 layers, 32 × 32 tokens of 2886 codes". */
export function inspectionInWords(inspection: Inspection): string {
  switch (inspection.kind) {
    case 'diffusion': {
      const { layers, rows, columns, codebookSize } = inspection;
      return `Diffusion model: ${layers} layers, ${rows} × ${columns} tokens of ${codebookSize} codes`;
    }
    case 'vqgan':
      return `VQGAN: ${inspection.codebookSize} codes`;
    case 'clip':
      return `CLIP: embeddings of ${inspection.embedSize} numbers`;
    default:
      return inspection satisfies never;
  }
}

/** How far a conversion is: a line, and a share for the button. */
export function conversionInWords({ progress, stopping }: NonNullable<ModelsState['conversion']>): {
  long: string;
  short: string;
} {
  if (stopping) return { long: 'Stopping…', short: 'stopping…' };
  if (!progress) return { long: 'Starting…', short: 'converting…' };
  const { stage, doneBytes, totalBytes } = progress;
  const [doing, shortly] = {
    check: ['Checking the weights (1 of 3)', 'checking'],
    write: ['Writing the model (2 of 3)', 'writing'],
    step: ['Trying a step of it (3 of 3)', 'trying'],
  }[stage];
  return {
    long: `${doing} · ${bytesInWords({ loadedBytes: doneBytes, totalBytes })}`,
    short: `${shortly} ${Math.floor((100 * doneBytes) / totalBytes)}%`,
  };
}

export function picturesInWords(count: number): string {
  return count === 1 ? '1 picture' : `${count} pictures`;
}
