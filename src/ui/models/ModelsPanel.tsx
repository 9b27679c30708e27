import { useModelActions } from '../context.ts';
import { BringWeights } from './BringWeights.tsx';
import { ByAddress } from './ByAddress.tsx';
import { ModelList } from './ModelList.tsx';

/** The models there are, and the ways to another one. @param close the dialog around it */
export function ModelsPanel({ close }: { readonly close: () => void }) {
  const { use } = useModelActions();
  return (
    <>
      <ModelList
        onUse={(pack) => {
          close();
          use(pack);
        }}
      />
      <ByAddress onUsed={close} />
      <BringWeights />
    </>
  );
}
