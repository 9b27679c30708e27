// The browser's clipboard. Outside a secure page there is none.
import { UserError } from '../../errors.ts';
import type { CopiedPicture } from '../../store/copyActions.ts';

export const copyText = async (text: string): Promise<void> => navigator.clipboard.writeText(text);

/** To be called in the click itself: Safari takes a promise there, and nothing later. */
export async function copyPicture(picture: Promise<CopiedPicture>): Promise<void> {
  if (typeof ClipboardItem === 'undefined') {
    throw new UserError(
      'clipboard',
      'This browser lets no page copy pictures: download it, or copy it by a right click.',
    );
  }
  const text = picture.then((whole) => new Blob([whole.text], { type: 'text/plain' }));
  await navigator.clipboard.write([
    new ClipboardItem({ 'image/png': picture.then(({ png }) => png), 'text/plain': text }),
  ]);
}
