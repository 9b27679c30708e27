import { useModelActions } from '../context.ts';
import { BringWeights } from './BringWeights.tsx';
import { ByAddress } from './ByAddress.tsx';
import { ModelList } from './ModelList.tsx';

/** The models there are, and the ways to another one. @param onUsed one is being opened */
export function ModelsPanel({ onUsed }: { readonly onUsed: () => void }) {
  const { use } = useModelActions();
  return (
    <>
      <ModelList
        onUse={(pack) => {
          onUsed();
          use(pack);
        }}
      />
      <ByAddress onUsed={onUsed} />
      <BringWeights />
    </>
  );
}
