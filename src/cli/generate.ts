// npm run generate: many prompts through the page's engine, without a page. For evaluation, and for contact sheets.
import { type Engine, openEngine } from '../engine/engine.ts';
import { generate } from '../engine/generate.ts';
import { UserError } from '../errors.ts';
import type { RunEvent } from '../events.ts';
import { recipeTexts } from '../png/recipeTexts.ts';
import { encodePng } from '../png/write.ts';
import { completeSettings, type GenerateArguments, parseGenerateArguments } from './generateArguments.ts';
import { readJson, readRecipes, readText } from './generateInputs.ts';
import { type Job, promptJobs, recipeJobs } from './generateJobs.ts';
import { openResults, type Results } from './generateResults.ts';
import { openNativeRuntime, openNodeRuntime, packIn } from './nodeRuntime.ts';
import { asProgram } from './program.ts';

type Picture = Extract<RunEvent, { type: 'image' }>;

/** Makes what is missing of all pictures asked for. @throws {UserError} for what a person can put right */
export async function runGenerate(given: GenerateArguments, say: (line: string) => void): Promise<void> {
  const prompts = given.prompts === null ? [] : parsedPrompts(given.prompts);
  const recipes = given.recipes === null ? [] : await readRecipes(given.recipes);
  const grid = given.grid === null ? null : readJson(given.grid);
  const results = openResults(given.out);
  const engine = await openEngine({
    fetchFile: packIn(given.pack),
    provider: 'wasm',
    openRuntime: () => (given.native ? openNativeRuntime(given.threads) : openNodeRuntime(given.threads)),
    onProgress: () => {},
  });
  try {
    const settings = completeSettings(grid, given.settings, engine.manifest);
    const groups = [...promptJobs(engine, given, prompts, settings), ...recipeJobs(engine, given, recipes)];
    const total = groups.reduce((sum, { jobs }) => sum + jobs.length, 0);
    let made = 0;
    for (const { jobs, title } of groups) {
      const missing = jobs.filter(({ result }) => !results.find(result));
      if (missing.length) await makePictures(engine, missing, results);
      made += jobs.length;
      say(`${made} of ${total}: ${title}`);
    }
  } finally {
    await engine.dispose();
  }
}

async function makePictures(engine: Engine, jobs: readonly Job[], results: Results): Promise<void> {
  const begun = performance.now();
  const pictures: Picture[] = [];
  const recipes = jobs.map(({ recipe }) => recipe);
  for await (const event of generate(engine, recipes, new AbortController().signal)) {
    if (event.type === 'image') pictures.push(event);
  }
  const milliseconds = Math.round((performance.now() - begun) / pictures.length);
  for (const { index, image, score } of pictures) {
    const { recipe, result } = jobs[index];
    const png = await encodePng(image, recipeTexts(recipe, engine.manifest, score));
    results.add({ ...result, score, milliseconds }, new Uint8Array(await png.arrayBuffer()));
  }
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

await asProgram(import.meta.url, async (argv) => {
  const given = parseGenerateArguments(argv);
  if (typeof given === 'string') console.log(given);
  else await runGenerate(given, (line) => console.error(line));
});
