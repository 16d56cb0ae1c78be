import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Rolldown } from 'vite';
import { defineConfig } from 'vitest/config';
import { html5QrcodeAlias } from './html5-qrcode-alias.js';

const kitEntry = 'node_modules/@sveltejs/kit/src/runtime/client/entry.js';
/**
 * What starts the app, and runs hooks.client.ts before any screen is loaded: it must not include anything of
 * a screen, or Dexie would meet a browser that refuses all storage before that was noticed.
 */
const start = modulesOf('.svelte-kit/generated/client-optimized/app.js', kitEntry);
/** Every screen opens with the layout, and a counter with this page as well. */
const layout = modulesOf('src/routes/+layout.svelte');
const counter = modulesOf('src/routes/desk/+page.svelte');
const message = /[\\/]paraglide[\\/]messages[\\/]/;

/**
 * Modules and their static imports, recursively. Messages are left out: importing one imports the list of
 * all, and only the bundler finds out which are used.
 */
function modulesOf(...paths: string[]): (context: Rolldown.ChunkingContext) => ReadonlySet<string> {
  const modules = new Set<string>();
  return (context) => {
    const add = (id: string) => {
      if (modules.has(id) || message.test(id)) return;
      modules.add(id);
      context.getModuleInfo(id)?.importedIds.forEach(add);
    };
    paths.forEach((path) => add(resolve(path)));
    return modules;
  };
}

const shared = { minShareCount: 2 };

/**
 * One file for each set of screens that share something.
 * @param threshold bytes; smaller files are merged, and some screens load what they don't need
 */
const byScreens = (threshold: number) => ({ entriesAware: true, entriesAwareMergeThreshold: threshold });

export default defineConfig({
  plugins: [
    // Unit tests read the messages that `npm run prepare` compiled; the plugin's watcher would keep the
    // process alive.
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
            // The service worker downloads file by file, and each is compressed separately: so what screens
            // share comes in few files. What the counter opens with is separate, so that it loads nothing
            // that only the office needs.
            codeSplitting: {
              groups: [
                { ...shared, name: (id, context) => (start(context).has(id) ? 'start' : null) },
                { ...shared, name: (id, context) => (layout(context).has(id) ? 'layout' : null) },
                { ...shared, name: (id, context) => (counter(context).has(id) ? 'counter' : null) },
                { ...shared, name: 'messages', test: message, ...byScreens(6_000) },
                { ...shared, name: 'shared', ...byScreens(2_000) },
              ],
            },
          },
        },
      },
    },
  },
  test: {
    environment: 'node',
    // One more than processors: much of the time is waiting for servers and their disks.
    maxWorkers: availableParallelism() + 1,
    // Modules are loaded once for all tests of a worker: loading them took a quarter of the time. So a test leaves
    // nothing behind, and mocks no module.
    isolate: false,
    unstubGlobals: true,
    // Some of them start and kill whole servers. CI machines are shared: what runs out of time there is tried
    // once more, and reported.
    testTimeout: 90_000,
    hookTimeout: 60_000,
    retry: process.env['CI'] ? 1 : 0,
    projects: [
      {
        extends: true,
        test: {
          name: 'app',
          include: ['src/lib/**/*.test.ts', 'src/routes/**/*.test.ts'],
          pool: 'threads',
          setupFiles: 'tests/setup/base-locale.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'server',
          include: ['src/server/**/*.test.ts', 'tests/{contract,deploy,docs,fuzz,lint}/**/*.test.ts'],
          pool: 'forks',
        },
      },
    ],
  },
});
