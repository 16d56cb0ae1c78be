import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aService, aVenue, aVisit, cardNumber } from '../../../tests/builders';
import { send, type Account } from '../../../tests/contract/couch-target';
import { watchedApp } from '../../../tests/contract/watched-app';
import { startTestServer, type TestServer } from '../../../tests/server';
import { createApp } from '../app';
import type { Backend } from '../backend';
import { provisionSectors } from '../provision/provision';

const metricsToken = 'a-token-of-the-tests';

async function startCity(options: { metricsToken?: string; couchUrl?: string } = {}): Promise<TestServer> {
  const server = await startTestServer(options);
  for (const document of [aService('swim'), aVenue('uimahalli')]) {
    await server.client.request('PUT', `/tiski-catalogue/${encodeURIComponent(document._id)}`, document);
  }
  await provisionSectors(server.client);
  return server;
}

const administrator = ({ adminName: name, adminPassword: password }: TestServer): Account => ({
  name,
  password,
});

async function pairedDesk(server: TestServer): Promise<Account> {
  const as = administrator(server);
  const body = { name: 'Kassa', venue: 'uimahalli' };
  const added = await send('POST', `${server.url}/api/desks`, { as, body });
  const { code } = added.body as { code: string };
  const paired = await send('POST', `${server.url}/api/pair`, { body: { code } });
  return (paired.body as { account: Account }).account;
}

async function metricsOf({ url }: TestServer): Promise<string> {
  const { status, body } = await send('GET', `${url}/metrics`);
  expect(status).toBe(200);
  return String(body);
}

