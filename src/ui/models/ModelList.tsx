import { type RefObject, useRef, useState } from 'react';
import { builtInModels, isSamePack, ownPackAddress, welcomePictures } from '../../store/address.ts';
import { madeAtInWords, type OwnPack } from '../../store/models.ts';
import { activeRun } from '../../store/store.ts';
import { useAppState, useModelActions, useModelsState } from '../context.ts';
import { keptInWords, megabytes } from '../kit/words.ts';
import { ConfirmDelete } from './ConfirmDelete.tsx';
import { KeptFiles, VerifyButton } from './KeptFiles.tsx';
import { Model, type ModelListProps, UseButton } from './Model.tsx';

/** The built-in models, one's own, and those that were fetched: each to use, to check and to delete. */
export function ModelList({ onUse }: ModelListProps) {
  const list = useRef<HTMLUListElement>(null);
  return (
    <ul ref={list} className="model-list" aria-label="Models" tabIndex={-1}>
      {builtInModels.map(({ pack, name, about }) => (
        <BuiltInModel key={pack} pack={pack} name={name} about={about} list={list} onUse={onUse} />
      ))}
      <OwnModels list={list} onUse={onUse} />
      <FetchedModels list={list} onUse={onUse} />
    </ul>
  );
}

interface InList extends ModelListProps {
  /** Where the focus goes when a model leaves. */
  readonly list: RefObject<HTMLUListElement | null>;
}

function BuiltInModel({
  pack,
  name,
  about,
  list,
  onUse,
}: InList & { pack: string; name: string; about: string }) {
  const kept = useModelsState(({ stored }) =>
    stored.find(({ address }) => isSamePack(address, pack, document.baseURI)),
  );
  return (
    <Model picture={welcomePictures(pack)} name={name} about={kept ? `${about} ${keptInWords(kept)}` : about}>
      <UseButton pack={pack} name={name} onUse={onUse} />
      {kept && <KeptFiles pack={kept} list={list} />}
    </Model>
  );
}

/** Those that are not built in. */
function FetchedModels({ list, onUse }: InList) {
  const stored = useModelsState((state) => state.stored);
  return stored
    .filter(({ address }) => !builtInModels.some(({ pack }) => isSamePack(address, pack, document.baseURI)))
    .map((pack) => (
      <Model
        key={pack.address}
        picture={null}
        name={pack.name}
        about={[keptInWords(pack), new URL(pack.address).host, `licence: ${pack.license}`].join(' · ')}
      >
        <UseButton pack={pack.address} name={pack.name} onUse={onUse} />
        <KeptFiles pack={pack} list={list} />
      </Model>
    ));
}

function OwnModels({ list, onUse }: InList) {
  const own = useModelsState((state) => state.own);
  const running = useAppState((state) => activeRun(state) !== null);
  const { remove } = useModelActions();
  const [doomed, setDoomed] = useState<string | null>(null);

  return own.map((pack) => (
    <Model key={pack.id} picture={null} name={pack.name} about={pack.problem ?? aboutInWords(pack, own)}>
      {doomed === pack.id ? (
        <ConfirmDelete
          name={pack.name}
          answer="Delete for good"
          onKeep={() => setDoomed(null)}
          onDelete={() => {
            setDoomed(null);
            // The button goes with its model; the focus stays in the list.
            list.current?.focus();
            void remove(pack);
          }}
        />
      ) : (
        <>
          {pack.problem === null && (
            <>
              <UseButton pack={ownPackAddress(pack.id)} name={pack.name} onUse={onUse} />
              <ExportButton pack={pack} />
              <VerifyButton pack={ownPackAddress(pack.id)} name={pack.name} />
            </>
          )}
          <button
            type="button"
            className="quiet"
            // The run in progress may be this model's.
            disabled={running}
            onClick={() => setDoomed(pack.id)}
          >
            Delete<span className="visually-hidden"> {pack.name}</span>
          </button>
        </>
      )}
    </Model>
  ));
}

function ExportButton({ pack }: { readonly pack: OwnPack }) {
  const exporting = useModelsState((state) => state.exporting);
  const { exportPack } = useModelActions();
  return (
    <button
      type="button"
      className="quiet"
      aria-disabled={exporting !== null}
      onClick={() => void exportPack(pack)}
    >
      {exporting === pack.id ? 'Packing…' : 'Export zip'}
      <span className="visually-hidden"> of {pack.name}</span>
    </button>
  );
}

function aboutInWords(pack: OwnPack, own: readonly OwnPack[]): string {
  const madeAt = madeAtInWords(pack, own);
  return [megabytes(pack.bytes), `licence: ${pack.license}`, ...(madeAt ? [`made ${madeAt}`] : [])].join(
    ' · ',
  );
}
