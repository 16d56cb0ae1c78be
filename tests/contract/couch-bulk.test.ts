import { describe, expect, it } from 'vitest';
import { describeCouchApi, changesOf, revOf, rowsOf } from './couch-api';
import { failure } from './couch-target';

describeCouchApi(({ couch, newDatabase }) => {
  describe('_bulk_docs', () => {
    it('stores and refuses each document on its own', async () => {
      const database = await newDatabase();
      await couch('PUT', `${database}/there`, {});
      const docs = [{ _id: 'there' }, { _id: 'new' }, { _id: 'new' }, { x: 1 }];
      const answer = await couch('POST', `${database}/_bulk_docs`, { docs });
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual([
        { id: 'there', error: 'conflict', reason: 'Document update conflict.' },
        { ok: true, id: 'new', rev: expect.stringMatching(/^1-/) as string },
        { id: 'new', error: 'conflict', reason: 'Document update conflict.' },
        { ok: true, id: expect.any(String) as string, rev: expect.stringMatching(/^1-/) as string },
      ]);
    });

    it('S2 with new_edits false the same document twice is the same document', async () => {
      const database = await newDatabase();
      const docs = [{ _id: 'a', _revisions: { start: 2, ids: ['bb', 'aa'] }, x: 1 }];
      for (let time = 0; time < 2; time += 1) {
        const answer = await couch('POST', `${database}/_bulk_docs`, { new_edits: false, docs });
        expect(answer).toMatchObject({ status: 201, body: [] });
      }
      expect((await couch('GET', `${database}/a?conflicts=true`)).body).toEqual({
        _id: 'a',
        _rev: '2-bb',
        x: 1,
      });
      expect(changesOf(await couch('GET', `${database}/_changes`)).results).toHaveLength(1);
    });

    it.each([
      ['no docs', {}, [400, 'bad_request']],
      ['a list', [], [400, 'bad_request']],
      ['docs that are no list', { docs: 5 }, [400, 'bad_request']],
      ['a document that is none', { docs: [5] }, [400, 'bad_request']],
      ['an id that is no text', { docs: [{ _id: 5 }] }, [400, 'illegal_docid']],
      ['an empty id', { docs: [{ _id: '' }] }, [400, 'illegal_docid']],
      ['a reserved id', { docs: [{ _id: '_x' }] }, [400, 'illegal_docid']],
      [
        'an unknown special member',
        { docs: [{ _id: 'q', _zip: 1 }, { _id: 'ok' }] },
        [400, 'doc_validation'],
      ],
      ['new_edits that is no boolean', { new_edits: 'x', docs: [] }, [400, 'bad_request']],
      ['a replica without revision', { new_edits: false, docs: [{ _id: 'n' }] }, [400, 'bad_request']],
      ['a revision of another form', { docs: [{ _id: 'n', _rev: 'zzz' }] }, [400, 'bad_request']],
    ])('refuses the whole of a request with %s', async (_what, body, expected) => {
      const database = await newDatabase();
      expect(failure(await couch('POST', `${database}/_bulk_docs`, body))).toEqual(expected);
      expect(rowsOf(await couch('GET', `${database}/_all_docs`))).toEqual([]);
    });

    it('requires JSON, and not more than it accepts', async () => {
      const database = await newDatabase();
      const text = { headers: { 'content-type': 'text/plain' } };
      const plain = await couch('POST', `${database}/_bulk_docs`, '{"docs":[]}', text);
      expect(failure(plain)).toEqual([415, 'bad_content_type']);
      const docs = [{ _id: 'large', text: 'x'.repeat(300_000) }];
      expect(failure(await couch('POST', `${database}/_bulk_docs`, { docs }))).toEqual([
        413,
        'document_too_large',
      ]);
    });
  });

  describe('_bulk_get and _revs_diff', () => {
    it('gets many at once, each found or not', async () => {
      const database = await newDatabase();
      const rev = revOf(await couch('PUT', `${database}/a`, { x: 1 }));
      const docs = [{ id: 'a' }, { id: 'a', rev }, { id: 'none' }, { id: 'a', rev: '9-ff' }, { x: 1 }];
      const answer = await couch('POST', `${database}/_bulk_get?revs=true`, { docs });
      expect(answer.status).toBe(200);
      const { results } = answer.body as { results: { docs: { ok?: object; error?: object }[] }[] };
      expect(results.map(({ docs: [doc] }) => Object.keys(doc ?? {}))).toEqual([
        ['ok'],
        ['ok'],
        ['error'],
        ['error'],
        ['error'],
      ]);
      expect(results[1]?.docs[0]?.ok).toMatchObject({ x: 1, _revisions: { start: 1 } });
      expect(results[2]?.docs[0]?.error).toMatchObject({ id: 'none', error: 'not_found' });
      expect(failure(await couch('POST', `${database}/_bulk_get`, {}))).toEqual([400, 'bad_request']);
    });

    it('says which revisions are missing', async () => {
      const database = await newDatabase();
      const rev = revOf(await couch('PUT', `${database}/a`, {}));
      const asked = { a: [rev, '9-ff'], b: ['1-aa'] };
      const answer = await couch('POST', `${database}/_revs_diff`, asked);
      expect(answer).toMatchObject({
        status: 200,
        body: { a: { missing: ['9-ff'] }, b: { missing: ['1-aa'] } },
      });
      const all = await couch('POST', `${database}/_revs_diff`, { a: [rev] });
      expect(all.body).toEqual({});
      expect(failure(await couch('POST', `${database}/_revs_diff`, []))).toEqual([400, 'bad_request']);
      expect(failure(await couch('POST', `${database}/_revs_diff`, { a: ['x'] }))).toEqual([
        400,
        'bad_request',
      ]);
      const commit = await couch('POST', `${database}/_ensure_full_commit`, {});
      expect(commit).toMatchObject({ status: 201, body: { ok: true } });
    });
  });
});
