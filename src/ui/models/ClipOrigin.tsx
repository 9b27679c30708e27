import { useId } from 'react';
import { useModelActions, useModelsState } from '../context.ts';
import { Select } from '../kit/Select.tsx';

/** Which activation CLIP computes with, asked for by who trained it: what people know of a file. */
export function ClipOrigin() {
  const chosen = useModelsState((state) => state.form.clipActivation);
  const { edit } = useModelActions();
  const id = useId();
  return (
    <div>
      <Select
        label="CLIP comes from"
        value={chosen ?? ''}
        options={{
          '': 'Choose…',
          'quick-gelu': 'OpenAI (QuickGELU)',
          gelu: 'LAION or open_clip (GELU)',
        }}
        describedBy={id}
        onChange={(activation) => edit({ clipActivation: activation || null })}
      />
      <p id={id} className="hint">
        Where it was trained first: the file doesn’t say which of two formulas it uses, and the wrong one
        makes prompts miss a little.
      </p>
    </div>
  );
}
