import type { PackManifest } from '../../pack/manifest.ts';
import { chosenFile } from '../../pack/packFiles.ts';
import { megabytes } from '../kit/words.ts';
import { AboutDialog, Fact } from './AboutDialog.tsx';

/** What the model is, where it comes from, and on which terms. */
export function AboutModel({ manifest }: { readonly manifest: PackManifest }) {
  const { grid, image, codebookSize, layers, timesteps } = manifest;
  return (
    <AboutDialog
      button={
        <span>
          About<span className="wide-only"> this model</span>
        </span>
      }
      heading={manifest.name}
    >
      {manifest.description && <p>{manifest.description}</p>}
      <dl>
        <Fact term="Pictures">{`${image.width} × ${image.height} pixels`}</Fact>
        <Fact term="Tokens">{`${grid.rows} × ${grid.columns}, each one of ${codebookSize} codes`}</Fact>
        <Fact term="Denoiser">{`${layers} layers, ${timesteps} timesteps`}</Fact>
        <Fact term="Download">{filesInWords(manifest)}</Fact>
        <Fact term="Licence">{manifest.license}</Fact>
      </dl>
      {manifest.provenance.length > 0 && (
        <>
          <h3>Where it comes from</h3>
          {manifest.provenance.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </>
      )}
    </AboutDialog>
  );
}

/** What a visitor downloads: graphs and tokenizer. */
function filesInWords({ graphs, tokenizer }: PackManifest): string {
  const text = tokenizer.model.bytes + tokenizer.config.bytes;
  return megabytes(Object.values(graphs).reduce((sum, stored) => sum + chosenFile(stored).bytes, text));
}
