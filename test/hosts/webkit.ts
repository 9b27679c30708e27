// WebKit, by WebDriver over HTTP: WebKitWebDriver starts the MiniBrowser of WebKitGTK on a screen of Xvfb's.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { freePort } from './servers.ts';

const first = (...paths: readonly string[]) => paths.find((path) => existsSync(path));
const driverPath = first('/usr/bin/WebKitWebDriver');
const screenPath = first('/usr/bin/Xvfb');
const browserPath = first(
  '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
  '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
  '/usr/libexec/webkit2gtk-4.1/MiniBrowser',
);
export const hasWebKit = Boolean(driverPath && screenPath && browserPath);

export interface WebKit {
  readonly version: string;
  goTo(url: string): Promise<void>;
  reload(): Promise<void>;
  /** What a script returns, in the page. */
  evaluate<T>(script: string, ...given: readonly unknown[]): Promise<T>;
  /** What is to be seen of the page, as a PNG. */
  screenshot(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** @throws {Error} what WebDriver says, or that it does not answer */
export async function launchWebKit(): Promise<WebKit> {
  const port = await freePort();
  const display = `:${20_000 + (port % 10_000)}`;
  const screen = spawn(screenPath!, [display, '-screen', '0', '1280x900x24'], { stdio: 'ignore' });
  const env = { ...process.env, DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' };
  const driver = spawn(driverPath!, [`--port=${port}`], { env, stdio: 'ignore' });
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`WebKit: ${value.message || value.error}`);
    return value;
  };
  const end = () => {
    for (const each of [driver, screen] satisfies ChildProcess[]) each.kill();
  };
  try {
    for (let tries = 0; !(await ask('GET', '/status').catch(() => null)); tries++) {
      if (tries === 100) throw new Error('WebKitWebDriver does not answer.');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const { sessionId, capabilities } = await ask('POST', '/session', {
      capabilities: {
        alwaysMatch: { 'webkitgtk:browserOptions': { binary: browserPath, args: ['--automation'] } },
      },
    });
    const path = `/session/${sessionId}`;
    return {
      version: capabilities.browserVersion,
      goTo: (url) => ask('POST', `${path}/url`, { url }),
      reload: () => ask('POST', `${path}/refresh`, {}),
      screenshot: async () => Buffer.from(await ask('GET', `${path}/screenshot`), 'base64'),
      evaluate: (script, ...args) => ask('POST', `${path}/execute/sync`, { script, args }),
      async close() {
        await ask('DELETE', path).catch(() => {});
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}
