import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import couchbackup from '@cloudant/couchbackup';
import nano from 'nano';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, targets, type Account, type Target } from './couch-target';

/**
 * Unmodified third-party clients, over every kind of server. PouchDB has couch-replication.test.ts, and a
 * real CouchDB replicates there.
 */
describe.each(targets)("other people's clients, over $name", ({ start }) => {
  let target: Target;
  let databases = 0;

  beforeAll(async () => {
    target = await start();
  });
  afterAll(() => target.stop());

  /** The name of a new database. */
  async function newDatabase(): Promise<string> {
    databases += 1;
    const name = `${target.prefix}clients${databases}`;
    expect((await target.couch('PUT', `/${name}`, { as: target.admin })).status).toBe(201);
    return name;
  }
  const address = (name: string, { name: user, password }: Account = target.admin) => {
    const url = new URL(`${target.url}/couch/${name}`);
    Object.assign(url, { username: user, password });
    return url.href;
  };
  const ask = (method: string, path: string, body?: unknown) =>
    target.couch(method, path, { as: target.admin, ...(body === undefined ? {} : { body }) });

  /** The documents of a database with their histories and attachments. */
  async function contentOf(name: string): Promise<unknown> {
    const { rows } = (await ask('GET', `/${name}/_all_docs`)).body as { rows: { id: string }[] };
    const docs = rows.map(({ id }) => ({ id }));
    return (await ask('POST', `/${name}/_bulk_get?revs=true&attachments=true`, { docs })).body;
  }

  describe("IBM's couchbackup and couchrestore", () => {
    const backup = async (url: string): Promise<{ file: Buffer; total: number }> => {
      const stream = new PassThrough();
      const file = buffer(stream);
      const total = await new Promise<number>((resolve, reject) =>
        couchbackup.backup(url, stream, { bufferSize: 50, attachments: true }, (error, result) =>
          error ? reject(error) : resolve(result.total),
        ),
      );
      return { file: await file, total };
    };
    const restore = (file: Buffer, url: string) =>
      new Promise<number>((resolve, reject) =>
        couchbackup.restore(
          Readable.from([file]),
          url,
          { bufferSize: 50, attachments: true },
          (error, result) => (error ? reject(error) : resolve(result.total)),
        ),
      );

    it('copy a database, with attachments and histories: all except deletions and losing branches', async () => {
      const [source, copy] = [await newDatabase(), await newDatabase()];
      const docs = Array.from({ length: 180 }, (_, index) => ({ _id: `doc ${index}/å`, index }));
      await ask('POST', `/${source}/_bulk_docs`, { docs });
      const changed = await ask('GET', `/${source}/doc%200%2F%C3%A5`);
      await ask('PUT', `/${source}/doc%200%2F%C3%A5`, { ...(changed.body as object), changed: true });
      const gone = (await ask('GET', `/${source}/doc%201%2F%C3%A5`)).body as { _rev: string };
      await ask('DELETE', `/${source}/doc%201%2F%C3%A5?rev=${gone._rev}`);
      const branches = ['bb', 'cc'].map((rev) => ({
        _id: 'branched',
        _revisions: { start: 2, ids: [rev, 'aa'] },
      }));
      await ask('POST', `/${source}/_bulk_docs`, { new_edits: false, docs: branches });
      const note = { content_type: 'text/plain', data: Buffer.from('hello').toString('base64') };
      await ask('PUT', `/${source}/noted`, { _attachments: { 'note.txt': note } });

      const { file, total } = await backup(address(source));
      expect(total).toBe(181);
      expect(await restore(file, address(copy))).toBe(total);
      expect(await contentOf(copy)).toEqual(await contentOf(source));
    });

    it('get no further than the rights of their account', async () => {
      const source = await newDatabase();
      const stranger = await target.addAccount('copier', ['desk']);
      await expect(backup(address(source, stranger))).rejects.toThrow(/denied/);
      await expect(backup(address(source, { ...stranger, password: 'wrong' }))).rejects.toThrow();
    });
  });

  describe('nano', () => {
    function server() {
      // Otherwise it takes the path for a database. Its types don't know this option.
      const settings = { url: `${target.url}/couch`, parseUrl: false };
      return nano(settings);
    }

    it('signs in by its form, and writes, reads, lists and follows', async () => {
      const name = await newDatabase();
      const couch = server();
      const { name: user, password } = target.admin;
      expect(await couch.auth(user, password)).toMatchObject({ ok: true, name: user });
      expect((await couch.session()).userCtx).toMatchObject({ name: user });
      expect((await couch.uuids(3)).uuids).toHaveLength(3);
      const database = couch.use<{ x: number }>(name);
      const { rev } = await database.insert({ x: 1 }, 'a');
      await database.insert({ _rev: rev, x: 2 }, 'a');
      expect(await database.get('a')).toMatchObject({ _id: 'a', x: 2 });
      await database.bulk({ docs: [{ _id: 'b', x: 3 }] });
      expect((await database.list({ include_docs: true })).rows.map(({ doc }) => doc?.x)).toEqual([2, 3]);
      expect((await database.fetch({ keys: ['b'] })).rows).toMatchObject([{ doc: { x: 3 } }]);
      await database.attachment.insert('c', 'c.txt', 'hello', 'text/plain');
      expect(String(await database.attachment.get('c', 'c.txt'))).toBe('hello');
      expect((await database.changes({ since: '0' })).results.map(({ id }) => id).sort()).toEqual([
        'a',
        'b',
        'c',
      ]);
      const kept = { name: 'd.txt', data: Buffer.from('with it'), content_type: 'text/plain' };
      await database.multipart.insert({ x: 4 }, [kept], 'd');
      expect(String(await database.attachment.get('d', 'd.txt'))).toBe('with it');
      const head = await database.head('a');
      expect(head).toHaveProperty('etag');
    });

    it('is told by name what does not exist', async () => {
      const couch = server();
      await couch.auth(target.admin.name, target.admin.password);
      const database = couch.use(await newDatabase());
      await expect(database.find({ selector: {} })).rejects.toMatchObject({
        statusCode: 501,
        error: 'not_implemented',
      });
    });
  });

  /**
   * RxDB's replication plugin makes these requests (rxdb 17.6.0, plugins/replication-couchdb); the package
   * itself isn't here, see docs/couchdb-api.md.
   */
  describe("RxDB's replication", () => {
    it('pulls page by page, pushes over what it has read, and waits for news', async () => {
      const name = await newDatabase();
      const page = (since: string, feed: string) =>
        ask(
          'GET',
          `/${name}/_changes?style=all_docs&feed=${feed}&include_docs=true&since=${since}&heartbeat=60000&limit=20&seq_interval=20`,
        );
      const present = await ask('POST', `/${name}/_all_docs?`, {
        keys: ['a'],
        include_docs: true,
        deleted: 'ok',
      });
      expect(present.body).toMatchObject({ rows: [{ key: 'a', error: 'not_found' }] });
      const pushed = await ask('POST', `/${name}/_bulk_docs?`, {
        docs: [{ _id: 'a', x: 1, _deleted: false }],
      });
      expect(pushed).toMatchObject({ status: 201, body: [{ ok: true, id: 'a' }] });
      const first = await page('0', 'normal');
      expect(first.body).toMatchObject({ results: [{ doc: { _id: 'a', x: 1 } }] });
      const news = page('now', 'longpoll');
      const again = await ask('POST', `/${name}/_bulk_docs?`, {
        docs: [{ _id: 'a', x: 2, _deleted: false }],
      });
      expect(again.body).toMatchObject([{ id: 'a', error: 'conflict' }]);
      const conflicting = await ask(
        'GET',
        `/${name}/_all_docs?include_docs=true&keys=${encodeURIComponent('["a"]')}`,
      );
      const [row] = (conflicting.body as { rows: { doc: { _rev: string } }[] }).rows;
      await ask('POST', `/${name}/_bulk_docs?`, { docs: [{ ...row?.doc, x: 2, _deleted: true }] });
      const { results } = (await news).body as { results: unknown[] };
      expect(results).toMatchObject([{ id: 'a', deleted: true, doc: { _deleted: true } }]);
      expect(failure(await ask('GET', `/${name}/a`))).toEqual([404, 'not_found']);
    });
  });
});
