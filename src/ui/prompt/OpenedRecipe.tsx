import { useEffect } from 'react';
import { quoted } from '../../quote.ts';
import { modelOnDevice } from '../../store/models.ts';
import { openedModel, openedObstacle, otherModelId } from '../../store/recipeActions.ts';
import { canRun } from '../../store/runner.ts';
import { useActions, useAppState, useModelActions, useModelsState } from '../context.ts';
import { settingsInWords } from '../kit/words.ts';

/** What a picture or link brought into the form, and what can be done with it. */
export function OpenedRecipe() {
  const opened = useAppState((state) => state.opened);
  const obstacle = useAppState(openedObstacle);
  const builtIn = useAppState(openedModel);
  const other = useAppState(otherModelId);
  const own = useModelsState((state) => state.own);
  const stored = useModelsState((state) => state.stored);
  const { refresh } = useModelActions();
  const model = builtIn ?? (other === null ? null : modelOnDevice(other, { own, stored }));
  // It may be one that was brought here, or fetched once.
  useEffect(() => {
    if (other !== null) void refresh();
  }, [other, refresh]);
  const able = useAppState(canRun);
  const { replay, leaveSeed, openItsModel, dismissOpened } = useActions();
  if (!opened) return null;
  const { name, recipe, note } = opened;
  return (
    <section className="opened" aria-label="Opened picture">
      <p>
        Filled in from {name === null ? 'the link' : quoted(name)}
        {recipe && `: ${settingsInWords(recipe)}`}
      </p>
      {(note ?? obstacle) && <p className="notice">{note ?? obstacle}</p>}
      <div className="opened-actions">
        {model && (
          <button type="button" className="quiet" onClick={() => void openItsModel(model.pack)}>
            Open {model.name}
          </button>
        )}
        {recipe && !obstacle && (
          <button type="button" className="quiet" disabled={!able} onClick={() => void replay()}>
            Make it again
          </button>
        )}
        {recipe && (
          <button type="button" className="quiet" onClick={leaveSeed}>
            All but the seed
          </button>
        )}
        <button type="button" className="quiet" onClick={dismissOpened}>
          Close
        </button>
      </div>
    </section>
  );
}
