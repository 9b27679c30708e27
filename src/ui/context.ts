// React's thin adapter to the store: components read by selector and act through the actions.
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Actions } from '../store/actions.ts';
import type { AppState, AppStore } from '../store/store.ts';

export interface App {
  readonly store: AppStore;
  readonly actions: Actions;
}

export const AppContext = createContext<App | null>(null);

function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('A component stands outside AppContext.');
  return app;
}

/** The selected part of the state; renders again when it changes by Object.is. */
export function useAppState<T>(select: (state: AppState) => T): T {
  return useStore(useApp().store, select);
}

export function useActions(): Actions {
  return useApp().actions;
}
