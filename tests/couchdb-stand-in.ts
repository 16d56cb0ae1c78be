import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a simulated CouchDB node says about itself. */
export interface StandInNode {
  version?: string;
  up?: boolean;
  allNodes?: string[];
  clusterNodes?: string[];
  /** `section/name` and its value. */
  settings?: Record<string, string>;
  requiresValidUser?: boolean;
  /** How many seconds its clock is ahead. */
  clockAhead?: number;
}

export const standInPassword = 'stand-in-secret';

/**
 * A server that answers like CouchDB 3, only for the addresses that `tiski doctor` requests from a node:
 * shapes from CouchDB's documentation (api/server, config/auth). It holds no data.
 */
export async function startStandIn(node: StandInNode = {}) {
  const { version = '3.5.0', up = true, allNodes = ['couchdb@127.0.0.1'], clusterNodes = allNodes } = node;
  const answers: Record<string, [number, object | string] | undefined> = {
    '/': [
      200,
      {
        couchdb: 'Welcome',
        version,
        git_sha: '11f0d3643',
        uuid: '0a959b9b8227188afc2ac26ccdf345a6',
        features: ['access-ready', 'partitioned', 'pluggable-storage-engines', 'reshard', 'scheduler'],
        vendor: { name: 'The Apache Software Foundation' },
      },
    ],
    '/_up': up ? [200, { status: 'ok', seeds: {} }] : [404, { status: 'maintenance_mode' }],
    '/_membership': [200, { all_nodes: allNodes, cluster_nodes: clusterNodes }],
  };
  for (const [name, value] of Object.entries(node.settings ?? {})) {
    answers[`/_node/_local/_config/${name}`] = [200, value];
  }
  const administrator = `Basic ${btoa(`admin:${standInPassword}`)}`;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { url = '', method, headers } = request;
    asked.push(`${method} ${url}`);
    const [status, body] = answerTo(url, headers.authorization);
    response.writeHead(status, {
      'content-type': 'application/json',
      server: `CouchDB/${version} (Erlang OTP/26)`,
      date: new Date(Date.now() + (node.clockAhead ?? 0) * 1000).toUTCString(),
    });
    response.end(`${JSON.stringify(body)}\n`);
  });
  function answerTo(url: string, authorization?: string): [number, object | string] {
    const isAdministrator = authorization === administrator;
    const wrong = { error: 'unauthorized', reason: 'Name or password is incorrect.' };
    if (authorization !== undefined && !isAdministrator) return [401, wrong];
    const refused = { error: 'unauthorized', reason: 'Authentication required.' };
    if (node.requiresValidUser === true && !isAdministrator) return [401, refused];
    if (url === '/_session') {
      const userCtx = isAdministrator ? { name: 'admin', roles: ['_admin'] } : { name: null, roles: [] };
      return [200, { ok: true, userCtx, info: { authentication_handlers: ['cookie', 'default'] } }];
    }
    const isOpen = url === '/' || url === '/_up';
    if (!isOpen && !isAdministrator) {
      return [401, { error: 'unauthorized', reason: 'You are not a server admin.' }];
    }
    if (url.startsWith('/_node/')) {
      return answers[url] ?? [404, { error: 'not_found', reason: 'unknown_config_value' }];
    }
    return answers[url] ?? [404, { error: 'not_found', reason: 'Database does not exist.' }];
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    url: `http://admin:${standInPassword}@127.0.0.1:${port}`,
    asked,
    stop: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