describe('who may read /metrics', () => {
  let server: TestServer;
  let open: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ metricsToken });
    open = await startTestServer();
  });
  afterAll(() => Promise.all([server.stop(), open.stop()]));

  const statusWith = async ({ url }: TestServer, headers: Record<string, string> = {}, method = 'GET') =>
    (await send(method, `${url}/metrics`, { headers })).status;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('this machine may, and whoever has the token', async () => {
    expect(await statusWith(open)).toBe(200);
    expect(await statusWith(server)).toBe(200);
    expect(await statusWith(server, bearer(metricsToken))).toBe(200);
    expect(await statusWith(server, { ...bearer(metricsToken), 'x-forwarded-for': '10.0.0.9' })).toBe(200);
  });

  it.each(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'])(
    'what came through a proxy, by its %s, needs the token',
    async (name) => {
      for (const method of ['GET', 'HEAD']) {
        expect(await statusWith(open, { [name]: 'localhost' }, method)).toBe(404);
        expect(await statusWith(server, { [name]: 'localhost' }, method)).toBe(404);
      }
    },
  );

  it.each(['x', metricsToken.slice(0, -1), `${metricsToken}x`, metricsToken.toUpperCase(), 'undefined'])(
    'a wrong token finds nothing, from this machine too: %s',
    async (token) => {
      for (const each of [server, open]) {
        expect(await statusWith(each, bearer(token))).toBe(404);
        expect(await statusWith(each, { ...bearer(token), 'x-forwarded-for': '127.0.0.1' })).toBe(404);
      }
    },
  );

  it('no account and no query counts as a token', async () => {
    const through = { 'x-forwarded-for': '10.0.0.9' };
    const answer = await send('GET', `${server.url}/metrics?token=${metricsToken}`, {
      as: administrator(server),
      headers: through,
    });
    expect(answer.status).toBe(404);
  });

  it('answers like any address that doesn’t exist', async () => {
    const at = (path: string) => send('GET', server.url + path, { headers: { via: '1.1 x' } });
    const [metrics, nothing] = [await at('/metrics'), await at('/nothing')];
    expect([metrics.status, metrics.body]).toEqual([nothing.status, nothing.body]);
  });

  it('not by a name that somebody makes resolve to this machine', async () => {
    const { port } = new URL(server.url);
    // fetch sets Host by itself.
    const status = await new Promise((resolve, reject) => {
      httpRequest({ port, path: '/metrics', headers: { host: 'rebound.example.fi' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });

  it('not from another machine that calls itself localhost', async () => {
    const app = await anApp(server);
    const statusFrom = async (remoteAddress: string) => {
      const headers = { host: 'localhost' };
      return (await app.inject({ url: '/metrics', remoteAddress, headers })).statusCode;
    };
    expect(await statusFrom('127.0.0.1')).toBe(200);
    expect(await statusFrom('::ffff:127.0.0.1')).toBe(200);
    expect(await statusFrom('::1')).toBe(200);
    for (const address of ['10.0.0.9', '::ffff:10.0.0.9', 'fd00::1', '::ffff:169.254.0.1']) {
      expect([address, await statusFrom(address)]).toEqual([address, 404]);
    }
    await app.close();
  });

  function anApp({ client }: TestServer): Promise<FastifyInstance> {
    const backend: Backend = {
      store: 'embedded',
      client,
      identify: () => Promise.resolve({ kind: 'signed-out' }),
      accountChanged: () => Promise.resolve(),
      addCouchRoutes: () => undefined,
      close: () => Promise.resolve(),
    };
    return createApp({
      backend,
      ...watchedApp(client, () => undefined),
    });
  }
});

describe('what /metrics reports', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startCity();
    return () => server.stop();
  });

  it('requests by pattern and class of status; no id, name, address or query', async () => {
    const as = administrator(server);
    const secrets = ['kassa-77', cardNumber(7), 'desk-x3', 'elokuu', 'geheim', 'mallory'];
    const asked: [string, string][] = [
      ['POST', '/api/desks/kassa-77/code'],
      ['GET', `/api/cards/${cardNumber(7)}/choices`],
      ['GET', '/couch/tiski-visits-liikunta/visit:desk-x3:1'],
      ['GET', '/couch/tiski-visits-elokuu/_changes?since=geheim'],
      ['GET', '/couch/_users/org.couchdb.user:mallory'],
      ['GET', '/couch/tiski-register/_design/mallory/_view/geheim'],
      ['GET', '/api/geheim'],
      ['GET', '/mallory?geheim=1'],
      ['PROPFIND', '/geheim'],
    ];
    for (const [method, path] of asked) {
      const body = method === 'POST' ? {} : undefined;
      await send(method, server.url + path, { as, ...(body && { body }) });
    }
    const text = await metricsOf(server);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).not.toContain('127.0.0.1');
    const count = (labels: string) => `tiski_http_request_duration_seconds_count{${labels}} 1`;
    expect(text).toContain(count('route="/api/desks/:id/code",method="POST",status="4xx"'));
    expect(text).toContain(count('route="/api/cards/:number/choices",method="GET",status="2xx"'));
    expect(text).toContain(count('route="/couch changes",method="GET",status="4xx"'));
    expect(text).toContain(count('route="none",method="GET",status="4xx"'));
  });

  it('a request that waits for news is distinguished from those that read it', async () => {
    const address = `${server.url}/couch/tiski-register/_changes`;
    await send('GET', `${address}?feed=longpoll&since=now&timeout=50`, { as: administrator(server) });
    expect(await metricsOf(server)).toContain('_count{route="/couch changes longpoll",method="GET"');
  });

  it('the state of the process', async () => {
    const text = await metricsOf(server);
    for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes']) {
      expect(text).toMatch(new RegExp(`^${name} [\\d.e-]+$`, 'm'));
    }
    expect(text).toMatch(/^tiski_store_up 1$/m);
  });

  it('what the example of alert rules asks for', async () => {
    await expect.poll(() => metricsOf(server)).toContain('tiski_register_documents ');
    const text = await metricsOf(server);
    const rules = await readFile('docs/deploy/prometheus-rules.yml', 'utf8');
    const names = new Set(rules.match(/\b(tiski|nodejs|process)_[a-z0-9_]+/g));
    expect(names.size).toBeGreaterThan(8);
    expect([...names].filter((name) => !new RegExp(`^${name}[ {]`, 'm').test(text))).toEqual([]);
  });

  it('the register as of the last check', async () => {
    await expect.poll(() => metricsOf(server)).toMatch(/^tiski_register_documents \d+$/m);
    expect(await metricsOf(server)).toMatch(/^tiski_register_unpacked_changes \d+$/m);
  });

  it('desks by their last contact, and the visits that they hold', async () => {
    const [told] = [await pairedDesk(server), await pairedDesk(server)];
    const now = new Date();
    const waitingSince = new Date(now.getTime() - 7200_000).toISOString();
    const held = { waiting: 3, waitingSince, refused: 2, quarantined: 1 };
    const report = { v: 1, at: now.toISOString(), ...held, version: '1', lastNumber: 6, unsent: [] };
    const { status } = await send('POST', `${server.url}/api/desks/report`, { as: told, body: report });
    expect(status).toBe(200);
    const text = await metricsOf(server);
    expect(text).toContain('tiski_desks{last_contact="15m"} 1');
    expect(text).toContain('tiski_desks{last_contact="never"} 1');
    expect(text).toContain('tiski_desk_visits{state="waiting"} 3');
    expect(text).toContain('tiski_desk_visits{state="refused"} 2');
    expect(text).toContain('tiski_desk_visits{state="quarantined"} 1');
    expect(text).toMatch(/^tiski_desk_visits_oldest_waiting_seconds 720\d/m);
    expect(text).not.toContain(told.name);
  });
});

describe.each(['embedded', 'behind a proxy'])('documents of logs, with a store that is %s', (kind) => {
  it('are counted as stored, already there, or refused', async () => {
    const store = await startCity();
    const credentials = `${store.adminName}:${store.adminPassword}`;
    const couchUrl = `${store.url.replace('//', `//${credentials}@`)}/couch`;
    const server = kind === 'embedded' ? store : await startCity({ couchUrl });
    const as = await pairedDesk(server);
    const docs = [aVisit(as.name, 1), aVisit(as.name, 2), aVisit('desk-of-another', 1)];
    const path = `${server.url}/couch/tiski-visits-liikunta/_bulk_docs`;
    const sent = await send('POST', path, { as, body: { docs } });
    expect(sent.status).toBe(201);
    await send('POST', path, { as, body: { docs: docs.slice(0, 1) } });
    await expect.poll(() => metricsOf(server)).toContain('tiski_visit_documents_total{outcome="conflict"} 1');
    const text = await metricsOf(server);
    expect(text).toContain('tiski_visit_documents_total{outcome="stored"} 2');
    expect(text).toContain('tiski_visit_documents_total{outcome="refused"} 1');
    if (server !== store) await server.stop();
    await store.stop();
  });
});
