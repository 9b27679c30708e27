// What the commands that measure a method share: their numbers, and a pack opened natively.
import { type Engine, openEngine } from '../engine/engine.ts';
import { rawValues, wholeNumber } from './arguments.ts';
import { openNativeRuntime, packIn } from './nodeRuntime.ts';
import { asProgram } from './program.ts';

/** The whole number behind a flag, from 1 to `most`. @throws {UserError} */
export type Count = (flag: string, fallback: number, most?: number) => number;

/**
 * The program of a measuring command, with `--pack FOLDER` and `--threads N` beside its own flags.
 * @param module its `import.meta.url`
 */
export function measuring(
  module: string,
  usage: string,
  measure: (engine: Engine, count: Count) => Promise<void>,
): Promise<void> {
  return asProgram(module, async (argv) => {
    const values = rawValues(usage, argv);
    if (values.help !== undefined) return console.log(usage);
    const count: Count = (flag, fallback, most) => wholeNumber(flag, values[flag], fallback, { most });
    const threads = count('threads', 2);
    const engine = await openEngine({
      fetchFile: packIn(values.pack ?? 'public/models/portraits'),
      provider: 'wasm',
      openRuntime: () => openNativeRuntime(threads),
      onProgress: () => {},
    });
    await measure(engine, count);
  });
}
