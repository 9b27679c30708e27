import { useEffect, useRef } from 'react';
import type { RgbaImage } from '../types.ts';

/** A picture at its own size; the style sheet scales it. */
export function PixelCanvas({ image }: { readonly image: RgbaImage }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current
      ?.getContext('2d')
      ?.putImageData(new ImageData(image.data, image.width, image.height), 0, 0);
  }, [image]);
  return <canvas ref={canvas} width={image.width} height={image.height} />;
}
