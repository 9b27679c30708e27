// Browsers tell a page next to nothing of why a script, a worker or a WASM file did not load. The server is asked again.
import { UserError } from './errors.ts';
import { quoted } from './quote.ts';

const PATIENCE = 10_000;

/** Whether a browser says that the site's content security policy was in the way; Firefox calls it CSP. */
export const isForbidden = (cause: unknown) =>
  /content security policy|unsafe-eval|\bCSP\b/i.test(String(cause));

/**
 * Why a file that belongs to the page did not load or run, in one sentence that says what to do.
 * @param url of the file
 * @param cause what the browser said, if anything
 */
export async function loadFailure(url: string, cause?: unknown): Promise<UserError> {
  const address = new URL(url, location.href);
  const file = decodeURIComponent(address.pathname.split('/').at(-1)!);
  const because = { cause };
  const failure = (message: string) => new UserError('runtime', message, because);
  if (isForbidden(cause)) {
    return failure(
      'This site’s content security policy keeps WebAssembly from running: its script-src must allow “wasm-unsafe-eval”.',
    );
  }
  // Past all caches, the service worker's too.
  const response = await fetch(address, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) }).catch(
    () => null,
  );
  if (!response) {
    return new UserError(
      'network',
      navigator.onLine
        ? `${file} could not be fetched: check the connection, or whether a blocker forbids it, and try again.`
        : 'You are offline, and part of the page has not been fetched yet: connect and try again.',
      because,
    );
  }
  void response.body?.cancel();
  const type = response.headers.get('content-type')?.split(';')[0].trim() ?? '';
  // Servers of single-page sites answer every unknown path with their page.
  if (!response.ok || type === 'text/html') {
    const found = response.ok ? 'a web page in its place' : `status ${response.status}`;
    return failure(
      `${file} is missing on this server (it sent ${found}): put the whole built folder there, then reload.`,
    );
  }
  if (/\.m?js$/.test(file) && !/^(text|application)\/(x-)?(java|ecma)script$/.test(type)) {
    return failure(
      `The server sends ${file} as ${type ? quoted(type) : 'no type at all'}, and browsers run no such script: have it send .js files as text/javascript.`,
    );
  }
  return failure(
    `The browser has ${file} but does not run it: allow it in your blocker or security settings, then reload the page.`,
  );
}
