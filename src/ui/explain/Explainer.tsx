import { useEffect, useId, useRef, useState } from 'react';
import { chosenFile } from '../../pack/packFiles.ts';
import { explainerFragment } from '../../store/address.ts';
import { createExplainer } from '../../store/explainer.ts';
import { useActions, useAppState } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { useModal } from '../kit/useModal.ts';
import { Choices } from './Choices.tsx';
import './explain.css';
import { Row } from './Row.tsx';
import { Way } from './Way.tsx';
import { Words } from './Words.tsx';

/** A denoiser above this takes its time without a GPU. */
const LARGE_BYTES = 1e8;
const quickly = 'Each takes a few seconds, a little longer on a phone.';
const slowly = 'With a model of this size, each takes minutes without a graphics card.';

/** How it works, in five experiments that the open model makes when somebody asks. */
export function Explainer({ close }: { readonly close: () => void }) {
  const { withEngine } = useActions();
  const [explainer] = useState(() => withEngine(createExplainer));
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const manifest = useAppState((state) => state.manifest);
  const provider = useAppState(({ pack }) => (pack.kind === 'ready' ? pack.device.provider : null));
  useModal(dialog, close, explainerFragment);
  useEffect(() => explainer.dispose, [explainer]);
  if (!manifest) return null;
  const { grid, graphs } = manifest;
  const isSlow = provider === 'wasm' && chosenFile(graphs.denoiser).bytes > LARGE_BYTES;
  const tiles = grid.rows * grid.columns;
  return (
    <dialog ref={dialog} className="explainer" aria-labelledby={heading} onClose={close}>
      <div className="explainer-page">
        <header className="explainer-head">
          <h2 id={heading} tabIndex={-1}>
            How it works
          </h2>
          <button type="button" className="quiet" onClick={close}>
            <Icon name="cross" /> Close
          </button>
          <p>
            Five small experiments, made on your device by the model you have open. Nothing here was prepared:
            press <em>Show me</em>, and watch it happen. {isSlow ? slowly : quickly}
          </p>
          <Words explainer={explainer} />
        </header>
        <Way explainer={explainer} grid={grid}>
          The model never draws a pixel. It fills in a board of {tiles} tiles, every one of them face down. At
          each step it guesses the whole picture, keeps a few tiles of it, and looks again. Drag along the
          strip to go through it.
        </Way>
        <Choices explainer={explainer} grid={grid}>
          Point at a tile. These are the pieces the model has in mind for it, likeliest first, each shown in
          its place. Then it rolls the dice: the favourite usually wins, but not always. That is why another
          seed is another face.
        </Choices>
        <Row explainer={explainer} name="guidance" place={3} title="How closely it listens">
          Guidance is how much your words count. At 0 they are ignored, at 1 they are simply heard. Beyond
          that the model insists on them, and in the end overdoes it.
        </Row>
        <Row explainer={explainer} name="truncation" place={4} title="How daring it is">
          Truncation says which pieces are in the running at all: only the favourites, or every last one. The
          careful pictures come out plain. The daring ones surprise you, now and then with a slip.
        </Row>
        <Row explainer={explainer} name="steps" place={5} title="How long it thinks">
          In a single step all tiles are guessed at once, and none knows of the others. With more steps, later
          tiles can fit the ones already there. Ten or so will do; the rest is patience.
        </Row>
        <footer className="explainer-foot">
          <p>That is all there is to it. Now it is your turn.</p>
          <button type="button" className="primary" onClick={close}>
            Make a picture
          </button>
        </footer>
      </div>
    </dialog>
  );
}
