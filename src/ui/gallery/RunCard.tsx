import { memo, useId, useState } from 'react';
import { late } from '../../late.ts';
import { hasMatch, type Run, titleOf } from '../../store/run.ts';
import { activeRun } from '../../store/store.ts';
import { useActions, useAppState } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { settingsInWords, sharedSettingsInWords } from '../kit/words.ts';
import { canRecord } from './canRecord.ts';
import { GridCells } from './GridCells.tsx';
import { Tile } from './Tile.tsx';

const drawGrid = async (run: Run) => (await late(() => import('./gridPicture.ts'))).drawGrid(run);

/** One run with its pictures, from the first masked tile to the last download. */
export const RunCard = memo(function RunCard({ run }: { readonly run: Run }) {
  const { downloadAll, downloadFilm, downloadGrid } = useActions();
  const heading = useId();
  const live = run.status === 'running' || run.status === 'stopping';
  const finished = run.candidates.filter(({ picture }) => picture).length;
  const best = !live && hasMatch(run);
  return (
    <article className="run" aria-labelledby={heading} aria-busy={live}>
      <header className="run-head">
        <h3 id={heading} dir="auto">
          {titleOf(run).trim()}
        </h3>
        <p className="run-summary">
          <span>
            <bdi className="run-model">{run.model.name}</bdi>
            {` · ${run.grid ? sharedSettingsInWords(run.recipes) : settingsInWords(run.recipes[0])}`}
            {run.status === 'cancelled' && <span className="run-end"> · {stopInWords(run)}</span>}
            {run.losses > 0 && <span className="run-end"> · went on after the engine broke off</span>}
            {run.status === 'failed' && <span className="run-end"> · stopped unexpectedly</span>}
          </span>
        </p>
        {/* Takes its room from the beginning: the end of a run moves nothing that someone reads. */}
        <div className="run-actions" data-waiting={live}>
          <UseSettings run={run} />
          {run.grid && (live || finished > 0) && (
            <button type="button" className="quiet" onClick={() => void downloadGrid(run, drawGrid)}>
              <Icon name="grid" /> Download grid
            </button>
          )}
          {run.grid?.rows.length === 1 && (live || finished > 1) && (
            <button
              type="button"
              className="quiet"
              title="A moving PNG, there and back, with its recipes"
              onClick={() => void downloadFilm(run)}
            >
              <Icon name="loop" /> Download film
            </button>
          )}
          {run.grid?.rows.length === 1 && (live || finished > 1) && canRecord() && <VideoButton run={run} />}
          {(live ? run.candidates.length : finished) > 1 && (
            <button type="button" className="quiet" onClick={() => void downloadAll(run)}>
              <Icon name="download" /> Download all
            </button>
          )}
        </div>
      </header>
      {run.grid ? (
        <GridCells run={run} grid={run.grid} />
      ) : (
        <ul className="tiles">
          {run.candidates.map((candidate, place) => (
            <Tile
              key={candidate.picture?.index ?? place}
              run={run}
              candidate={candidate}
              place={place}
              best={best && place === 0}
            />
          ))}
        </ul>
      )}
    </article>
  );
});

function VideoButton({ run }: { readonly run: Run }) {
  const { downloadVideo } = useActions();
  const [isRecording, setRecording] = useState(false);
  const record = async () => {
    setRecording(true);
    await downloadVideo(run, async (frames) =>
      (await late(() => import('./recordFilm.ts'))).recordFilm(frames),
    );
    setRecording(false);
  };
  return (
    <button
      type="button"
      className="quiet"
      title="WebM, there and back; it takes as long as it plays, and carries no recipes"
      aria-disabled={isRecording}
      onClick={() => isRecording || void record()}
    >
      <Icon name="play" /> {isRecording ? 'Recording…' : 'Download video'}
    </button>
  );
}

function UseSettings({ run }: { readonly run: Run }) {
  // Opening another model would end the run in progress.
  const blocked = useAppState((state) => state.packUrl !== run.model.packUrl && activeRun(state) !== null);
  const { takeSettings } = useActions();
  return (
    <button type="button" className="quiet" disabled={blocked} onClick={() => takeSettings(run)}>
      <Icon name="settings" /> Use these settings
    </button>
  );
}

function stopInWords({ progress: { step, steps } }: Run): string {
  return step === 0 ? 'stopped before the first step' : `stopped at step ${step} of ${steps}`;
}
