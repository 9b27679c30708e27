import type { Dispatch, SetStateAction } from 'react';
import { Icon, type IconName } from '../kit/icons.tsx';
import { Range } from '../kit/Range.tsx';
import { inverted, redo, type Strokes, undo, withStroke } from './strokes.ts';
import type { Tool } from './tool.ts';

interface BrushToolsProps {
  readonly tool: Tool;
  readonly setTool: (tool: Tool) => void;
  readonly strokes: Strokes;
  readonly setStrokes: Dispatch<SetStateAction<Strokes>>;
  /** Width of the widest brush, in tokens. */
  readonly most: number;
}

/** Brush or eraser, how wide, and what can be done with all that is painted. */
export function BrushTools({ tool, setTool, strokes, setStrokes, most }: BrushToolsProps) {
  const { now, past, future } = strokes;
  const change = (to: (now: Strokes['now']) => Strokes['now']) =>
    setStrokes((all) => withStroke(all, to(all.now)));
  return (
    <div className="brush-tools">
      <fieldset className="brush-kinds">
        <legend className="visually-hidden">Tool</legend>
        {(['brush', 'eraser'] as const).map((kind) => (
          <button
            key={kind}
            type="button"
            className="quiet"
            aria-pressed={tool.kind === kind}
            aria-keyshortcuts={kind === 'brush' ? 'B' : 'E'}
            onClick={() => setTool({ ...tool, kind })}
          >
            <Icon name={kind} /> {kind === 'brush' ? 'Brush' : 'Eraser'}
          </button>
        ))}
      </fieldset>
      <Range
        label="Width, in tokens"
        value={tool.size}
        min={1}
        max={most}
        step={1}
        onChange={(size) => setTool({ ...tool, size })}
      />
      <div className="brush-changes">
        <Change
          icon="undo"
          name="Undo"
          keys="Control+Z Meta+Z"
          able={past.length > 0}
          act={() => setStrokes(undo)}
        />
        <Change
          icon="redo"
          name="Redo"
          keys="Control+Shift+Z Meta+Shift+Z Control+Y"
          able={future.length > 0}
          act={() => setStrokes(redo)}
        />
        <Change icon="invert" name="Invert" able act={() => change(inverted)} />
        <Change
          icon="bin"
          name="Clear"
          able={now.includes(true)}
          act={() => change((all) => all.map(() => false))}
        />
      </div>
    </div>
  );
}

interface ChangeProps {
  readonly icon: IconName;
  readonly name: string;
  readonly keys?: string;
  readonly able: boolean;
  readonly act: () => void;
}

/** Not truly disabled where there is nothing to do: the focus would be lost with it. */
function Change({ icon, name, keys, able, act }: ChangeProps) {
  return (
    <button
      type="button"
      className="quiet"
      aria-disabled={!able}
      aria-keyshortcuts={keys}
      onClick={() => able && act()}
    >
      <Icon name={icon} /> {name}
    </button>
  );
}
