// Code that is fetched when it is first needed. A server that has a newer version may no longer have it.
import { UserError } from './errors.ts';

/**
 * What a dynamic import brings.
 * @throws {UserError} `page` where it does not come. Some browsers remember a failed import, so that a reload alone helps everywhere.
 */
export async function late<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new UserError(
      'page',
      navigator.onLine
        ? 'This part of the page could not be fetched, perhaps because there is a newer version: reload the page.'
        : 'You are offline, and this part of the page has not been fetched yet: connect, then reload the page.',
      { cause },
    );
  }
}

type Asynchronous<T> = { readonly [Name in keyof T]: (...given: never[]) => Promise<unknown> };

/** An object of asynchronous methods, whose code is fetched when one of them is first called. */
export function lateObject<T extends Asynchronous<T>>(load: () => Promise<T>): T {
  let object: Promise<T> | null = null;
  const method =
    (name: keyof T) =>
    async (...given: never[]) => {
      object ??= late(load);
      return (await object)[name](...given);
    };
  return new Proxy({} as T, { get: (_, name) => method(name as keyof T) });
}
