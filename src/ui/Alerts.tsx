import type { ReactNode } from 'react';
import type { UserError } from '../errors.ts';
import { builtInPack } from '../store/address.ts';
import type { AppState } from '../store/store.ts';
import { useActions, useAppState } from './context.ts';

/** What went wrong, in a region that screen readers speak at once, with the way out. */
export function Alerts() {
  const pack = useAppState((state) => state.pack);
  const provider = useAppState((state) => state.provider);
  const onGpu = useAppState(runsOnGpu);
  const runError = useAppState((state) => state.runError);
  const hasHalted = useAppState((state) => state.line.halted === 'failure');
  const packUrl = useAppState((state) => state.packUrl);
  const { openPack, reopenPack, generate, goOn, dismissError } = useActions();
  return (
    <div role="alert" className="alerts">
      {pack.kind === 'failed' && (
        <Alert error={pack.error}>
          <button type="button" onClick={() => void reopenPack()}>
            Try again
          </button>
          {packUrl !== builtInPack && (
            <button type="button" onClick={() => void openPack(builtInPack, provider)}>
              Open the built-in model
            </button>
          )}
          {onGpu && wasmMayHelp(pack.error) && <UseWasm />}
        </Alert>
      )}
      {runError && (
        <Alert error={runError}>
          {runError.code === 'page' && (
            <button type="button" onClick={() => location.reload()}>
              Reload
            </button>
          )}
          {!['settings', 'recipe', 'storage', 'clipboard', 'page'].includes(runError.code) && (
            <button type="button" onClick={() => void (hasHalted ? goOn() : generate())}>
              {hasHalted ? 'Go on' : 'Try again'}
            </button>
          )}
          {pack.kind !== 'failed' && onGpu && wasmMayHelp(runError) && <UseWasm />}
          <button type="button" onClick={dismissError}>
            Dismiss
          </button>
        </Alert>
      )}
    </div>
  );
}

function Alert({ error, children }: { readonly error: UserError; readonly children: ReactNode }) {
  return (
    <div className="alert">
      <p>{error.message}</p>
      <div className="alert-actions">{children}</div>
    </div>
  );
}

function UseWasm() {
  const { chooseProvider } = useActions();
  return (
    <button type="button" onClick={() => void chooseProvider('wasm')}>
      Use WASM instead
    </button>
  );
}

/** Before the first model is open nobody has said what `auto` comes to. */
function runsOnGpu({ provider, autoProvider }: AppState): boolean {
  if (provider !== 'auto') return provider !== 'wasm';
  return (autoProvider ?? ('gpu' in navigator ? 'webgpu' : 'wasm')) === 'webgpu';
}

/** A missing or broken pack is missing for WASM as well. */
function wasmMayHelp({ code }: UserError): boolean {
  return ['device', 'memory', 'runtime', 'lost', 'internal'].includes(code);
}
