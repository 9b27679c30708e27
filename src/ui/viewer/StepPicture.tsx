import type { CSSProperties } from 'react';
import type { Head } from '../../gallery/picture.ts';
import { gridOf } from '../../recipe/trail.ts';
import { nearestStep } from '../../store/watched.ts';
import type { ImageTokens } from '../../types.ts';
import { PixelCanvas } from '../gallery/PixelCanvas.tsx';
import { TokenOverlay } from '../gallery/TokenOverlay.tsx';
import { pictureInWords } from '../kit/words.ts';
import { ConfidenceOverlay } from './ConfidenceOverlay.tsx';
import { RegionOverlay } from './RegionOverlay.tsx';
import { StepWait } from './StepWait.tsx';
import type { Steps } from './useSteps.ts';

interface StepPictureProps {
  readonly head: Head;
  /** Of the finished picture's file. */
  readonly address: string;
  readonly steps: Steps | null;
  /** Which tokens are about to be drawn again; null for none. [positions] */
  readonly region: readonly boolean[] | null;
}

/** A kept picture as it was after one of its steps: what is not set yet lies over it as tiles. */
export function StepPicture({ head, address, steps, region }: StepPictureProps) {
  const { width, height } = head;
  const isFinished = !steps || steps.step === steps.last;
  const shown = steps && nearestStep(steps.watched.frames, steps.step, steps.last);
  const frame = steps && !isFinished && shown !== null ? steps.watched.frames.get(shown) : null;
  const grid = region && gridOf(region.length, head);
  const words = pictureInWords(head);
  return (
    <div className="step-picture" style={{ '--ratio': width / height } as CSSProperties}>
      <img src={address} alt={isFinished ? words : ''} />
      {frame && <PixelCanvas image={frame} />}
      {steps && (
        <TokenOverlay
          label={isFinished ? null : `${words}, after step ${steps.step} of ${steps.last}`}
          grid={steps.grid}
          codebookSize={steps.mask}
          tokens={steps.tokens as ImageTokens}
          uncovered
        />
      )}
      {steps?.isConfidenceShown && <ConfidenceOverlay steps={steps} />}
      {region && grid && <RegionOverlay chosen={region} grid={grid} />}
      {steps && <StepWait steps={steps} />}
    </div>
  );
}
