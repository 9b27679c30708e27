import { useEffect, useState } from 'react';
import type { BrushSource } from '../../store/brushActions.ts';
import { PixelCanvas } from '../gallery/PixelCanvas.tsx';

/** What is painted over. */
export function PictureBeneath({ picture }: Pick<BrushSource, 'picture'>) {
  return picture instanceof Blob ? <PictureOfFile file={picture} /> : <PixelCanvas image={picture} />;
}

function PictureOfFile({ file }: { readonly file: Blob }) {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const own = URL.createObjectURL(file);
    setAddress(own);
    return () => URL.revokeObjectURL(own);
  }, [file]);
  return <img src={address} alt="" draggable={false} />;
}
