// What a browser's renderer processes take, workers of their pages included. Linux tells it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Browser } from 'playwright';

export const tellsMemory = existsSync('/proc/self/clear_refs');

export interface RendererUse {
  /** Of the largest one, at its largest since the last measurement. */
  readonly peakBytes: number;
  /** Of the largest one, now. */
  readonly bytes: number;
  /** Of all, in processor time since each began. */
  readonly milliseconds: number;
}

/** The page under test is in the largest renderer: others are kept in store by the browser, and hold nothing. */
export async function renderers(browser: Browser): Promise<{ measure(): Promise<RendererUse> }> {
  const devtools = await browser.newBrowserCDPSession();
  /** Processor time of renderers that are gone. */
  const spent = new Map<number, number>();
  return {
    async measure() {
      const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
      let bytes = 0;
      let peakBytes = 0;
      for (const { id, type, cpuTime } of processInfo) {
        if (type !== 'renderer') continue;
        spent.set(id, 1000 * cpuTime);
        const status = readFileSync(`/proc/${id}/status`, 'utf8');
        bytes = Math.max(bytes, kilobytes(status, 'VmRSS'));
        peakBytes = Math.max(peakBytes, kilobytes(status, 'VmHWM'));
        // From here on the peak begins anew.
        writeFileSync(`/proc/${id}/clear_refs`, '5');
      }
      const milliseconds = [...spent.values()].reduce((sum, each) => sum + each, 0);
      return { bytes, peakBytes, milliseconds };
    },
  };
}

function kilobytes(status: string, field: string): number {
  return 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)![1]);
}
