import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { aService, aVenue } from '../../../tests/builders';
import { send } from '../../../tests/contract/couch-target';
import {
  startTestServer,
  testAdminPassword,
  type TestServer,
  type TestServerOptions,
} from '../../../tests/server';
import { provisionSectors } from '../provision/provision';

/** A server in front of a CouchDB, here another Tiski's embedded store, that comes and goes. */
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(options: TestServerOptions): Promise<TestServer> {
  const server = await startTestServer(options);
  stops.push(() => server.stop());
  return server;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, 'localhost', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

const credentials = `administrator:${testAdminPassword}`;
const addressOf = (port: number) => `http://${credentials}@localhost:${port}/couch`;
const admin = { name: 'administrator', password: testAdminPassword };

it('a server that is up before its CouchDB waits for it', async () => {
  const port = await freePort();
  let isUp = false;
  const waiting = start({ couchUrl: addressOf(port) }).then((server) => {
    expect(isUp).toBe(true);
    return server;
  });
  await new Promise((done) => setTimeout(done, 500));
  await start({ port });
  isUp = true;
  const { url } = await waiting;
  expect((await send('GET', `${url}/api/health`)).body).toMatchObject({ status: 'ok', store: 'couchdb' });
});

it('with one node down it serves; with none every route says when to come again, and later serves', async () => {
  const port = await freePort();
  const couch = await startTestServer({ port });
  stops.push(() => couch.stop());
  for (const document of [aVenue('uimahalli'), aService('uinti')]) {
    await couch.client.request('PUT', `/tiski-catalogue/${document._id}`, document);
  }
  // A Tiski in CouchDB's place knows no epoch of a database that it did not create.
  await provisionSectors(couch.client);
  const { url } = await start({ couchUrl: `${addressOf(9)},${addressOf(port)}` });
  const newDesk = { name: 'Kassa', venue: 'uimahalli' };
  const added = await send('POST', `${url}/api/desks`, { as: admin, body: newDesk });
  expect(added.status).toBe(201);
  const { code } = added.body as { code: string };

  await couch.close();
  const routes: [string, string, object?][] = [
    ['POST', '/api/pair', { code }],
    ['POST', '/api/desks', newDesk],
    ['GET', '/api/desks'],
    ['GET', '/api/reviews'],
    ['GET', '/api/health'],
    ['GET', '/api/ready'],
    ['GET', '/couch/_session'],
    ['GET', '/couch/tiski-register/_changes'],
    ['POST', '/couch/tiski-visits-liikunta/_bulk_docs', { docs: [] }],
  ];
  for (const [method, path, body] of routes) {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Basic ${btoa(credentials)}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect([path, answer.status]).toEqual([path, 503]);
    if (path !== '/api/health') expect([path, answer.headers.get('retry-after')]).toEqual([path, '2']);
  }

  const { body } = await send('GET', `${url}/api/ready`);
  expect(body).toEqual({ status: 'not-ready', reason: 'store-unreachable' });

  const again = await startTestServer({ port, dataDir: couch.dataDir });
  stops.push(() => again.close());
  expect((await send('POST', `${url}/api/pair`, { body: { code } })).status).toBe(200);
  await expect.poll(async () => (await send('GET', `${url}/api/ready`)).status).toBe(200);
});
