import { describe, expect, it } from 'vitest';
import { describeCouchApi, changesOf, revOf, rowsOf } from './couch-api';
import { failure, type Answer } from './couch-target';

describeCouchApi(({ couch, newDatabase, target }) => {
  describe('_all_docs', () => {
    it('lists by range, by key and by keys', async () => {
      const database = await newDatabase();
      const docs = ['a', 'b', 'c', 'd'].map((_id) => ({ _id, was: _id }));
      await couch('POST', `${database}/_bulk_docs`, { docs });
      const ids = async (query: string) =>
        rowsOf(await couch('GET', `${database}/_all_docs?${query}`)).map((row) => row.id);
      expect(await ids('')).toEqual(['a', 'b', 'c', 'd']);
      expect(await ids('startkey="b"&endkey="c"')).toEqual(['b', 'c']);
      expect(await ids('startkey="b"&endkey="c"&inclusive_end=false')).toEqual(['b']);
      expect(await ids('startkey="b"&limit=1&skip=1')).toEqual(['c']);
      expect(await ids('descending=true&limit=2')).toEqual(['d', 'c']);
      expect(await ids('key="c"')).toEqual(['c']);
      expect(await ids('limit=0')).toEqual([]);
      const byKeys = await couch('POST', `${database}/_all_docs?include_docs=true`, {
        keys: ['d', 'zz', 5, 'a'],
      });
      expect(rowsOf(byKeys)).toMatchObject([
        { id: 'd', doc: { _id: 'd', was: 'd' } },
        { key: 'zz', error: 'not_found' },
        { key: 5, error: 'not_found' },
        { id: 'a', doc: { _id: 'a', was: 'a' } },
      ]);
      const counted = await couch('GET', `${database}/_all_docs?update_seq=true`);
      expect(counted.body).toMatchObject({ total_rows: 4, update_seq: expect.any(String) as string });
    });

    it.each([
      ['limit=x', [400, 'query_parse_error']],
      ['limit=-1', [400, 'query_parse_error']],
      ['include_docs=maybe', [400, 'query_parse_error']],
      ['startkey=zz', [400, 'bad_request']],
    ])('refuses ?%s', async (query, expected) => {
      const database = await newDatabase();
      expect(failure(await couch('GET', `${database}/_all_docs?${query}`))).toEqual(expected);
    });
  });

  describe('_design_docs', () => {
    it('lists the design documents and no others, to members', async () => {
      const database = await newDatabase();
      const ids = ['_design/a', '_design/b', '_design/c'];
      for (const _id of [...ids, 'A', 'x', 'design0']) {
        expect((await couch('PUT', `${database}/${_id}`, { language: 'javascript' })).status).toBe(201);
      }
      const list = async (query = '') => rowsOf(await couch('GET', `${database}/_design_docs${query}`));
      const idsOf = async (query: string) => (await list(query)).map(({ id }) => id);
      expect(await idsOf('')).toEqual(ids);
      expect(await idsOf('?descending=true&limit=1')).toEqual(['_design/c']);
      expect(await idsOf('?skip=1&limit=1')).toEqual(['_design/b']);
      expect(await idsOf('?startkey=%22_design/b%22')).toEqual(['_design/b', '_design/c']);
      expect(await idsOf('?key=%22_design/b%22')).toEqual(['_design/b']);
      expect((await list('?include_docs=true&limit=1'))[0]?.doc).toMatchObject({ language: 'javascript' });
      for (const options of [{}, { as: await target().addAccount('stranger', ['desk']) }]) {
        const refused = await target().couch('GET', `${database}/_design_docs`, options);
        expect([401, 403]).toContain(refused.status);
      }
      const users = await target().couch('GET', '/_users/_design_docs');
      expect(users.status).toBe(401);
    });
  });

  describe('_changes', () => {
    it('S6 pages with opaque cursors, every document once', async () => {
      const database = await newDatabase();
      const docs = Array.from({ length: 25 }, (_, index) => ({ _id: `d${index}` }));
      await couch('POST', `${database}/_bulk_docs`, { docs });
      await couch('PUT', `${database}/d3`, { again: true, _rev: revOf(await revOfDocument(database, 'd3')) });
      const seen: string[] = [];
      let since = '0';
      for (let pages = 0; pages < 10; pages += 1) {
        const query = `since=${encodeURIComponent(since)}&limit=10&include_docs=true`;
        const page = changesOf(await couch('GET', `${database}/_changes?${query}`));
        if (page.results.length === 0) break;
        seen.push(...page.results.map(({ id }) => id));
        expect(page.results.every(({ doc }) => doc !== undefined)).toBe(true);
        since = page.last_seq;
      }
      expect(seen.sort()).toEqual(docs.map(({ _id }) => _id).sort());
      const now = changesOf(await couch('GET', `${database}/_changes?since=now`));
      expect(now.results).toEqual([]);
    });

    async function revOfDocument(database: string, id: string): Promise<Answer> {
      const answer = await couch('GET', `${database}/${id}`);
      return { ...answer, body: { rev: (answer.body as { _rev: string })._rev } };
    }

    it('gives deletions, branches on request, and chosen documents', async () => {
      const database = await newDatabase();
      const replicas = [
        { _id: 'a', _rev: '1-aa' },
        { _id: 'a', _rev: '1-bb' },
      ];
      await couch('POST', `${database}/_bulk_docs`, { new_edits: false, docs: replicas });
      await couch('DELETE', `${database}/b?rev=${revOf(await couch('PUT', `${database}/b`, {}))}`);
      const all = changesOf(await couch('GET', `${database}/_changes?style=all_docs`)).results;
      const a = all.find(({ id }) => id === 'a');
      expect(a?.changes.map(({ rev }) => rev).sort()).toEqual(['1-aa', '1-bb']);
      expect(all.find(({ id }) => id === 'b')?.deleted).toBe(true);
      const some = await couch('POST', `${database}/_changes?filter=_doc_ids`, { doc_ids: ['a'] });
      expect(changesOf(some).results.map(({ id }) => id)).toEqual(['a']);
    });

    it('a long poll answers when a change comes, and when the time is up', async () => {
      const database = await newDatabase();
      const first = await couch('PUT', `${database}/a`, {});
      expect(first.status).toBe(201);
      const { last_seq: since } = changesOf(await couch('GET', `${database}/_changes`));
      const from = (cursor: string) => `feed=longpoll&since=${encodeURIComponent(cursor)}`;
      const query = from(since);
      const idle = await couch('GET', `${database}/_changes?${query}&timeout=100`);
      expect(changesOf(idle).results).toEqual([]);
      const beating = await couch('GET', `${database}/_changes?feed=longpoll&heartbeat=100`);
      expect(changesOf(beating).results).toHaveLength(1);
      let cursor = since;
      for (const [id, wait] of Object.entries({ plain: 'timeout=20000', beating: 'heartbeat=200' })) {
        const waiting = couch('GET', `${database}/_changes?${from(cursor)}&${wait}`);
        await couch('PUT', `${database}/${id}`, {});
        const { results, last_seq } = changesOf(await waiting);
        expect(results.map((change) => change.id)).toEqual([id]);
        cursor = last_seq;
      }
    });

    it('a long poll whose client leaves ends by itself', async () => {
      const database = await newDatabase();
      const leaving = new AbortController();
      const polled = fetch(`${target().url}/couch${database}/_changes?feed=longpoll&since=now`, {
        headers: { authorization: `Basic ${btoa(`${target().admin.name}:${target().admin.password}`)}` },
        signal: leaving.signal,
      });
      leaving.abort();
      await expect(polled).rejects.toThrow();
      expect((await couch('GET', database)).status).toBe(200);
    });

    it.each([
      ['feed=zzz', [400, 'bad_request']],
      ['since=zz', [400, 'bad_request']],
      ['filter=foo', [400, 'bad_request']],
    ])('refuses ?%s', async (query, expected) => {
      const database = await newDatabase();
      expect(failure(await couch('GET', `${database}/_changes?${query}`))).toEqual(expected);
    });
  });
});
