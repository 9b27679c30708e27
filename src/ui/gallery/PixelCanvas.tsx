import { useEffect, useRef } from 'react';
import type { Frame } from '../../events.ts';

/** A picture at its own size; the style sheet scales it. */
export function PixelCanvas({ image }: { readonly image: Frame }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if ('data' in image) context?.putImageData(new ImageData(image.data, image.width, image.height), 0, 0);
    // One that was let go meanwhile has no size; what took its place is about to be drawn.
    else if (image.width) context?.drawImage(image, 0, 0);
  }, [image]);
  return <canvas ref={canvas} width={image.width} height={image.height} />;
}
