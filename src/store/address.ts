// What the page's own address asks for: ?pack=<folder> or ?pack=own:<id>, and ?device=webgpu|webgpu-half|wasm|auto.
import { filesAddress } from '../delivery/huggingFace.ts';
import { UserError } from '../errors.ts';
import { ownPackAddress, ownPackId } from '../library/packFolder.ts';
import { quoted } from '../quote.ts';
import { wasBuiltIn } from '../recipe/formerModels.ts';

export { ownPackAddress };

import type { ProviderChoice } from '../types.ts';

/** The models that come with the page, named as in their pack.json, for when that has not been read. */
export const builtInModels = [
  {
    pack: 'models/portraits/',
    name: 'Portraits',
    about: 'Rendered people with hair, hats, glasses and beards to choose. 256\u00a0×\u00a0256\u00a0pixels.',
  },
] as const;
/** Opened where nothing else is asked for; its tokenizer goes into converted packs. */
export const builtInPack = builtInModels[0].pack;

/**
 * Address of a strip of square pictures, side by side, that a built-in model made of the examples in its pack.json, in
 * their order (`src/cli/welcome.ts`); null for other models.
 */
export function welcomePictures(pack: string): string | null {
  return builtInModels.some((model) => model.pack === pack) ? `${pack}welcome.webp` : null;
}

const devices = ['webgpu', 'webgpu-half', 'wasm'] as const satisfies readonly ProviderChoice[];

export interface Wish {
  /** As written, to be resolved by packAddress(). */
  readonly pack: string;
  readonly provider: ProviderChoice;
}

/** @param search `location.search` */
export function readWish(search: string): Wish {
  const parameters = new URLSearchParams(search);
  const device = parameters.get('device');
  return {
    pack: parameters.get('pack') || builtInPack,
    provider: devices.find((each) => each === device) ?? 'auto',
  };
}

/** Fragment of the page's address that opens the explainer. */
export const explainerFragment = '#how-it-works';

/** The page's address with this pack in the place of another, so that a reload opens it again. */
export function addressWithPack(pageUrl: string, pack: string): string {
  const url = new URL(pageUrl);
  if (pack === builtInPack) url.searchParams.delete('pack');
  else url.searchParams.set('pack', pack);
  return url.href;
}

/**
 * Absolute address of the pack's folder, with its closing slash; an own pack's name as it is. A Hugging Face repository may
 * be named by the address of its page.
 * @throws {UserError} `pack-missing` when it is no address of the web
 */
export function packAddress(pack: string, base: string): string {
  if (ownPackId(pack) !== null) return pack;
  const url = URL.canParse(pack, base) ? filesAddress(new URL(pack, base)) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UserError(
      'pack-missing',
      `${quoted(pack, 80)} is not the address of a model folder: use one that begins with https://, or leave out “?pack=”.`,
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url.href;
}

/** Whether two names, as written, mean one pack. */
export function isSamePack(one: string, other: string, base: string): boolean {
  if (one === other) return true;
  const isAddress = (pack: string) => ownPackId(pack) === null && URL.canParse(pack, base);
  return isAddress(one) && isAddress(other) && folderOf(one, base) === folderOf(other, base);
}

const folderOf = (pack: string, base: string) => filesAddress(new URL(pack, base)).href.replace(/\/?$/, '/');

/**
 * What opening `pack` failed with. Of a model that was built in once, and that nobody put back in its place, an old link
 * is told that, not that a file is missing.
 */
export function openingFailure(error: UserError, pack: string): UserError {
  const id = /^models\/([^/]+)\/?$/.exec(pack)?.[1];
  if (error.code !== 'pack-missing' || id === undefined || !wasBuiltIn(id)) return error;
  return new UserError(
    'pack-missing',
    `The model ${quoted(id)} is not built in any more: bring it as a pack, with the address of its folder behind “?pack=”, or open the built-in model.`,
    { cause: error },
  );
}
