import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbedded, type CallOptions, type Target } from './couch-target';

type Request = [method: string, path: string, body?: unknown, headers?: Record<string, string>];

const deep = (open: string, close: string) => open.repeat(20_000) + close.repeat(20_000);
const text = { 'content-type': 'text/plain' };

/** Requests that nobody should send, below a database `/DB` that holds the document `a`. */
const nasty: Request[] = [
  ['GET', '/%'],
  ['GET', '/%zz'],
  ['GET', '/%E0%A4%A'],
  ['GET', '/%ff'],
  ['GET', '/%00'],
  ['GET', '/..%2f..%2fetc%2fpasswd'],
  ['GET', '/__proto__'],
  ['GET', '/constructor'],
  ['PUT', '/__proto__'],
  ['PUT', '/' + 'a'.repeat(5000)],
  ['PUT', '/Ä'],
  ['PATCH', '/DB'],
  ['PUT', '/DB/_security', '[]'],
  ['PUT', '/DB/_security', '5'],
  ['PUT', '/DB/_security', { admins: 5 }],
  ['PUT', '/DB/_security', { members: { roles: [5] } }],
  ['PUT', '/DB/b', '{"__proto__":{"_deleted":true}}'],
  ['PUT', '/DB/b', '{"a":{"b":[{"__proto__":1}]}}'],
  ['PUT', '/DB/b', deep('[', ']')],
  ['PUT', '/DB/b', `{"a":${deep('{"a":', '1}').replace('1}', '1')}`],
  ['PUT', '/DB/b', '{"a":1'],
  ['PUT', '/DB/b', '\ufeff{}'],
  ['PUT', '/DB/b', 'null'],
  ['PUT', '/DB/b', '{"_rev":null}'],
  ['PUT', '/DB/b', '{"_rev":"1"}'],
  ['PUT', '/DB/b', '{"_rev":"0-x"}'],
  ['PUT', '/DB/b', '{"_rev":"99999999999999999999-x"}'],
  ['PUT', '/DB/b', '{"_deleted":"yes"}'],
  ['PUT', '/DB/b', '{"_attachments":{"x":5}}'],
  ['PUT', '/DB/b', '{"_attachments":{"_x":{"data":""}}}'],
  ['PUT', '/DB/b', '{"_attachments":{"x":{"data":"%%%"}}}'],
  ['PUT', '/DB/b', '{"_attachments":{"x":{"data":5}}}'],
  ['PUT', '/DB/b', '{"_attachments":{"x":{"stub":true}}}'],
  ['PUT', '/DB/b', '{"_attachments":{"x":{"follows":true,"length":5}}}'],
  ['PUT', '/DB/b?rev=1-a', '{"_rev":"1-b"}'],
  ['PUT', '/DB/b?new_edits=maybe', '{}'],
  ['PUT', '/DB/b?new_edits=false', '{}'],
  ['PUT', '/DB/b?new_edits=false', '{"_revisions":{"start":1,"ids":[]}}'],
  ['PUT', '/DB/b?new_edits=false', '{"_revisions":{"start":1,"ids":["a","b"]}}'],
  ['PUT', '/DB/b?new_edits=false', '{"_revisions":{"start":1e99,"ids":["a"]}}'],
  ['PUT', '/DB/b?new_edits=false', '{"_revisions":{"start":2,"ids":["a",5]}}'],
  ['PUT', '/DB/b?new_edits=false', '{"_rev":"1-a","_rev_tree":[]}'],
  ['PUT', '/DB/_design/x', '{"validate_doc_update":5}'],
  ['PUT', '/DB/_design/x', '{"validate_doc_update":"not a function ("}'],
  ['PUT', '/DB/_design/', '{}'],
  ['PUT', '/DB/_local/', '{}'],
  ['PUT', '/DB/_local/x', '{"_rev":5}'],
  ['PUT', '/DB/_local/x', '{"_attachments":{}}'],
  ['PUT', '/DB/_local/x', '{"_revisions":5}'],
  ['PUT', '/DB/_local/x', '{"_revisions":{"start":0}}'],
  ['PUT', '/DB/_local/x', '{"_revisions":{"start":0,"ids":[5]}}'],
  ['PUT', '/DB/_local/x', '{"_revisions":{"start":2,"ids":["aa","bb"]}}'],
  ['PUT', '/DB/_local/x', '{"_revisions":{"start":0,"ids":["x y"]}}'],
  ['PUT', '/DB/b/_x', 'x', text],
  ['PUT', '/DB/a/x.txt', 'x', text],
  ['DELETE', '/DB/a'],
  ['DELETE', '/DB/a?rev=x'],
  ['DELETE', '/DB/nothing?rev=1-a'],
  ['GET', '/DB/a?rev=__proto__'],
  ['GET', '/DB/a?open_revs=5'],
  ['GET', '/DB/a?open_revs={'],
  ['GET', '/DB/a?revs=maybe'],
  ['GET', '/DB/a/__proto__'],
  ['GET', '/DB/__proto__'],
  ['GET', '/DB//a'],
  ['GET', '/DB/_design_docs?key={"a":1}'],
  ['POST', '/DB/_design_docs', '{"keys":5}'],
  ['GET', '/_uuids?count=-1'],
  ['GET', '/_uuids?count=99999999999999999999'],
  ['GET', '/_uuids?count=x'],
  ['GET', '/DB/_all_docs?keys=5'],
  ['GET', '/DB/_all_docs?startkey={"a":1}'],
  ['GET', '/DB/_all_docs?limit=99999999999999999999'],
  ['GET', '/DB/_all_docs?skip=-1'],
  ['POST', '/DB/_all_docs', '5'],
  ['POST', '/DB/_all_docs', '{"keys":{}}'],
  ['GET', '/DB/_changes?since=-1'],
  ['GET', '/DB/_changes?since={}'],
  ['GET', '/DB/_changes?limit=x'],
  ['GET', '/DB/_changes?timeout=x&feed=longpoll'],
  ['GET', '/DB/_changes?heartbeat=x&feed=longpoll'],
  ['GET', '/DB/_changes?style=zz'],
  ['POST', '/DB/_changes?filter=_doc_ids', '{"doc_ids":5}'],
  ['POST', '/DB/_bulk_docs', '{"docs":[null]}'],
  ['POST', '/DB/_bulk_docs', '{"docs":[[]]}'],
  ['POST', '/DB/_bulk_docs', '{"docs":[{"_id":"\\ud800"}]}'],
  ['POST', '/DB/_bulk_docs', `{"docs":[{"_id":"${'x'.repeat(8000)}"}]}`],
  ['POST', '/DB/_bulk_docs', '{"docs":[{"_id":null}]}'],
  ['POST', '/DB/_bulk_docs', '{}', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['POST', '/DB/_bulk_get', '{"docs":5}'],
  ['POST', '/DB/_bulk_get?revs=x', '{"docs":[]}'],
  ['POST', '/DB/_revs_diff', '{"a":5}'],
  ['POST', '/DB/_revs_diff', '{"a":[5]}'],
  ['POST', '/DB/_revs_diff', '[]'],
  ['POST', '/DB', '[]'],
  ['POST', '/_session', '[]'],
  ['POST', '/_session', '{"name":5,"password":5}'],
  ['POST', '/_session', '{"name":"x"}'],
  ['POST', '/_session', 'name=x&password=y', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['PUT', '/_users/org.couchdb.user:x', '{}'],
  ['PUT', '/_users/org.couchdb.user:x', '{"name":"x","type":"user","roles":[],"password":5}'],
  ['PUT', '/_users/org.couchdb.user:x', '{"name":"x","type":"user","roles":[],"password":""}'],
  ['PUT', '/_users/other', '{"name":"x","type":"user","roles":[]}'],
];

describe('bad input', () => {
  let target: Target;
  let database: string;

  beforeAll(async () => {
    target = await startEmbedded();
    database = `/${target.prefix}nasty`;
    await target.couch('PUT', database, { as: target.admin });
    await target.couch('PUT', `${database}/a`, { as: target.admin, body: { x: 1 } });
  });
  afterAll(() => target.stop());

  const here = (path: string) => path.replace(/^\/DB/, database);

  async function expectAlive(): Promise<void> {
    const answer = await target.couch('GET', `${database}/a`, { as: target.admin });
    expect(answer).toMatchObject({ status: 200, body: { x: 1 } });
  }

  it.each(nasty)('%s %s %j is answered with 4xx and JSON', async (method, path, body, headers) => {
    for (const as of [target.admin, undefined]) {
      const options: CallOptions = {
        ...(as && { as }),
        ...(body !== undefined && { body }),
        ...(headers && { headers }),
      };
      const answer = await target.couch(method, here(path), options);
      expect(answer.status, JSON.stringify(answer.body)).toBeGreaterThanOrEqual(400);
      expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
      if (answer.body === '') continue;
      expect(answer.body).toEqual({
        error: expect.any(String) as string,
        reason: expect.any(String) as string,
      });
      expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.ts:|at /);
    }
    await expectAlive();
  });

  it.each([
    ['null bytes', Buffer.from([0, 1, 2, 255, 254])],
    ['UTF-8 cut in half', Buffer.from([0x7b, 0x22, 0xe2, 0x82, 0x22, 0x3a, 0x31, 0x7d])],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
  ])('a body of %s is not JSON', async (_what, bytes) => {
    const response = await fetch(`${target.url}/couch${database}/b`, {
      method: 'PUT',
      headers: { authorization: `Basic ${btoa(`${target.admin.name}:${target.admin.password}`)}` },
      body: Uint8Array.from(bytes),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: 'bad_request', reason: 'invalid UTF-8 JSON' });
  });

  it('a body larger than the limit is answered with 413, whether its length is announced or not', async () => {
    const docs = [{ _id: 'large', text: 'x'.repeat(400_000) }];
    const told = await target.couch('POST', `${database}/_bulk_docs`, { as: target.admin, body: { docs } });
    expect(told).toMatchObject({ status: 413, body: { error: 'document_too_large' } });
    await expectAlive();
  });

  it.each([
    ['no HTTP', 'GARBAGE\r\n\r\n'],
    ['a method that is none', 'FOO /couch/ HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a header without end', `GET /couch/ HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`],
    [
      'two lengths',
      'POST /couch/ HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello',
    ],
  ])('%s on the wire ends only that connection', async (_what, bytes) => {
    const { hostname, port } = new URL(target.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.write(bytes));
      let received = '';
      socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
      socket.on('close', () => resolve(received));
      socket.on('error', () => undefined);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    await expectAlive();
  });

  it('a validation function that never ends, or tries to get out, refuses the write and no more', async () => {
    const evil = `/${target.prefix}evil`;
    const as = { as: target.admin };
    await target.couch('PUT', evil, as);
    const escapes = [
      'function () { while (true) {} }',
      'function (n) { n.a.b.c() }',
      'function () { this.constructor.constructor("return process")().exit() }',
      'function () { throw { forbidden: String(typeof process + typeof require + typeof fetch) } }',
      'function () { throw 5 }',
    ];
    for (const [index, validate] of escapes.entries()) {
      const design = `${evil}/_design/${index}`;
      const made = await target.couch('PUT', design, { ...as, body: { validate_doc_update: validate } });
      expect(made.status).toBe(201);
      const write = await target.couch('PUT', `${evil}/doc`, { ...as, body: {} });
      // The endless one says nothing about the document: come back later.
      expect(index === 0 ? [503] : [403, 500]).toContain(write.status);
      if (write.status === 403) expect(write.body).toMatchObject({ reason: 'undefinedundefinedundefined' });
      const { rev } = made.body as { rev: string };
      expect((await target.couch('DELETE', `${design}?rev=${rev}`, as)).status).toBe(200);
    }
    expect((await target.couch('PUT', `${evil}/doc`, { ...as, body: {} })).status).toBe(201);
    await expectAlive();
  });
});
