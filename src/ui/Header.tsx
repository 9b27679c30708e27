import type { PackState } from '../store/store.ts';
import { AboutModel } from './AboutModel.tsx';
import { useAppState } from './context.ts';
import { Mark } from './icons.tsx';
import { ModelsDialog } from './ModelsDialog.tsx';
import { deviceInWords } from './words.ts';

/** Name, claim, and what runs where. */
export function Header() {
  const manifest = useAppState((state) => state.manifest);
  const pack = useAppState((state) => state.pack);
  return (
    <header className="masthead">
      <Mark />
      <div className="masthead-name">
        <h1>CLIP-VQDiffusion</h1>
        <p>Text to faces, wholly in your browser</p>
      </div>
      <div className="masthead-model">
        <p className="model-line">
          <strong>{manifest?.name ?? 'Model'}</strong>
          <DeviceLine pack={pack} />
        </p>
        <div className="masthead-buttons">
          {manifest && <AboutModel manifest={manifest} />}
          <ModelsDialog />
        </div>
      </div>
    </header>
  );
}

function DeviceLine({ pack }: { readonly pack: PackState }) {
  switch (pack.kind) {
    case 'opening':
      return <span className="device">is being opened …</span>;
    case 'failed':
      return <span className="device device-off">not open</span>;
    case 'ready':
      return (
        <span className="device device-on">
          {deviceInWords(pack.device)}
          {pack.device.reason && <span className="device-reason">: {pack.device.reason}</span>}
        </span>
      );
    default:
      return pack satisfies never;
  }
}
