// Which room may import which. The arrows of docs/how.md, guarded.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../src');

/** For each room (or file at the top), the rooms and packages it may import. */
const allowed: Record<string, { rooms: string[]; packages: string[] }> = {
  'types.ts': { rooms: [], packages: [] },
  'errors.ts': { rooms: [], packages: [] },
  'events.ts': { rooms: ['types.ts'], packages: [] },
  'crc32.ts': { rooms: [], packages: [] },
  'silence.ts': { rooms: [], packages: [] },
  'nextTask.ts': { rooms: [], packages: [] },
  'late.ts': { rooms: ['errors.ts'], packages: [] },
  'loadFailure.ts': { rooms: ['errors.ts', 'quote.ts'], packages: [] },
  'fullDisk.ts': { rooms: ['errors.ts'], packages: [] },
  'quote.ts': { rooms: [], packages: [] },
  'listing.ts': { rooms: [], packages: [] },
  'trustedScripts.ts': { rooms: [], packages: [] },
  'protobuf.ts': { rooms: [], packages: [] },
  diffusion: { rooms: ['types.ts'], packages: [] },
  pack: { rooms: ['types.ts', 'errors.ts', 'quote.ts', 'listing.ts'], packages: [] },
  recipe: { rooms: ['types.ts', 'errors.ts', 'quote.ts', 'crc32.ts', 'diffusion', 'pack'], packages: [] },
  png: { rooms: ['types.ts', 'errors.ts', 'quote.ts', 'crc32.ts', 'recipe'], packages: [] },
  gallery: { rooms: ['errors.ts', 'quote.ts', 'fullDisk.ts', 'recipe'], packages: ['idb'] },
  tokenizer: {
    rooms: ['types.ts', 'errors.ts', 'quote.ts', 'late.ts'],
    packages: ['@huggingface/tokenizers'],
  },
  convert: {
    rooms: ['types.ts', 'errors.ts', 'quote.ts', 'listing.ts', 'crc32.ts', 'protobuf.ts', 'pack'],
    packages: ['@noble/hashes'],
  },
  engine: {
    rooms: [
      'types.ts',
      'errors.ts',
      'quote.ts',
      'silence.ts',
      'nextTask.ts',
      'loadFailure.ts',
      'events.ts',
      'protobuf.ts',
      'diffusion',
      'pack',
      'recipe',
      'tokenizer',
    ],
    packages: ['onnxruntime-web', '@noble/hashes'],
  },
  delivery: {
    rooms: ['errors.ts', 'quote.ts', 'fullDisk.ts', 'pack', 'engine'],
    packages: ['@noble/hashes'],
  },
  library: { rooms: ['types.ts', 'errors.ts', 'quote.ts', 'fullDisk.ts', 'pack'], packages: [] },
  offline: { rooms: [], packages: [] },
  worker: {
    rooms: [
      'trustedScripts.ts',
      'types.ts',
      'errors.ts',
      'quote.ts',
      'silence.ts',
      'loadFailure.ts',
      'events.ts',
      'late.ts',
      'pack',
      'recipe',
      'engine',
      'convert',
      'delivery',
      'library',
    ],
    packages: [],
  },
  store: {
    rooms: [
      'types.ts',
      'errors.ts',
      'quote.ts',
      'events.ts',
      'late.ts',
      'crc32.ts',
      'png',
      'diffusion',
      'pack',
      'recipe',
      'gallery',
      'delivery',
      'library',
      'worker',
    ],
    packages: ['zustand'],
  },
  ui: {
    rooms: [
      'types.ts',
      'errors.ts',
      'quote.ts',
      'events.ts',
      'late.ts',
      'pack',
      'recipe',
      'gallery',
      'offline',
      'store',
    ],
    packages: ['react', 'react-dom', 'zustand'],
  },
  'main.tsx': {
    rooms: [
      'trustedScripts.ts',
      'nextTask.ts',
      'late.ts',
      'delivery',
      'gallery',
      'library',
      'offline',
      'store',
      'ui',
      'worker',
    ],
    packages: ['react', 'react-dom'],
  },
  cli: {
    rooms: [
      'types.ts',
      'errors.ts',
      'quote.ts',
      'events.ts',
      'png',
      'diffusion',
      'pack',
      'recipe',
      'tokenizer',
      'convert',
      'engine',
      'offline',
    ],
    packages: ['onnxruntime-web', 'onnxruntime-node', 'webgpu', 'vite', 'playwright'],
  },
};

/** Packages that one file of a room alone may import. */
const doors: Record<string, string[]> = {
  'onnxruntime-web': [
    'engine/session.ts',
    'engine/runtimeBuild.ts',
    'cli/nodeRuntime.ts',
    'cli/dawnRuntime.ts',
  ],
  '@huggingface/tokenizers': ['tokenizer/tokenizer.ts'],
  idb: ['gallery/databaseShelf.ts'],
};

interface Import {
  file: string;
  target: string;
}

const imports: Import[] = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
  .flatMap((file) => {
    const text = readFileSync(join(source, file), 'utf8');
    // A worker is imported by its URL; what else has one is no module.
    const found = text.matchAll(/(?:\bfrom |\bimport |\bimport\(|new URL\()\s*'([^']+)'/g);
    return [...found]
      .filter(([whole, target]) => !whole.startsWith('new URL') || /\.tsx?$/.test(target))
      .map(([, target]) => ({ file: file.replaceAll('\\', '/'), target }));
  });

function room(file: string): string {
  return file.split('/')[0];
}

function packageName(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

describe('imports', () => {
  it('are found at all', () => expect(imports.length).toBeGreaterThan(40));

  it('go only where the room may look', () => {
    const wrong = imports.filter(({ file, target }) => {
      const rules = allowed[room(file)];
      if (!rules) return true;
      if (target.startsWith('node:')) return room(file) !== 'cli';
      if (!target.startsWith('.')) return !rules.packages.includes(packageName(target));
      const to = room(relative(source, resolve(source, dirname(file), target)).replaceAll('\\', '/'));
      return to !== room(file) && !rules.rooms.includes(to);
    });
    expect(wrong).toEqual([]);
  });

  it('of the heavy packages go through one door', () => {
    const wrong = imports.filter(({ file, target }) => doors[packageName(target)]?.includes(file) === false);
    expect(wrong).toEqual([]);
  });

  it('of the page never reach the engine: the worker does', () => {
    const page = imports.filter(({ file }) =>
      ['client.ts', 'protocol.ts', 'importClient.ts'].some((name) => file === `worker/${name}`),
    );
    expect(page.filter(({ target }) => /engine|convert/.test(target))).toEqual([]);
    expect(page.length).toBeGreaterThan(0);
  });
});

describe('the method and its recipes', () => {
  it('have no clock and no chance of their own', () => {
    for (const pure of ['diffusion', 'recipe']) {
      for (const file of readdirSync(join(source, pure))) {
        const text = readFileSync(join(source, pure, file), 'utf8');
        expect(text, file).not.toMatch(/Math\.random|Date|performance\./);
      }
    }
  });
});
