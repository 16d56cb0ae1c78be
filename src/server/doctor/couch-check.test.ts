import { afterEach, describe, expect, it } from 'vitest';
import { standInPassword, startStandIn, type StandInNode } from '../../../tests/couchdb-stand-in';
import { couchAddresses } from '../couch/remote-client';
import { couchFindings } from './couch-check';
import { askNode } from './couch-node';

const secret = '92de07df7e7a3fe14808cef90a7cc0d91';
const settings = { 'chttpd_auth/secret': secret, 'chttpd_auth/upgrade_hash_on_auth': 'false' };

const running: Awaited<ReturnType<typeof startStandIn>>[] = [];
afterEach(async () => {
  for (const node of running.splice(0)) await node.stop();
});

async function addressesOf(...nodes: StandInNode[]): Promise<string> {
  for (const node of nodes) running.push(await startStandIn(node));
  return running.map(({ url }) => url).join(',');
}

const findings = async (urls: string) =>
  couchFindings(await Promise.all(couchAddresses(urls).map((address) => askNode(address))));

const faults = async (...nodes: StandInNode[]) =>
  (await findings(await addressesOf(...nodes))).filter(({ state }) => state !== 'good');

describe('a CouchDB', () => {
  it('that is as Tiski wants it is good, is only read, and keeps its secrets', async () => {
    const found = await findings(await addressesOf({ settings }));
    expect(found.map(({ state }) => state)).toEqual(Array(6).fill('good'));
    expect(running[0]?.asked.filter((each) => !each.startsWith('GET '))).toEqual([]);
    expect(running[0]?.asked).toContain('GET /_node/_local/_config/chttpd_auth/secret');
    expect(JSON.stringify(found)).not.toContain(secret);
    expect(JSON.stringify(found)).not.toContain(standInPassword);
  });

  it.each<[string, StandInNode, string, string]>([
    ['version 3.2', { version: '3.2.3', settings }, 'warning', 'gets no fixes'],
    ['version 2', { version: '2.3.1', settings }, 'bad', 'needs 3.x'],
    ['maintenance', { up: false, settings }, 'bad', 'maintenance'],
    ['small documents', { settings: { ...settings, 'couchdb/max_document_size': '65536' } }, 'bad', '65536'],
    ['slow hashes', { settings: {} }, 'warning', '600,000 rounds'],
    [
      'a node without sessions',
      {
        settings: {
          ...settings,
          'chttpd/authentication_handlers': '{chttpd_auth, default_authentication_handler}',
        },
      },
      'warning',
      'no session cookies',
    ],
    [
      'a hash that Node has not',
      { settings: { ...settings, 'chttpd_auth/hash_algorithms': 'blake2b' } },
      'warning',
      'none of SHA-1',
    ],
    ['closed to guests', { requiresValidUser: true, settings }, 'bad', 'for a wrong password'],
    ['no secret', { settings: { 'chttpd_auth/upgrade_hash_on_auth': 'false' } }, 'warning', 'secret'],
    ['a lost node', { settings, clusterNodes: ['couchdb@127.0.0.1', 'b'] }, 'bad', 'does not see the node b'],
    ['a stray node', { settings, allNodes: ['a', 'b'], clusterNodes: ['a'] }, 'warning', 'sees the node b'],
  ])('%s is reported', async (_name, node, state, says) => {
    const found = await faults(node);
    expect(found[0]).toMatchObject({ state });
    expect(found[0]?.says).toContain(says);
    expect(found[0]?.todo).toBeTruthy();
  });

  it('hashes are left alone if no password is shown to it', async () => {
    expect(await faults({ settings: { 'chttpd_auth/secret': secret } })).toEqual([]);
  });

  it('hashes are left alone before 3.4, which has no such setting', async () => {
    expect(await faults({ version: '3.3.3' })).toMatchObject([
      { says: expect.stringContaining('no chttpd_auth/secret') as string },
    ]);
  });

  it('documents of any size are enough', async () => {
    for (const size of ['8000000', '4294967296', 'infinity']) {
      const more = { ...settings, 'couchdb/max_document_size': size };
      expect(await faults({ settings: more })).toEqual([]);
    }
  });

  it('nodes have to share their secret', async () => {
    const cluster = { allNodes: ['a', 'b'] };
    const [one, same] = [
      { ...cluster, settings },
      { ...cluster, settings },
    ];
    expect(await faults(one, same)).toEqual([]);
    const other = { ...cluster, settings: { ...settings, 'chttpd_auth/secret': 'another-one' } };
    const found = await faults(other);
    expect(found).toMatchObject([{ state: 'bad' }]);
    expect(found[0]?.says).toContain('different secrets');
    expect(JSON.stringify(found)).not.toContain('another-one');
  });

  it('a cluster whose nodes are not all named was not seen completely', async () => {
    const found = await faults({ allNodes: ['a', 'b', 'c'], settings });
    expect(found).toMatchObject([{ state: 'not-checked' }]);
    expect(found[0]?.says).toContain('3 nodes, 2 of which');
  });

  it('a dead node, a wrong password and another program are each reported as what they are', async () => {
    const urls = await addressesOf({ settings });
    const found = await findings(`http://admin:x@127.0.0.1:9,${urls.replace(standInPassword, 'wrong')}`);
    expect(found.map(({ state }) => state)).toEqual(['bad', 'bad']);
    expect(found[0]?.says).toContain('ECONNREFUSED');
    expect(found[1]?.says).toContain('refuses the name and password');
    expect(JSON.stringify(found)).not.toContain('wrong');
  });

  it('an account that is not an administrator is reported', async () => {
    const urls = await addressesOf({ settings });
    const found = await findings(urls.replace(`admin:${standInPassword}@`, ''));
    expect(found.filter(({ state }) => state === 'bad').map(({ says }) => says)).toEqual([
      expect.stringContaining('does not let this account read its settings'),
    ]);
  });
});
