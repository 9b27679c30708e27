// What a server should send with the built page. Where it does not, the page and its service worker make up for it.

/** SharedArrayBuffer, and so WASM threads, exist only on a cross-origin isolated page. */
export const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
} as const;

/** What the page may do, and what for. It needs no inline script or style, and no eval. */
const directives = {
  'default-src': "'none'",
  // The runtime is WebAssembly.
  'script-src': "'self' 'wasm-unsafe-eval'",
  'style-src': "'self'",
  // Finished and kept pictures are blobs.
  'img-src': "'self' blob:",
  // A model may lie on any host that the visitor names. A page over https may ask none over http but localhost: the browser
  // sees to that; one at home may well ask its neighbour.
  'connect-src': "'self' https: http:",
  // The engine, its threads, the converter, and the service worker.
  'worker-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  // The only way to a new script by its address is the policy of trustedScripts.ts.
  'require-trusted-types-for': "'script'",
  'trusted-types': 'default',
} as const;

/** The content security policy of the page itself, and of its workers. */
export const contentPolicy = Object.entries(directives)
  .map((directive) => directive.join(' '))
  .join('; ');

/** The same from a server, which alone can keep other sites from showing the page in a frame. */
export const serverPolicy = `${contentPolicy}; frame-ancestors 'none'`;
