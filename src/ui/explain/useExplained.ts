import { useStore } from 'zustand';
import type { Explainer } from '../../store/explainer.ts';
import type { Explained } from '../../store/explainerState.ts';

/** The selected part of what the explainer has made; renders again when it changes by Object.is. */
export function useExplained<T>(explainer: Explainer, select: (explained: Explained) => T): T {
  return useStore(explainer.store, select);
}
