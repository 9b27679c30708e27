// How a command that runs models begins and ends.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../errors.ts';

/**
 * Calls `main` with the command line where its module is the program that was started, and ends the process: a person's
 * mistake with its sentence and status 1.
 * @param module its `import.meta.url`
 */
export async function asProgram(
  module: string,
  main: (argv: readonly string[]) => Promise<void>,
): Promise<void> {
  if (!process.argv[1] || resolve(process.argv[1]) !== fileURLToPath(module)) return;
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
  // The runtime keeps its thread pool, and with it the process.
  process.exit();
}
