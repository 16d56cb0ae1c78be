import { once } from 'node:events';
import { connect } from 'node:http2';
import { createConnection } from 'node:net';
import https from 'node:https';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bytesOf } from '../../src/server/bytes';
import { proxyFindings } from '../../src/server/doctor/proxy-check';
import { aService, aVenue } from '../builders';
import { makeAuthority } from '../authority';
import { startTestServer, testAdminPassword, type TestServer } from '../server';
import { askSecurely, type Asked, type SecureAnswer } from './ask-securely';
import { ensurePrograms } from './ensure-programs';
import { proxyNames, startProxy, type ProxyName, type RunningProxy } from './proxies';
import { provisionSectors } from '../../src/server/provision/provision';

/**
 * The files of docs/deploy, each in front of two real Tiski servers (Caddy and nginx only of the first),
 * which share a third in a CouchDB's place.
 */
const authority = makeAuthority();
const trusted = https.globalAgent.options.ca;
const authorization = `Basic ${btoa(`administrator:${testAdminPassword}`)}`;
const asAdmin = { authorization };
const json = { ...asAdmin, 'content-type': 'application/json' };
const held = '_changes?feed=longpoll&since=now';

let app: string;
let couch: TestServer;
let first: TestServer;
let second: TestServer;
/** How much later the servers believe it is. */
let laterMs = 0;
const running = {} as Record<ProxyName, RunningProxy>;
/** Requests that are held as long as a desk's, from the start. */
const longPolls = {} as Record<ProxyName, Promise<{ answer: SecureAnswer; ms: number }>>;

const through = (name: ProxyName, path: string, asked: Asked = {}) =>
  askSecurely(running[name].origin + path, { ...asked, ca: authority.authority });

beforeAll(async () => {
  ensurePrograms(proxyNames);
  app = await mkdtemp(join(tmpdir(), 'tiski-app-'));
  await writeFile(join(app, 'index.html'), `<!doctype html>${'<p>Tiski</p>'.repeat(500)}`);
  await writeFile(
    join(app, 'index.html.gz'),
    bytesOf(gzipSync(`<!doctype html>${'<p>Tiski</p>'.repeat(500)}`)),
  );
  await writeFile(join(app, 'service-worker.js'), 'self.skipWaiting();');
  couch = await startTestServer();
  for (const document of [aVenue('uimahalli'), aService('uinti')]) {
    await couch.client.request('PUT', `/tiski-catalogue/${document._id}`, document);
  }
  // A Tiski in CouchDB's place knows no epoch of a database that it did not create itself.
  await provisionSectors(couch.client);
  const couchUrl = `${couch.url.replace('http://', `http://administrator:${testAdminPassword}@`)}/couch`;
  const now = () => new Date(Date.now() + laterMs);
  const settings = { couchUrl, build: app, hosts: ['tiski.example.fi'], now };
  first = await startTestServer(settings);
  second = await startTestServer(settings);
  const ports = [first, second].map(({ url }) => Number(new URL(url).port));
  for (const name of proxyNames) running[name] = await startProxy(name, ports, authority);
  https.globalAgent.options.ca = authority.authority;
  for (const name of proxyNames) {
    // HAProxy lets nobody through before it has checked whether a server is ready.
    await vi.waitFor(async () => expect((await through(name, '/api/ready')).status).toBe(200), 30_000);
    const begun = performance.now();
    longPolls[name] = through(name, `/couch/tiski-office/${held}&timeout=50000`, { headers: asAdmin }).then(
      (answer) => ({ answer, ms: performance.now() - begun }),
    );
    // Checked last.
    longPolls[name].catch(() => undefined);
  }
}, 900_000);

afterAll(async () => {
  https.globalAgent.options.ca = trusted;
  for (const proxy of Object.values(running)) await proxy.stop();
  for (const server of [second, first, couch]) await server?.stop();
  await rm(app, { recursive: true, force: true });
});

