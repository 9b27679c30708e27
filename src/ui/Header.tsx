import { builtInModels } from '../store/address.ts';
import type { PackState } from '../store/store.ts';
import { useActions, useAppState } from './context.ts';
import { AboutDevice } from './device/AboutDevice.tsx';
import { AboutModel } from './device/AboutModel.tsx';
import { Mark } from './kit/icons.tsx';
import { ModelsDialog } from './models/ModelsDialog.tsx';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';

/** Name, claim, and what runs where. */
export function Header() {
  const { explain } = useActions();
  const manifest = useAppState((state) => state.manifest);
  const pack = useAppState((state) => state.pack);
  const packUrl = useAppState((state) => state.packUrl);
  // The manifest is that of the model opened last; the name of a built-in one is known before.
  const name = builtInModels.find((model) => model.pack === packUrl)?.name ?? manifest?.name ?? 'Model';
  return (
    <header className="masthead">
      <Mark />
      <div className="masthead-name">
        <h1>CLIP-VQDiffusion</h1>
        <p>
          <span className="wide-only">Faces from words, right in your browser · </span>
          <button type="button" className="link" onClick={() => explain(true)}>
            How it works
          </button>
        </p>
      </div>
      <div className="masthead-model">
        <p className="model-line">
          <strong dir="auto">{name}</strong>
        </p>
        <Device pack={pack} />
        <div className="masthead-buttons">
          {manifest && <AboutModel manifest={manifest} />}
          <ModelsDialog />
          <ShortcutsDialog />
        </div>
      </div>
    </header>
  );
}

function Device({ pack }: { readonly pack: PackState }) {
  switch (pack.kind) {
    case 'opening':
      return <span className="device">Loading…</span>;
    case 'failed':
      return <span className="device device-off">Not open</span>;
    case 'ready':
      return <AboutDevice device={pack.device} />;
    default:
      return pack satisfies never;
  }
}
