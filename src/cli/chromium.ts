// Where the system's Chromium is, and how the tests start it.
import { existsSync } from 'node:fs';

const candidates = [
  process.env.CHROME_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Path of a Chromium-family browser: CHROME_PATH, else the usual places; undefined where there is none. */
export function findChromium(): string | undefined {
  return candidates.find((path) => path && existsSync(path));
}

/** WebGPU through the software adapter, no sandbox (containers), and no traffic of the browser's own. */
export const chromiumArguments = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Lets the software adapter draw to a canvas as a GPU does. */
export const canvasArguments = [
  '--use-vulkan=swiftshader',
  '--use-angle=swiftshader',
  '--enable-features=Vulkan',
  '--disable-vulkan-surface',
  '--ignore-gpu-blocklist',
];

/**
 * Half of the software adapter's time goes into setting the memory of each workgroup to zero. Shaders may count on that: those of our
 * own do not, and of the runtime's that of 4-bit weights alone, which is therefore tested without this.
 */
export const uncleared = '--enable-dawn-features=disable_workgroup_init';
