import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aService } from '../../tests/builders';
import { failure, send } from '../../tests/contract/couch-target';
import { startTestServer, type TestServer } from '../../tests/server';
import { requireOk, type CouchClient } from './couch/client';
import { startServer } from './main';
import { epochPath } from './epochs/epoch-document';
import { readEpoch } from './epochs/read-epoch';
import { provision, sectorsWithoutDatabase } from './provision/provision';

const databases = [
  'tiski-catalogue',
  'tiski-desks',
  'tiski-office',
  'tiski-register',
  'tiski-visits-liikunta',
];

/** The current state of everything that provisioning manages. */
async function state(client: CouchClient): Promise<unknown> {
  const names = (await requireOk(client, 'GET', '/_all_dbs')) as string[];
  const parts = names.map(async (name) => {
    const below = [`/${name}`, `/${name}/_security`, epochPath(name), `/${name}/_design/tiski`];
    return Promise.all(below.map(async (path) => (await client.request('GET', path)).body));
  });
  return { names, parts: await Promise.all(parts) };
}

describe('provisioning', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ demo: true });
  });
  afterAll(() => server.stop());

  it('creates a database for every sector of the catalogue, each with its own epoch', async () => {
    const names = (await requireOk(server.client, 'GET', '/_all_dbs')) as string[];
    expect(names).toEqual(expect.arrayContaining(['_users', ...databases, 'tiski-visits-kulttuuri']));
    const epochs = await Promise.all(databases.map((name) => readEpoch(server.client, name)));
    expect(new Set(epochs).size).toBe(databases.length);
  });

  it('a sector whose name is too long does not stop a start, and is reported', async () => {
    const { client } = server;
    // As it may have bypassed the rules: through an older server, or a copied file.
    const design = (await requireOk(client, 'GET', '/tiski-catalogue/_design/tiski')) as { _rev: string };
    await requireOk(client, 'DELETE', `/tiski-catalogue/_design/tiski?rev=${design._rev}`);
    const wrong = ['x'.repeat(300), '-dash', 'Ä'];
    for (const [index, sector] of wrong.entries()) {
      const service = { ...aService(`wrong-${index}`), sector };
      await requireOk(client, 'PUT', `/tiski-catalogue/service:wrong-${index}`, service);
    }
    await provision(client);
    expect((await sectorsWithoutDatabase(client)).sort()).toEqual([...wrong].sort());
    const names = (await requireOk(client, 'GET', '/_all_dbs')) as string[];
    expect(names).toEqual(expect.arrayContaining(['tiski-visits-liikunta', 'tiski-visits-kulttuuri']));
    for (const [index] of wrong.entries()) {
      const path = `/tiski-catalogue/service:wrong-${index}`;
      const { _rev } = (await requireOk(client, 'GET', path)) as { _rev: string };
      await requireOk(client, 'DELETE', `${path}?rev=${_rev}`);
    }
  });

  it('changes nothing when it runs again', async () => {
    const before = await state(server.client);
    await provision(server.client);
    expect(await state(server.client)).toEqual(before);
  });

  it('repairs what somebody changed: rights and validation, but not the epoch', async () => {
    const before = (await state(server.client)) as { parts: unknown[][] };
    const { client } = server;
    await requireOk(client, 'PUT', '/tiski-register/_security', {});
    const design = (await requireOk(client, 'GET', '/tiski-register/_design/tiski')) as object;
    await requireOk(client, 'PUT', '/tiski-register/_design/tiski', {
      ...design,
      validate_doc_update: 'function () {}',
    });
    await provision(client);
    const after = (await state(client)) as { names: string[]; parts: unknown[][] };
    const index = after.names.indexOf('tiski-register');
    expect(after.parts[index]?.[1]).toEqual(before.parts[index]?.[1]);
    expect(after.parts[index]?.[2]).toEqual(before.parts[index]?.[2]);
    const sources = [before, after].map(
      ({ parts }) => (parts[index]?.[3] as { validate_doc_update: string }).validate_doc_update,
    );
    expect(sources[1]).toBe(sources[0]);
  });

  it('keeps secrets to the owner of the data folder', async () => {
    for (const [name, mode] of [
      ['session-secret', 0o600],
      ['databases.json', 0o600],
      ['databases', 0o700],
    ] as const) {
      expect((await stat(join(server.dataDir, name))).mode & 0o777).toBe(mode);
    }
  });
});

