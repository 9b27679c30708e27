// Before the browser tests: the micro pack as files, where the test server finds them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { convertMicroPack } from '../support/microPack.ts';

export const microPackUrl = '/test/.tmp/micro';

export default async function setup(): Promise<void> {
  const folder = new URL('../.tmp/micro/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [path, bytes] of await convertMicroPack()) writeFileSync(new URL(path, folder), bytes);
}
