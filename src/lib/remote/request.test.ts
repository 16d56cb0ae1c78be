import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import { afterEach, describe, expect, it } from 'vitest';
import type { Contact } from '$lib/domain/time/clock';
import { createCouchDatabase } from './couch-database';
import { requestJson, type RequestOptions } from './request';

let server: Server | undefined;

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server?.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

const shape = v.object({ ok: v.literal(true) });
const ask = (url: string, options: Partial<RequestOptions> = {}) =>
  requestJson(url, {}, shape, { now: Date.now, idleMs: 5_000, ...options });

describe('a request', () => {
  it('R13 reads the server’s clock from an answer that is its own', async () => {
    const ahead = Date.now() + 3_600_000;
    const contacts: Contact[] = [];
    const url = await serve((_request, response) => {
      response.setHeader('date', new Date(ahead).toUTCString()).end('{"ok":true}');
    });
    await ask(url, { onContact: (contact) => contacts.push(contact) });
    expect(contacts).toHaveLength(1);
    expect(Math.abs((contacts[0]?.skewMs ?? 0) - 3_600_000)).toBeLessThan(2_000);
  });

  it('R13 trusts nobody else’s clock', async () => {
    const contacts: Contact[] = [];
    const onContact = (contact: Contact) => contacts.push(contact);
    const url = await serve((_request, response) => {
      response.setHeader('date', 'Tue, 01 Jan 2036 00:00:00 GMT').end('<h1>Sign in to the Wi-Fi</h1>');
    });
    expect(await ask(url, { onContact })).toMatchObject({ failure: { kind: 'not-our-server' } });
    expect(contacts).toEqual([]);
  });

  it('S12 nobody there, a cut line and silence are all unreachable', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/cut') {
        response.writeHead(200, { 'content-length': '100' }).write('{"ok":');
        response.destroy();
      }
    });
    const unreachable = { ok: false, failure: { kind: 'unreachable' } };
    expect(await ask(`${url}/cut`)).toEqual(unreachable);
    expect(await ask(`${url}/silent`, { idleMs: 50 })).toEqual(unreachable);
    expect(await ask('http://127.0.0.1:1')).toEqual(unreachable);
  });

  it('S12 gives up an answer that never ends', async () => {
    const url = await serve((_request, response) => {
      const timer = setInterval(() => response.write('ad '), 5);
      response.once('close', () => clearInterval(timer));
    });
    expect(await ask(url, { longestMs: 100 })).toEqual({ ok: false, failure: { kind: 'unreachable' } });
  });

  it('S12 gives up what is longer than any answer of ours', async () => {
    const megabyte = Buffer.alloc(1024 * 1024);
    const url = await serve((_request, response) => {
      const go = () => {
        while (!response.destroyed && response.write(megabyte));
      };
      response.on('drain', go);
      go();
    });
    expect(await ask(url)).toEqual({ ok: false, failure: { kind: 'unreachable' } });
  });

  it('S12 sends nothing where a redirect points', async () => {
    const asked: unknown[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(307, { location: '/portal' }).end();
    });
    const account = { name: 'desk-1', password: 'secret' };
    const couch = { couchUrl: url, apiUrl: url, now: Date.now };
    const database = createCouchDatabase(couch, account, 'box');
    expect(await database.push([{ _id: 'visit' }])).toMatchObject({ failure: { kind: 'not-our-server' } });
    expect(asked).toEqual(['/box/_bulk_docs']);
  });

  it.each([
    ['that can not be read', 500, ''],
    ['of another document', 200, JSON.stringify({ rows: [{ key: 'a', doc: { _id: 'b' } }] })],
  ])('S3 conflicts with a body %s stay unread', async (_what, status, body) => {
    const url = await serve((request, response) => {
      if (request.url?.includes('_bulk_docs')) {
        response.end(JSON.stringify([{ id: 'a', error: 'conflict', reason: 'Document update conflict.' }]));
      } else response.writeHead(status).end(body);
    });
    const database = createCouchDatabase(
      { couchUrl: url, apiUrl: url, now: Date.now },
      { name: 'desk-1', password: 'secret' },
      'box',
    );
    expect(await database.push([{ _id: 'a' }])).toEqual({
      ok: true,
      value: [{ id: 'a', kind: 'exists', body: 'unread' }],
    });
  });

  it('S11 authenticates every request with the desk’s account', async () => {
    const headers: unknown[] = [];
    const url = await serve((request, response) => {
      headers.push(request.headers.authorization, request.headers.cookie);
      response.end('{"results":[],"last_seq":"0","pending":0}');
    });
    const account = { name: 'desk-1', password: 'pässword' };
    await createCouchDatabase({ couchUrl: url, apiUrl: url, now: Date.now }, account, 'box').changes('0', 1);
    const basic = Buffer.from('desk-1:pässword').toString('base64');
    expect(headers).toEqual([`Basic ${basic}`, undefined]);
  });
});
