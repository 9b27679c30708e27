// Many kept pictures at once, written where the page finds them when it opens next.
import type { Page } from 'playwright';
import { writeRecord } from '../../src/gallery/record.ts';
import { encodePng } from '../../src/png/write.ts';
import { mulberry32 } from './mulberry32.ts';
import { recipeFor } from './pictures.ts';

export interface FilledPicture {
  readonly prompt: string;
  readonly seed: number;
  readonly score: number;
}

const side = 128;

/** PNGs of the built-in models' size that compress as badly as faces do, and look a little less alike than noise. */
export function blurs(count: number): Promise<Uint8Array[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const random = mulberry32(i + 1);
      const [hue, x, y] = [random(), random(), random()].map((part) => part * side);
      const data = new Uint8ClampedArray(4 * side * side);
      for (let p = 0; p < side * side; p++) {
        const far = Math.hypot((p % side) - x, Math.floor(p / side) - y);
        data.set(
          [2 * hue, 255 - far, far, 255].map((level) => level + 24 * random()),
          4 * p,
        );
      }
      const png = await encodePng({ width: side, height: side, data }, []);
      return new Uint8Array(await png.arrayBuffer());
    }),
  );
}

/**
 * Puts pictures into the gallery of a page's origin, the first one as the newest. The page must be reloaded then.
 * @param pngs shown by turns, so that a thousand are not sent over
 */
export async function fillGallery(
  page: Page,
  pictures: readonly FilledPicture[],
  pngs: readonly Uint8Array[],
): Promise<void> {
  const model = { name: 'Portraits', image: { width: side, height: side } };
  const now = Date.now();
  const records = pictures.map(({ prompt, seed, score }, i) => {
    const { head, body } = writeRecord(i.toString(16).padStart(32, '0'), now - 1000 * i, {
      png: new Blob([new Uint8Array(pngs[i % pngs.length])]),
      recipe: recipeFor(prompt, seed),
      model,
      score,
      film: null,
      steps: null,
    });
    return { head, body: { ...body, png: null, steps: null } };
  });
  await page.evaluate(
    async ({ records, pngs }) => {
      const blobs = pngs.map((png) => {
        const bytes = Uint8Array.from(atob(png), (byte) => byte.charCodeAt(0));
        return new Blob([bytes], { type: 'image/png' });
      });
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open('clip-vqdiffusion gallery', 1);
        opening.onupgradeneeded = () => {
          for (const name of ['heads', 'bodies']) opening.result.createObjectStore(name, { keyPath: 'id' });
        };
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
      const transaction = database.transaction(['heads', 'bodies'], 'readwrite');
      records.forEach(({ head, body }, i) => {
        transaction.objectStore('heads').put(head);
        const png = blobs[i % blobs.length];
        transaction.objectStore('bodies').put({ ...body, png, steps: new Uint8Array() });
      });
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
      database.close();
    },
    { records, pngs: pngs.map((png) => Buffer.from(png).toString('base64')) },
  );
}
