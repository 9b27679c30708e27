// npm run generate: many prompts through the page's engine, without a page. For evaluation, and for contact sheets.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Engine, openEngine } from '../engine/engine.ts';
import { generate } from '../engine/generate.ts';
import { UserError } from '../errors.ts';
import type { RunEvent } from '../events.ts';
import type { PackManifest } from '../pack/manifest.ts';
import { encodePng } from '../png/write.ts';
import {
  completeSettings,
  type GenerateArguments,
  parseGenerateArguments,
  type SamplingSettings,
  settingsName,
} from './generateArguments.ts';
import { openResults, type Result, type Results } from './generateResults.ts';
import { openNativeRuntime, openNodeRuntime, packIn } from './nodeRuntime.ts';

type Picture = Extract<RunEvent, { type: 'image' }>;

/** Makes what is missing of all pictures asked for. @throws {UserError} for what a person can put right */
export async function runGenerate(given: GenerateArguments, say: (line: string) => void): Promise<void> {
  const prompts = parsedPrompts(given.prompts);
  const grid = given.grid === null ? null : readJson(given.grid);
  const results = openResults(given.out);
  const engine = await openEngine({
    fetchFile: packIn(given.pack),
    provider: 'wasm',
    openRuntime: () => (given.native ? openNativeRuntime(given.threads) : openNodeRuntime(given.threads)),
    onProgress: () => {},
  });
  try {
    const pack = identity(engine.manifest);
    const settings = completeSettings(grid, given.settings, engine.manifest);
    const total = settings.length * prompts.length * given.seeds;
    let made = 0;
    for (const sampling of settings) {
      for (const [index, prompt] of prompts.entries()) {
        const wanted = wantedPictures(given, sampling, prompt, index, pack);
        const missing = wanted.filter((picture) => !results.find(picture));
        if (missing.length) await makePictures(engine, given, sampling, missing, results);
        made += wanted.length;
        say(`${made} of ${total}: ${settingsName(sampling)}, ${prompt}`);
      }
    }
  } finally {
    await engine.dispose();
  }
}

type Wanted = Omit<Result, 'score' | 'milliseconds'>;

/** Every picture has a seed of its own, so that pictures of different prompts are independent samples. */
function wantedPictures(
  { seed, seeds, native }: GenerateArguments,
  settings: SamplingSettings,
  prompt: string,
  index: number,
  pack: string,
): Wanted[] {
  const setting = settingsName(settings);
  return Array.from({ length: seeds }, (_, candidate) => ({
    prompt,
    index,
    candidate,
    seed: (seed + index * seeds + candidate) >>> 0,
    setting,
    settings,
    file: `${setting}/${String(index).padStart(4, '0')}-${candidate}.png`,
    pack,
    runtime: native ? 'native' : 'wasm',
  }));
}

/** Runs one prompt from its first missing picture to its last. */
async function makePictures(
  engine: Engine,
  { seed: _first, ...given }: GenerateArguments,
  sampling: SamplingSettings,
  missing: readonly Wanted[],
  results: Results,
): Promise<void> {
  const [{ prompt, seed, candidate: first }] = missing;
  const candidates = given.seeds - first;
  const begun = performance.now();
  const pictures: Picture[] = [];
  const run = generate(engine, { prompt, seed, candidates, ...sampling }, new AbortController().signal);
  for await (const event of run) if (event.type === 'image') pictures.push(event);
  const milliseconds = Math.round((performance.now() - begun) / pictures.length);
  for (const picture of missing) {
    const { image, score } = pictures[picture.candidate - first];
    const recipe = { pack: picture.pack, ...sampling, seed: picture.seed, score };
    const png = await encodePng(image, [
      { keyword: 'Description', text: prompt.toWellFormed() },
      { keyword: 'clip-vqdiffusion', text: JSON.stringify(recipe) },
    ]);
    results.add({ ...picture, score, milliseconds }, new Uint8Array(await png.arrayBuffer()));
  }
}

/** Tells packs apart that share an id, as those of one training do. */
function identity({ id, graphs }: PackManifest): string {
  return `${id} ${createHash('sha256').update(JSON.stringify(graphs)).digest('hex').slice(0, 8)}`;
}

/** The prompts of a file, trimmed. @throws {UserError} when there are none */
export function parsedPrompts(path: string): string[] {
  const prompts = path.endsWith('.json') ? listOf(readJson(path), path) : readText(path).split('\n');
  const trimmed = prompts.map((prompt) => prompt.trim()).filter(Boolean);
  if (!trimmed.length) throw new UserError('settings', `${path} holds no prompts: write one a line.`);
  return trimmed;
}

function listOf(json: unknown, path: string): string[] {
  const entries: unknown[] = Array.isArray(json) ? json : [json];
  return entries.map((entry) => {
    const prompt = typeof entry === 'object' && entry && 'prompt' in entry ? entry.prompt : entry;
    if (typeof prompt === 'string') return prompt;
    throw new UserError('settings', `${path} should be a list of texts or of {"prompt": text}.`);
  });
}

function readJson(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError('settings', `${path} is not JSON: ${(cause as Error).message}.`, { cause });
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UserError('settings', `Cannot read ${path}: ${(cause as Error).message}.`, { cause });
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const given = parseGenerateArguments(process.argv.slice(2));
    if (typeof given === 'string') console.log(given);
    else await runGenerate(given, (line) => console.error(line));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
  // The runtimes keep their thread pools, and with them the process.
  process.exit();
}
