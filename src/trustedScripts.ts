// The content security policy takes the address of a script from a Trusted Types policy only. ONNX Runtime starts its
// threads by plain addresses, so it has to be the default one. To be imported before anything that starts a worker.

interface PolicyFactory {
  readonly defaultPolicy: object | null;
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (address: string) => string | null },
  ): unknown;
}

/**
 * The address as it is where its script belongs to this site, else null: then the browser refuses it.
 * @param folder of the page, or one within it, with its closing slash
 */
export function ownScript(address: string, folder: string): string | null {
  return URL.canParse(address, folder) && new URL(address, folder).href.startsWith(folder) ? address : null;
}

const { trustedTypes } = globalThis as { readonly trustedTypes?: PolicyFactory };
if (trustedTypes && !trustedTypes.defaultPolicy) {
  // Built, this lies in assets/, one below the page.
  const folder = new URL('../', import.meta.url).href;
  trustedTypes.createPolicy('default', { createScriptURL: (address) => ownScript(address, folder) });
}