describe('a second start', () => {
  const servers: TestServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  async function start(options: Parameters<typeof startTestServer>[0] = {}): Promise<TestServer> {
    const server = await startTestServer(options);
    servers.push(server);
    return server;
  }

  it('finds everything as it was', async () => {
    const first = await start({ demo: true });
    const before = await state(first.client);
    const cards = await requireOk(first.client, 'GET', '/tiski-register/_all_docs');
    const admin = { name: first.adminName, password: first.adminPassword };
    await first.close();
    const second = await start({ dataDir: first.dataDir, demo: true });
    expect(await state(second.client)).toEqual(before);
    expect(await requireOk(second.client, 'GET', '/tiski-register/_all_docs')).toEqual(cards);
    expect((await send('GET', `${second.url}/api/desks`, { as: admin })).status).toBe(200);
    await second.close();
    servers.pop();
    servers.pop();
    await rm(first.dataDir, { recursive: true });
  });

  it('gives the administrator the password of the settings, if it is another one', async () => {
    const first = await start();
    await first.close();
    const { dataDir } = first;
    const second = await start({ dataDir, adminPassword: 'found-again-7412' });
    const statusFor = async (password: string) => {
      const as = { name: second.adminName, password };
      return (await send('GET', `${second.url}/api/desks`, { as })).status;
    };
    expect(await statusFor('found-again-7412')).toBe(200);
    expect(await statusFor(first.adminPassword)).toBe(401);
    const account = '/_users/org.couchdb.user:administrator';
    const changed = await requireOk(second.client, 'GET', account);
    expect(changed).toMatchObject({ roles: ['administrator', 'office', 'coordinator'] });
    await second.close();
    const third = await start({ dataDir, adminPassword: 'found-again-7412' });
    expect(await requireOk(third.client, 'GET', account)).toEqual(changed);
    await third.close();
    servers.splice(0);
    await rm(dataDir, { recursive: true });
  });

  it('gives the administrator lost roles back, with the password of the settings and not without', async () => {
    const first = await start();
    const { dataDir } = first;
    const path = '/_users/org.couchdb.user:administrator';
    const account = (await requireOk(first.client, 'GET', path)) as object;
    // As a desk's document once did: its password and its roles.
    const taken = { ...account, roles: ['desk', 'venue:x', 'administrator'], password: 'of-the-thief-7412' };
    await requireOk(first.client, 'PUT', path, taken);
    await first.close();
    const folder = { folder: dataDir, port: 0, host: 'localhost', demo: false, iterations: 10_000 };
    const without = await startServer(folder);
    expect(without.administrator).toMatchObject({ isReset: false, rolesRestored: false });
    await without.close();
    const restored = await startServer({ ...folder, adminPassword: first.adminPassword });
    expect(restored.administrator).toMatchObject({ isReset: true, rolesRestored: true });
    expect(await requireOk(restored.client, 'GET', path)).toMatchObject({
      roles: ['administrator', 'office', 'coordinator'],
    });
    await restored.close();
    const again = await startServer({ ...folder, adminPassword: first.adminPassword });
    expect(again.administrator).toMatchObject({ isReset: false, rolesRestored: false });
    await again.close();
    servers.splice(0);
    await rm(dataDir, { recursive: true });
  });

  it('leaves a store alone that was started empty and has been filled', async () => {
    const server = await start({ demo: false });
    const health = await send('GET', `${server.url}/api/health`);
    expect(health.body).toMatchObject({ demo: false });
    const rows = await requireOk(server.client, 'GET', '/tiski-register/_all_docs?startkey="a"');
    expect(rows).toMatchObject({ rows: [] });
  });

  it('stopping ends long polls at once and stores what was sent', async () => {
    const server = await start({ demo: true });
    const as = { name: server.adminName, password: server.adminPassword };
    const polls = ['timeout=60000', 'heartbeat=1000'].map((wait) =>
      send('GET', `${server.url}/couch/tiski-register/_changes?feed=longpoll&since=now&${wait}`, { as }),
    );
    const write = send('PUT', `${server.url}/couch/tiski-office/note:1`, {
      as,
      body: { type: 'note', v: 1 },
    });
    expect((await write).status).toBe(201);
    const begun = Date.now();
    await server.close();
    expect(Date.now() - begun).toBeLessThan(1500);
    for (const poll of await Promise.all(polls)) expect(poll.body).toMatchObject({ results: [] });
    const again = await start({ dataDir: server.dataDir });
    expect(await again.client.request('GET', '/tiski-office/note:1')).toMatchObject({ status: 200 });
    await again.close();
    servers.splice(0);
    await rm(server.dataDir, { recursive: true });
  });
});

