// Before the browser tests: the micro pack as files, by weight type, where the test server finds them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeStepCheck } from '../../src/cli/stepCheck.ts';
import { convertMicroPack } from '../support/microPack.ts';

export const microPackUrl = '/test/.tmp/micro';

export default async function setup(): Promise<void> {
  for (const [name, weightType] of [
    ['micro', 'fp32'],
    ['micro-int8', 'int8'],
    ['micro-q4', 'q4'],
  ] as const) {
    const folder = new URL(`../.tmp/${name}/`, import.meta.url);
    mkdirSync(folder, { recursive: true });
    for (const [path, bytes] of await convertMicroPack(weightType))
      writeFileSync(new URL(path, folder), bytes);
    await writeStepCheck(fileURLToPath(folder));
  }
}
