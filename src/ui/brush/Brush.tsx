import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { UserError } from '../../errors.ts';
import { quoted } from '../../quote.ts';
import { type BrushSource, promptUnderBrush } from '../../store/brushActions.ts';
import { canAsk } from '../../store/lineActions.ts';
import { activeRun } from '../../store/store.ts';
import { asUserError } from '../../store/userError.ts';
import { useActions, useAppState, useKeptActions } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { useModal } from '../kit/useModal.ts';
import { PictureCount } from '../prompt/PictureCount.tsx';
import { BrushBoard } from './BrushBoard.tsx';
import { BrushTools } from './BrushTools.tsx';
import { countChosen, noStrokes, redo, type Strokes, undo, withStroke } from './strokes.ts';
import type { Tool } from './tool.ts';

/** A picture as large as the window, to be painted over where it should be drawn again. */
export function Brush() {
  const source = useAppState((state) => state.brush);
  return source && <OpenBrush key={source.key} source={source} />;
}

/** As it was left: whoever looks at what came of it may want to paint on. */
let last: { readonly key: string; readonly strokes: Strokes; readonly prompt: string } | null = null;

function OpenBrush({ source }: { readonly source: BrushSource }) {
  const { grid } = source.manifest;
  const positions = grid.rows * grid.columns;
  const { closeBrush } = useActions();
  const before = last?.key === source.key && last.strokes.now.length === positions ? last : null;
  const [strokes, setStrokes] = useState(() => {
    const begun = before?.strokes ?? noStrokes(positions);
    return source.chosen ? withStroke(begun, source.chosen) : begun;
  });
  const [tool, setTool] = useState<Tool>({ kind: 'brush', size: Math.max(1, Math.round(grid.columns / 5)) });
  const written = useAppState((state) => promptUnderBrush(source, state));
  const [prompt, setPrompt] = useState(before?.prompt ?? written);
  const [where, setWhere] = useState<string | null>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useModal(dialog, closeBrush);
  useEffect(() => {
    last = { key: source.key, strokes, prompt };
  }, [source.key, strokes, prompt]);

  const onKeyDown = (event: KeyboardEvent) => {
    const { key, target } = event;
    if (
      target instanceof HTMLTextAreaElement ||
      (target instanceof HTMLInputElement && target.type !== 'range')
    )
      return;
    const most = largest(source);
    if (event.ctrlKey || event.metaKey) {
      if (key.toLowerCase() === 'z') setStrokes(event.shiftKey ? redo : undo);
      else if (key.toLowerCase() === 'y') setStrokes(redo);
      else return;
    } else if (event.altKey) return;
    else if (key === 'b' || key === 'e') setTool({ ...tool, kind: key === 'b' ? 'brush' : 'eraser' });
    else if (key === '[') setTool({ ...tool, size: Math.max(1, tool.size - 1) });
    else if (key === ']') setTool({ ...tool, size: Math.min(most, tool.size + 1) });
    else return;
    event.preventDefault();
  };

  return (
    <dialog
      ref={dialog}
      className="brush"
      aria-labelledby={heading}
      onClose={closeBrush}
      onKeyDown={onKeyDown}
    >
      <div className="brush-head">
        <h2 id={heading} tabIndex={-1}>
          Repaint a part
        </h2>
        <button type="button" className="quiet" onClick={closeBrush}>
          <Icon name="cross" /> Close
        </button>
      </div>
      <BrushBoard
        source={source}
        tool={tool}
        chosen={strokes.now}
        onStroke={(now) => setStrokes((all) => withStroke(all, now))}
        onWhere={setWhere}
      />
      <div className="brush-side">
        <p className="viewer-soft" dir="auto">
          {source.recipe
            ? 'Paint over what should change: those tokens are drawn again, the others stay.'
            : `${quoted(source.title, 60)} as ${source.manifest.name} sees it, in ${positions} tokens. Paint over what should change; the others stay, and pictures made of it carry them in their recipe.`}
        </p>
        <BrushTools {...{ tool, setTool, strokes, setStrokes }} most={largest(source)} />
        <p className="brush-count" role="status">
          {where !== null && (
            <span className="viewer-soft">
              {where}
              <span className="visually-hidden">. </span>
            </span>
          )}
          <span>
            {countChosen(strokes.now)} of {positions} tokens chosen
          </span>
        </p>
        <RepaintForm chosen={strokes.now} prompt={prompt} setPrompt={setPrompt} />
      </div>
    </dialog>
  );
}

/** Half of the picture. */
const largest = ({ manifest: { grid } }: BrushSource) =>
  Math.max(1, Math.floor(Math.min(grid.rows, grid.columns) / 2));

interface RepaintFormProps {
  readonly chosen: readonly boolean[];
  readonly prompt: string;
  readonly setPrompt: (prompt: string) => void;
}

/** What the picture should show, and the button that draws it. */
function RepaintForm({ chosen, prompt, setPrompt }: RepaintFormProps) {
  const { repaint } = useActions();
  const { view } = useKeptActions();
  const able = useAppState(canAsk);
  const isOn = useAppState((state) => activeRun(state) !== null);
  const [problem, setProblem] = useState<UserError | null>(null);
  const id = useId();
  const isReady = able && chosen.includes(true);
  const start = async () => {
    if (!isReady) return;
    try {
      const done = repaint({ chosen, prompt });
      // Out of the way of what is made now.
      view(null);
      await done;
    } catch (error) {
      setProblem(asUserError(error));
    }
  };
  return (
    <form
      className="brush-form"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <label htmlFor={id}>Prompt</label>
      <textarea
        id={id}
        rows={2}
        dir="auto"
        value={prompt}
        placeholder="As the picture was made"
        aria-invalid={problem !== null}
        aria-describedby={`${id}-note`}
        onChange={({ target }) => {
          setPrompt(target.value);
          setProblem(null);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing)
            return;
          event.preventDefault();
          // The page would take it for its own form, once this one is gone.
          event.stopPropagation();
          if (!event.repeat) void start();
        }}
      />
      <div className="action-row">
        <button type="submit" className="primary" disabled={!isReady} aria-describedby={`${id}-note`}>
          {isOn ? 'Add to the line' : 'Repaint'}
        </button>
        <PictureCount />
      </div>
      <p id={`${id}-note`} className={problem ? 'complaint' : 'hint'} aria-live="polite">
        {problem?.message ??
          (chosen.includes(true) ? 'The prompt is of the whole picture.' : 'Paint over something first.')}
      </p>
    </form>
  );
}
