// The browser's notifications. They need a secure page, and phones have them for installed pages alone.

export const canNotify = () => 'Notification' in globalThis;

/** Whether the visitor, or the browser by itself, keeps this page from it. */
export const isDenied = () => canNotify() && Notification.permission === 'denied';

/** Asks where nobody was asked yet. To be called in a click, or browsers refuse by themselves. */
export async function askToNotify(): Promise<void> {
  try {
    if (Notification.permission === 'default') await Notification.requestPermission();
  } catch {
    // An embedded page may not ask: it stays without.
  }
}

/** Says it beside the page, where that is allowed; a click on it brings the page to the front. */
export function notify(words: string): void {
  if (!canNotify() || Notification.permission !== 'granted') return;
  try {
    const notification = new Notification('CLIP-VQDiffusion', { body: words, tag: 'run' });
    notification.onclick = () => {
      focus();
      notification.close();
    };
  } catch {
    // Chrome on Android has the name, and no constructor.
  }
}
