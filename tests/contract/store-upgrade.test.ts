import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runBackup } from '../../src/server/cli/backup-command';
import { runRestore } from '../../src/server/cli/restore-command';
import { requireOk, type CouchClient } from '../../src/server/couch/client';
import { provision } from '../../src/server/provision/provision';
import { startTestServer, testAdminPassword } from '../server';
import { targets, type Target } from './couch-target';

const code = {
  hash: createHash('sha256').update('ABCD2345').digest('hex'),
  expiresAt: '2999-01-01T00:00:00.000Z',
};
const desk = (id: string, change: object = {}) => ({
  _id: `desk:${id}`,
  type: 'desk',
  v: 1,
  name: `Kassa ${id}`,
  venue: 'uimahalli',
  account: `desk-${id}`,
  status: 'paired',
  createdAt: '2026-11-22T08:00:00.000Z',
  ...change,
});
const reports = { v: 1, reports: {} };

/** The store as left by a version without tiski-desks. */
async function makeOlder(client: CouchClient): Promise<void> {
  await requireOk(client, 'DELETE', '/tiski-desks');
  const docs = [
    desk('one', { rules: { mayOverride: false, mayType: true, logsAtOnce: false } }),
    desk('two', { code, formerAccounts: ['desk-zero'] }),
    desk('planted', { account: 'administrator', code }),
    { _id: 'note:1', type: 'note', v: 1 },
  ];
  await requireOk(client, 'POST', '/tiski-office/_bulk_docs', { docs });
  await requireOk(client, 'PUT', '/tiski-office/_local/desk-reports', reports);
}

/** Those of a database, except its epochs. */
async function documents(client: CouchClient, database: string): Promise<Record<string, unknown>[]> {
  const body = await requireOk(client, 'GET', `/${database}/_all_docs?include_docs=true&startkey="a"`);
  const { rows } = body as { rows: { doc: Record<string, unknown> }[] };
  return rows
    .filter(({ doc }) => doc['type'] !== 'epoch')
    .map(({ doc }) => Object.fromEntries(Object.entries(doc).filter(([member]) => member !== '_rev')));
}

async function expectUpgraded(client: CouchClient): Promise<void> {
  expect(await documents(client, 'tiski-desks')).toEqual([
    desk('one', { rules: { mayOverride: false, mayType: true, logsAtOnce: false } }),
    desk('planted', { account: 'administrator' }),
    desk('two', { formerAccounts: ['desk-zero'] }),
  ]);
  expect(await documents(client, 'tiski-office')).toEqual([{ _id: 'note:1', type: 'note', v: 1 }]);
  expect((await client.request('GET', '/tiski-office/_local/desk-reports')).status).toBe(404);
  expect((await client.request('GET', '/tiski-desks/_local/desk-reports')).body).toMatchObject(reports);
}

describe.each(targets)('a store of an older version, over $name', ({ start }) => {
  let target: Target;
  let client: CouchClient;
  beforeEach(async () => {
    target = await start();
    client = target.client;
    await provision(client);
    await makeOlder(client);
  });
  afterEach(() => target.stop());

  it('has its desks moved to where only the server writes, their open codes void', async () => {
    await provision(client);
    await expectUpgraded(client);
    const answer = await target.call('POST', '/api/pair', { body: { code: 'ABCD-2345' } });
    expect(answer.status).toBe(404);
    await provision(client);
    await expectUpgraded(client);
  });

  it('may be cut off anywhere, and is upgraded by the next start', async () => {
    let isCut = true;
    for (let writes = 0; isCut; writes += 1) {
      let left = writes;
      const dying: CouchClient = {
        request: (method, path, body) => {
          if (method !== 'GET' && left-- === 0) return Promise.reject(new Error('power cut'));
          return client.request(method, path, body);
        },
      };
      isCut = await provision(dying).then(
        () => false,
        (error: Error) => error.message === 'power cut',
      );
    }
    await expectUpgraded(client);
  });

  it('may be upgraded by two servers at once', async () => {
    await Promise.all([provision(client), provision(client)]);
    await expectUpgraded(client);
  });

  it('keeps what another server has changed meanwhile', async () => {
    const changed = desk('one', { name: 'Kassa 1 b' });
    let isChanged = false;
    const slow: CouchClient = {
      request: async (method, path, body) => {
        if (method === 'PUT' && path === '/tiski-desks/desk%3Aone' && !isChanged) {
          isChanged = true;
          await requireOk(client, 'PUT', path, changed);
        }
        return client.request(method, path, body);
      },
    };
    await provision(slow);
    expect(await documents(client, 'tiski-desks')).toContainEqual(changed);
  });

  it('is trusted once: what is put there later is removed, and is not a desk', async () => {
    await provision(client);
    await requireOk(client, 'PUT', '/tiski-office/desk:later', desk('later', { code }));
    await provision(client);
    await expectUpgraded(client);
  });
});

describe('a backup of an older version', () => {
  let folder = '';
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has its desks moved, also into a folder in which a server has run', async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiski-older-'));
    const quiet = { write: () => undefined };
    const server = await startTestServer();
    await makeOlder(server.client);
    const environment = { TISKI_ADMIN_PASSWORD: testAdminPassword };
    const backup = await runBackup(join(folder, 'older.gz'), { url: server.url }, environment, quiet);
    // Before it stops, what it manages is there again.
    await provision(server.client);
    await server.stop();
    const dataDir = join(folder, 'data');
    await (await startTestServer({ dataDir })).close();
    await runRestore(backup, { data: dataDir, replace: false }, quiet);
    const restored = await startTestServer({ dataDir });
    const ids = (await documents(restored.client, 'tiski-desks')).map(({ _id }) => String(_id));
    expect(ids.filter((id) => id.startsWith('desk:'))).toEqual(['desk:one', 'desk:planted', 'desk:two']);
    await restored.close();
  });
});
