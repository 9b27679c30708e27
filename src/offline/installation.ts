// The page's end: it installs the service worker, has it isolate the page where the server does not, and hears of new versions.
import type { ToServiceWorker } from './messages.ts';

/** What the installation takes from outside. */
export interface InstallationSurroundings {
  /** Undefined where the browser has none: on plain http, and in some private windows. */
  readonly workers: ServiceWorkerContainer | undefined;
  /** Of the service worker's script. */
  readonly address: string;
  readonly isIsolated: boolean;
  /** Shown within another page, whose isolation would be needed too. */
  readonly isFramed: boolean;
  /** Lasts as long as the tab, through reloads. May throw where storage is blocked. */
  readonly session: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly reload: () => void;
}

export interface Installation {
  /**
   * To be awaited before anything is begun. Where the page is not isolated and a service worker can do it, the page is loaded
   * once more, and this never settles; not again in the same tab while that does not help.
   */
  isolate(): Promise<void>;
  /**
   * Installs the service worker, or looks for a new version.
   * @param onNewVersion told when one is installed and waits, with the way to it: that loads the page again
   */
  install(onNewVersion: (take: () => void) => void): Promise<void>;
  /** Has files kept that were fetched on this visit. */
  keep(addresses: readonly string[]): Promise<void>;
}

/** The browser's, where it has them; in a sandboxed frame the mere question throws. */
export function serviceWorkers(): ServiceWorkerContainer | undefined {
  try {
    return navigator.serviceWorker;
  } catch {
    return undefined;
  }
}

const MARK = 'reloaded for isolation';
/** Milliseconds for the install that a first visit waits for; a slower one is for the next visit. */
const PATIENCE = 15_000;

export function createInstallation({
  workers,
  address,
  isIsolated,
  isFramed,
  session,
  reload,
}: InstallationSurroundings): Installation {
  const say = (worker: ServiceWorker, message: ToServiceWorker) => worker.postMessage(message);

  /** False where it was done already, or cannot be written down, and so might be done for ever. */
  function mark(): boolean {
    try {
      if (session().getItem(MARK) !== null) return false;
      session().setItem(MARK, '');
      return session().getItem(MARK) !== null;
    } catch {
      return false;
    }
  }

  function unmark(): void {
    try {
      session().removeItem(MARK);
    } catch {
      // Then there was none.
    }
  }

  return {
    async isolate() {
      if (isIsolated) return unmark();
      // One that has the page already did what it can.
      if (!workers || isFramed || workers.controller) return;
      const late = new Promise<false>((resolve) => setTimeout(resolve, PATIENCE, false));
      const installing = workers.register(address).then(activated, () => false);
      if (!(await Promise.race([installing, late])) || !mark()) return;
      reload();
      await new Promise<never>(() => {});
    },

    async install(onNewVersion) {
      if (!workers) return;
      let isControlled = workers.controller !== null;
      const registration = await workers.register(address).catch(() => null);
      if (!registration) return;
      const take = () => {
        const { waiting } = registration;
        if (!waiting) return reload();
        workers.addEventListener('controllerchange', reload, { once: true });
        say(waiting, { type: 'take over' });
      };
      const offer = () => {
        if (registration.waiting && workers.controller) onNewVersion(take);
      };
      offer();
      registration.addEventListener('updatefound', () =>
        registration.installing?.addEventListener('statechange', offer),
      );
      // Taken in another tab: this one goes on as it is until its visitor says so.
      workers.addEventListener('controllerchange', () => {
        if (isControlled) onNewVersion(reload);
        isControlled = true;
      });
    },

    async keep(addresses) {
      const registration = await workers?.ready;
      if (registration?.active) say(registration.active, { type: 'keep', addresses });
    },
  };
}

/** Whether the service worker came to work; false where its install failed. */
function activated({ active, waiting, installing }: ServiceWorkerRegistration): Promise<boolean> {
  if (active) return Promise.resolve(true);
  const worker = installing ?? waiting;
  return new Promise((resolve) => {
    const look = () => {
      if (worker?.state === 'activated') resolve(true);
      else if (!worker || worker.state === 'redundant') resolve(false);
    };
    worker?.addEventListener('statechange', look);
    look();
  });
}
