import { memo, useId } from 'react';
import type { Run } from '../store/run.ts';
import { useActions } from './context.ts';
import { Icon } from './icons.tsx';
import { Tile } from './Tile.tsx';
import { settingsInWords } from './words.ts';

/** One run with its pictures, from the first masked tile to the last download. */
export const RunCard = memo(function RunCard({ run }: { readonly run: Run }) {
  const { takeSettings, downloadAll } = useActions();
  const heading = useId();
  const live = run.status === 'running' || run.status === 'stopping';
  return (
    <article className="run" aria-labelledby={heading} aria-busy={live}>
      <header className="run-head">
        <h3 id={heading}>{run.settings.prompt.trim()}</h3>
        <p className="run-summary">
          {settingsInWords(run)}
          {run.status === 'cancelled' && ' · cancelled'}
          {run.status === 'failed' && ' · stopped by an error'}
        </p>
        {!live && (
          <div className="run-actions">
            <button type="button" className="quiet" onClick={() => takeSettings(run)}>
              <Icon name="settings" /> Use these settings
            </button>
            {run.candidates.length > 1 && (
              <button type="button" className="quiet" onClick={() => void downloadAll(run)}>
                <Icon name="download" /> Download all
              </button>
            )}
          </div>
        )}
      </header>
      <ul className="tiles">
        {run.candidates.map((candidate, place) => (
          <Tile
            key={candidate.picture?.candidate ?? place}
            run={run}
            candidate={candidate}
            place={place}
            best={!live && place === 0 && run.candidates.length > 1}
          />
        ))}
      </ul>
    </article>
  );
});
