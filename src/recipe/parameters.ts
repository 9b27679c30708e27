// The text that AUTOMATIC1111's web UI writes into PNGs under `parameters`, and Forge and many readers know:
//
//   a man with a hat
//   Negative prompt: beard
//   Steps: 25, Sampler: Euler, CFG scale: 3, Seed: 42, Size: 128x128, Model: portraits
import type { Truncation } from '../types.ts';
import { type FoundSettings, pickSettings } from './found.ts';
import type { Recipe } from './recipe.ts';

const NEGATIVE = 'Negative prompt:';
/** Without a line that begins with the steps, the last one is it if it holds so many fields. */
const LEAST_FIELDS = 3;
/** Longest text that is read, in characters. */
const MAX_PARAMETERS = 1 << 16;

/** The recipe in that form; null where it is more than texts and numbers. */
export function writeParameters(
  { model, condition, avoid, start, seed, steps, guidance, truncation, redraw, sampler }: Recipe,
  size: { readonly width: number; readonly height: number },
): string | null {
  if (condition.kind !== 'text' || start.kind !== 'all masked') return null;
  if (avoid && avoid.kind !== 'text') return null;
  const fields = [
    ['Steps', steps],
    ['Sampler', `CLIP-VQDiffusion ${sampler}`],
    ['CFG scale', guidance],
    ['Seed', seed],
    ['Size', `${size.width}x${size.height}`],
    ...(model.fingerprint === null ? [] : [['Model hash', model.fingerprint.slice(0, 8)]]),
    ['Model', model.id],
    ['Truncation', truncationText(truncation)],
    ...(redraw ? [['Redraw', redraw]] : []),
  ];
  return [
    condition.text.toWellFormed(),
    ...(avoid ? [`${NEGATIVE} ${avoid.text.toWellFormed()}`] : []),
    fields.map(([name, value]) => `${name}: ${value}`).join(', '),
  ].join('\n');
}

/** What the text tells, as the web UI itself reads it; null where there is no prompt, or far more than one. */
export function readParameters(text: string): FoundSettings | null {
  if (text.length > MAX_PARAMETERS) return null;
  const lines = text.trim().split(/\r?\n/);
  const last = settingsLine(lines);
  const prompt: string[] = [];
  const avoid: string[] = [];
  let into = prompt;
  for (const line of lines.slice(0, last)) {
    const isNegative = line.trimStart().startsWith(NEGATIVE);
    if (isNegative) into = avoid;
    into.push(isNegative ? line.trimStart().slice(NEGATIVE.length).trim() : line);
  }
  return pickSettings('A1111', [
    ['prompt', prompt.join('\n')],
    ['negative prompt', avoid.join('\n')],
    ...fields(lines[last] ?? ''),
  ]);
}

/** Where the line of settings is; behind all lines when there is none. */
function settingsLine(lines: readonly string[]): number {
  const steps = lines.findLastIndex((line) => /^\s*Steps:\s*\d/.test(line));
  if (steps >= 0) return steps;
  const last = lines.length - 1;
  return fields(lines[last]).length >= LEAST_FIELDS ? last : lines.length;
}

/** `Steps: 20, Model: "a, b"` as pairs: a comma within quotation marks divides nothing. */
function fields(line: string): [string, string][] {
  const found: [string, string][] = [];
  let inQuotes = false;
  let begin = 0;
  for (let i = 0; i <= line.length; i++) {
    if (i < line.length && inQuotes && line[i] === '\\') i++;
    else if (line[i] === '"') inQuotes = !inQuotes;
    else if (i === line.length || (line[i] === ',' && !inQuotes)) {
      const piece = line.slice(begin, i);
      const colon = piece.indexOf(':');
      if (colon > 0) found.push([piece.slice(0, colon).trim(), piece.slice(colon + 1).trim()]);
      begin = i + 1;
    }
  }
  return found;
}

function truncationText(truncation: Truncation): string {
  switch (truncation.kind) {
    case 'none':
      return 'none';
    case 'topR':
      return String(truncation.r);
    case 'topK':
      return `${truncation.k} codes`;
    default:
      return truncation satisfies never;
  }
}
