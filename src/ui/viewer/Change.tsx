import { useState } from 'react';
import type { Head } from '../../gallery/picture.ts';
import { qualities } from '../../recipe/push.ts';
import { canAsk } from '../../store/lineActions.ts';
import { useAppState, useKeptActions } from '../context.ts';
import { Icon } from '../kit/icons.tsx';
import { Select } from '../kit/Select.tsx';

/** Stands for a quality that the visitor words. */
const OWN = 'own';

const names: Readonly<Record<string, string>> = {
  ...Object.fromEntries(qualities.map(({ name }) => [name, name])),
  [OWN]: 'your own …',
};

/** The same picture with one thing changed: more or less of a quality, or each phrase of a group in turn. */
export function Change({ head }: { readonly head: Head }) {
  const able = useAppState(canAsk);
  return (
    <fieldset className="viewer-related" disabled={!able}>
      <legend className="viewer-soft">Change one thing</legend>
      <Push head={head} />
      <TryEach head={head} />
    </fieldset>
  );
}

function Push({ head }: { readonly head: Head }) {
  const { push } = useKeptActions();
  const [name, setName] = useState(qualities[0].name);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const own = name === OWN;
  const quality = own ? { name: to.trim(), from, to } : qualities.find((each) => each.name === name)!;
  return (
    <>
      <Select label="Quality" value={name} options={names} onChange={setName} />
      {own && (
        <>
          <Words label="Less of" example="a person with short hair" value={from} onChange={setFrom} />
          <Words label="More of" example="a person with long hair" value={to} onChange={setTo} />
        </>
      )}
      <button
        type="button"
        className="quiet"
        title="Seven pictures by the same seed, from little of it to much"
        disabled={own && !(from.trim() && to.trim())}
        onClick={() => void push(head, quality)}
      >
        <Icon name="settings" /> From less to more
      </button>
    </>
  );
}

interface WordsProps {
  readonly label: string;
  readonly example: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Words({ label, example, value, onChange }: WordsProps) {
  return (
    <label className="viewer-own">
      <span className="viewer-soft">{label}</span>
      <input
        type="text"
        dir="auto"
        maxLength={200}
        placeholder={example}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  );
}

/** Only for models that name their phrases. */
function TryEach({ head }: { readonly head: Head }) {
  const { tryEach } = useKeptActions();
  const groups = useAppState((state) => state.manifest?.vocabulary?.groups);
  const [chosen, setChosen] = useState<string | null>(null);
  if (!groups?.length) return null;
  const name = groups.find((group) => group.name === (chosen ?? 'hair colour'))?.name ?? groups[0].name;
  return (
    <>
      <Select
        label="Phrases"
        value={name}
        options={Object.fromEntries(groups.map((group) => [group.name, group.name]))}
        onChange={setChosen}
      />
      <button
        type="button"
        className="quiet"
        title="One picture for each of them, by the same seed"
        onClick={() => void tryEach(head, name)}
      >
        <Icon name="grid" /> Try each
      </button>
    </>
  );
}
