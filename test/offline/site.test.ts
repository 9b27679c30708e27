// What lies around the page: the recipes say the policy that the page has, and the manifest's icons are as it says.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isolation, serverPolicy } from '../../src/offline/headers.ts';
import { ownScript } from '../../src/trustedScripts.ts';

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url));

it('docs/hosting.md sends the very policy and headers of the page', () => {
  const text = file('docs/hosting.md').toString();
  const policies = [...text.matchAll(/Content-Security-Policy "([^"]+)"/g)].map(([, policy]) => policy);
  expect(policies).toEqual([serverPolicy, serverPolicy]);
  for (const [name, value] of Object.entries(isolation)) {
    expect(text.match(new RegExp(`add_header ${name} ${value} always;`, 'g')), name).toHaveLength(2);
    expect(text).toContain(`  ${name.toLowerCase()}: ${value}\n`);
  }
});

it('index.html holds no script or style that its policy would refuse', () => {
  const page = file('index.html').toString();
  expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
});

describe('manifest.json', () => {
  const { icons, ...rest } = JSON.parse(file('public/manifest.json').toString());

  it('asks for a window of its own, wherever the page lies', () => {
    expect(rest).toMatchObject({ start_url: './', scope: './', id: './', display: 'standalone' });
  });

  it.each(
    icons.filter(({ type }: { type: string }) => type === 'image/png') as { src: string; sizes: string }[],
  )('has $src in $sizes', ({ src, sizes }) => {
    const bytes = file(`public/${src}`);
    expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
  });
});

describe('a script', () => {
  const folder = 'https://faces.test/app/';
  it.each(['https://faces.test/app/assets/host-1.js?again', 'assets/host-1.js', './sw.js'])(
    'of the page is let through: %s',
    (address) => expect(ownScript(address, folder)).toBe(address),
  );

  it.each([
    'https://elsewhere.test/app/x.js',
    '//elsewhere.test/app/x.js',
    'https://faces.test/other/x.js',
    '../x.js',
    'data:text/javascript,0',
    'blob:https://faces.test/app/0-0',
    'javascript:0',
    'https://faces.test@elsewhere.test/app/x.js',
    'http://faces.test/app/x.js',
    'http://[',
  ])('of anyone else is not: %s', (address) => expect(ownScript(address, folder)).toBeNull());
});
