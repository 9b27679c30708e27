// `npm run fuzz`: every parser against 100,000 inputs made for its format, one file of targets after the other, each in a
// process of its own. Prints what came of them; the first fault ends its target.
//
//   npm run fuzz -- png recipe --inputs 5000 --seed 2
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    inputs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});

const tests = fileURLToPath(new URL('../', import.meta.url));
const targets = readdirSync(tests, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('Fuzz.test.ts'))
  .filter((file) => positionals.length === 0 || positionals.some((wanted) => file.includes(wanted)))
  .sort();
if (targets.length === 0) throw new Error(`There is no target named ${positionals.join(' or ')}.`);

console.log(`${targets.length} files of targets, ${values.inputs} inputs a target, seed ${values.seed}`);
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
let failed = 0;
for (const target of targets) {
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--project', 'node', '--reporter=verbose', '--testTimeout=36000000', `test/${target}`],
    {
      cwd: fileURLToPath(new URL('../../', import.meta.url)),
      env: { ...process.env, VITE_FUZZ: values.inputs, VITE_FUZZ_SEED: values.seed },
      stdio: 'inherit',
    },
  );
  if (status !== 0) failed++;
}
if (failed > 0) {
  console.error(`${failed} of ${targets.length} files of targets failed.`);
  process.exitCode = 1;
}
