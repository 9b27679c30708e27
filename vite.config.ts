import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defaultClientConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { canvasArguments, chromiumArguments, findChromium } from './src/cli/chromium.ts';

// SharedArrayBuffer, and so WASM threads, exist only on a cross-origin isolated page.
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

// ONNX Runtime's thread workers import the file that holds the runtime. Bundled into our chunk that would be our own
// worker again, and the built page would hang; this condition keeps the runtime's loader a file of its own.
const conditions = ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions];

const chromium = findChromium();
if (!chromium) console.warn('No Chromium found (set CHROME_PATH): the browser tests are skipped.');

export default defineConfig({
  base: './',
  plugins: [react()],
  resolve: { conditions },
  worker: { format: 'es' },
  server: { headers: isolation },
  preview: { headers: isolation },
  build: { target: 'es2023', chunkSizeWarningLimit: 300 },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**'],
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
      ...(chromium
        ? [
            {
              extends: true as const,
              // Named beforehand: a dependency found while tests run would reload the page under them.
              optimizeDeps: {
                include: [
                  'react',
                  'react/jsx-dev-runtime',
                  'react-dom/client',
                  'zustand',
                  'zustand/vanilla',
                  'axe-core',
                  'idb',
                  '@huggingface/tokenizers',
                  '@noble/hashes/sha2.js',
                  '@noble/hashes/utils.js',
                ],
              },
              test: {
                name: 'browser',
                globalSetup: 'test/browser/writeMicroPack.ts',
                include: ['test/browser/**/*.test.ts'],
                // WebGPU here is a software adapter: a hundred steps take a minute, or several on a busy machine.
                testTimeout: 600_000,
                fileParallelism: false,
                browser: {
                  enabled: true,
                  headless: true,
                  screenshotFailures: false,
                  provider: playwright({
                    launchOptions: {
                      executablePath: chromium,
                      args: [...chromiumArguments, ...canvasArguments],
                    },
                  }),
                  instances: [{ browser: 'chromium' as const }],
                },
              },
            },
          ]
        : []),
    ],
  },
});
