// Wires client, store and page together.
import './trustedScripts.ts';
import { createRoot } from 'react-dom/client';
import { openGallery } from './gallery/gallery.ts';
import { lateObject } from './late.ts';
import { keepsOwnPacks } from './library/packFolder.ts';
import { whyNoStorage } from './library/storageFailure.ts';
import { nextTask } from './nextTask.ts';
import { createInstallation, serviceWorkers } from './offline/installation.ts';
import { createActions } from './store/actions.ts';
import { addressWithPack, explainerFragment, readWish } from './store/address.ts';
import { browserCrashMark } from './store/crashMark.ts';
import { goOnOnline } from './store/goOnOnline.ts';
import { keepPictures } from './store/keepPictures.ts';
import { createKeptStore } from './store/kept.ts';
import { createKeptActions } from './store/keptActions.ts';
import { keepDraft } from './store/keptDraft.ts';
import { createModelActions } from './store/modelActions.ts';
import { createModelsStore } from './store/models.ts';
import { keepPrompts } from './store/promptHistory.ts';
import { tellOfRuns } from './store/runNews.ts';
import { browserShelf } from './store/shelf.ts';
import { createAppStore } from './store/store.ts';
import { App } from './ui/App.tsx';
import { AppContext } from './ui/context.ts';
import { copyPicture, copyText } from './ui/kit/clipboard.ts';
import { decodePicture } from './ui/kit/decodePicture.ts';
import { pictureIn } from './ui/kit/droppedFiles.ts';
import { notify } from './ui/kit/notify.ts';
import { painted } from './ui/kit/painted.ts';
import { saveFile } from './ui/kit/saveFile.ts';
import './ui/styles/base.css';
import './ui/styles/brush.css';
import './ui/styles/controls.css';
import './ui/styles/gallery.css';
import './ui/styles/grid.css';
import './ui/styles/ideas.css';
import './ui/styles/kept.css';
import './ui/styles/line.css';
import './ui/styles/models.css';
import './ui/styles/steps.css';
import { createEngineClient } from './worker/client.ts';

// To read all that code is a task by itself, and what is shown another.
await nextTask();

const installation = createInstallation({
  // While the page is being written, nothing of it is to be kept.
  workers: import.meta.env.PROD ? serviceWorkers() : undefined,
  address: new URL('sw.js', document.baseURI).href,
  isIsolated: crossOriginIsolated,
  isFramed: top !== self,
  session: () => sessionStorage,
  reload: () => location.reload(),
});
const fetchedHere = () => performance.getEntriesByType('resource').map(({ name }) => name);

const store = createAppStore();
const shelf = browserShelf(() => localStorage);
keepPrompts(store, shelf);
keepDraft(store, shelf);
const crashMark = browserCrashMark(shelf, navigator.locks, globalThis);
const actions = createActions(store, {
  client: createEngineClient((addresses) => void installation.keep([...addresses, ...fetchedHere()])),
  randomSeed: () => crypto.getRandomValues(new Uint32Array(1))[0],
  now: () => performance.now(),
  save: saveFile,
  painted,
  decodePicture,
  copyText,
  copyPicture,
  pageUrl: () => location.href,
  base: document.baseURI,
  crashMark,
});

const gallery = openGallery();
const keptStore = createKeptStore(gallery);
keepPictures(store, keptStore, gallery);
const keptActions = createKeptActions(store, keptStore, { gallery, save: saveFile, actions });

const runsAreSeen = tellOfRuns(store, {
  plainTitle: document.title,
  setTitle: (title) => {
    document.title = title;
  },
  isWatched: () => document.hasFocus(),
  notify,
});
for (const type of ['focus', 'pointerdown', 'keydown']) addEventListener(type, runsAreSeen);

if (!store.getState().draft.seedLocked) actions.rollSeed();

/** Once: a reload is not to bring back what was changed since. */
function takeLink() {
  const explains = location.hash === explainerFragment;
  if (explains) actions.explain(true);
  if (explains || actions.openLink(location.hash))
    history.replaceState(null, '', location.pathname + location.search);
}

/** Opens what the address asks for. */
function begin() {
  const wish = readWish(location.search);
  void actions.openPack(wish.pack, wish.provider);
  takeLink();
  addEventListener('hashchange', takeLink);
  // A reload opens the model that was chosen last.
  store.subscribe(({ packUrl }, before) => {
    if (packUrl !== before.packUrl) history.replaceState(null, '', addressWithPack(location.href, packUrl));
  });
}
void Promise.all([installation.isolate(), crashMark.known]).then(begin);

// Nothing of it stands in the way of a first visit.
const untilReady = store.subscribe(({ pack }) => {
  if (pack.kind !== 'ready') return;
  untilReady();
  void installation.install((take) => store.setState({ newVersion: { take } }));
});

const modelsStore = createModelsStore(whyNoStorage());
const modelActions = createModelActions(modelsStore, {
  client: lateObject(async () => (await import('./worker/importClient.ts')).createImportClient()),
  library: lateObject(async () => (await import('./library/ownPacks.ts')).openLibrary()),
  delivered: lateObject(async () => (await import('./delivery/storedPacks.ts')).storedPacks()),
  openPack: (address) => void actions.openPack(address, store.getState().provider),
  openedPack: () => store.getState().packUrl,
  save: saveFile,
  base: document.baseURI,
});
// What an interrupted import left is swept away; most visitors have never brought a model.
void keepsOwnPacks().then((some) => (some ? modelActions.refresh() : undefined));

goOnOnline(store, globalThis, actions.reopenPack);

// Whatever becomes of the page's own handling, a file dropped beside it must not take its place, and the pictures with it.
for (const type of ['dragover', 'drop'] as const) {
  addEventListener(type, (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
}

addEventListener('paste', (event) => {
  const { clipboardData, target } = event;
  if (!clipboardData) return;
  // What a copied picture was made by comes as a text; browsers leave out what lies in its file.
  const text = clipboardData.getData('text/plain');
  if (actions.openText(text)) {
    event.preventDefault();
    return;
  }
  // To whoever writes, a text with its picture, as of a table, is a text.
  const isWriting = target instanceof Element && target.matches('textarea, input');
  const picture = pictureIn(clipboardData);
  if (picture && !(text && isWriting)) void actions.openPicture(picture);
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element #root.');
createRoot(root).render(
  <AppContext
    value={{
      store,
      actions,
      models: { store: modelsStore, actions: modelActions },
      kept: { store: keptStore, actions: keptActions },
    }}
  >
    <App />
  </AppContext>,
);
