import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Office } from '../contract/fault-world';
import { send, type Answer } from '../contract/couch-target';
import { TiskiServer } from '../setup/tiski-server';
import type { CouchCluster } from './couch-cluster';

/** A start waits for its CouchDB, whose nodes may be starting too, ms. */
const patienceMs = 4 * 60_000;

/**
 * Two real servers in their own processes in front of one cluster, with one folder of keys, and their office.
 */
export class TwoServers {
  readonly office: Office;

  private constructor(
    readonly servers: readonly [TiskiServer, TiskiServer],
    readonly keys: string,
    private readonly folder: string,
  ) {
    this.office = new Office(() => this.running[0] ?? servers[0]);
  }

  /** Empties the cluster, and starts both at the same moment from nothing. */
  static async begin(cluster: CouchCluster): Promise<TwoServers> {
    await cluster.makeWhole();
    await cluster.clear();
    const folder = await mkdtemp(join(tmpdir(), 'tiski-cluster-'));
    await writeFile(join(folder, 'index.html'), '<!doctype html>');
    const keys = join(folder, 'keys');
    // One prefers the first node and the other the second.
    const prepare = (turned: number) =>
      TiskiServer.prepare({
        demo: false,
        patienceMs,
        environment: {
          COUCHDB_URL: [...cluster.urls.slice(turned), ...cluster.urls.slice(0, turned)].join(','),
          TISKI_KEYS: keys,
        },
      });
    const two = new TwoServers([await prepare(0), await prepare(1)], keys, folder);
    try {
      await Promise.all(two.servers.map((server) => two.start(server)));
      return two;
    } catch (error) {
      await two.end();
      throw error;
    }
  }

  readonly #stopped = new Set<TiskiServer>();

  /** Those that have not been stopped. */
  get running(): TiskiServer[] {
    return this.servers.filter((server) => !this.#stopped.has(server));
  }

  async start(server: TiskiServer): Promise<void> {
    await server.start(this.folder);
    this.#stopped.delete(server);
  }

  /** A further server, over its own store. */
  startAlso = (server: TiskiServer): Promise<void> => server.start(this.folder);

  async kill(server: TiskiServer): Promise<void> {
    this.#stopped.add(server);
    await server.kill();
  }

  /** An administrator's request to one of them. */
  ask(server: TiskiServer, method: string, path: string, body?: unknown): Promise<Answer> {
    const as = { name: 'administrator', password: server.adminPassword };
    return send(method, `${server.url}${path}`, { as, ...(body === undefined ? {} : { body }) });
  }

  async end(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.dispose()));
    await rm(this.folder, { recursive: true, force: true });
  }
}
