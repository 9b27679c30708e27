import { type ComponentProps, type ComponentType, useEffect, useState } from 'react';
import { useActions, useAppState } from './context.ts';
import type { Explainer } from './explain/Explainer.tsx';

type Loaded = {
  readonly Explainer: ComponentType<ComponentProps<typeof Explainer>>;
  readonly explainer: ComponentProps<typeof Explainer>['explainer'];
};

/** The explainer, which is fetched when it is opened: a first visit has none of it. */
export function HowItWorks() {
  const explaining = useAppState((state) => state.explaining);
  const hasModel = useAppState((state) => state.manifest !== null);
  return explaining && hasModel ? <Opened /> : null;
}

function Opened() {
  const { explain, loadExplainer, failToExplain } = useActions();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  useEffect(() => {
    let gone = false;
    Promise.all([import('./explain/Explainer.tsx'), loadExplainer()]).then(
      ([{ Explainer }, explainer]) => !gone && setLoaded({ Explainer, explainer }),
      failToExplain,
    );
    return () => {
      gone = true;
    };
  }, [loadExplainer, failToExplain]);
  return loaded && <loaded.Explainer explainer={loaded.explainer} close={() => explain(false)} />;
}
