// npm run convert: PyTorch checkpoints on disk -> a pack folder. All the work is in src/convert.
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ConvertOptions, type ConvertProgress, convert } from '../convert/convert.ts';
import { UserError } from '../errors.ts';
import { type PackVocabulary, packIdPattern } from '../pack/manifest.ts';
import { packFiles } from '../pack/packFiles.ts';
import { type ConvertArguments, parseConvertArguments } from './convertArguments.ts';
import { openFileSource } from './fileSource.ts';
import { folderSink } from './folderSink.ts';
import { stepCheck } from './stepCheck.ts';
import { buildTokenizerFiles } from './vocabulary.ts';

/** Runs one conversion and says what it does. @throws {UserError} for what a person can put right. */
export async function runConvert(given: ConvertArguments, say: (line: string) => void): Promise<void> {
  // Before gigabytes are read.
  const id = checkedId(given);
  const files = {
    diffusion: await openFileSource(given.diffusion),
    vqgan: await openFileSource(given.vqgan),
    clip: await openFileSource(given.clip),
  };
  try {
    const options = { ...(await optionsOf(given, id)), check: checkStep(given.out, say) };
    const manifest = await convert(files, options, folderSink(given.out), reportTo(say));
    const bytes = packFiles(manifest).reduce((sum, file) => sum + file.bytes, 0);
    say(`${manifest.name}: ${megabytes(bytes)} in ${given.out}`);
  } finally {
    await Promise.all(Object.values(files).map((file) => file.dispose()));
  }
}

function checkedId(given: ConvertArguments): string {
  const id = given.id ?? basename(resolve(given.out));
  if (packIdPattern.test(id)) return id;
  throw new UserError(
    'settings',
    `"${id}" cannot be the pack's id: give --id with letters, digits, dots and dashes, a letter or digit first.`,
  );
}

async function optionsOf(given: ConvertArguments, id: string): Promise<ConvertOptions> {
  const lines = async (path: string | null) =>
    path === null ? [] : (await textFile(path)).split('\n').flatMap((line) => line.trim() || []);
  return {
    id,
    name: given.name,
    license: given.license,
    description: given.description,
    provenance: await lines(given.provenance),
    examples: await lines(given.examples),
    ...(given.vocabulary !== null && { vocabulary: await vocabularyOf(given.vocabulary) }),
    matchScore: given.matchScore,
    weightType: given.weightType,
    heads: given.heads,
    normGroups: given.normGroups,
    clipActivation: given.clipActivation,
    weights: given.weights,
    config: given.config === null ? null : await textFile(given.config),
    schedule: given.schedule,
    defaults: given.defaults,
    tokenizer: buildTokenizerFiles(),
  };
}

/** As the file has it: the check of pack.json is strict, and comes before anything is written. */
async function vocabularyOf(path: string): Promise<PackVocabulary> {
  const text = await textFile(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError('settings', `${path} is not JSON: --help shows the form of --vocabulary.`, { cause });
  }
}

async function textFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UserError('checkpoint', `Cannot read ${path}: ${(error as Error).message}.`, { cause: error });
  }
}

/** One line for each file checked and written. */
function reportTo(say: (line: string) => void): (progress: ConvertProgress) => void {
  return (progress) => {
    switch (progress.stage) {
      case 'found':
        return say(`${progress.model}: ${progress.note}`);
      case 'check':
        return say(`checking the weights of ${progress.model}`);
      case 'write':
        if (progress.writtenBytes === progress.totalBytes) {
          say(`wrote ${progress.file}, ${megabytes(progress.totalBytes)}`);
        }
        return;
      default:
        return progress satisfies never;
    }
  };
}

/** A pack without it is one as well: the machine that converts may have no room to run the model. */
function checkStep(folder: string, say: (line: string) => void): NonNullable<ConvertOptions['check']> {
  return async (manifest) => {
    try {
      const check = await stepCheck(folder, manifest);
      say('the answer to one step, which GPUs are held against, goes into pack.json');
      return check;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      say(error.message);
      return null;
    }
  };
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const given = parseConvertArguments(process.argv.slice(2));
    if (typeof given === 'string') console.log(given);
    else await runConvert(given, (line) => console.log(line));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
