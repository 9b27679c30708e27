// What the page's own address asks for: ?pack=<folder> and ?device=webgpu|wasm|auto.
import { UserError } from '../errors.ts';
import type { ProviderChoice } from '../types.ts';

export const builtInPack = 'models/toon/';

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
    provider: device === 'webgpu' || device === 'wasm' ? device : 'auto',
  };
}

/**
 * Absolute address of the pack's folder, with its closing slash.
 * @throws {UserError} `pack-missing` when it is no address of the web
 */
export function packAddress(pack: string, base: string): string {
  const url = URL.canParse(pack, base) ? new URL(pack, base) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UserError(
      'pack-missing',
      `“${pack}” is not the address of a model folder: give one that begins with https://, or leave out “?pack=”.`,
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url.href;
}
