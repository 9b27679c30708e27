import { type KeyboardEvent, useDeferredValue, useId, useMemo, useRef, useState } from 'react';
import { type IdeaGroup, phrasesIn, toggled } from '../../store/ideas.ts';
import { useActions, useAppState } from '../context.ts';

/** A quiet button, and what it opens: the words that the model knows best, by group, to build a prompt by clicking. */
export function Ideas() {
  const groups = useAppState((state) => state.manifest?.vocabulary?.groups);
  const [open, setOpen] = useState(false);
  const id = useId();
  if (!groups?.length) return null;
  return (
    <>
      <button
        type="button"
        className="link ideas-button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        Ideas
      </button>
      <div id={id} className="ideas" hidden={!open}>
        {/* Another model has other groups: begin at its first. */}
        {open && <Groups key={groups[0].name + groups.length} groups={groups} />}
      </div>
    </>
  );
}

function Groups({ groups }: { readonly groups: readonly IdeaGroup[] }) {
  const prompt = useAppState((state) => state.draft.prompt);
  const settled = useDeferredValue(prompt);
  const held = useMemo(() => phrasesIn(settled, groups), [settled, groups]);
  const { edit } = useActions();
  const [chosen, setChosen] = useState(0);
  const tabs = useRef<HTMLDivElement>(null);
  const id = useId();

  const walk = (event: KeyboardEvent) => {
    const last = groups.length - 1;
    const to = {
      ArrowRight: chosen === last ? 0 : chosen + 1,
      ArrowLeft: chosen === 0 ? last : chosen - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setChosen(to);
    (tabs.current?.children[to] as HTMLElement | undefined)?.focus();
  };

  return (
    <>
      <div ref={tabs} role="tablist" aria-label="Groups of ideas" className="idea-tabs" onKeyDown={walk}>
        {groups.map(({ name }, place) => {
          const used = held.some(({ group }) => group === place);
          return (
            <button
              key={name}
              type="button"
              role="tab"
              id={`${id}-${place}`}
              aria-selected={place === chosen}
              aria-controls={`${id}-panel`}
              tabIndex={place === chosen ? 0 : -1}
              data-used={used}
              dir="auto"
              onClick={() => setChosen(place)}
            >
              {name}
              {used && <span className="visually-hidden">, in your prompt</span>}
            </button>
          );
        })}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen}`}>
        <ul className="idea-chips">
          {groups[chosen].phrases.map((phrase) => (
            <li key={phrase}>
              <button
                type="button"
                className="chip"
                dir="auto"
                aria-pressed={held.some((each) => each.group === chosen && each.phrase === phrase)}
                onClick={() => edit({ prompt: toggled(prompt, groups, phrase) })}
              >
                {phrase}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}