describe.each(proxyNames)('%s with its file of docs/deploy', (name) => {
  it('gives tiski doctor nothing to report', async () => {
    const findings = await proxyFindings(running[name].origin, new Date());
    expect(findings.filter(({ state }) => state === 'bad' || state === 'warning')).toEqual([]);
    expect(findings.filter(({ state }) => state === 'good').length).toBeGreaterThan(4);
  });

  it('speaks HTTP/2, and leads http to https', async () => {
    const session = connect(running[name].origin, { ca: authority.authority });
    await once(session, 'connect');
    expect(session.alpnProtocol).toBe('h2');
    const stream = session.request({ ':path': '/api/health' });
    const [headers] = (await once(stream, 'response')) as [{ ':status'?: number }];
    expect(headers[':status']).toBe(200);
    session.destroy();

    const { status, headers: plain } = await askSecurely(`${running[name].plain}/desk`);
    expect([301, 308]).toContain(status);
    expect(plain.location).toMatch(/^https:\/\/localhost(:\d+)?\/desk$/);
  });

  it('passes every header on unchanged, once: policies, HSTS, the request’s id, cache', async () => {
    const accept = { accept: 'text/html' };
    const { status, headers } = await through(name, '/desk', { headers: accept });
    const direct = await askSecurely(`${first.url}/desk`, { headers: accept });
    expect(status).toBe(200);
    const same = ['content-security-policy', 'permissions-policy', 'cache-control', 'referrer-policy'];
    for (const header of same) expect([header, headers[header]]).toEqual([header, direct.headers[header]]);
    expect(headers['permissions-policy']).toContain('camera=(self)');
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{8}$/);
  });

  it('gives a session that is Secure, and keeps it', async () => {
    const body = JSON.stringify({ name: 'administrator', password: testAdminPassword });
    const headers = { 'content-type': 'application/json' };
    const signedIn = await through(name, '/couch/_session', { method: 'POST', headers, body });
    expect(signedIn.status).toBe(200);
    const cookies = signedIn.headers['set-cookie'] ?? [];
    const session = cookies.find((each) => each.startsWith('AuthSession=')) ?? '';
    expect(session).toMatch(/; HttpOnly/i);
    expect(session).toMatch(/; Secure/i);
    expect(session).toMatch(/; SameSite=Strict/i);
    const cookie = session.split(';')[0] ?? '';
    const desks = await through(name, '/api/desks', { headers: { cookie } });
    expect(desks.status).toBe(200);
  });

  it('says who asked, and trusts nobody’s word for it', async () => {
    // A name that is not the server's, and a machine that may read figures.
    const spoofed = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' };
    const health = await through(name, '/api/health', { headers: spoofed });
    expect(health.status).toBe(200);
    expect(health.headers['strict-transport-security']).toBeDefined();
    expect((await through(name, '/metrics')).status).toBe(404);
    const wrongCode = (n: number, from: string) =>
      through(name, '/api/pair', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `198.51.100.${n}` },
        body: JSON.stringify({ code: 'AAAA-2222' }),
        from,
      });
    // A hundred from one address. If there are two servers, all have come to the same one.
    const statuses: number[] = [];
    for (let n = 0; n <= 100; n += 1) statuses.push((await wrongCode(n, '127.0.0.1')).status);
    expect(statuses.slice(0, 100).filter((status) => status !== 404)).toEqual([]);
    expect(statuses.at(-1)).toBe(429);
    expect((await wrongCode(0, '127.0.0.2')).status).toBe(404);
    // The next proxy's are counted separately.
    laterMs += 6 * 60_000;
  });

  it('compresses nothing twice, and passes compressed bodies to the server', async () => {
    const gzip = { ...asAdmin, 'accept-encoding': 'gzip' };
    const page = await through(name, '/desk', { headers: { ...gzip, accept: 'text/html' } });
    expect(page.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(bytesOf(page.body)).toString()).toMatch(/^<!doctype html>/);
    const docs = Array.from({ length: 50 }, (_, n) => ({ _id: `card:${n}`, type: 'no such type' }));
    const body = bytesOf(gzipSync(JSON.stringify({ docs })));
    const headers = { ...json, ...gzip, 'content-encoding': 'gzip' };
    const stored = await through(name, '/couch/tiski-register/_bulk_docs', { method: 'POST', headers, body });
    expect([stored.status, stored.headers['content-encoding']]).toEqual([201, 'gzip']);
    expect(JSON.parse(gunzipSync(bytesOf(stored.body)).toString())).toHaveLength(50);
  });

  it('lets 8 MiB through, and leaves it to Tiski to refuse more', async () => {
    const bodyOf = (bytes: number) => `{"keys":["${'x'.repeat(bytes - 13)}"]}`;
    const path = '/couch/tiski-catalogue/_all_docs';
    for (const bytes of [8 * 1024 * 1024, 8 * 1024 * 1024 + 1]) {
      const asked = { method: 'POST', headers: json, body: bodyOf(bytes) };
      const direct = await askSecurely(first.url + path, asked);
      const answer = await through(name, path, asked);
      expect([bytes, answer.status, answer.body.toString()]).toEqual([
        bytes,
        direct.status,
        direct.body.toString(),
      ]);
      expect(answer.status).toBe(bytes > 8 * 1024 * 1024 ? 413 : 200);
    }
  });

  it('holds nothing back: line breaks of a poll, and news', async () => {
    const path = `/couch/tiski-catalogue/${held}&heartbeat=500&timeout=2000`;
    const { pieces } = await through(name, path, { headers: asAdmin });
    expect(pieces[0]).toBeLessThan(1500);
    expect(pieces.length).toBeGreaterThan(2);

    let isHeld = false;
    const path2 = `/couch/tiski-catalogue/${held}&heartbeat=500&timeout=20000`;
    const news = through(name, path2, { headers: asAdmin, onPiece: () => (isHeld = true) });
    await expect.poll(() => isHeld).toBe(true);
    const begun = performance.now();
    const venue = aVenue(`halli-${name}`);
    const stored = await through(name, `/couch/tiski-catalogue/${venue._id}`, {
      method: 'PUT',
      headers: json,
      body: JSON.stringify(venue),
    });
    expect(stored.status).toBe(201);
    expect((await news).body.toString()).toContain(venue._id);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

/** A command for HAProxy, answered with an empty line if it was understood. */
async function command(socket: string, line: string): Promise<void> {
  const connection = createConnection(socket);
  connection.end(`${line}\n`);
  let answer = '';
  for await (const chunk of connection) answer += String(chunk);
  expect(answer.trim()).toBe('');
}

// Before one of the servers stops, and with it what it holds.
it.each(proxyNames)('%s does not cut a request that is held for 50 s', async (name) => {
  const { answer, ms } = await longPolls[name];
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body.toString())).toMatchObject({ results: [] });
  expect(ms).toBeGreaterThan(49_500);
});

