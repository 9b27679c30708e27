// How far a pack's check is from what it should be, by what an operator computes wrongly.
import { makeCheck, type ReadBytes } from '../../src/engine/makeCheck.ts';
import { checkDifference } from '../../src/engine/stepCheck.ts';
import type { PackCheck, PackManifest } from '../../src/pack/manifest.ts';
import { type Fault, faults, faultyRuntime, type Runs } from './faults.ts';

export interface Difference {
  readonly fault: Fault;
  /** As a device is judged by: in parts of the logits' spread; not a number where any logit is none. */
  readonly difference: number;
  /** Of the run without a fault. */
  readonly check: PackCheck;
}

/** Of the faults, one after the other, with one operator a piece. */
export async function* differences(
  manifest: PackManifest,
  read: ReadBytes,
  wanted: readonly Fault[] = faults,
): AsyncGenerator<Difference> {
  const answer = async (fault: Fault | null, all: Runs) => {
    const { runtime, runs, logits } = await faultyRuntime(fault, all);
    const check = await makeCheck(runtime, manifest, read, { pieceBytes: 0 });
    return { check, logits: logits(), runs };
  };
  const { check, runs } = await answer(null, new Map());
  for (const fault of wanted) {
    const { logits } = await answer(fault, runs);
    yield { fault, difference: checkDifference(logits, check, manifest.codebookSize), check };
  }
}
