import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { bytesOf } from '../../src/server/bytes';
import { describeCouchApi } from './couch-api';
import { basic, failure } from './couch-target';
import { jsonIn, multipartOf, partsIn, type SentPart } from './multipart';

/** What CouchDB 3.5.0's replicator was seen to ask of either end, in its own words. */

const attachment = (bytes: Buffer, revpos: number, more: object = {}) => ({
  content_type: 'text/plain',
  revpos,
  digest: 'md5-yc+Gdq0Wa58p0I30Kap6Gg==',
  length: bytes.length,
  ...more,
});
const text = Buffer.from('hello '.repeat(2000));
const picture = randomBytes(2560);
const packed = (bytes: Buffer): SentPart & { facts: object } => {
  const gzip = gzipSync(bytesOf(bytes));
  return {
    bytes: gzip,
    encoding: 'gzip',
    facts: { follows: true, encoding: 'gzip', encoded_length: gzip.length },
  };
};

describeCouchApi(({ target, couch, newDatabase }) => {
  const put = (path: string, document: object, parts?: readonly SentPart[]) => {
    const { headers, body } = multipartOf(document, parts);
    return couch('PUT', `${path}?new_edits=false`, body, {
      headers: { ...headers, accept: 'application/json' },
    });
  };
  const bytesAt = async (path: string): Promise<Buffer> => {
    const headers = { authorization: basic(target().admin) };
    return Buffer.from(await (await fetch(`${target().url}/couch${path}`, { headers })).arrayBuffer());
  };

  it('asks for a session at the root, which is not there: then it continues with Basic', async () => {
    const body = new URLSearchParams({ name: target().admin.name, password: target().admin.password });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await target().call('POST', '/_session', { body: body.toString(), headers });
    expect(answer.status).toBe(404);
  });

  it('a target accepts design documents, documents, attachments and two checkpoints', async () => {
    const database = await newDatabase();
    expect((await couch('GET', `${database}/`)).body).toHaveProperty('instance_start_time');
    const diff = await couch('POST', `${database}/_revs_diff`, {
      text: ['1-3d5d6f20014ed7164344810357197ac7'],
    });
    expect(diff.body).toEqual({ text: { missing: ['1-3d5d6f20014ed7164344810357197ac7'] } });

    const design = await couch('PUT', `${database}/_design/x?new_edits=false`, {
      _id: '_design/x',
      _rev: '1-ac85fc9abd1578d42425e6186d27ceb0',
      language: 'javascript',
      _revisions: { start: 1, ids: ['ac85fc9abd1578d42425e6186d27ceb0'] },
    });
    expect(design).toMatchObject({ status: 201, body: { rev: '1-ac85fc9abd1578d42425e6186d27ceb0' } });
    const { facts, ...part } = packed(text);
    const stored = await put(
      `${database}/text`,
      {
        _id: 'text',
        _rev: '1-3d5d6f20014ed7164344810357197ac7',
        _revisions: { start: 1, ids: ['3d5d6f20014ed7164344810357197ac7'] },
        _attachments: {
          'a.txt': attachment(text, 1, facts),
          '10': attachment(picture, 1, { content_type: 'image/png', follows: true }),
          'q"uote å': attachment(Buffer.alloc(0), 1, { follows: true }),
        },
      },
      [
        { name: 'a.txt', ...part },
        { name: '10', type: 'image/png', bytes: picture },
        { name: 'q"uote å', bytes: Buffer.alloc(0) },
      ],
    );
    expect(stored).toMatchObject({ status: 201, body: { rev: '1-3d5d6f20014ed7164344810357197ac7' } });
    expect(await bytesAt(`${database}/text/a.txt`)).toEqual(text);
    expect(await bytesAt(`${database}/text/10`)).toEqual(picture);
    expect((await couch('GET', `${database}/text`)).body).toMatchObject({
      _attachments: { '10': { content_type: 'image/png', length: 2560 }, 'q"uote å': { length: 0 } },
    });
    const commit = await couch('POST', `${database}/_ensure_full_commit`, undefined, {
      headers: { 'content-type': 'application/json' },
    });
    expect(commit).toMatchObject({ status: 201, body: { ok: true } });

    const checkpoint = `${database}/_local/a29b8cabd00ce56211503cab53c2a18d%2Bcontinuous`;
    expect((await couch('GET', checkpoint)).status).toBe(404);
    const first = await couch('PUT', checkpoint, {
      session_id: '0c11',
      source_last_seq: '3-g1A',
      history: [],
    });
    const { rev } = first.body as { rev: string };
    expect(first.status).toBe(201);
    expect((await couch('GET', checkpoint)).body).toMatchObject({ source_last_seq: '3-g1A', _rev: rev });
    const second = await couch('PUT', checkpoint, {
      _rev: rev,
      session_id: '8d9c',
      source_last_seq: '4-g1A',
      history: [],
      _revisions: { start: 0, ids: [rev.slice(2)] },
    });
    expect(second.status).toBe(201);
  });

  it('a source gives its leaves as multipart/mixed to a client that asks for it by name', async () => {
    const database = await newDatabase();
    const inline = { content_type: 'text/plain', data: text.toString('base64') };
    const second = { content_type: 'image/png', data: picture.toString('base64') };
    const docs = [
      { _id: 'plain', x: 1 },
      { _id: 'text', _attachments: { 'a.txt': inline, '10': second, å: { ...inline, data: '' } } },
    ];
    const rows = (await couch('POST', `${database}/_bulk_docs`, { docs })).body as { rev: string }[];
    const open = async (id: string, revs: (string | undefined)[]) => {
      const query = `revs=true&open_revs=${encodeURIComponent(JSON.stringify(revs))}&latest=true`;
      const response = await fetch(`${target().url}/couch${database}/${id}?${query}`, {
        headers: { accept: 'multipart/mixed', authorization: basic(target().admin) },
      });
      const type = response.headers.get('content-type') ?? '';
      expect([response.status, type]).toEqual([200, expect.stringMatching(/^multipart\/mixed; boundary=/)]);
      return partsIn(type, new Uint8Array(await response.arrayBuffer()));
    };

    const [plain, absent] = await open('plain', [rows[0]?.rev, '7-ee']);
    expect(plain && [plain.type, jsonIn(plain)]).toMatchObject(['application/json', { _id: 'plain', x: 1 }]);
    expect(plain && jsonIn(plain)).toHaveProperty('_revisions.start', 1);
    expect(absent && [absent.type, jsonIn(absent)]).toEqual([
      'application/json; error="true"',
      { missing: '7-ee' },
    ]);

    const [whole] = await open('text', [rows[1]?.rev]);
    const [document, ...parts] = whole ? partsIn(whole.type, whole.bytes) : [];
    const facts = (document && jsonIn(document))?.['_attachments'] as Record<string, { follows: boolean }>;
    expect(Object.values(facts).map(({ follows }) => follows)).toEqual([true, true, true]);
    // CouchDB expects the parts in the order of the document's members; it compresses texts itself.
    const lengths = Object.entries(facts).map(([, each]) => {
      const { length, encoded_length = length } = each as unknown as {
        length: number;
        encoded_length?: number;
      };
      return encoded_length;
    });
    expect(parts.map(({ bytes }) => bytes.length)).toEqual(lengths);
    expect(Buffer.from(parts[Object.keys(facts).indexOf('10')]?.bytes ?? [])).toEqual(picture);
  });

  it('a source answers _bulk_get in the requested order, attachments as stubs', async () => {
    const database = await newDatabase();
    const docs = ['c', 'a', 'b'].map((_id) => ({ _id, _attachments: { x: { data: 'aGVsbG8=' } } }));
    const rows = (await couch('POST', `${database}/_bulk_docs`, { docs })).body as {
      id: string;
      rev: string;
    }[];
    const asked = rows.map(({ id, rev }) => ({ id, rev, atts_since: [] }));
    const answer = await couch('POST', `${database}/_bulk_get?latest=true&revs=true&attachments=false`, {
      revs: true,
      latest: true,
      docs: asked,
      attachments: false,
    });
    const { results } = answer.body as { results: { id: string; docs: { ok: object }[] }[] };
    expect(results.map(({ id, docs: [first] }) => [id, first?.ok])).toMatchObject(
      rows.map(({ id, rev }) => [id, { _id: id, _rev: rev, _attachments: { x: { stub: true, length: 5 } } }]),
    );
  });

  it('a stub stands for what the ancestor has; without one it is missing, and comes with the next try', async () => {
    const database = await newDatabase();
    const next = {
      _id: 'text',
      _rev: '2-bb',
      _revisions: { start: 2, ids: ['bb', 'aa'] },
      _attachments: {
        'a.txt': attachment(text, 1, { stub: true }),
        'b.txt': attachment(picture, 2, { follows: true }),
      },
    };
    const parts = [{ name: 'b.txt', bytes: picture }];
    expect(failure(await put(`${database}/text`, next, parts))).toEqual([412, 'missing_stub']);
    const { facts, ...part } = packed(text);
    const first = {
      _id: 'text',
      _rev: '1-aa',
      _revisions: { start: 1, ids: ['aa'] },
      _attachments: { 'a.txt': attachment(text, 1, facts) },
    };
    expect((await put(`${database}/text`, first, [{ name: 'a.txt', ...part }])).status).toBe(201);
    expect((await put(`${database}/text`, next, parts)).status).toBe(201);
    expect(await bytesAt(`${database}/text/a.txt`)).toEqual(text);
    expect(await bytesAt(`${database}/text/b.txt`)).toEqual(picture);
  });

  it('parts without a name come in the order of the document', async () => {
    const database = await newDatabase();
    const facts = { content_type: 'text/plain', follows: true };
    const document = { _id: 'a', _rev: '1-aa', _attachments: { y: facts, x: facts } };
    const parts = [{ bytes: Buffer.from('why') }, { bytes: Buffer.from('ex') }];
    expect((await put(`${database}/a`, document, parts)).status).toBe(201);
    expect([await bytesAt(`${database}/a/x`), await bytesAt(`${database}/a/y`)].map(String)).toEqual([
      'ex',
      'why',
    ]);
  });
});
