import { svelte } from '@sveltejs/vite-plugin-svelte';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { build } from 'vite';
import { projectFolder } from '../../src/server/cli/build-app';
import { remoteClient } from '../../src/server/couch/remote-client';
import { requireOk } from '../../src/server/couch/client';
import { registerDatabase } from '../../src/server/provision/databases';
import { makeSnapshot, packSnapshot, publishSnapshot } from '../../src/server/snapshot/make-snapshot';
import { RegisterPacker } from '../../src/server/snapshot/register-packer';
import { TiskiServer } from '../setup/tiski-server';
import { benchCards, benchCatalogue, benchVenue } from './city';

const epochAnswer = v.object({ epoch: v.string() });
const databaseAnswer = v.object({
  update_seq: v.pipe(v.union([v.string(), v.number()]), v.transform(String)),
});

/** The real server in its own process, which serves the benches' page instead of the app. */
export interface BenchServer {
  url: string;
  /** Writes cards to the register, as the office does. */
  addCards(first: number, count: number): Promise<void>;
  /** Packs the register as it is; gives the snapshot's bytes. */
  packRegister(): Promise<number>;
  /** Puts a snapshot of so many cards in place, without their documents: a million of them take an hour to write. */
  packCards(count: number): Promise<number>;
  /** A new desk's one-time code. */
  addDesk(): Promise<string>;
  stop(): Promise<void>;
}

export async function startBenchServer(): Promise<BenchServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tiski-bench-'));
  await buildPage(folder);
  const server = await TiskiServer.prepare({ demo: false });
  await server.start(folder);
  const credentials = Buffer.from(`administrator:${server.adminPassword}`).toString('base64');
  const post = async (address: string, body: unknown): Promise<unknown> => {
    const response = await fetch(server.url + address, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const client = remoteClient({ origin: `${server.url}/couch`, authorization: `Basic ${credentials}` });
  await post('/couch/tiski-catalogue/_bulk_docs', { docs: benchCatalogue() });
  await post('/api/sectors', {});
  let desks = 0;
  return {
    url: server.url,
    async addCards(first, count) {
      const batch = 2_000;
      for (let done = 0; done < count; done += batch) {
        const docs = benchCards(first + done, Math.min(batch, count - done));
        await post('/couch/tiski-register/_bulk_docs', { docs });
      }
    },
    async packRegister() {
      const made = await makeSnapshot(client);
      if (made.kind !== 'made') throw new Error(`The register was not packed: ${made.kind}`);
      return made.bytes;
    },
    async packCards(count) {
      const register = `/${registerDatabase}`;
      const { epoch } = v.parse(epochAnswer, await requireOk(client, 'GET', `${register}/_local/epoch`));
      const { update_seq: seq } = v.parse(databaseAnswer, await requireOk(client, 'GET', register));
      const packer = new RegisterPacker();
      const atOnce = 10_000;
      for (let first = 0; first < count; first += atOnce) {
        for (const card of benchCards(first, Math.min(atOnce, count - first))) packer.put({ ...card });
      }
      const made = await publishSnapshot(client, await packSnapshot(packer, { epoch, seq }));
      if (made.kind !== 'made') throw new Error(`The cards were not packed: ${made.kind}`);
      return made.bytes;
    },
    async addDesk() {
      const added = await post('/api/desks', { name: `Bench ${++desks}`, venue: benchVenue });
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
