import { mkdtemp, rm } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../../tests/server';
import { requireOk } from '../couch/client';
import { openBackend } from '../open-backend';
import { addressOfDevice } from './proxy-devices';

const worker = { name: 'liisa', password: 'first-password' };
const browser = { 'sec-fetch-site': 'same-origin' };
const venue = '192.0.2.1';

it('a device has an address that belongs to nobody, and to no other device', () => {
  const addresses = ['00'.repeat(16), 'ab'.repeat(16), `ab${'cd'.repeat(15)}`].map(addressOfDevice);
  expect(new Set(addresses).size).toBe(3);
  for (const each of addresses) expect([isIPv6(each), each.slice(0, 2)]).toEqual([true, 'fd']);
});

/** The database server is Tiski's own endpoint: it counts failed sign-ins by address, as a CouchDB does. */
describe('in front of another database server, after both restarted', () => {
  let behind: TestServer;
  let folder: string;
  let app: FastifyInstance;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiski-test-'));
    behind = await startTestServer({ dataDir: join(folder, 'behind') });
    await putWorker(worker.password);
    app = await startProxy();
  });
  afterEach(async () => {
    await app.close();
    await behind.close();
    await rm(folder, { recursive: true });
  });

  async function putWorker(password: string): Promise<void> {
    const path = `/_users/org.couchdb.user:${worker.name}`;
    const { status, body } = await behind.client.request('GET', path);
    const stored = status === 200 ? (body as object) : { _id: path.slice('/_users/'.length), type: 'user' };
    const account = { ...stored, name: worker.name, roles: ['office'], password };
    await requireOk(behind.client, 'PUT', path, account);
  }

  async function startProxy(): Promise<FastifyInstance> {
    const url = new URL(`${behind.url}/couch`);
    Object.assign(url, { username: behind.adminName, password: behind.adminPassword });
    const backend = await openBackend({ folder: join(folder, 'proxy'), couchUrl: url.href });
    const proxy = Fastify({ trustProxy: true });
    backend.addCouchRoutes(proxy, () => Promise.resolve());
    await proxy.ready();
    return proxy;
  }

  async function restart(): Promise<void> {
    await app.close();
    await behind.close();
    behind = await startTestServer({ dataDir: behind.dataDir });
    app = await startProxy();
  }

  const signIn = (body: object, cookie = '') =>
    app.inject({
      method: 'POST',
      url: '/couch/_session',
      headers: { ...browser, 'content-type': 'application/json', 'x-forwarded-for': venue, cookie },
      payload: JSON.stringify(body),
    });

  async function knownDevice(): Promise<string> {
    const answer = await signIn(worker);
    expect(answer.statusCode).toBe(200);
    const cookie = [answer.headers['set-cookie']].flat()[1] ?? '';
    expect(cookie).toMatch(/^TiskiDevice=.*; Path=\/couch\/_session/);
    return cookie.split(';')[0] ?? '';
  }

  async function guess(times: number, name: string, cookie = ''): Promise<number[]> {
    const statuses: number[] = [];
    for (let attempt = 0; attempt < times; attempt += 1) {
      statuses.push((await signIn({ name, password: `wrong${attempt}` }, cookie)).statusCode);
    }
    return statuses;
  }

  it('the right password passes from a browser that knows it, and from no other', async () => {
    const device = await knownDevice();
    await restart();
    expect(await guess(11, worker.name)).toEqual([...Array<number>(10).fill(401), 429]);
    expect((await signIn(worker)).statusCode).toBe(429);
    expect((await signIn(worker, device)).statusCode).toBe(200);
  });

  it('a device’s failures count against itself alone', async () => {
    const device = await knownDevice();
    await restart();
    expect(await guess(10, worker.name, device)).toEqual(Array(10).fill(401));
    expect(await guess(10, worker.name)).toEqual(Array(10).fill(401));
    expect((await signIn(worker, device)).statusCode).toBe(429);
  });

  it('with a new password its browsers are no longer known', async () => {
    const device = await knownDevice();
    await putWorker('second-password');
    await restart();
    await guess(10, worker.name);
    expect((await signIn({ ...worker, password: 'second-password' }, device)).statusCode).toBe(429);
  });

  it('a desk passes with the password that it gave itself', async () => {
    await restart();
    const desk = (password: string) =>
      app.inject({
        url: '/couch/_session',
        headers: { authorization: `Basic ${btoa(`desk-abcdefgh:${password}`)}`, 'x-forwarded-for': venue },
      });
    for (let name = 0; name < 10; name += 1) await guess(10, `nobody${name}`);
    expect((await desk('wrong')).statusCode).toBe(429);
    await requireOk(behind.client, 'PUT', '/_users/org.couchdb.user:desk-abcdefgh', {
      type: 'user',
      name: 'desk-abcdefgh',
      roles: ['desk'],
      password: 'a1'.repeat(32),
    });
    expect((await desk('a1'.repeat(32))).statusCode).toBe(200);
  });
});
