import { useEffect, useRef } from 'react';
import type { ImageTokens } from '../../types.ts';
import { createTokenPainter, type TokenPainter } from './tokenPainter.ts';

interface TokenOverlayProps {
  /** Null where it shows nothing that the picture beneath does not say. */
  readonly label: string | null;
  readonly grid: { readonly rows: number; readonly columns: number };
  readonly codebookSize: number;
  /** [positions]; null before the first step. */
  readonly tokens: ImageTokens | null;
  /** Whether a picture lies beneath. */
  readonly uncovered: boolean;
}

/** The token grid laid over a candidate's picture. */
export function TokenOverlay({ label, grid, codebookSize, tokens, uncovered }: TokenOverlayProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<TokenPainter>(null);
  const begun = useRef({ tokens, uncovered });
  const { rows, columns } = grid;

  useEffect(() => {
    if (!canvas.current) return;
    const made = createTokenPainter(canvas.current, rows, columns, codebookSize, begun.current);
    painter.current = made;
    const observer = new ResizeObserver(([{ contentRect }]) =>
      made.resize(contentRect.width, contentRect.height),
    );
    observer.observe(canvas.current);
    return () => {
      observer.disconnect();
      made.dispose();
      painter.current = null;
    };
  }, [rows, columns, codebookSize]);

  useEffect(() => {
    begun.current = { tokens, uncovered };
    painter.current?.update(tokens, uncovered);
  }, [tokens, uncovered]);

  if (label === null) return <canvas ref={canvas} className="overlay" />;
  return <canvas ref={canvas} className="overlay" role="img" aria-label={label} />;
}
