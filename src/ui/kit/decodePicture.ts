import type { DecodePicture } from '../../store/ownPicture.ts';

/**
 * Reads what the browser can read: of a film the first frame, turned as its camera says. Through which pixels show the
 * page, white shows.
 */
export const decodePicture: DecodePicture = async (file, { width, height }) => {
  const bitmap = await createImageBitmap(file);
  try {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new RangeError('There is no memory for a canvas.');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    const scale = Math.min(bitmap.width / width, bitmap.height / height);
    const [across, down] = [scale * width, scale * height];
    context.imageSmoothingQuality = 'high';
    context.drawImage(
      bitmap,
      (bitmap.width - across) / 2,
      (bitmap.height - down) / 2,
      across,
      down,
      0,
      0,
      width,
      height,
    );
    return { width, height, data: context.getImageData(0, 0, width, height).data };
  } finally {
    bitmap.close();
  }
};
