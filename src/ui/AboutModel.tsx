import { useId, useRef } from 'react';
import type { PackManifest } from '../pack/manifest.ts';
import { chosenFile } from '../pack/packFiles.ts';
import { megabytes } from './words.ts';

/** The button and its dialog: what the model is, where it comes from, and on which terms. */
export function AboutModel({ manifest }: { readonly manifest: PackManifest }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const headingId = useId();
  const { grid, image } = manifest;
  const open = () => {
    dialog.current?.showModal();
    // It would begin at its only button, which lies at the very end.
    heading.current?.focus();
  };
  return (
    <>
      <button type="button" className="quiet" onClick={open}>
        About this model
      </button>
      <dialog ref={dialog} className="about" aria-labelledby={headingId}>
        <h2 id={headingId} ref={heading} tabIndex={-1}>
          {manifest.name}
        </h2>
        {manifest.description && <p>{manifest.description}</p>}
        <dl>
          <Fact term="Pictures" value={`${image.width} × ${image.height} pixels`} />
          <Fact
            term="Tokens"
            value={`${grid.rows} × ${grid.columns}, each one of ${manifest.codebookSize} codes`}
          />
          <Fact term="Denoiser" value={`${manifest.layers} layers, ${manifest.timesteps} timesteps`} />
          <Fact term="Files" value={filesInWords(manifest)} />
          <Fact term="Licence" value={manifest.license} />
        </dl>
        {manifest.provenance.length > 0 && (
          <>
            <h3>Where it comes from</h3>
            {manifest.provenance.map((paragraph) => (
              <p key={paragraph}>{paragraph}</p>
            ))}
          </>
        )}
        <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </dialog>
    </>
  );
}

function Fact({ term, value }: { readonly term: string; readonly value: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** What a visitor downloads: graphs and tokenizer. */
function filesInWords({ graphs, tokenizer }: PackManifest): string {
  const text = tokenizer.model.bytes + tokenizer.config.bytes;
  return megabytes(Object.values(graphs).reduce((sum, stored) => sum + chosenFile(stored).bytes, text));
}
