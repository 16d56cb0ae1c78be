import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { send, type Account } from '../../../tests/contract/couch-target';
import { startTestServer, testAdminPassword, type TestServer } from '../../../tests/server';
import { requireOk, type CouchClient } from '../couch/client';
import { provision } from '../provision/provision';
import { ensureEpoch, renewEpoch } from './ensure-epoch';
import { epochPath } from './epoch-document';
import { NoEpoch, readEpoch } from './read-epoch';

const register = 'tiski-register';
const admin = { name: 'administrator', password: testAdminPassword };

let folder: string;
let server: TestServer;
let client: CouchClient;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiski-epochs-'));
  server = await startTestServer({ dataDir: folder });
  client = server.client;
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function removeEpoch(): Promise<void> {
  const { _rev } = (await requireOk(client, 'GET', epochPath(register))) as { _rev: string };
  await requireOk(client, 'DELETE', `${epochPath(register)}?rev=${_rev}`);
}

describe('epochs', () => {
  it('S8 an older version’s is kept, and all servers make the same document from it', async () => {
    await removeEpoch();
    await requireOk(client, 'PUT', `/${register}/_local/epoch`, { epoch: 'of an older version' });
    await Promise.all([provision(client), provision(client)]);
    expect(await readEpoch(client, register)).toBe('of an older version');
    // As seen by a server on another node, which doesn't have the first one's yet: a branch with other
    // content could win some day.
    const written: unknown[] = [await requireOk(client, 'GET', epochPath(register))];
    const elsewhere: CouchClient = {
      request: async (method, path, body) => {
        if (!path.startsWith(epochPath(register))) return client.request(method, path, body);
        if (method === 'PUT') written.push(body);
        return { status: method === 'PUT' ? 201 : 404, body: {} };
      },
    };
    await ensureEpoch(elsewhere, register);
    expect(written[0]).toEqual({ ...(written[1] as object), _rev: expect.any(String) });
    // A start does not undo a renewed one: the older version's is gone.
    await renewEpoch(client, register);
    const renewed = await readEpoch(client, register);
    expect(renewed).not.toBe('of an older version');
    await removeEpoch();
    await provision(client);
    expect(await readEpoch(client, register)).not.toBe('of an older version');
  });

  it('S8 a database that somebody deleted and created again has another one, without any write', async () => {
    const before = await readEpoch(client, register);
    await requireOk(client, 'DELETE', `/${register}`);
    await requireOk(client, 'PUT', `/${register}`);
    const { _rev } = (await requireOk(client, 'GET', epochPath(register))) as { _rev: string };
    const after = await readEpoch(client, register);
    expect(after).not.toBe(before);
    expect(await readEpoch(client, register)).toBe(after);
    await provision(client);
    expect(await readEpoch(client, register)).toBe(after);
    expect(await requireOk(client, 'GET', epochPath(register))).toMatchObject({ _rev });
  });

  it('S8 a copy of tiski-desks on another server does not copy its epochs', async () => {
    const other = await startTestServer();
    try {
      const { _rev, ...document } = (await requireOk(client, 'GET', epochPath(register))) as object & {
        _rev: string;
      };
      const docs = [{ ...document, _rev: `9-${_rev.slice(2)}` }];
      await requireOk(other.client, 'POST', '/tiski-desks/_bulk_docs', { docs, new_edits: false });
      expect(await readEpoch(other.client, register)).not.toBe(await readEpoch(client, register));
    } finally {
      await other.stop();
    }
  });

  it('S8 a CouchDB that does not say when a database was created goes by the document alone', async () => {
    const silent: CouchClient = {
      request: async (method, path, body) => {
        const reply = await client.request(method, path, body);
        return path === `/${register}` ? { ...reply, body: { instance_start_time: '0' } } : reply;
      },
    };
    const epoch = await readEpoch(client, register);
    expect(await readEpoch(silent, register)).toBe(epoch);
    await renewEpoch(silent, register);
    const renewed = await readEpoch(silent, register);
    expect(await readEpoch(client, register)).toBe(renewed);
    // After an update CouchDB says so, but that doesn't make it another copy.
    await provision(client);
    expect(await readEpoch(client, register)).toBe(renewed);
    expect(await requireOk(client, 'GET', epochPath(register))).toMatchObject({
      made: expect.not.stringMatching(/^0$/),
    });
  });

  it('S8 two nodes without the document don’t outvote the third: all of them are asked', async () => {
    const epoch = await readEpoch(client, register);
    const asked: string[] = [];
    let others = (path: string): object | undefined => (path.endsWith('r=9') ? undefined : { status: 404 });
    const replaced: CouchClient = {
      request: async (method, path, body) => {
        if (!path.startsWith(epochPath(register))) return client.request(method, path, body);
        asked.push(path);
        const reply = await client.request(method, path, body);
        return { ...reply, ...others(path) };
      },
    };
    expect(await readEpoch(replaced, register)).toBe(epoch);
    expect(await readEpoch(replaced, register, epoch)).toBe(epoch);
    await ensureEpoch(replaced, register);
    expect(await readEpoch(client, register)).toBe(epoch);
    // Another one than was known: the same.
    const another = { type: 'epoch', v: 1, _id: 'x', epoch: 'another', made: '0' };
    others = (path) => (path.endsWith('r=9') ? undefined : { body: another });
    expect(await readEpoch(replaced, register, epoch)).toBe(epoch);
    asked.length = 0;
    others = () => undefined;
    expect(await readEpoch(replaced, register, epoch)).toBe(epoch);
    expect(asked).toEqual([epochPath(register)]);
    await removeEpoch();
    await expect(readEpoch(client, register)).rejects.toBeInstanceOf(NoEpoch);
  });
});

