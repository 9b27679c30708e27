// The checks of one pack in a process of their own, whose peak memory is then that of running it.
import type { WeightType } from '../../src/pack/manifest.ts';
import { checkPack, type Finding } from './checkPack.ts';

/** What the process tells its parent. */
export interface Checked {
  readonly findings: readonly Finding[];
  readonly peakBytes: number;
}

const [folder, weightType, trajectory, heldOut] = process.argv.slice(2);
const findings = await checkPack(folder, weightType as WeightType, { trajectory, heldOut }, (line) =>
  console.log(line),
);
// Kilobytes, on every platform.
process.send?.({ findings, peakBytes: process.resourceUsage().maxRSS * 1024 } satisfies Checked);
