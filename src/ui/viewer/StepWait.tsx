import { isKnown, type Steps } from './useSteps.ts';

/** What the step that is shown still lacks, in a corner of the picture, where it moves nothing. */
export function StepWait({ steps }: { readonly steps: Steps }) {
  const { step, last, setAt, watched, isConfidenceShown } = steps;
  if (watched.problem !== null) return null;
  const isDrawn = step === last || watched.frames.has(step);
  const unknown = isConfidenceShown ? new Set(setAt.filter((at) => !isKnown(watched, at))).size : 0;
  if (isDrawn && unknown === 0) return null;
  const what = isDrawn ? `${unknown === 1 ? '1 step' : `${unknown} steps`} to look at` : 'Drawing this step';
  return (
    <p className="steps-wait">{watched.waits === 'run' ? `${what} when the run has ended` : `${what}…`}</p>
  );
}
