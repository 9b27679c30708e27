import { whyOneThread } from '../offline/oneThread.ts';
import { isEmpty } from '../store/line.ts';
import { activeRun } from '../store/store.ts';
import { useAppState, useModelsState } from './context.ts';

/** What is to be known of the page itself, below its head: quiet, as nothing is wrong. */
export function PageNotes() {
  return (
    <div role="status">
      <NewVersion />
      <DeviceNote />
      <OneThread />
    </div>
  );
}

/** Offered while nothing is made that a reload would end. */
function NewVersion() {
  const newVersion = useAppState((state) => state.newVersion);
  const isBusy = useAppState((state) => activeRun(state) !== null || !isEmpty(state.line));
  const isConverting = useModelsState((state) => state.conversion !== null);
  if (!newVersion || isBusy || isConverting) return null;
  return (
    <p className="page-note">
      <span>A new version is ready:</span>
      <button type="button" className="link" onClick={newVersion.take}>
        Reload
      </button>
    </p>
  );
}

/** What is wrong with the device, and what the page does about it. */
function DeviceNote() {
  const note = useAppState(({ pack }) =>
    pack.kind === 'ready' ? (pack.device.note ?? pack.care) : undefined,
  );
  return note ? <p className="page-note">{note}</p> : null;
}

function OneThread() {
  const onOneThread = useAppState(
    ({ pack }) => pack.kind === 'ready' && pack.device.provider === 'wasm' && pack.device.threads === 1,
  );
  const why = whyOneThread({
    isIsolated: crossOriginIsolated,
    isSecure: isSecureContext,
    isFramed: top !== self,
    hasServiceWorkers: 'serviceWorker' in navigator,
  });
  return onOneThread && why ? <p className="page-note">{why}</p> : null;
}
