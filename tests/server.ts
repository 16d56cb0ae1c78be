import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CouchClient } from '../src/server/couch/client';
import { startServer, type ServerSettings } from '../src/server/main';

export interface TestServer {
  url: string;
  adminName: string;
  adminPassword: string;
  /** Acts as the server's administrator, without HTTP. */
  client: CouchClient;
  dataDir: string;
  /** Stops it and leaves the data. */
  close(): Promise<void>;
  /** Stops it, and removes a data folder that was made for it. */
  stop(): Promise<void>;
}

export interface TestServerOptions extends Partial<Omit<ServerSettings, 'folder' | 'port' | 'host'>> {
  /** An existing data folder; a fresh one if absent. */
  dataDir?: string;
  port?: number;
}

export const testAdminPassword = 'tiski-tests-only-7412';

/** The real server, in this process, listening on a free port; the app's files are only served if named. */
export async function startTestServer({ dataDir, ...options }: TestServerOptions = {}): Promise<TestServer> {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'tiski-test-')));
  const server = await startServer({
    port: 0,
    host: 'localhost',
    demo: false,
    adminPassword: testAdminPassword,
    // Quick hashes: what is tested is who gets in, not how long guessing takes.
    iterations: 10_000,
    ...options,
    folder,
  });
  return {
    url: server.url,
    adminName: server.administrator.name,
    adminPassword: testAdminPassword,
    client: server.client,
    dataDir: folder,
    close: () => server.close(),
    stop: async () => {
      await server.close();
      if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
