// A Hugging Face repository that is laid out as a pack opens by the address of its page.

const hosts = new Set(['huggingface.co', 'www.huggingface.co', 'hf.co']);

/**
 * The address of the files behind the page of a repository, or of a folder in it:
 * `https://huggingface.co/owner/name/tree/v2/faces` -> `https://huggingface.co/owner/name/resolve/v2/faces`. Any other as
 * it is.
 */
export function filesAddress(url: URL): URL {
  if (!hosts.has(url.hostname)) return url;
  const [owner, name, what, revision = 'main', ...folder] = url.pathname.split('/').filter(Boolean);
  const isPage = what === undefined || what === 'tree' || what === 'blob';
  if (!name || !isPage || owner === 'datasets' || owner === 'spaces') return url;
  const path = folder.at(-1) === 'pack.json' ? folder.slice(0, -1) : folder;
  return new URL(`/${[owner, name, 'resolve', revision, ...path].join('/')}`, 'https://huggingface.co');
}
