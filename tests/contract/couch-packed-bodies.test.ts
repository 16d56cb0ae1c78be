import { randomBytes } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../src/server/bytes';
import { describeCouchApi } from './couch-api';
import { failure, type Account } from './couch-target';

const gzip = { 'content-encoding': 'gzip' };
/** Of the servers under test, bytes. */
const bodyLimit = 256 * 1024;
const pack = (value: unknown) => gzipSync(JSON.stringify(value));
/** Text that compresses as badly as ids and hashes do. */
const noise = (bytes: number) => randomBytes(bytes / 2).toString('hex');

/** The same compressed bytes, claiming another length of their content. */
function claiming(packed: Buffer, length: number): Buffer {
  const forged = Buffer.from(packed);
  forged.writeUInt32LE(length, forged.length - 4);
  return forged;
}

const twoMembers = (first: unknown, second: unknown) =>
  Buffer.concat([bytesOf(pack(first)), bytesOf(pack(second))]);

describeCouchApi(({ couch, newDatabase, target }) => {
  describe('a body sent as gzip', () => {
    it('is stored as if it had come plain, on every way to write and to ask', async () => {
      const database = await newDatabase();
      const put = await couch('PUT', `${database}/a`, pack({ x: 1 }), { headers: gzip });
      expect(put.status).toBe(201);
      const docs = [{ _id: 'b', x: 2 }, { _id: 'c' }];
      const bulk = await couch('POST', `${database}/_bulk_docs`, pack({ docs }), { headers: gzip });
      expect(bulk).toMatchObject({ status: 201, body: [{ ok: true }, { ok: true }] });
      const keys = pack({ keys: ['a', 'b', 'missing'] });
      const asked = await couch('POST', `${database}/_all_docs?include_docs=true`, keys, { headers: gzip });
      expect(asked.body).toMatchObject({
        rows: [{ doc: { x: 1 } }, { doc: { x: 2 } }, { error: 'not_found' }],
      });
      const checkpoint = await couch('PUT', `${database}/_local/mine`, pack({ at: 5 }), { headers: gzip });
      expect(checkpoint.status).toBe(201);
      expect((await couch('GET', `${database}/_local/mine`)).body).toMatchObject({ at: 5 });
    });

    it('signs in', async () => {
      const account = await target().addAccount('packed', ['desk']);
      const answer = await target().couch('POST', '/_session', { body: pack(account), headers: gzip });
      expect(answer).toMatchObject({ status: 200, body: { name: account.name } });
    });

    it('has no more rights than a plain one', async () => {
      const database = await newDatabase();
      const stranger = await target().addAccount('stranger', ['desk']);
      const write = (path: string, body: unknown, as?: Account) =>
        target().couch('POST', `${database}${path}`, { ...(as && { as }), body: pack(body), headers: gzip });
      const docs = { docs: [{ _id: 'a' }] };
      expect(failure(await write('/_bulk_docs', docs))).toEqual([401, 'unauthorized']);
      expect(failure(await write('/_bulk_docs', docs, stranger))).toEqual([403, 'forbidden']);
      // What is refused plain is not smuggled past the list.
      const epoch = { _id: '_local/epoch', epoch: 'mine' };
      for (const [path, body] of [
        ['/_bulk_docs', { docs: [epoch] }],
        ['', epoch],
      ] as const) {
        expect(failure(await write(path, body, target().admin))).toEqual([400, 'bad_request']);
      }
      expect(failure(await couch('GET', `${database}/_local/epoch`))).toEqual([404, 'not_found']);
    });

    it('may be as long as a plain one, not longer: 413', async () => {
      const database = await newDatabase();
      const put = (id: string, text: string) =>
        couch('PUT', `${database}/${id}`, pack({ text }), { headers: gzip });
      expect((await put('long', noise(bodyLimit - 100))).status).toBe(201);
      expect(failure(await put('longer', noise(bodyLimit)))).toEqual([413, 'document_too_large']);
    });

    it('is refused if it would unpack to very much more than it is: 413', async () => {
      const database = await newDatabase();
      const bomb = pack({ text: 'x'.repeat(bodyLimit - 100) });
      expect(bomb.length).toBeLessThan(bodyLimit / 100);
      const answer = await couch('PUT', `${database}/bomb`, bomb, { headers: gzip });
      expect(failure(answer)).toEqual([413, 'document_too_large']);
      const repeats = pack({ text: 'x'.repeat(50_000) });
      expect((await couch('PUT', `${database}/repeats`, repeats, { headers: gzip })).status).toBe(201);
    });

    it.each<[string, Buffer]>([
      ['that lies about its length', claiming(pack({ text: 'x'.repeat(10_000_000) }), 100)],
      ['that claims more than there is', claiming(pack({ a: 1 }), 1_000)],
      ['in two members', twoMembers({ text: 'x'.repeat(1_000_000) }, { a: 1 })],
      ['cut off', pack({ text: noise(1_000) }).subarray(0, 300)],
      ['that is none', Buffer.from('{"a":1}')],
      ['that is none, and long enough to be one', Buffer.from(JSON.stringify({ text: 'x'.repeat(100) }))],
      ['of what is no JSON', pack({}).subarray(0, 10)],
    ])('%s is answered with 4xx, and nothing is stored', async (_what, body) => {
      const database = await newDatabase();
      const answer = await couch('PUT', `${database}/a`, body, { headers: gzip });
      expect([400, 413]).toContain(answer.status);
      expect(failure(await couch('GET', `${database}/a`))).toEqual([404, 'not_found']);
    });

    it('of another encoding is refused by its name', async () => {
      const database = await newDatabase();
      for (const encoding of ['br', 'deflate', 'gzip, gzip', 'zip']) {
        const body = brotliCompressSync('{"a":1}');
        const answer = await couch('PUT', `${database}/a`, body, {
          headers: { 'content-encoding': encoding },
        });
        expect(failure(answer)).toEqual([415, 'bad_content_type']);
        expect((answer.body as { reason: string }).reason).toContain(encoding);
      }
    });
  });
});
