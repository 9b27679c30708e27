// WebGPU in Node: the same numbers as WASM, on whatever adapter there is, or one sentence.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { maxAbsDifference } from '../support/compare.ts';

/** Where Debian's Chromium and Chrome keep their software driver, and the loader that it needs. */
const driver = ['/usr/lib/chromium', '/opt/google/chrome'].find((folder) =>
  existsSync(join(folder, 'vk_swiftshader_icd.json')),
);

function onDawn(environment: Readonly<Record<string, string>>) {
  const script = join(import.meta.dirname, 'conditionerOnDawn.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('Dawn in Node', () => {
  it.skipIf(!driver)('computes what WASM computes', { timeout: 300_000 }, () => {
    const { status, stdout, stderr } = onDawn({
      LD_LIBRARY_PATH: driver!,
      VK_ICD_FILENAMES: join(driver!, 'vk_swiftshader_icd.json'),
    });
    expect(status, stderr).toBe(0);
    const { provider, adapter, dawn, wasm } = JSON.parse(stdout);
    expect(provider).toBe('webgpu');
    expect(adapter).toMatch(/SwiftShader/i);
    expect(Math.max(...wasm)).toBeGreaterThan(0.1);
    expect(maxAbsDifference(dawn, wasm)).toBeLessThan(1e-5);
  });

  it('says what is missing where there is no GPU', { timeout: 300_000 }, () => {
    const { status, stderr } = onDawn({ VK_ICD_FILENAMES: '/no/such/driver.json' });
    expect(status).not.toBe(0);
    expect(stderr).toContain('Dawn finds no GPU: install its Vulkan driver');
  });
});
