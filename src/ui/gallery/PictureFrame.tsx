import { type ReactNode, useEffect, useState } from 'react';
import { idsOfRuns, keptPlace } from '../../store/kept.ts';
import { pictureFile } from '../../store/pictureFile.ts';
import type { Candidate, Picture, Run, RunModel } from '../../store/run.ts';
import { useKeptState } from '../context.ts';
import { PixelCanvas } from './PixelCanvas.tsx';
import { TokenOverlay } from './TokenOverlay.tsx';
import { ViewLink } from './ViewLink.tsx';

interface PictureFrameProps {
  readonly run: Run;
  readonly candidate: Candidate;
  /** Says what it is while it is in the making. */
  readonly unmade: string;
  /** Says what it shows once it is made. */
  readonly made: (picture: Picture) => string;
  /** Lies over it. */
  readonly children?: ReactNode;
}

/** One picture of a run: a masked grid over what is to come, then the picture, which opens large. */
export function PictureFrame({ run, candidate, unmade, made, children }: PictureFrameProps) {
  const { tokens, preview, picture } = candidate;
  const { model } = run;
  const file = usePictureAddress(model, picture);
  const keptIds = useKeptState((state) => state.ids);
  const kept = (picture && keptIds.get(keptPlace(run, picture.index))) ?? null;
  const [loaded, setLoaded] = useState(false);
  const shown = picture?.image ?? preview;
  return (
    <div className="frame" style={{ aspectRatio: `${model.image.width} / ${model.image.height}` }}>
      {/* Stays until the file is there to be seen: in between, the tile would be blank. */}
      {shown && !loaded && <PixelCanvas image={shown} />}
      {!picture && (
        <TokenOverlay
          label={unmade}
          grid={model.grid}
          codebookSize={model.codebookSize}
          tokens={tokens}
          uncovered={preview !== null}
        />
      )}
      {picture && file && (
        <ViewLink id={kept} address={file} among={() => idsOfRuns([run], keptIds)}>
          <img src={file} alt={made(picture)} draggable onLoad={() => setLoaded(true)} />
        </ViewLink>
      )}
      {children}
    </div>
  );
}

/** An address of the very file that is offered for download, so that "save image" saves the settings too. */
function usePictureAddress(model: RunModel, picture: Picture | null): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!picture) return;
    let made: string | null = null;
    let gone = false;
    void pictureFile(model, picture).then((file) => {
      if (gone) return;
      made = URL.createObjectURL(file);
      setAddress(made);
    });
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [model, picture]);
  return address;
}
