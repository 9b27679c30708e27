import type { Frame } from '../../events.ts';
import type { ImageTokens } from '../../types.ts';
import { useAppState } from '../context.ts';
import { PixelCanvas } from '../gallery/PixelCanvas.tsx';
import { TokenOverlay } from '../gallery/TokenOverlay.tsx';

interface MadePictureProps {
  /** Null where what is beside it says it all. */
  readonly label: string | null;
  readonly image: Frame | null;
  /** What still lies over it; null for all hidden, undefined for nothing. [positions] */
  readonly tokens: ImageTokens | null | undefined;
}

/** A picture under its hidden tiles. */
export function MadePicture({ label, image, tokens }: MadePictureProps) {
  const manifest = useAppState((state) => state.manifest);
  if (!manifest) return null;
  return (
    <div
      className="frame"
      {...(label === null ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
      style={{ aspectRatio: `${manifest.image.width} / ${manifest.image.height}` }}
    >
      {image && <PixelCanvas image={image} />}
      {tokens !== undefined && (
        <TokenOverlay
          label={null}
          grid={manifest.grid}
          codebookSize={manifest.codebookSize}
          tokens={tokens}
          uncovered={image !== null}
        />
      )}
    </div>
  );
}
