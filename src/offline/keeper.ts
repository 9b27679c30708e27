// Keeps the files of one version of the site. A file is kept under its address and its SHA-256, and only with the bytes that
// the build gave it: what is cut, damaged, of another version, or a portal's page in its place is never kept, and what two
// versions share is fetched once.

/** What the build wrote: paths within the site, and their SHA-256 in hex. */
export interface SiteFiles {
  /** Kept before this version counts as installed. */
  readonly shell: Readonly<Record<string, string>>;
  /** Kept once it was used: the runtime's builds. */
  readonly later: Readonly<Record<string, string>>;
  /** The script that index.html of this version starts with. */
  readonly entry: string;
}

/** What the keeper takes from outside. */
export interface KeeperSurroundings {
  /** Address of the site's folder, with its closing slash. */
  readonly scope: string;
  readonly openCache: () => Promise<Pick<Cache, 'match' | 'put' | 'keys' | 'delete'>>;
  readonly fetch: typeof globalThis.fetch;
  /** Added to every answer that lacks them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Servers may not know them, and what is kept must not keep a server's mistake. */
const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  wasm: 'application/wasm',
  svg: 'image/svg+xml',
  png: 'image/png',
  webp: 'image/webp',
};

const PAGE = 'index.html';

export type Keeper = ReturnType<typeof createKeeper>;

export function createKeeper(
  { shell, later, entry }: SiteFiles,
  { scope, openCache, fetch, headers }: KeeperSurroundings,
) {
  const known = new Map(Object.entries({ ...shell, ...later }));
  // Some hosts forward index.html to its folder.
  const addressOf = (path: string) => new URL(path === PAGE ? './' : encodeURI(path), scope).href;
  const keyOf = (path: string) => `${new URL(encodeURI(path), scope)}?sha256=${known.get(path)}`;

  async function isRight(path: string, bytes: ArrayBuffer): Promise<boolean> {
    return hex(await crypto.subtle.digest('SHA-256', bytes)) === known.get(path);
  }

  /** Some hosts put a script of theirs into the page, and it is still that of this version. */
  const isPage = (path: string, bytes: ArrayBuffer) =>
    path === PAGE && new TextDecoder().decode(bytes).includes(entry);

  /** From the browser's own cache if it is right there, as on a first visit, else anew. */
  async function fetchRight(path: string): Promise<ArrayBuffer> {
    for (const cache of ['force-cache', 'reload'] as const) {
      const response = await fetch(addressOf(path), { cache });
      const bytes = await response.arrayBuffer();
      if (response.ok && (await isRight(path, bytes))) return bytes;
      if (response.ok && cache === 'reload' && isPage(path, bytes)) return bytes;
    }
    throw new Error(`The server's ${path} is not that of this version.`);
  }

  async function put(path: string, bytes: ArrayBuffer): Promise<void> {
    const type = types[path.split('.').at(-1)!] ?? 'application/octet-stream';
    const kept = new Response(bytes, {
      headers: { 'Content-Type': type, 'Content-Length': String(bytes.byteLength) },
    });
    await (await openCache()).put(keyOf(path), kept);
  }

  /** @throws {Error} when the server has not this version's file */
  async function keep(path: string): Promise<void> {
    if (await (await openCache()).match(keyOf(path))) return;
    await put(path, await fetchRight(path));
  }

  async function keepSeen(path: string, response: Response): Promise<void> {
    const bytes = await response.arrayBuffer();
    if (await isRight(path, bytes)) await put(path, bytes);
  }

  function withHeaders(response: Response): Response {
    // One that is forwarded elsewhere cannot be made anew.
    if (response.status === 0) return response;
    const all = new Headers(response.headers);
    for (const [name, value] of Object.entries(headers)) if (!all.has(name)) all.set(name, value);
    const { status, statusText } = response;
    return new Response(response.body, { status, statusText, headers: all });
  }

  return {
    /** The path that an address has within the site; null elsewhere. */
    pathOf(address: string): string | null {
      const { origin, pathname } = new URL(address);
      const folder = new URL(scope);
      if (origin !== folder.origin || !pathname.startsWith(folder.pathname)) return null;
      try {
        return decodeURIComponent(pathname.slice(folder.pathname.length)) || PAGE;
      } catch {
        return null;
      }
    },

    knows: (path: string) => known.has(path),
    keep,

    /** Settles when this version is here as a whole. @throws {Error} when it is not; what came is found by the next try */
    async keepShell(): Promise<void> {
      const ends = await Promise.allSettled(Object.keys(shell).map(keep));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    },

    /**
     * What is kept, else what the server says; that is kept then, where it is right. A path of another version, which an
     * open tab may still ask for, is answered as long as it is kept.
     * @param lasting told of what goes on after the answer
     */
    async answer(
      path: string,
      request: Request,
      lasting: (work: Promise<unknown>) => void,
    ): Promise<Response> {
      const cache = await openCache();
      const isKnown = known.has(path);
      const kept = isKnown
        ? await cache.match(keyOf(path))
        : await cache.match(addressOf(path), { ignoreSearch: true });
      if (kept) return withHeaders(kept);
      const response = await fetch(request);
      // A full disk keeps nothing, and the page goes on.
      if (isKnown && response.ok) lasting(keepSeen(path, response.clone()).catch(() => {}));
      return withHeaders(response);
    },

    /** Deletes what is of other versions only. */
    async sweep(): Promise<void> {
      const cache = await openCache();
      const wanted = new Set([...known.keys()].map(keyOf));
      const keys = await cache.keys();
      await Promise.all(keys.filter(({ url }) => !wanted.has(url)).map((key) => cache.delete(key)));
    },
  };
}

function hex(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
