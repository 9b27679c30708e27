// The page's end of the service worker: one reload for isolation and no more, and new versions that wait to be wanted.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createInstallation, type InstallationSurroundings } from '../../src/offline/installation.ts';
import { whyOneThread } from '../../src/offline/oneThread.ts';

class StandInWorker extends EventTarget {
  state: ServiceWorkerState = 'installing';
  readonly postMessage = vi.fn();
  become(state: ServiceWorkerState) {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

class StandInRegistration extends EventTarget {
  active: StandInWorker | null = null;
  waiting: StandInWorker | null = null;
  installing: StandInWorker | null = null;
}

let registration: StandInRegistration;
let container: EventTarget & { controller: object | null; register: () => Promise<StandInRegistration> };
let session: Map<string, string>;
let reload: ReturnType<typeof vi.fn<() => void>>;

beforeEach(() => {
  registration = new StandInRegistration();
  container = Object.assign(new EventTarget(), { controller: null, register: async () => registration });
  session = new Map();
  reload = vi.fn<() => void>();
});

const installationOf = (given: Partial<InstallationSurroundings> = {}) =>
  createInstallation({
    workers: container as unknown as ServiceWorkerContainer,
    address: 'https://faces.test/sw.js',
    isIsolated: false,
    isFramed: false,
    session: () => ({
      getItem: (key) => session.get(key) ?? null,
      setItem: (key, text) => void session.set(key, text),
      removeItem: (key) => void session.delete(key),
    }),
    reload,
    ...given,
  });

/** How isolate() ends within a turn of the clock. */
async function isolating(given: Partial<InstallationSurroundings> = {}): Promise<string> {
  const begun = installationOf(given)
    .isolate()
    .then(() => 'goes on');
  await new Promise((resolve) => setTimeout(resolve));
  const held = new Promise<string>((resolve) =>
    setTimeout(resolve, 0, reload.mock.calls.length ? 'reloads' : 'waits'),
  );
  return Promise.race([begun, held]);
}

describe('isolation', () => {
  it('comes by one reload when the service worker works, and by no second one', async () => {
    registration.installing = new StandInWorker();
    expect(await isolating()).toBe('waits');
    registration.active = registration.installing;
    expect(await isolating()).toBe('reloads');
    reload.mockClear();
    expect(await isolating()).toBe('goes on');
    // Once it did help, a later reload past the service worker is mended again.
    expect(await isolating({ isIsolated: true })).toBe('goes on');
    expect(await isolating()).toBe('reloads');
  });

  it.each<[string, Partial<InstallationSurroundings>]>([
    ['is there', { isIsolated: true }],
    ['cannot be had in a frame', { isFramed: true }],
    ['needs service workers', { workers: undefined }],
    [
      'could not be remembered',
      {
        session: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      },
    ],
  ])('is not reloaded for where it %s', async (_, given) => {
    registration.active = new StandInWorker();
    expect(await isolating(given)).toBe('goes on');
    expect(reload).not.toHaveBeenCalled();
  });

  it('is given up where the service worker has the page already, fails, or takes too long', async () => {
    registration.active = new StandInWorker();
    container.controller = {};
    expect(await isolating()).toBe('goes on');
    container.controller = null;
    expect(
      await isolating({
        workers: Object.assign(new EventTarget(), {
          controller: null,
          register: () => Promise.reject(new TypeError('404')),
        }) as unknown as ServiceWorkerContainer,
      }),
    ).toBe('goes on');
    registration.active = null;
    registration.installing = new StandInWorker();
    registration.installing.state = 'redundant';
    expect(await isolating()).toBe('goes on');
    vi.useFakeTimers();
    registration.installing.state = 'installing';
    const slow = installationOf().isolate();
    await vi.advanceTimersByTimeAsync(60_000);
    await slow;
    vi.useRealTimers();
    expect(reload).not.toHaveBeenCalled();
  });
});

describe('a new version', () => {
  const found = vi.fn<(take: () => void) => void>();
  beforeEach(() => {
    found.mockClear();
    container.controller = {};
  });
  const arrives = () => {
    const worker = new StandInWorker();
    registration.installing = worker;
    registration.dispatchEvent(new Event('updatefound'));
    return {
      worker,
      install() {
        registration.waiting = worker;
        worker.become('installed');
      },
    };
  };

  it('is offered once it is whole, and taken when it is wanted', async () => {
    await installationOf().install(found);
    const { worker, install } = arrives();
    expect(found).not.toHaveBeenCalled();
    install();
    expect(found).toHaveBeenCalledTimes(1);
    expect(worker.postMessage).not.toHaveBeenCalled();
    found.mock.calls[0][0]();
    expect(worker.postMessage).toHaveBeenCalledWith({ type: 'take over' });
    expect(reload).not.toHaveBeenCalled();
    container.dispatchEvent(new Event('controllerchange'));
    expect(reload).toHaveBeenCalledTimes(1);
  });

  it('that failed to install is none, nor is the first', async () => {
    await installationOf().install(found);
    arrives().worker.become('redundant');
    container.controller = null;
    arrives().install();
    expect(found).not.toHaveBeenCalled();
  });

  it('taken in another tab does not reload this one', async () => {
    await installationOf().install(found);
    container.dispatchEvent(new Event('controllerchange'));
    expect(reload).not.toHaveBeenCalled();
    found.mock.calls[0][0]();
    expect(reload).toHaveBeenCalledTimes(1);
  });

  it('is not seen in the first service worker’s coming', async () => {
    container.controller = null;
    await installationOf().install(found);
    container.dispatchEvent(new Event('controllerchange'));
    expect(found).not.toHaveBeenCalled();
    container.dispatchEvent(new Event('controllerchange'));
    expect(found).toHaveBeenCalledTimes(1);
  });
});

it('one thread has one reason', () => {
  const usual = { isIsolated: false, isSecure: true, isFramed: false, hasServiceWorkers: true };
  expect(whyOneThread({ ...usual, isIsolated: true })).toBeNull();
  expect(whyOneThread({ ...usual, isSecure: false, hasServiceWorkers: false })).toMatch(/over https/);
  expect(whyOneThread({ ...usual, isFramed: true })).toMatch(/a tab of its own/);
  expect(whyOneThread({ ...usual, hasServiceWorkers: false })).toMatch(/not private/);
  expect(whyOneThread(usual)).toMatch(/reload it/);
});
