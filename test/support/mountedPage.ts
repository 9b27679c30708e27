// The page's components in the document, with a stand-in for the engine.
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { expect } from 'vitest';
import { page } from 'vitest/browser';
import type { Gallery } from '../../src/gallery/gallery.ts';
import type { PackManifest } from '../../src/pack/manifest.ts';
import { createActions } from '../../src/store/actions.ts';
import type { CopiedPicture } from '../../src/store/copyActions.ts';
import { noCrashMark } from '../../src/store/crashMark.ts';
import { type AppStore, createAppStore } from '../../src/store/store.ts';
import { App } from '../../src/ui/App.tsx';
import { AppContext } from '../../src/ui/context.ts';
import { decodePicture } from '../../src/ui/kit/decodePicture.ts';
import '../../src/ui/styles/base.css';
import '../../src/ui/styles/brush.css';
import '../../src/ui/styles/controls.css';
import '../../src/ui/styles/gallery.css';
import '../../src/ui/styles/ideas.css';
import '../../src/ui/styles/kept.css';
import '../../src/ui/styles/models.css';
import '../../src/ui/styles/steps.css';
import { freshGallery, keptPage } from './kept.ts';
import { imageEvent, microManifest, modelsWithoutStorage, onWasm, standInClient } from './page.ts';

/** With a model open. */
export async function mountPage(
  manifest: PackManifest = microManifest,
  prepare: (store: AppStore) => void = () => {},
  gallery: Promise<Gallery> = freshGallery(),
) {
  const store = createAppStore();
  prepare(store);
  const engine = standInClient();
  const saved: { file: Blob; name: string }[] = [];
  const copied: (string | CopiedPicture)[] = [];
  const actions = createActions(store, {
    client: engine.client,
    // As long as most are.
    randomSeed: () => 4_294_967_000,
    now: () => performance.now(),
    save: () => {},
    painted: async () => {},
    decodePicture,
    copyText: async (text) => void copied.push(text),
    copyPicture: async (picture) => void copied.push(await picture),
    pageUrl: () => location.href,
    base: location.href,
    crashMark: noCrashMark,
  });
  const models = modelsWithoutStorage();
  const kept = keptPage(store, actions, gallery, (file, name) => void saved.push({ file, name }));
  const host = document.body.appendChild(document.createElement('div'));
  const root = createRoot(host);
  root.render(createElement(AppContext, { value: { store, actions, models, kept } }, createElement(App)));
  void actions.openPack('models/micro/', 'auto');
  engine.opens[0].resolve({ manifest, device: onWasm });
  const generate = page.getByRole('button', { name: 'Generate' });
  const prompt = page.getByRole('textbox', { name: 'Prompt' });
  await expect.element(generate).toBeEnabled();

  /** Starts a run of the form, which the test ends. */
  const start = async (pictures: number) => {
    actions.edit({ candidates: pictures });
    void actions.generate();
    await expect.element(page.getByRole('button', { name: 'Stop', exact: true })).toBeVisible();
    const run = engine.runs.at(-1)!;
    return {
      run,
      finish: async () => {
        for (let c = 0; c < pictures; c++) run.onEvent(imageEvent(c, 0.1 * (c + 1)));
        run.resolve({ cancelled: false });
        await expect.element(generate).toBeVisible();
      },
    };
  };

  return {
    store,
    actions,
    models,
    engine,
    saved,
    copied,
    generate,
    prompt,
    start,
    unmount: () => {
      root.unmount();
      document.body.replaceChildren();
    },
  };
}
