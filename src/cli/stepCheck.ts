// Writes into a pack's pack.json what its denoiser answers to one step, natively and in single precision: what a GPU is
// held against when it opens the pack. `npm run convert` does it by itself; for a pack that there is:
//   npx tsx src/cli/stepCheck.ts --pack public/models/<id>
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCheck } from '../engine/makeCheck.ts';
import { UserError } from '../errors.ts';
import { type PackCheck, type PackManifest, parseManifest } from '../pack/manifest.ts';
import { rawValues } from './arguments.ts';
import { readsFrom } from './fileSource.ts';
import { openNativeRuntime } from './nodeRuntime.ts';

const usage = `Writes the answer of one step into pack.json, which a GPU is held against.

  npx tsx src/cli/stepCheck.ts --pack public/models/<id>

  --pack FOLDER         the pack
`;

/**
 * Asks the denoiser, and writes its answer into the folder's pack.json, of which nothing else changes.
 * @throws {UserError} where the runtime cannot run it, for instance for lack of memory
 */
export async function writeStepCheck(folder: string): Promise<PackCheck> {
  const file = join(folder, 'pack.json');
  const manifest = parseManifest(JSON.parse(await readFile(file, 'utf8')));
  const check = await stepCheck(folder, manifest);
  const checked = parseManifest({ ...manifest, check });
  await writeFile(file, `${JSON.stringify(checked, null, 2)}\n`);
  return check;
}

/**
 * The answer of a pack whose files are in the folder.
 * @throws {UserError} where the runtime cannot run it, for instance for lack of memory
 */
export async function stepCheck(folder: string, manifest: PackManifest): Promise<PackCheck> {
  try {
    return await makeCheck(await openNativeRuntime(), manifest, readsFrom(folder));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0].slice(0, 120) : String(cause);
    throw new UserError(
      'internal',
      `The pack is whole, but its denoiser could not be run here (${why}), so that no GPU can be held against it.`,
      { cause },
    );
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { pack } = rawValues(usage, process.argv.slice(2));
  if (pack === undefined) console.log(usage);
  else {
    const { spread, tolerance } = await writeStepCheck(pack);
    console.log(`${pack}: logits of ${spread.toFixed(3)}, to ${tolerance.single} of it in single precision`);
  }
}
