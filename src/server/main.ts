import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { localDate } from '$lib/domain/day';
import { createApp } from './app';
import { standardBodyLimit, type Backend } from './backend';
import type { CouchClient } from './couch/client';
import { couchAddress } from './couch/remote-client';
import { createDemoCity } from './demo/city';
import { DeskWatch } from './desks/desk-watch';
import { openEmbeddedBackend } from './http/embedded-backend';
import { proxyBackend } from './http/proxy-backend';
import { ensureSigningKey, type KeyStore } from './keys/key-store';
import { ensureRescueKey } from './keys/rescue-key-store';
import { administratorName, ensureAdministrator } from './provision/administrator';
import { isDemoCity } from './provision/catalogue';
import { isEmptyStore, provision } from './provision/provision';
import { keepSnapshot, type SnapshotSettings } from './snapshot/keep-snapshot';

export interface StoreSettings {
  /** Data folder of the embedded store. */
  folder: string;
  /** Address of a CouchDB with its administrator's credentials; the embedded store is used without it. */
  couchUrl?: string;
  /** Bytes of the largest request body below /couch/; 8 MiB. */
  bodyLimit?: number;
  /** Life of a sign-in; one hour. */
  sessionSeconds?: number;
  /** Of password hashes; 600,000. */
  iterations?: number;
  /** The clock. */
  now?: () => Date;
}

export interface ServerSettings extends StoreSettings {
  /** 0 takes a free one. */
  port: number;
  host: string;
  /** Folder of the built app; absent where Vite serves it. */
  build?: string;
  /** The first administrator's password, also when the account is there; made up for a new one when absent. */
  adminPassword?: string;
  /** Fill an empty store with the made-up city. */
  demo: boolean;
  /** S18: when the register is packed for new desks. */
  snapshots?: SnapshotSettings;
  /** Addresses of reverse proxies whose X-Forwarded headers are believed; `loopback` when absent. */
  trustProxy?: string;
}

export interface RunningServer {
  /** Where it listens, e.g. http://localhost:3000 */
  url: string;
  port: number;
  client: CouchClient;
  /** The password is known only when this start made the account; `isReset`: it took the settings' one. */
  administrator: { name: string; password?: string; isReset: boolean };
  /** What was made just now, when the demo city was. */
  madeDemo?: { cards: number; visits: number };
  isDemo: boolean;
  /** Ends long polls, finishes writes, closes the store. */
  close(): Promise<void>;
}

/** Faults of ours: where, not what about, since that could be a card or a person. */
function reportFault(error: unknown): void {
  const { name, stack = '' } = error instanceof Error ? error : new Error('not an error');
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  process.stderr.write(`A request failed: ${name}\n${frames.slice(0, 8).join('\n')}\n`);
}

/** Opens the store that the settings name. @throws when it can't be opened */
export async function openBackend(settings: StoreSettings): Promise<Backend> {
  const { bodyLimit = standardBodyLimit, now = () => new Date() } = settings;
  const shared = { bodyLimit, now: () => now().getTime(), onFault: reportFault };
  if (settings.couchUrl !== undefined) {
    return proxyBackend({ ...shared, couch: couchAddress(settings.couchUrl) });
  }
  const { sessionSeconds = 3600, iterations = 600_000 } = settings;
  return openEmbeddedBackend({ ...shared, folder: resolve(settings.folder), sessionSeconds, iterations });
}

/** Where the private keys are, beside the embedded store; with a CouchDB as well. */
export const keyFolder = (dataFolder: string): string => join(resolve(dataFolder), 'keys');

export async function tiskiVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Brings the store into shape and opens the server. @throws when the port is taken or the store can't be had */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const backend = await openBackend(settings);
  let app: FastifyInstance | undefined;
  try {
    const { client } = backend;
    await provision(client);
    const keys: KeyStore = { folder: keyFolder(settings.folder), client };
    const { build, adminPassword, now = () => new Date(), trustProxy = 'loopback' } = settings;
    await ensureSigningKey(keys, localDate(now().getTime(), 'UTC'));
    await ensureRescueKey(keys, now());
    const watch = new DeskWatch(client, reportFault);
    app = await createApp({
      backend,
      keys,
      watch,
      version: await tiskiVersion(),
      now,
      onFault: reportFault,
      trustProxy,
      ...(build === undefined ? {} : { build: resolve(build) }),
    });
    await app.listen({ port: settings.port, host: settings.host });
    const listening = app;
    const port = portOf(listening);
    // Last: a made-up password, or the news of a demo city, must not be lost because the port was taken.
    const isNew = settings.demo && (await isEmptyStore(client));
    const madeDemo = isNew ? await createDemoCity(client, now()) : undefined;
    const { password, isReset } = await ensureAdministrator(backend, adminPassword);
    const snapshots = keepSnapshot(client, settings.snapshots ?? {}, reportFault);
    const isDemo = await isDemoCity(client);
    const stopWatch = watch.start();
    return {
      url: `http://${settings.host === '0.0.0.0' ? 'localhost' : settings.host}:${port}`,
      port,
      client,
      administrator: { name: administratorName, isReset, ...(password === undefined ? {} : { password }) },
      ...(madeDemo === undefined ? {} : { madeDemo }),
      isDemo,
      async close() {
        await snapshots.stop();
        await closeAll(listening, stopWatch, backend);
      },
    };
  } catch (error) {
    await app?.close();
    await backend.close();
    throw error;
  }
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function closeAll(
  app: FastifyInstance,
  stopWatch: () => Promise<void>,
  backend: Backend,
): Promise<void> {
  await app.close();
  await stopWatch();
  await backend.close();
}
