// The table of docs/contributing.md against what is installed: names, versions, licences, and who runs a script.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
}
const manifest: Readonly<Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>> =
  JSON.parse(read('package.json'));
const locked: Readonly<Record<string, Locked>> = JSON.parse(read('package-lock.json')).packages;
const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
const section = read('docs/contributing.md').split('## What it depends on')[1];
const rows = [...section.matchAll(/^\| (\S+) \| (\d\S*) \| ([^|]+) \| ([^|]+) \|$/gm)];

describe('the table of packages', () => {
  it('names each with its version and licence, those of the page first', () => {
    expect(rows.map(([, name, version, license]) => [name, version, license])).toEqual(
      Object.keys(wanted).map((name) => {
        const { version, license } = locked[`node_modules/${name}`];
        return [name, version, license];
      }),
    );
  });

  it('gives versions that are exact', () => {
    for (const [name, version] of Object.entries(wanted)) {
      expect(version, name).toBe(locked[`node_modules/${name}`].version);
    }
  });

  it('tells whose install scripts there are, and that none of them runs', () => {
    const scripted = Object.entries(locked)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.split('node_modules/').at(-1));
    const [, named] = /when they are installed: ([^.]*)\./.exec(section.replace(/\s+/g, ' ')) ?? [];
    expect(named?.split(/, | and /)).toEqual(scripted.sort());
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  });

  it('is of licences that allow what is done with them', () => {
    const known = /^(MIT|Apache-2\.0|ISC|0BSD|BSD-[23]-Clause|MPL-2\.0|CC0-1\.0)$/;
    const others = Object.entries(locked).filter(
      ([path, { license = '' }]) =>
        path !== '' &&
        !license
          .replace(/[()]/g, '')
          .split(' OR ')
          .some((each) => known.test(each)),
    );
    expect(others).toEqual([]);
  });
});
