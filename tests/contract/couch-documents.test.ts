import { describe, expect, it } from 'vitest';
import { describeCouchApi, changesOf, revOf, rowsOf } from './couch-api';
import { failure } from './couch-target';

describeCouchApi(({ couch, newDatabase }) => {
  describe('document', () => {
    it('is stored, read, changed and deleted by revision', async () => {
      const doc = `${await newDatabase()}/a`;
      const first = await couch('PUT', doc, { x: 1 });
      expect(first).toMatchObject({ status: 201, body: { ok: true, id: 'a' } });
      expect(failure(await couch('PUT', doc, { x: 2 }))).toEqual([409, 'conflict']);
      expect(failure(await couch('PUT', `${doc}?rev=1-abc`, { x: 2 }))).toEqual([409, 'conflict']);
      const second = await couch('PUT', doc, { x: 2, _rev: revOf(first) });
      const third = await couch('PUT', `${doc}?rev=${revOf(second)}`, { x: 3 });
      const fourth = await couch('PUT', doc, { x: 4 }, { headers: { 'if-match': revOf(third) } });
      expect((await couch('GET', doc)).body).toEqual({ _id: 'a', _rev: revOf(fourth), x: 4 });
      expect(failure(await couch('DELETE', doc))).toEqual([409, 'conflict']);
      expect((await couch('DELETE', `${doc}?rev=${revOf(fourth)}`)).status).toBe(200);
      expect((await couch('GET', doc)).body).toEqual({ error: 'not_found', reason: 'deleted' });
      expect((await couch('GET', `${doc}b`)).body).toEqual({ error: 'not_found', reason: 'missing' });
      expect(failure(await couch('DELETE', `${doc}b`))).toEqual([404, 'not_found']);
      expect((await couch('PUT', doc, { x: 5 })).status).toBe(201);
    });

    it('gives its revisions and conflicts on request', async () => {
      const database = await newDatabase();
      const replicas = [
        { _id: 'a', _rev: '1-aa' },
        { _id: 'a', _revisions: { start: 2, ids: ['bb', 'aa'] } },
        { _id: 'a', _revisions: { start: 2, ids: ['cc', 'aa'] } },
      ];
      await couch('POST', `${database}/_bulk_docs`, { new_edits: false, docs: replicas });
      const read = await couch('GET', `${database}/a?revs=true&conflicts=true`);
      expect(read.body).toMatchObject({
        _rev: '2-cc',
        _revisions: { start: 2, ids: ['cc', 'aa'] },
        _conflicts: ['2-bb'],
      });
      const old = await couch('GET', `${database}/a?rev=2-bb`);
      expect(old.body).toMatchObject({ _rev: '2-bb' });
      expect(failure(await couch('GET', `${database}/a?rev=9-ff`))).toEqual([404, 'not_found']);
      expect(failure(await couch('GET', `${database}/a?rev=zz`))).toEqual([400, 'bad_request']);
      const accept = { headers: { accept: 'application/json' } };
      const leaves = await couch('GET', `${database}/a?open_revs=all`, undefined, accept);
      const found = (leaves.body as { ok: { _rev: string } }[]).map(({ ok }) => ok._rev);
      expect(found.sort()).toEqual(['2-bb', '2-cc']);
      const named = await couch('GET', `${database}/a?open_revs=["7-ee"]`, undefined, accept);
      expect(named.body).toEqual([{ missing: '7-ee' }]);
    });

    it('keeps ids of every kind apart', async () => {
      const database = await newDatabase();
      const ids = [
        'a/b',
        'a b',
        'å',
        '日本',
        '😀',
        'ÿz',
        'constructor',
        'hasOwnProperty',
        'a+b',
        'a?b',
        '%41',
        '-',
      ];
      for (const id of ids) {
        const path = `${database}/${encodeURIComponent(id)}`;
        expect(await couch('PUT', path, { was: id })).toMatchObject({ status: 201, body: { id } });
      }
      for (const id of ids) {
        const read = await couch('GET', `${database}/${encodeURIComponent(id)}`);
        expect(read.body).toMatchObject({ _id: id, was: id });
      }
      const listed = rowsOf(await couch('GET', `${database}/_all_docs`)).map((row) => row.id);
      expect(listed.sort()).toEqual([...ids].sort());
    });

    it('refuses ids and members that begin with an underscore', async () => {
      const database = await newDatabase();
      for (const id of ['_x', '__proto__']) {
        expect(failure(await couch('PUT', `${database}/${id}`, {}))).toEqual([400, 'illegal_docid']);
        expect(failure(await couch('GET', `${database}/${id}`))).toEqual([404, 'not_found']);
      }
      for (const member of ['_foo', '_rev_tree', '_removed']) {
        const answer = await couch('PUT', `${database}/a`, { [member]: 1 });
        expect(failure(answer)).toEqual([400, 'doc_validation']);
      }
    });

    it.each([
      ['a list', '[]', [400, 'bad_request']],
      ['a text', '"x"', [400, 'bad_request']],
      ['nothing', '', [400, 'bad_request']],
      ['half of it', '{"a":', [400, 'bad_request']],
      ['a revision of another form', '{"_rev":5}', [400, 'bad_request']],
      ['a deletion that is no boolean', '{"_deleted":5}', [400, 'doc_validation']],
      ['attachments that are none', '{"_attachments":5}', [400, 'doc_validation']],
      ['revisions that are none', '{"_revisions":5}', [400, 'doc_validation']],
    ])('refuses %s as a body', async (_what, body, expected) => {
      const database = await newDatabase();
      expect(failure(await couch('PUT', `${database}/a`, body))).toEqual(expected);
    });

    it('gets an id from the server when it is posted without one', async () => {
      const database = await newDatabase();
      const made = await couch('POST', database, { x: 1 });
      expect(made.status).toBe(201);
      const { id } = made.body as { id: string };
      expect((await couch('GET', `${database}/${id}`)).body).toMatchObject({ x: 1 });
      expect(await couch('POST', database, { _id: 'own' })).toMatchObject({
        status: 201,
        body: { id: 'own' },
      });
    });
  });

  describe('attachment', () => {
    it('is stored, read and deleted, and kept as a stub', async () => {
      const database = await newDatabase();
      const text = { headers: { 'content-type': 'text/plain' } };
      const put = await couch('PUT', `${database}/a/note.txt`, 'hello', text);
      expect(put.status).toBe(201);
      const read = await couch('GET', `${database}/a/note.txt`);
      expect(read.body).toBe('hello');
      expect(read.headers.get('content-type')).toMatch(/^text\/plain/);
      expect(read.headers.get('content-disposition')).toBe('attachment');
      const stub = { 'note.txt': { stub: true, content_type: 'text/plain', length: 5 } };
      expect((await couch('GET', `${database}/a`)).body).toMatchObject({ _attachments: stub });
      const kept = { _rev: revOf(put), x: 1, _attachments: { 'note.txt': { stub: true } } };
      const changed = await couch('PUT', `${database}/a`, kept);
      expect((await couch('GET', `${database}/a/note.txt`)).body).toBe('hello');
      const gone = await couch('DELETE', `${database}/a/note.txt?rev=${revOf(changed)}`);
      expect(gone.status).toBe(200);
      expect(failure(await couch('GET', `${database}/a/note.txt`))).toEqual([404, 'not_found']);
    });

    it('stands for one that is already there or is refused', async () => {
      const database = await newDatabase();
      const invented = { _attachments: { x: { stub: true, digest: 'md5-XrY7u+Ae7tCTyyK7j1rNww==' } } };
      expect((await couch('PUT', `${database}/a`, invented)).status).toBe(412);
    });
  });

  describe('_local', () => {
    it('is written, changed and deleted, and listed nowhere', async () => {
      const database = await newDatabase();
      const path = `${database}/_local/checkpoint`;
      expect(failure(await couch('GET', path))).toEqual([404, 'not_found']);
      const first = await couch('PUT', path, { seq: 1 });
      expect(first).toMatchObject({ status: 201, body: { ok: true, id: '_local/checkpoint', rev: '0-1' } });
      expect((await couch('PUT', path, { seq: 2, _rev: '0-1' })).status).toBe(201);
      expect((await couch('GET', path)).body).toMatchObject({ _id: '_local/checkpoint', seq: 2 });
      expect(rowsOf(await couch('GET', `${database}/_all_docs`))).toEqual([]);
      expect(changesOf(await couch('GET', `${database}/_changes`)).results).toEqual([]);
      expect((await couch('DELETE', path)).status).toBe(200);
      expect(failure(await couch('GET', path))).toEqual([404, 'not_found']);
      expect(failure(await couch('PUT', path, []))).toEqual([400, 'bad_request']);
    });

    it("accepts a checkpoint as CouchDB's replicator sends it, with `_revisions`", async () => {
      const path = `${await newDatabase()}/_local/${'0c'.repeat(16)}`;
      const checkpoint = { _id: path.slice(path.indexOf('_local')), history: [{ recorded_seq: '5-x' }] };
      const fresh = { ...checkpoint, _revisions: { start: 0, ids: [] } };
      expect(await couch('PUT', path, fresh)).toMatchObject({ status: 201, body: { rev: '0-1' } });
      const next = {
        ...checkpoint,
        source_last_seq: '7-y',
        _rev: '0-1',
        _revisions: { start: 0, ids: ['1'] },
      };
      expect(await couch('PUT', path, next)).toMatchObject({ status: 201, body: { rev: '0-2' } });
      const stored = (await couch('GET', path)).body;
      expect(stored).toEqual({ ...checkpoint, source_last_seq: '7-y', _rev: '0-2' });
    });

    it('S8 _local/epoch can’t be written from outside, however it is spelled', async () => {
      const database = await newDatabase();
      const body = { epoch: 'forged' };
      for (const path of ['_local/epoch', '_local%2Fepoch', '_local/e%70och', '%5Flocal/epoch']) {
        const answer = await couch('PUT', `${database}/${path}`, body);
        expect([path, ...failure(answer)]).toEqual([path, 403, 'forbidden']);
        expect(failure(await couch('DELETE', `${database}/${path}`))).toEqual([403, 'forbidden']);
      }
      const doubled = await couch('PUT', `${database}//_local/epoch`, body);
      expect(doubled.status).toBeGreaterThanOrEqual(400);
      const document = { _id: '_local/epoch', ...body };
      for (const docs of [[document], [{ _id: 'x' }, document]]) {
        const bulk = await couch('POST', `${database}/_bulk_docs`, { docs });
        expect(failure(bulk)).toEqual([400, 'bad_request']);
      }
      expect(failure(await couch('POST', database, document))).toEqual([400, 'bad_request']);
      const disguised = { 'x-http-method-override': 'PUT' };
      await couch('POST', `${database}/_local/epoch`, body, { headers: disguised });
      expect(failure(await couch('GET', `${database}/_local/epoch`))).toEqual([404, 'not_found']);
    });
  });
});
