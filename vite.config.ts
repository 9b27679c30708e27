import { availableParallelism } from 'node:os';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { type Connect, defaultClientConditions, type Plugin } from 'vite';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { canvasArguments, chromiumArguments, findChromium, uncleared } from './src/cli/chromium.ts';
import { policyInPage, serviceWorker } from './src/cli/sitePlugins.ts';
import { isolation, serverPolicy } from './src/offline/headers.ts';

/** On every reply: Vite's own option leaves them out of a 304, and WebKit then refuses the worker that it kept. */
function withHeaders(): Plugin {
  const sending =
    (headers: Readonly<Record<string, string>>): Connect.NextHandleFunction =>
    (_, response, next) => {
      response.setHeaders(new Headers(headers));
      next();
    };
  return {
    name: 'with-headers',
    configureServer: ({ middlewares }) => void middlewares.use(sending(isolation)),
    configurePreviewServer: ({ middlewares }) =>
      void middlewares.use(sending({ ...isolation, 'Content-Security-Policy': serverPolicy })),
  };
}

// ONNX Runtime's thread workers import the file that holds the runtime. Bundled into our chunk that would be our own
// worker again, and the built page would hang; this condition keeps the runtime's loader a file of its own.
const conditions = ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions];

/** Stock servers do not know .mjs, and a browser runs no script of another type. */
const output = {
  assetFileNames: ({ names }: { readonly names: readonly string[] }) =>
    names[0]?.endsWith('.mjs') ? 'assets/[name]-[hash].js' : 'assets/[name]-[hash][extname]',
};

/** The walks first, of which each takes as long as fifty of the others: at the end those keep both workers busy. */
class WalksFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWalk = ({ project }: TestSpecification) => project.name === 'page';
    return [...sorted.filter(isWalk), ...sorted.filter((file) => !isWalk(file))];
  }
}

/** Tests that run in Chromium themselves, of the folder of that name. */
function inChromium(
  name: string,
  executablePath: string,
  args: readonly string[],
): TestProjectInlineConfiguration {
  return {
    extends: true,
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
      name,
      globalSetup: 'test/browser/writeMicroPack.ts',
      include: [`test/${name}/**/*.test.ts`],
      // WebGPU here is a software adapter: a hundred steps take a minute, or several on a busy machine.
      testTimeout: 600_000,
      hookTimeout: 240_000,
      browser: {
        enabled: true,
        // Here and not above, where it would put them off until the other files are done.
        fileParallelism: false,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath, args: [...chromiumArguments, ...args] } }),
        instances: [{ browser: 'chromium' }],
      },
    },
  };
}

const chromium = findChromium();
if (!chromium) console.warn('No Chromium found (set CHROME_PATH): the browser tests are skipped.');

export default defineConfig({
  base: './',
  plugins: [react(), withHeaders(), policyInPage(), serviceWorker()],
  resolve: { conditions },
  worker: { format: 'es', rolldownOptions: { output } },
  // The tests' own pages are served before any plugin is asked.
  server: { headers: isolation },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 400,
    // What comes later needs little else that is not here.
    modulePreload: false,
    rolldownOptions: {
      output: {
        ...output,
        // Else what the page has in common with parts that come later would be a dozen files more before it shows.
        codeSplitting: {
          groups: [
            // Stays in a browser's cache when the page has a newer version.
            {
              name: 'react',
              test: /node_modules.(react|react-dom|scheduler)\b/,
              tags: ['$initial'],
              priority: 1,
            },
            { name: 'page', tags: ['$initial'] },
          ],
        },
      },
    },
  },
  test: {
    // Much of what the page's tests do is to wait, and the browser's files go on beside these.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: WalksFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          // Two hundred files would each read the same modules again: a third of their time.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**', 'test/gpu/**', 'test/page/**'],
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'page',
          environment: 'node',
          globalSetup: 'test/support/builtSite.ts',
          include: ['test/page/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
      ...(chromium
        ? [
            inChromium('browser', chromium, canvasArguments),
            inChromium('gpu', chromium, [...canvasArguments, uncleared]),
          ]
        : []),
    ],
  },
});
