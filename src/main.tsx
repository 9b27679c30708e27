// Wires client, store and page together.
import { createRoot } from 'react-dom/client';
import { openLibrary } from './library/ownPacks.ts';
import { createActions } from './store/actions.ts';
import { addressWithPack, readWish } from './store/address.ts';
import { createModelActions } from './store/modelActions.ts';
import { createModelsStore } from './store/models.ts';
import { createAppStore } from './store/store.ts';
import { App } from './ui/App.tsx';
import { AppContext, type Models } from './ui/context.ts';
import { painted } from './ui/painted.ts';
import { saveFile } from './ui/saveFile.ts';
import './ui/styles/base.css';
import './ui/styles/controls.css';
import './ui/styles/gallery.css';
import './ui/styles/models.css';
import { createEngineClient } from './worker/client.ts';
import { createImportClient } from './worker/importClient.ts';

const store = createAppStore();
const actions = createActions(store, {
  client: createEngineClient(),
  randomSeed: () => crypto.getRandomValues(new Uint32Array(1))[0],
  now: () => performance.now(),
  save: saveFile,
  painted,
  base: document.baseURI,
});

const wish = readWish(location.search);
actions.rollSeed();
void actions.openPack(wish.pack, wish.provider);

// A reload opens the model that was chosen last.
store.subscribe(({ packUrl }, before) => {
  if (packUrl !== before.packUrl) history.replaceState(null, '', addressWithPack(location.href, packUrl));
});

/** Only a secure page has storage of its own: https, or this very machine. */
function createModels(): Models | undefined {
  if (!navigator.storage?.getDirectory) return undefined;
  const modelsStore = createModelsStore();
  const modelActions = createModelActions(modelsStore, {
    client: createImportClient(),
    library: openLibrary(),
    openPack: (address) => void actions.openPack(address, store.getState().provider),
    openedPack: () => store.getState().packUrl,
    save: saveFile,
    base: document.baseURI,
  });
  void modelActions.refresh();
  return { store: modelsStore, actions: modelActions };
}

const models = createModels();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element #root.');
createRoot(root).render(
  <AppContext value={{ store, actions, ...(models && { models }) }}>
    <App />
  </AppContext>,
);
