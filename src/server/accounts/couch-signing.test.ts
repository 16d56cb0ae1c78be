import { afterEach, expect, it } from 'vitest';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CouchNodes } from '../couch/nodes';
import { readCouchSigning } from './couch-signing';

/** Settings of a cluster's nodes as CouchDB reports them to its administrator; a real one has one set. */
type Sections = Record<string, Record<string, string>>;

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

async function signingOf(nodes: Record<string, Sections | undefined>) {
  server = createServer(({ url = '' }, response) => {
    const [, , node = '', , section = ''] = url.split('/');
    const names = Object.keys(nodes);
    const body =
      url === '/_membership'
        ? { all_nodes: names, cluster_nodes: names }
        : nodes[decodeURIComponent(node)] && { ...nodes[decodeURIComponent(node)]?.[section] };
    response.writeHead(body === undefined ? 401 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { error: 'unauthorized' }));
  });
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return readCouchSigning(new CouchNodes([{ origin: `http://127.0.0.1:${port}` }]));
}

const auth = { secret: 's', hash_algorithms: 'sha256, sha' };

it('signs as every node does: one secret, hashes that all know, the shortest life, every administrator', async () => {
  const signing = await signingOf({
    'a@x': { chttpd_auth: { ...auth, timeout: '900' }, admins: { admin: '-pbkdf2-x' } },
    'b@x': {
      chttpd_auth: { ...auth, hash_algorithms: 'sha512, sha, sha256' },
      admins: { other: '-pbkdf2-x' },
    },
  });
  expect(signing).toEqual({
    kind: 'signs',
    signing: { secret: 's', seconds: 600, algorithms: ['sha256', 'sha1'] },
    administrators: new Set(['admin', 'other']),
  });
});

it('uses the older section if the newer says nothing, as CouchDB does, and its oldest hash', async () => {
  const signing = await signingOf({ a: { couch_httpd_auth: { secret: 'old', timeout: '60' } } });
  expect(signing).toMatchObject({ signing: { secret: 'old', seconds: 60, algorithms: ['sha1'] } });
});

it.each([
  ['no-secret', { a: { chttpd_auth: { hash_algorithms: 'sha' } } }],
  ['no-secret', { a: { chttpd_auth: { ...auth, secret: '' } } }],
  ['secrets-differ', { a: { chttpd_auth: auth }, b: { chttpd_auth: { ...auth, secret: 't' } } }],
  ['secrets-differ', { a: { chttpd_auth: auth }, b: {} }],
  ['refused', { a: { chttpd_auth: { ...auth, hash_algorithms: 'blake2b' } } }],
  ['unreadable', { a: { chttpd_auth: auth }, b: undefined }],
  ['unreadable', {}],
] as const)('%s: makes no sessions', async (why, nodes) => {
  expect(await signingOf(nodes)).toEqual({ kind: 'cannot', why });
});
