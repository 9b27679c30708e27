// The system's Firefox, driven through WebDriver BiDi.
import { existsSync } from 'node:fs';
import puppeteer, { type Browser } from 'puppeteer-core';

const candidates = [
  process.env.FIREFOX_PATH,
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
];

/** Path of a Firefox: FIREFOX_PATH, else the usual places; undefined where there is none. */
export function findFirefox(): string | undefined {
  return candidates.find((path) => path && existsSync(path));
}

/** @param downloads folder that saved files go to, without a question */
export function launchFirefox(executablePath: string, downloads: string): Promise<Browser> {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    timeout: 240_000,
    protocolTimeout: 900_000,
    extraPrefsFirefox: {
      // As people have it; the driver would let a page from a folder load what lies beside it.
      'security.fileuri.strict_origin_policy': true,
      'browser.download.folderList': 2,
      'browser.download.dir': downloads,
      'browser.download.useDownloadDir': true,
      'browser.download.always_ask_before_handling_new_types': false,
      'browser.helperApps.neverAsk.saveToDisk': 'image/png,application/zip',
    },
  });
}
