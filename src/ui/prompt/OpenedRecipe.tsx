import { quoted } from '../../quote.ts';
import { openedModel, openedObstacle } from '../../store/recipeActions.ts';
import { canRun } from '../../store/runner.ts';
import { useActions, useAppState } from '../context.ts';
import { settingsInWords } from '../kit/words.ts';

/** What a picture or link brought into the form, and what can be done with it. */
export function OpenedRecipe() {
  const opened = useAppState((state) => state.opened);
  const obstacle = useAppState(openedObstacle);
  const model = useAppState(openedModel);
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
          <button type="button" className="quiet" onClick={() => void openItsModel()}>
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
