import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import { html5QrcodeAlias } from './html5-qrcode-alias.js';

export default defineConfig({
  plugins: [
    // Unit tests read the messages that `npm run prepare` compiled; the plugin's watcher would not let go.
    !process.env['VITEST'] &&
      paraglideVitePlugin({
        project: './src/i18n/project.inlang',
        outdir: './src/lib/paraglide',
        strategy: ['localStorage', 'preferredLanguage', 'baseLocale'],
        emitTsDeclarations: true,
      }),
    sveltekit(),
  ],
  define: {
    // R13: a clock before this instant is implausible.
    __BUILD_TIME__: JSON.stringify(new Date().toISOString()),
  },
  resolve: { alias: [html5QrcodeAlias] },
  build: { target: 'es2023' },
  environments: {
    client: {
      build: {
        rolldownOptions: {
          output: {
            // The service worker fetches file by file: what screens share comes in few of them. A higher threshold
            // makes fewer, and the desk's screen loads what only the office needs.
            codeSplitting: {
              groups: [
                { name: 'shared', minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 2_000 },
              ],
            },
          },
        },
      },
    },
  },
  test: {
    include: ['src/**/*.test.ts', 'tests/contract/**/*.test.ts', 'tests/fuzz/**/*.test.ts'],
    environment: 'node',
    // Much of the time is waiting for servers and their disks.
    maxWorkers: '100%',
    // Whole servers are started and killed in some of them. Machines of CI are shared: what fails there for want of
    // time is tried once more, and told.
    testTimeout: 90_000,
    hookTimeout: 60_000,
    retry: process.env['CI'] ? 1 : 0,
  },
});
