import { type ReactNode, type RefObject, useRef, useState } from 'react';
import { builtInModels, ownPackAddress, welcomePictures } from '../../store/address.ts';
import { madeAtInWords, type OwnPack } from '../../store/models.ts';
import { activeRun } from '../../store/store.ts';
import { useAppState, useModelActions, useModelsState } from '../context.ts';
import { megabytes } from '../kit/words.ts';

interface ModelListProps {
  /** @param pack as in the page's address */
  readonly onUse: (pack: string) => void;
}

/** The built-in models and one's own, each to use; one's own to export and delete as well. */
export function ModelList({ onUse }: ModelListProps) {
  const list = useRef<HTMLUListElement>(null);
  return (
    <ul ref={list} className="model-list" aria-label="Models" tabIndex={-1}>
      {builtInModels.map(({ pack, name, about }) => (
        <Model key={pack} picture={welcomePictures(pack)} name={name} about={about}>
          <UseButton pack={pack} name={name} onUse={onUse} />
        </Model>
      ))}
      <OwnModels list={list} onUse={onUse} />
    </ul>
  );
}

function OwnModels({ list, onUse }: ModelListProps & { readonly list: RefObject<HTMLUListElement | null> }) {
  const own = useModelsState((state) => state.own);
  const running = useAppState((state) => activeRun(state) !== null);
  const { remove } = useModelActions();
  const [doomed, setDoomed] = useState<string | null>(null);

  return own.map((pack) => (
    <Model key={pack.id} picture={null} name={pack.name} about={pack.problem ?? aboutInWords(pack, own)}>
      {doomed === pack.id ? (
        <ConfirmDelete
          pack={pack}
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

interface ModelProps {
  /** Address of its pictures, of which the first is shown. */
  readonly picture: string | null;
  readonly name: string;
  readonly about: string;
  readonly children: ReactNode;
}

function Model({ picture, name, about, children }: ModelProps) {
  return (
    <li>
      <span className="model-thumb">{picture && <img src={picture} alt="" loading="lazy" />}</span>
      <p className="model-name">
        <strong dir="auto">{name}</strong>
        <span className="hint">{about}</span>
      </p>
      <div className="model-actions">{children}</div>
    </li>
  );
}

interface UseButtonProps extends ModelListProps {
  readonly pack: string;
  readonly name: string;
}

function UseButton({ pack, name, onUse }: UseButtonProps) {
  const opened = useAppState((state) => state.packUrl);
  const running = useAppState((state) => activeRun(state) !== null);
  if (opened === pack) return <span className="in-use">In use</span>;
  return (
    <button
      type="button"
      className="quiet"
      // Opening another model would end the run.
      disabled={running}
      title={running ? 'When the pictures are finished' : undefined}
      onClick={() => onUse(pack)}
    >
      Use<span className="visually-hidden"> {name}</span>
    </button>
  );
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

interface ConfirmDeleteProps {
  readonly pack: OwnPack;
  readonly onKeep: () => void;
  readonly onDelete: () => void;
}

function ConfirmDelete({ pack, onKeep, onDelete }: ConfirmDeleteProps) {
  return (
    <fieldset className="confirm">
      <legend>
        Delete “<bdi>{pack.name}</bdi>” from this browser?
      </legend>
      <button type="button" className="quiet danger" onClick={onDelete}>
        Delete for good
      </button>
      {/* biome-ignore lint/a11y/noAutofocus: the button that was pressed is gone; its answer takes its place */}
      <button type="button" className="quiet" autoFocus onClick={onKeep}>
        Keep
      </button>
    </fieldset>
  );
}

function aboutInWords(pack: OwnPack, own: readonly OwnPack[]): string {
  const madeAt = madeAtInWords(pack, own);
  return [megabytes(pack.bytes), `licence: ${pack.license}`, ...(madeAt ? [`made ${madeAt}`] : [])].join(
    ' · ',
  );
}
