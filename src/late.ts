// Code that is fetched when it is first needed. A server that has a newer version may no longer have it.
import { UserError } from './errors.ts';

/**
 * What a dynamic import brings.
 * @throws {UserError} `page` where it does not come. Browsers keep a failed import, so that a reload alone helps for sure.
 */
export async function late<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new UserError(
      'page',
      navigator.onLine
        ? 'This part of the page could not be fetched, perhaps as there is a newer version: reload the page.'
        : 'You are offline, and this part of the page has not been fetched yet: connect, then reload the page.',
      { cause },
    );
  }
}
