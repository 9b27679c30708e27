// What chaos does from within the page and its worker, at the very moment that was drawn.

/** After so many messages of an engine of that type, and so many milliseconds more. */
export interface Blow {
  readonly after: number;
  readonly of: 'run' | 'loading';
  readonly delay: number;
  readonly what: 'kill the worker' | 'lose the GPU' | 'hang the worker' | 'crash the tab';
}

export interface Meddling {
  /** What is still to happen, one after the other. */
  blows: Blow[];
  /** What happened. */
  done: number;
  /** Pictures that are in the gallery's database, on the disk. */
  kept: number;
}

/** In the page, before its own scripts. */
export function meddle(): void {
  const chaos: Meddling = { blows: [], done: 0, kept: 0 };
  const { postMessage } = Worker.prototype;
  let heard = 0;
  const strike: Readonly<Record<Blow['what'], (worker: Worker) => void>> = {
    'kill the worker': (worker) => worker.terminate(),
    'lose the GPU': (worker) => postMessage.call(worker, { chaos: 'lose' }),
    'hang the worker': (worker) => postMessage.call(worker, { chaos: 'hang' }),
    'crash the tab': () => (globalThis as unknown as { crashNow(kept: number): void }).crashNow(chaos.kept),
  };
  const hear = (worker: Worker, type: string) => {
    const [blow] = chaos.blows;
    if (blow?.of !== type || ++heard < blow.after) return;
    heard = 0;
    chaos.blows = chaos.blows.slice(1);
    setTimeout(() => {
      chaos.done++;
      strike[blow.what](worker);
    }, blow.delay);
  };
  Worker.prototype.postMessage = function (this: Worker, ...given: Parameters<typeof postMessage>) {
    if (given[0]?.type === 'open')
      this.addEventListener('message', ({ data }: MessageEvent<{ type: string }>) => hear(this, data.type));
    return postMessage.apply(this, given);
  } as typeof postMessage;
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...given: Parameters<typeof transaction>) {
    const begun = transaction.apply(this, given);
    const isPicture = given[1] === 'readwrite' && Array.isArray(given[0]) && given[0].includes('bodies');
    if (isPicture) begun.addEventListener('complete', () => void chaos.kept++);
    return begun;
  };
  Object.assign(globalThis, { chaos });
}

/** Before the engine's own script: its GPU devices, and what to do when told. */
export const inWorker = `
const chaosDevices = [];
if (self.GPUAdapter) {
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...given) {
    const device = await requestDevice.apply(this, given);
    chaosDevices.push(device);
    return device;
  };
}
self.addEventListener('message', ({ data }) => {
  if (data.chaos === 'lose') for (const device of chaosDevices) device.destroy();
  if (data.chaos === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;

/** A shader that computes wrongly, in every worker that is started from now on. */
export const wrongShader = `
if (self.GPUDevice) {
  const { createShaderModule } = GPUDevice.prototype;
  GPUDevice.prototype.createShaderModule = function (given) {
    const code = given.code.replace('output[global_idx]=a + b;', 'output[global_idx]=a + b + 0.05;');
    return createShaderModule.call(this, { ...given, code });
  };
}
`;

/** SHA-256 of every picture in the gallery, with its seed. In the page. */
export async function keptPictures(): Promise<{ readonly seed: number; readonly sha256: string }[]> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('clip-vqdiffusion gallery');
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const all = <T>(store: string) =>
    new Promise<T[]>((resolve, reject) => {
      const asked = database.transaction(store).objectStore(store).getAll();
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  const heads = await all<{ id: string; seed: number }>('heads');
  const bodies = await all<{ id: string; png: Blob }>('bodies');
  database.close();
  return Promise.all(
    bodies.map(async ({ id, png }) => {
      const hash = await crypto.subtle.digest('SHA-256', await png.arrayBuffer());
      const sha256 = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      return { seed: heads.find((head) => head.id === id)?.seed ?? -1, sha256 };
    }),
  );
}
