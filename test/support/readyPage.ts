// A page without its components: store, actions, and a stand-in for the engine.
import { createActions, type Surroundings } from '../../src/store/actions.ts';
import { noCrashMark } from '../../src/store/crashMark.ts';
import { createAppStore } from '../../src/store/store.ts';
import { microManifest, noDecoding, onWasm, standInClient } from './page.ts';

/** Store and actions of a page before any model is open. */
export function setUp(change: Partial<Surroundings> = {}) {
  const store = createAppStore();
  const { client, ...asked } = standInClient();
  const copied: string[] = [];
  const saved: { file: Blob; name: string }[] = [];
  let seed = 1000;
  let clock = 0;
  const actions = createActions(store, {
    client,
    randomSeed: () => seed++,
    now: () => clock,
    save: (file, name) => saved.push({ file, name }),
    painted: async () => {},
    decodePicture: noDecoding,
    copyText: async (text) => void copied.push(text),
    copyPicture: async (picture) => void copied.push((await picture).text),
    pageUrl: () => 'https://example.org/app/?pack=models/micro/#x',
    base: 'https://example.org/app/',
    crashMark: noCrashMark,
    ...change,
  });
  const wait = (milliseconds: number) => {
    clock += milliseconds;
  };
  return { store, actions, client, ...asked, saved, copied, wait, state: store.getState };
}

/** A run asks the worker one turn after it shows on the page. */
export const started = () => Promise.resolve();

/** A page with the micro model open and a prompt written. */
export async function ready(change: Partial<Surroundings> = {}) {
  const page = setUp(change);
  page.actions.rollSeed();
  const opened = page.actions.openPack('models/micro/', 'auto');
  page.opens[0].resolve({ manifest: microManifest, device: onWasm });
  await opened;
  page.actions.edit({ prompt: 'a smiling woman' });
  return page;
}