describe('long polls', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ demo: true });
  });
  afterAll(() => server.stop());

  it.each(['timeout=20000', 'heartbeat=200&timeout=20000'])(
    'S11 with %s: rights lost while waiting end it without the change',
    async (wait) => {
      const path = '/_users/org.couchdb.user:reader';
      const as = { name: 'reader', password: 'x1' };
      const { body } = await server.client.request('GET', path);
      const account = {
        ...(body as object),
        _id: path.slice(8),
        name: as.name,
        type: 'user',
        password: as.password,
      };
      delete (account as { error?: string }).error;
      delete (account as { reason?: string }).reason;
      await requireOk(server.client, 'PUT', path, { ...account, roles: ['office'] });
      const url = `${server.url}/couch/tiski-office`;
      const { body: page } = await send('GET', `${url}/_changes?since=now`, { as });
      const since = encodeURIComponent((page as { last_seq: string }).last_seq);
      const polled = send('GET', `${url}/_changes?feed=longpoll&include_docs=true&since=${since}&${wait}`, {
        as,
      });
      const stored = (await requireOk(server.client, 'GET', path)) as object;
      await requireOk(server.client, 'PUT', path, { ...stored, roles: ['revoked'] });
      await requireOk(server.client, 'PUT', `/tiski-office/note:${wait.length}`, { type: 'note', v: 1 });
      const answer = await polled;
      if (answer.status === 200) expect(answer.body).toMatchObject({ results: [] });
      else expect(failure(answer)).toEqual([403, 'forbidden']);
    },
  );
});

describe('the app', () => {
  let server: TestServer;
  let build: string;
  const script = 'console.log("boot")';

  beforeAll(async () => {
    build = await mkdtemp(join(tmpdir(), 'tiski-build-'));
    await mkdir(join(build, '_app/immutable'), { recursive: true });
    await writeFile(
      join(build, 'index.html'),
      `<!doctype html><script>${script}</script><script src="/x.js"></script>`,
    );
    await writeFile(join(build, '_app/immutable/a.js'), 'export {}');
    await writeFile(join(build, 'service-worker.js'), '');
    await writeFile(join(build, 'manifest.webmanifest'), '{}');
    server = await startTestServer({ build });
  });
  afterAll(async () => {
    await server.stop();
    await rm(build, { recursive: true });
  });

  const page = { headers: { accept: 'text/html,*/*' } };

  it('opens at every address that a browser asks for', async () => {
    const index = await readFile(join(build, 'index.html'), 'utf8');
    for (const path of ['/', '/desk', '/kiosk', '/office/desks', '/setup?code=ABCD-2345']) {
      const answer = await send('GET', server.url + path, page);
      expect([path, answer.status, answer.body]).toEqual([path, 200, index]);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
    }
    for (const path of ['/_app/immutable/gone.js', '/icons/gone.png']) {
      expect((await send('GET', server.url + path)).status).toBe(404);
    }
    expect((await send('GET', `${server.url}/api/nothing`, page)).status).toBe(404);
    expect((await send('GET', `${server.url}/couch/nothing`, page)).status).toBe(404);
    expect((await send('GET', `${server.url}/..%2f..%2fpackage.json`)).status).toBeGreaterThanOrEqual(400);
  });

  it('lets browsers keep hashed files forever, and revalidate the others', async () => {
    const cacheOf = async (path: string) =>
      (await send('GET', server.url + path)).headers.get('cache-control');
    expect(await cacheOf('/_app/immutable/a.js')).toBe('public, max-age=31536000, immutable');
    expect(await cacheOf('/service-worker.js')).toBe('no-cache');
    expect(await cacheOf('/manifest.webmanifest')).toBe('no-cache');
    expect(await cacheOf('/api/health')).toBe('no-store');
    expect(await cacheOf('/couch/')).toBe('no-store');
  });

  it('runs only its own scripts, is framed by nobody, and tells nobody where it was', async () => {
    for (const path of ['/', '/api/health', '/nothing']) {
      const { headers } = await send('GET', server.url + path, page);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/);
      expect(policy).toContain("'sha256-Qlc5sq10+s1fdgSs8VdAa0rJLjc3uawXwu8m2FD/VH8='");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('permissions-policy')).toContain('camera=(self)');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('strict-transport-security')).toBeNull();
    }
    const { headers } = await send('GET', `${server.url}/couch/`);
    expect(headers.get('content-security-policy')).toContain('sandbox');
  });
});
