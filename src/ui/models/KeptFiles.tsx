import { type RefObject, useState } from 'react';
import type { StoredPack } from '../../store/models.ts';
import { useModelActions, useModelsState } from '../context.ts';
import { ConfirmDelete } from './ConfirmDelete.tsx';

interface KeptFilesProps {
  readonly pack: StoredPack;
  /** Where the focus goes when the files are deleted. */
  readonly list: RefObject<HTMLUListElement | null>;
}

/** What can be done with the files of a model that was fetched: check and delete. */
export function KeptFiles({ pack, list }: KeptFilesProps) {
  const { removeStored } = useModelActions();
  const [isDoomed, setDoomed] = useState(false);
  if (isDoomed) {
    return (
      <ConfirmDelete
        name={pack.name}
        answer="Delete its files"
        onKeep={() => setDoomed(false)}
        onDelete={() => {
          setDoomed(false);
          // The button goes with the files; the focus stays in the list.
          list.current?.focus();
          void removeStored(pack);
        }}
      />
    );
  }
  return (
    <>
      {pack.usedAt !== null && <VerifyButton pack={pack.address} name={pack.name} />}
      <button type="button" className="quiet" onClick={() => setDoomed(true)}>
        Delete<span className="visually-hidden"> {pack.name}</span>
      </button>
    </>
  );
}

/** @param pack as in the page's address */
export function VerifyButton({ pack, name }: { readonly pack: string; readonly name: string }) {
  const verifying = useModelsState((state) => state.verifying);
  const { verify } = useModelActions();
  const isOn = verifying?.pack === pack;
  return (
    <button
      type="button"
      className="quiet"
      aria-disabled={verifying !== null}
      title="Read its files, and see whether the disk has spoiled them"
      onClick={() => void verify(pack, name)}
    >
      {isOn ? `Checking… ${Math.floor(verifying.done * 100)}%` : 'Check'}
      <span className="visually-hidden"> {name}</span>
    </button>
  );
}
