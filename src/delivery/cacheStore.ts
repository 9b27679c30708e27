// The Cache API, for browsers without a file system for pages. It takes blobs whole: what is under way when a tab closes is lost.
import type { BlobStore } from './blobStore.ts';
import { joined } from './memoryStore.ts';

/** What of `Cache` is used. */
export type UsedCache = Pick<Cache, 'keys' | 'match' | 'put' | 'delete'>;

/**
 * @param cache of this store alone
 * @param origin of the page: a cache keeps by addresses. Nothing is ever asked of these.
 */
export function cacheStore(cache: UsedCache, origin: string): BlobStore {
  const root = `${origin}/delivered/`;
  const address = (folder: string, name: string) => `${root}${folder}/${name}`;
  const paths = async () => (await cache.keys()).map(({ url }) => url.slice(root.length).split('/'));
  const put = (folder: string, name: string, bytes: Uint8Array) =>
    cache.put(
      address(folder, name),
      new Response(bytes.slice(), { headers: { 'content-length': String(bytes.length) } }),
    );
  const read = async (folder: string, name: string) => {
    const found = await cache.match(address(folder, name));
    return found ? new Uint8Array(await found.arrayBuffer()) : null;
  };
  return {
    lasts: 'cache',
    folders: async () => [...new Set((await paths()).map(([folder]) => folder))],
    async sizes(folder) {
      const sizes = new Map<string, number>();
      for (const [inside, name] of await paths()) {
        if (inside !== folder) continue;
        const found = await cache.match(address(folder, name));
        sizes.set(name, Number(found?.headers.get('content-length') ?? 0));
      }
      return sizes;
    },
    read,
    async remove(folder) {
      for (const [inside, name] of await paths()) {
        if (inside === folder) await cache.delete(address(folder, name));
      }
    },
    write: put,
    async append(folder, name, at) {
      const pieces = at > 0 ? [((await read(folder, name)) ?? new Uint8Array()).subarray(0, at)] : [];
      return {
        append: (bytes) => void pieces.push(bytes.slice()),
        close: () => put(folder, name, joined(pieces)),
      };
    },
  };
}
