import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { documentPath } from '../../src/server/couch/client';
import { couchAddress } from '../../src/server/couch/remote-client';

const run = promisify(execFile);

/**
 * Commands for COUCHDB_NODE_COMMAND: `stop` ends a node cleanly, `kill` at once, `wipe` deletes a stopped
 * one's data.
 */
export type NodeAction = 'start' | 'stop' | 'kill' | 'wipe';

const usage =
  'COUCHDB_URLS names the nodes of a cluster that is for these tests alone, as http://admin:secret@127.0.0.1:5984,…; ' +
  'COUCHDB_NODE_COMMAND starts, stops, kills and wipes one, as "node.sh {action} {node}", the first being 1.';

/**
 * Nodes send each other what one has missed after five seconds (`mem3`, `sync_delay`): this many unchanged
 * looks, 250 ms apart.
 */
const calmLooks = 28;

/** The longest a node may take to start, or to get what the others have, ms. */
const patienceMs = 4 * 60_000;

const replicationPrefix = 'tiski-test-';

interface Asked {
  status: number;
  body: Record<string, unknown> & { length?: number };
}

/** The nodes of a real CouchDB cluster, numbered from 1; each can be stopped and started. */
export class CouchCluster {
  private constructor(
    readonly urls: readonly string[],
    private readonly command: string,
  ) {}

  /** @throws {Error} that says what is missing */
  static fromEnvironment(): CouchCluster {
    const { COUCHDB_URLS: urls, COUCHDB_NODE_COMMAND: command } = process.env;
    const nodes = urls?.split(',').map((url) => url.trim()) ?? [];
    if (nodes.length < 3 || !command?.includes('{action}')) throw new Error(usage);
    return new CouchCluster(nodes, command);
  }

  get nodes(): number[] {
    return this.urls.map((_, index) => index + 1);
  }

  /** Asks one node as its administrator. Rejects if it is not there. */
  async ask(node: number, method: string, path: string, body?: unknown): Promise<Asked> {
    const { origin, authorization = '' } = couchAddress(this.urls[node - 1] ?? '');
    const response = await fetch(origin + path, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Asked['body'] };
  }

  async act(action: NodeAction, node: number): Promise<void> {
    const command = this.command.replaceAll('{action}', action).replaceAll('{node}', String(node));
    await run('bash', ['-c', command]);
    if (action === 'start') await this.#untilUp(node);
  }

  /** Starts missing nodes, and waits until every node has what the others have. */
  async makeWhole(): Promise<void> {
    for (const node of this.nodes) if (!(await this.#isUp(node))) await this.act('start', node);
    await this.untilEven();
  }

  /** Replaces a node by another machine: empty, added to the cluster, and filled by the others. */
  async replace(node: number): Promise<void> {
    const other = this.nodes.find((each) => each !== node) ?? 1;
    const { body } = await this.ask(other, 'GET', '/_membership');
    await this.act('kill', node);
    await this.act('wipe', node);
    await this.act('start', node);
    for (const name of body['cluster_nodes'] as string[]) {
      const path = `/_node/_local/_nodes/${encodeURIComponent(name)}`;
      const { status } = await this.ask(node, 'GET', path);
      if (status === 404) await this.ask(node, 'PUT', path, {});
    }
    await this.untilEven();
  }

  /** Until no node has anything left to send to another. */
  async untilEven(): Promise<void> {
    let calm = 0;
    await this.#until('the nodes have the same', async () => {
      const jobs = await Promise.all(
        this.nodes.map(async (node) => {
          const { body } = await this.ask(node, 'GET', '/_node/_local/_system');
          return Number(body['internal_replication_jobs']);
        }),
      );
      calm = jobs.every((count) => count === 0) ? calm + 1 : 0;
      return calm >= calmLooks;
    });
  }

  /** Replicates a database continuously, both ways, with a server that has its own store. */
  async replicate(
    database: string,
    { url, adminPassword }: { url: string; adminPassword: string },
  ): Promise<void> {
    const theirs = url.replace('://', `://administrator:${encodeURIComponent(adminPassword)}@`);
    const sides = [`${this.urls[0]}/${database}`, `${theirs}/couch/${database}`];
    for (const [way, [source, target]] of [
      ['to', sides],
      ['from', [...sides].reverse()],
    ] as const) {
      const path = `/_replicator/${replicationPrefix}${way}-${database}`;
      const { status, body } = await this.ask(1, 'PUT', path, { source, target, continuous: true });
      if (status > 299) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    }
  }

  async endReplications(): Promise<void> {
    const { status, body } = await this.ask(1, 'GET', '/_replicator/_all_docs');
    if (status !== 200) return;
    for (const { id, value } of body['rows'] as { id: string; value: { rev: string } }[]) {
      if (id.startsWith(replicationPrefix))
        await this.ask(1, 'DELETE', `/_replicator/${id}?rev=${value.rev}`);
    }
  }

  /** Deletes everything that Tiski has made: databases and accounts. */
  async clear(): Promise<void> {
    await this.endReplications();
    const { body } = await this.ask(1, 'GET', '/_all_dbs');
    const names = body as unknown as string[];
    for (const name of names.filter((each) => each.startsWith('tiski-'))) {
      await this.ask(1, 'DELETE', `/${name}`);
    }
    if (!names.includes('_users')) return;
    // %3B: CouchDB takes a bare semicolon for the end of a parameter.
    const range = 'startkey="org.couchdb.user:"&endkey="org.couchdb.user%3B"';
    const { body: accounts } = await this.ask(1, 'GET', `/_users/_all_docs?${range}`);
    for (const { id, value } of accounts['rows'] as { id: string; value: { rev: string } }[]) {
      if (/:(administrator|desk-[^:]*)$/.test(id)) {
        await this.ask(1, 'DELETE', `${documentPath('_users', id)}?rev=${value.rev}`);
      }
    }
  }

  async #isUp(node: number): Promise<boolean> {
    return this.ask(node, 'GET', '/_up').then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  #untilUp = (node: number) => this.#until(`node ${node} is up`, () => this.#isUp(node));

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + patienceMs; Date.now() < end;) {
      if (await holds().catch(() => false)) return;
      await setTimeout(250);
    }
    throw new Error(`Not in time: ${what}.`);
  }
}
