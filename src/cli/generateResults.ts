// results.jsonl of `npm run generate`: one line a picture, added as soon as its file is complete.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { SamplingSettings } from './generateArguments.ts';
import { faultIn } from './generateInputs.ts';

export interface Result {
  readonly prompt: string;
  /** Place of the prompt in the list. */
  readonly index: number;
  /** Place of the picture among those of its prompt. */
  readonly candidate: number;
  readonly seed: number;
  /** Name of the settings, and the folder of their pictures. */
  readonly setting: string;
  readonly settings: SamplingSettings;
  /** Relative to results.jsonl. */
  readonly file: string;
  /** Cosine of the picture's CLIP embedding to the prompt's. */
  readonly score: number;
  /** Of the prompt's run, divided by its pictures. */
  readonly milliseconds: number;
  /** Id of the pack and a hash of its graphs. */
  readonly pack: string;
  readonly runtime: 'native' | 'wasm';
}

export interface Results {
  /** The finished picture under this name, when there is one. @throws {UserError} when it is another prompt's or pack's */
  find(wanted: Pick<Result, 'file' | 'prompt' | 'pack' | 'seed'>): Result | null;
  add(result: Result, png: Uint8Array): void;
}

/** Opens a folder, new or of an earlier run. @throws {UserError} when it cannot be written or is something else */
export function openResults(folder: string): Results {
  const path = join(folder, 'results.jsonl');
  const lines = readLines(folder, path);
  const known = new Map(lines.map((result) => [result.file, result]));
  return {
    find(wanted) {
      const found = known.get(wanted.file);
      if (!found) return null;
      for (const key of ['prompt', 'pack', 'seed'] as const) {
        if (found[key] !== wanted[key]) {
          throw new UserError(
            'settings',
            `${path} was made with ${key} "${found[key]}" where "${wanted[key]}" is asked for now: choose another --out.`,
          );
        }
      }
      return found;
    },
    add(result, png) {
      const file = join(folder, result.file);
      mkdirSync(join(folder, result.setting), { recursive: true });
      writeFileSync(file, png);
      appendFileSync(path, `${JSON.stringify(result)}\n`);
      known.set(result.file, result);
    },
  };
}

/** A run that was killed may leave half a line at the end: it is cut off. */
function readLines(folder: string, path: string): Result[] {
  try {
    mkdirSync(folder, { recursive: true });
    // Appending nothing makes the file where there is none.
    appendFileSync(path, '');
    const text = readFileSync(path, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole !== text) writeFileSync(path, whole);
    return whole
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Result);
  } catch (cause) {
    throw new UserError('settings', `Cannot go on with ${path}: ${faultIn(cause)}.`, { cause });
  }
}
