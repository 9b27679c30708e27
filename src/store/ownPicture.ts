// A visitor's own picture: one that no recipe made, of which parts can be drawn anew all the same.
import { UserError } from '../errors.ts';
import { quoted } from '../quote.ts';
import type { RgbaImage } from '../types.ts';
import { pictureSize } from './pictureSize.ts';

export interface OwnPicture {
  readonly file: File;
  /** Its middle, to be looked at. */
  readonly preview: RgbaImage;
  /** Why it is no more than a picture, in one sentence. */
  readonly note: string;
  /** The model is looking at it. */
  readonly busy: boolean;
}

/**
 * The middle of a picture, cut to the form of the wanted size and brought to it. Rejects where the browser cannot read
 * the file.
 */
export type DecodePicture = (
  file: Blob,
  size: { readonly width: number; readonly height: number },
) => Promise<RgbaImage>;

/** Decoded, 480 MB. */
const MOST_PIXELS = 120e6;
/** Where the sizes of all formats stand; a JPEG may have its colours and a small picture before them. */
const HEAD_BYTES = 1 << 20;

/** @throws {UserError} `recipe`, why it cannot be used, in one sentence */
export async function decodeOwn(
  decode: DecodePicture,
  file: File,
  size: { readonly width: number; readonly height: number },
): Promise<RgbaImage> {
  const name = quoted(file.name || 'the picture', 60);
  if (file.type === 'image/svg+xml' || /\.svgz?$/i.test(file.name)) {
    throw new UserError(
      'recipe',
      `${name} is a drawing of lines without pixels: save it as PNG or JPEG, and bring that.`,
    );
  }
  const found = pictureSize(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
  if (found && found.width * found.height > MOST_PIXELS) {
    const millions = Math.round((found.width * found.height) / 1e6);
    throw new UserError(
      'recipe',
      `${name} has ${millions} megapixels, and ${MOST_PIXELS / 1e6} can be taken: make it smaller first.`,
    );
  }
  try {
    return await decode(file, size);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      'recipe',
      `This browser cannot read ${name} as a picture: save it as JPEG or PNG, and bring that.`,
      { cause },
    );
  }
}
