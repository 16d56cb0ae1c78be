import { beforeAll, describe, expect, it } from 'vitest';
import { branchHistory, largestDocument, mostBranches, mostRows } from '../../src/server/couch/limits';
import { describeCouchApi, rowsOf } from './couch-api';
import { failure } from './couch-target';

const tooMany = mostRows + 1;
const hash = (index: number) => index.toString(16).padStart(32, '0');

describeCouchApi(({ couch, newDatabase }) => {
  describe('work is bounded', () => {
    let database: string;
    beforeAll(async () => {
      database = await newDatabase();
    });

    it.each([
      ['_bulk_docs', { docs: Array(tooMany).fill({}) }, 'max_bulk_docs_count_exceeded'],
      ['_bulk_get', { docs: Array(tooMany).fill({ id: 'a' }) }, 'max_bulk_get_count_exceeded'],
      ['_all_docs', { keys: Array(tooMany).fill('a') }, 'max_keys_count_exceeded'],
      ['_revs_diff', { a: Array(tooMany).fill('1-a') }, 'max_revs_count_exceeded'],
      ['_changes?filter=_doc_ids', { doc_ids: Array(tooMany).fill('a') }, 'max_doc_ids_count_exceeded'],
    ])('%s is answered with 413 for one more than it accepts', async (path, body, error) => {
      const answer = await couch('POST', `${database}/${path}`, body);
      expect(answer).toMatchObject({ status: 413, body: { error, reason: String(mostRows) } });
    });

    it('_bulk_get answers only once what is requested many times', async () => {
      await couch('PUT', `${database}/once`, { x: 1 });
      const docs = [...Array<object>(500).fill({ id: 'once' }), { id: 'none' }];
      const { body } = await couch('POST', `${database}/_bulk_get`, { docs });
      expect((body as { results: { id: string }[] }).results.map(({ id }) => id)).toEqual(['once', 'none']);
    });

    it('answers that go out in pieces are whole, in order, in both directions', async () => {
      const many = await newDatabase();
      const ids = Array.from({ length: 730 }, (_, index) => `d${String(index).padStart(4, '0')}`);
      await couch('POST', `${many}/_bulk_docs`, { docs: ids.map((_id) => ({ _id })) });
      const asked = async (query: string) =>
        rowsOf(await couch('GET', `${many}/_all_docs?${query}`)).map(({ id }) => id);
      expect(await asked('include_docs=true')).toEqual(ids);
      expect(await asked('descending=true')).toEqual(ids.toReversed());
      expect(await asked('include_docs=true&limit=201&skip=100')).toEqual(ids.slice(100, 301));
      expect(await asked('startkey="d0010"&endkey="d0600"&inclusive_end=false')).toEqual(ids.slice(10, 600));
      const keys = [...ids, 'none', ids[0], ids[0]];
      const byKey = await couch('POST', `${many}/_all_docs?include_docs=true`, { keys });
      expect((byKey.body as { rows: { key: string }[] }).rows.map(({ key }) => key)).toEqual(keys);
    });
  });
});

describeCouchApi(({ target, couch, newDatabase }) => {
  // A CouchDB has its own limits for these.
  describe.runIf(process.env['COUCHDB_URL'] === undefined)('what the embedded store keeps', () => {
    it('a history is cut, and an unknown one costs no search', async () => {
      const database = await newDatabase();
      const ids = Array.from({ length: 5000 }, (_, index) => hash(index));
      const write = (start: number, of: string[]) =>
        couch('POST', `${database}/_bulk_docs`, {
          new_edits: false,
          docs: [{ _id: 'a', _revisions: { start, ids: of } }],
        });
      expect(await write(5000, ids)).toMatchObject({ status: 201, body: [] });
      const known = async (query: string) =>
        (
          (await couch('GET', `${database}/a?revs=true${query}`)).body as {
            _revisions: { ids: string[] };
          }
        )._revisions.ids.length;
      expect(await known('')).toBe(1000);
      expect(
        await write(
          5000,
          ids.map((each) => `f${each.slice(1)}`),
        ),
      ).toMatchObject({ body: [] });
      expect(await known(`&rev=5000-f${hash(0).slice(1)}`)).toBe(branchHistory);
    });

    it('a document has a limited number of branches', async () => {
      const database = await newDatabase();
      const member = await target().addAccount('branching', ['branching']);
      const members = { names: [], roles: ['branching'] };
      await couch('PUT', `${database}/_security`, { admins: { names: [], roles: [] }, members });
      const docs = Array.from({ length: mostBranches + 5 }, (_, index) => ({
        _id: 'a',
        _rev: `1-${hash(index)}`,
      }));
      const body = { new_edits: false, docs };
      const answer = await couch('POST', `${database}/_bulk_docs`, body, { as: member });
      expect(answer.body).toHaveLength(5);
      expect((answer.body as object[])[0]).toMatchObject({ error: 'forbidden' });
    });

    it('a document larger than its limit is refused', async () => {
      const small = await newDatabase();
      // The target accepts smaller bodies than documents, so this goes through the server's own client.
      const body = { text: 'x'.repeat(largestDocument) };

      const reply = await target().client.request('PUT', `${small}/large`, body);
      expect(reply).toMatchObject({ status: 413, body: { error: 'document_too_large', reason: 'large' } });
    });

    it('changes backwards need a limit', async () => {
      const database = await newDatabase();
      expect(failure(await couch('GET', `${database}/_changes?descending=true`))).toEqual([
        400,
        'bad_request',
      ]);
      expect((await couch('GET', `${database}/_changes?descending=true&limit=1`)).status).toBe(200);
    });
  });
});
