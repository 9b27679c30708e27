// One conversion in a process of its own, whose peak memory is then the conversion's.

import { runConvert } from '../../src/cli/convert.ts';
import { parseConvertArguments } from '../../src/cli/convertArguments.ts';

/** What the process tells its parent. */
export interface Measured {
  readonly seconds: number;
  readonly peakBytes: number;
}

const given = parseConvertArguments(process.argv.slice(2));
if (typeof given === 'string') throw new Error(given);
const begun = performance.now();
await runConvert(given, (line) => console.log(`  ${line}`));
const measured: Measured = {
  seconds: (performance.now() - begun) / 1000,
  // Kilobytes, on every platform.
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
process.send?.(measured);
