import { type ReactNode, useRef, useState } from 'react';
import { builtInModels, ownPackAddress } from '../store/address.ts';
import { madeAtInWords, type OwnPack } from '../store/models.ts';
import { activeRun } from '../store/store.ts';
import { useAppState, useModelActions, useModelsState } from './context.ts';
import { megabytes } from './words.ts';

/** The built-in models and one's own, each to use; one's own to export and delete as well. */
export function ModelList({ onUse }: { readonly onUse: () => void }) {
  const own = useModelsState((state) => state.own);
  const running = useAppState((state) => activeRun(state) !== null);
  const { remove } = useModelActions();
  const [doomed, setDoomed] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);

  return (
    <ul ref={list} className="model-list" aria-label="Models" tabIndex={-1}>
      {builtInModels.map(({ pack, name }) => (
        <Model key={pack} name={name} about="built in">
          <UseButton pack={pack} name={name} onUse={onUse} />
        </Model>
      ))}
      {own.map((pack) => (
        <Model key={pack.id} name={pack.name} about={pack.problem ?? aboutInWords(pack, own)}>
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
      ))}
    </ul>
  );
}

interface ModelProps {
  readonly name: string;
  readonly about: string;
  readonly children: ReactNode;
}

function Model({ name, about, children }: ModelProps) {
  return (
    <li>
      <p className="model-name">
        <strong>{name}</strong>
        <span className="hint">{about}</span>
      </p>
      <div className="model-actions">{children}</div>
    </li>
  );
}

interface UseButtonProps {
  readonly pack: string;
  readonly name: string;
  readonly onUse: () => void;
}

function UseButton({ pack, name, onUse }: UseButtonProps) {
  const opened = useAppState((state) => state.packUrl);
  const running = useAppState((state) => activeRun(state) !== null);
  const { use } = useModelActions();
  if (opened === pack) return <span className="in-use">in use</span>;
  return (
    <button
      type="button"
      className="quiet"
      // Opening another model would end the run.
      disabled={running}
      onClick={() => {
        use(pack);
        onUse();
      }}
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
      {exporting === pack.id ? 'Packing …' : 'Export zip'}
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
      <legend>Delete “{pack.name}” from this browser?</legend>
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
