// Wires client, store and page together.
import { createRoot } from 'react-dom/client';
import { createActions } from './store/actions.ts';
import { readWish } from './store/address.ts';
import { createAppStore } from './store/store.ts';
import { App } from './ui/App.tsx';
import { AppContext } from './ui/context.ts';
import { painted } from './ui/painted.ts';
import { saveFile } from './ui/saveFile.ts';
import './ui/styles/base.css';
import './ui/styles/controls.css';
import './ui/styles/gallery.css';
import { createEngineClient } from './worker/client.ts';

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

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element #root.');
createRoot(root).render(
  <AppContext value={{ store, actions }}>
    <App />
  </AppContext>,
);