describe('haproxy in front of two servers', () => {
  const addresses = Array.from({ length: 20 }, (_, n) => `127.0.0.${n + 1}`);
  const statuses = () =>
    Promise.all(addresses.map(async (from) => (await through('haproxy', '/api/health', { from })).status));
  const answered = async ({ url }: TestServer) => {
    const { body } = await askSecurely(`${url}/metrics`);
    const line = /^tiski_http_request_duration_seconds_count\{[^}]*\/api\/health"[^}]*\} (\d+)$/m.exec(
      body.toString(),
    );
    return Number(line?.[1] ?? 0);
  };

  it('gives each its share of the addresses, and all to one when the other is gone', async () => {
    const before = await Promise.all([first, second].map(answered));
    expect(await statuses()).toEqual(addresses.map(() => 200));
    const after = await Promise.all([first, second].map(answered));
    for (const index of [0, 1]) expect(after[index]).toBeGreaterThan(before[index] ?? 0);
    // As in docs/operations/cluster.md: once taken out, it gets no more requests.
    await command(running.haproxy.adminSocket, 'set server tiski/tiski-2 state drain');
    const drained = await answered(second);
    expect(await statuses()).toEqual(addresses.map(() => 200));
    expect(await answered(second)).toBe(drained);
    await command(running.haproxy.adminSocket, 'set server tiski/tiski-2 state ready');
    expect(await statuses()).toEqual(addresses.map(() => 200));
    expect(await answered(second)).toBeGreaterThan(drained);
    await second.stop();
    expect(await statuses()).toEqual(addresses.map(() => 200));
  });
});

it('503 comes with Retry-After through each', async () => {
  await couch.close();
  for (const name of proxyNames) {
    const { status, headers } = await through(name, '/couch/_session');
    expect([name, status, headers['retry-after']]).toEqual([name, 503, '2']);
  }
  // HAProxy has learned of it from /api/ready and asks no server any more.
  const isHaproxysOwn = async () => (await through('haproxy', '/couch/_session')).headers['x-request-id'];
  await expect.poll(isHaproxysOwn, { timeout: 20_000, interval: 500 }).toBeUndefined();
  const { status, headers } = await through('haproxy', '/couch/_session');
  expect([status, headers['retry-after']]).toEqual([503, '2']);
});
