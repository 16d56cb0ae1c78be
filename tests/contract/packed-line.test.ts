import { createHash } from 'node:crypto';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCouchDatabase } from '../../src/lib/remote/couch-database';
import type { RemoteDatabase } from '../../src/lib/sync/ports';
import { describeCouchApi } from './couch-api';
import { aVisit, cardNumber } from '../builders';

/** Visits as a device makes them: ids and hashes compress badly. */
const visits = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    aVisit('desk-1', index + 1, {
      card: cardNumber(index),
      previous: createHash('sha256').update(String(index)).digest('hex'),
    }),
  );

interface Raw {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
}

describeCouchApi(({ couch, newDatabase, target }) => {
  /** The raw bytes: fetch would unpack them. */
  const raw = (path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Raw> =>
    new Promise((resolve, reject) => {
      const { name, password } = target().admin;
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const options = {
        method: body === undefined ? 'GET' : 'POST',
        auth: `${name}:${password}`,
        headers: { ...json, ...headers },
      };
      const asked = request(`${target().url}/couch${path}`, options, (answer) => {
        const pieces: Uint8Array[] = [];
        answer.on('data', (piece: Uint8Array) => pieces.push(piece));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes: Buffer.concat(pieces) }),
        );
      });
      asked.on('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const gzip = { 'accept-encoding': 'br, gzip;q=0.8' };
  const encodingOf = ({ headers }: Raw) => headers['content-encoding'];

  describe('an answer sent as gzip', () => {
    it('holds the same rows in a tenth of the bytes, however much was requested', async () => {
      const database = await newDatabase();
      const docs = visits(200);
      await couch('POST', `${database}/_bulk_docs`, { docs });
      for (const [path, body] of [
        ['/_changes?include_docs=true&limit=1000'],
        ['/_changes?include_docs=true'],
        ['/_all_docs?include_docs=true'],
        ['/_all_docs?include_docs=true', { keys: docs.map(({ _id }) => _id) }],
        ['/_bulk_get', { docs: docs.map(({ _id: id }) => ({ id })) }],
      ] as const) {
        const plain = await raw(`${database}${path}`, {}, body);
        const packed = await raw(`${database}${path}`, gzip, body);
        expect([path, encodingOf(plain), encodingOf(packed)]).toEqual([path, undefined, 'gzip']);
        for (const { headers } of [plain, packed]) {
          expect(headers).toMatchObject({ vary: 'accept-encoding', 'cache-control': 'no-store' });
        }
        expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 4);
        // fetch unpacks.
        const answer = await couch(body === undefined ? 'GET' : 'POST', `${database}${path}`, body);
        expect(answer.headers.get('content-encoding')).toBe('gzip');
        expect(answer.body).toEqual(JSON.parse(plain.bytes.toString()));
      }
    });

    it('is never a short one, one that nobody asked for, an account, a single document or an open feed', async () => {
      const database = await newDatabase();
      await couch('POST', `${database}/_bulk_docs`, { docs: visits(20) });
      await couch('PUT', `${database}/long`, { text: 'x'.repeat(5_000) });
      const changes = `${database}/_changes?include_docs=true`;
      for (const accepted of ['identity', 'gzip;q=0', 'gzip; q=0.0', 'br', '']) {
        expect(encodingOf(await raw(changes, { 'accept-encoding': accepted }))).toBeUndefined();
      }
      for (const path of [
        `${database}/_changes?limit=1`,
        `${changes}&feed=longpoll&limit=5`,
        `${changes}&feed=longpoll&heartbeat=1000`,
        `${database}/long`,
        '/_users/_all_docs?include_docs=true',
        '/_session',
      ]) {
        const answer = await raw(path, gzip);
        expect([path, answer.status]).toEqual([path, 200]);
        // The proxy doesn't know how short an answer of CouchDB's becomes.
        if (path.endsWith('limit=1') && target().admin.name !== 'administrator') continue;
        expect([path, encodingOf(answer)]).toEqual([path, undefined]);
      }
      const document = await raw(`${database}/long`, gzip);
      expect(document.headers.etag).toMatch(/^"1-/);
    });
  });
});

describe('what a desk sends', () => {
  const server = createServer();
  let received: { encoding: string | undefined; bytes: number }[] = [];
  /** What a middlebox answers to a compressed body; undefined if it accepts it. */
  let refusal: { status: number; body: string } | undefined;
  let database: RemoteDatabase;

  beforeAll(async () => {
    server.on('request', (asked, answer) => {
      void (async () => {
        let bytes = 0;
        for await (const piece of asked) bytes += (piece as Buffer).length;
        const encoding = asked.headers['content-encoding'];
        received.push({ encoding, bytes });
        if (encoding !== undefined && refusal) answer.writeHead(refusal.status).end(refusal.body);
        else answer.writeHead(201).end(JSON.stringify([{ ok: true, id: 'a' }]));
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    received = [];
    refusal = undefined;
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const account = { name: 'desk-1', password: 'secret' };
    database = createCouchDatabase({ couchUrl: url, apiUrl: url, now: Date.now }, account, 'box');
  });
  afterEach(() => vi.unstubAllGlobals());

  const stored = { ok: true, value: [{ id: 'a', kind: 'stored' }] };
  const plainBytes = JSON.stringify({ docs: visits(50) }).length;

  it('S12 goes compressed, a visit or two plain', async () => {
    expect(await database.push(visits(50))).toEqual(stored);
    expect(await database.push(visits(1))).toEqual(stored);
    expect(received.map(({ encoding }) => encoding)).toEqual(['gzip', undefined]);
    expect(received[0]?.bytes).toBeLessThan(plainBytes / 4);
  });

  it('S12 goes plain if the browser can not compress', async () => {
    vi.stubGlobal('CompressionStream', undefined);
    expect(await database.push(visits(50))).toEqual(stored);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ encoding: undefined });
  });

  it.each([
    ['an old server that reads it as JSON', 400, '{"error":"bad_request","reason":"invalid UTF-8 JSON"}'],
    ['a server that knows better', 415, '{"error":"bad_content_type","reason":"gzip"}'],
    ['a proxy with a page of its own', 400, '<h1>Bad Request</h1>'],
  ])('S4 is not refused for good by %s: it goes plain, then and from then on', async (_who, status, body) => {
    refusal = { status, body };
    expect(await database.push(visits(50))).toEqual(stored);
    expect(await database.push(visits(50))).toEqual(stored);
    expect(received.map(({ encoding }) => encoding)).toEqual(['gzip', undefined, undefined]);
  });

  it('S11 S13 an answer that is not about the compression counts at once', async () => {
    for (const status of [401, 403, 413, 429, 500, 503]) {
      received = [];
      refusal = { status, body: '{"error":"x","reason":"y"}' };
      expect(await database.push(visits(50))).toMatchObject({ ok: false });
      expect([status, received.length]).toEqual([status, 1]);
    }
    refusal = undefined;
    await database.push(visits(50));
    expect(received.at(-1)?.encoding).toBe('gzip');
  });
});