describe('the epoch at /couch/DATABASE/_local/epoch', () => {
  const ask = (url: string, as?: Account, database = register, method = 'GET') =>
    send(method, `${url}/couch/${database}/_local/epoch`, { ...(as && { as }) });

  async function account(name: string, roles: string[]): Promise<Account> {
    const document = { type: 'user', name, roles, password: 'secret' };
    await requireOk(client, 'PUT', `/_users/org.couchdb.user:${name}`, document);
    return { name, password: 'secret' };
  }

  it('S8 is the same on the embedded store and before a CouchDB, for whoever may read the database', async () => {
    const front = await startTestServer({
      couchUrl: `http://administrator:${testAdminPassword}@localhost:${new URL(server.url).port}/couch`,
    });
    try {
      const epoch = await readEpoch(client, register);
      const desk = await account('desk-x', ['desk', 'venue:uimahalli']);
      for (const { url } of [server, front]) {
        expect(await ask(url, desk)).toMatchObject({ status: 200, body: { _id: '_local/epoch', epoch } });
        expect(await ask(url, desk, register, 'HEAD')).toMatchObject({ status: 200, body: '' });
        expect((await ask(url)).status).toBe(401);
        expect((await ask(url, undefined, register, 'HEAD')).status).toBe(401);
        expect(JSON.stringify(await ask(url, desk, 'tiski-office'))).not.toContain('"epoch":');
        expect((await ask(url, desk, 'tiski-office')).status).toBe(403);
        expect((await ask(url, admin, 'tiski-visits-nowhere')).status).toBe(404);
        for (const method of ['PUT', 'DELETE']) {
          const refused = await send(method, `${url}/couch/${register}/_local/epoch?rev=0-1`, {
            as: admin,
            body: { epoch: 'forged' },
          });
          expect(refused.status).toBe(403);
        }
      }
    } finally {
      await front.stop();
    }
  });

  it('S8 is answered as trouble if there is none, and never as missing', async () => {
    await removeEpoch();
    const answer = await ask(server.url, admin);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    await provision(client);
    expect((await ask(server.url, admin)).status).toBe(200);
  });
});
