import { svelte } from '@sveltejs/vite-plugin-svelte';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { projectFolder } from '../../src/server/project-folder';
import { TiskiServer } from '../setup/tiski-server';
import { BenchRegister, postAsAdministrator } from './bench-register';
import { benchCatalogue, benchVenue } from './city';

/** The real server in its own process, serving the benches' page instead of the app. */
export interface BenchServer {
  url: string;
  register: BenchRegister;
  /** A new desk's one-time code. */
  addDesk(): Promise<string>;
  stop(): Promise<void>;
}

export async function startBenchServer(): Promise<BenchServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tiski-bench-'));
  await buildPage(folder);
  const server = await TiskiServer.prepare({ demo: false });
  await server.start(folder);
  await postAsAdministrator(server, '/couch/tiski-catalogue/_bulk_docs', { docs: benchCatalogue() });
  await postAsAdministrator(server, '/api/sectors', {});
  let desks = 0;
  return {
    url: server.url,
    register: new BenchRegister(server),
    async addDesk() {
      const added = await postAsAdministrator(server, '/api/desks', {
        name: `Bench ${++desks}`,
        venue: benchVenue,
      });
      return (added as { code: string }).code;
    },
    async stop() {
      await server.dispose();
      await rm(folder, { recursive: true });
    },
  };
}

/** Builds the page with the product's modules in it, as the product is built. */
async function buildPage(outDir: string): Promise<void> {
  await build({
    root: path.join(import.meta.dirname, 'page'),
    configFile: false,
    logLevel: 'error',
    resolve: { alias: [{ find: '$lib', replacement: path.join(projectFolder, 'src/lib') }] },
    define: { __BUILD_TIME__: JSON.stringify('2026-01-01T00:00:00Z') },
    plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
    build: { outDir, target: 'es2023', emptyOutDir: true },
  });
}
