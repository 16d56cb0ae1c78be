import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, targets, type Answer, type CallOptions, type Target } from './couch-target';

interface Row {
  id: string;
  value?: { rev: string };
  doc?: { _id: string };
}
interface Changes {
  results: { id: string; seq: string; changes: { rev: string }[]; doc?: object; deleted?: boolean }[];
  last_seq: string;
}

const revOf = ({ body }: Answer) => (body as { rev: string }).rev;
const rowsOf = ({ body }: Answer) => (body as { rows: Row[] }).rows;
const changesOf = ({ body }: Answer) => body as Changes;

describe.each(targets)('the CouchDB API over $name', ({ start }) => {
  let target: Target;
  let databases = 0;

  beforeAll(async () => {
    target = await start();
  });
  afterAll(() => target.stop());

  /** As the server's administrator. */
  const couch = (method: string, path: string, body?: unknown, options: CallOptions = {}) =>
    target.couch(method, path, { as: target.admin, ...(body === undefined ? {} : { body }), ...options });

  async function newDatabase(): Promise<string> {
    databases += 1;
    const path = `/${target.prefix}db${databases}`;
    expect((await couch('PUT', path)).status).toBe(201);
    return path;
  }

  describe('server', () => {
    it('welcomes, and says it is up, to anybody', async () => {
      const welcome = await target.couch('GET', '/');
      expect(welcome).toMatchObject({ status: 200, body: { couchdb: 'Welcome' } });
      expect(await target.couch('GET', '/_up')).toMatchObject({ status: 200, body: { status: 'ok' } });
    });

    it('lists databases for administrators only', async () => {
      const database = await newDatabase();
      expect((await couch('GET', '/_all_dbs')).body).toContain(database.slice(1));
      expect(failure(await target.couch('GET', '/_all_dbs'))).toEqual([401, 'unauthorized']);
    });

    it('answers 404 for what is not on the list, 405 for another method', async () => {
      const database = await newDatabase();
      for (const path of [
        '/_nothing',
        '/_active_tasks',
        '/_node/_local/_config',
        '/Capital',
        `${database}/_find`,
      ]) {
        expect([path, ...failure(await couch('GET', path))]).toEqual([path, 404, 'not_found']);
      }
      for (const [method, path] of [
        ['POST', '/_up'],
        ['PATCH', database],
        ['GET', `${database}/_bulk_docs`],
        ['DELETE', `${database}/_changes`],
        ['PUT', '/_session'],
        ['PUT', `${database}/_all_docs`],
        ['GET', `${database}/_revs_diff`],
      ] as const) {
        const answer = await couch(method, path);
        expect([path, ...failure(answer)]).toEqual([path, 405, 'method_not_allowed']);
      }
    });

    it('never asks the browser for its own sign-in dialog', async () => {
      const database = await newDatabase();
      for (const options of [{}, { as: { name: 'nobody', password: 'x' } }]) {
        const answer = await target.couch('GET', database, options);
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBeNull();
      }
    });
  });

  describe('database', () => {
    it('is made once, described, and deleted', async () => {
      const database = await newDatabase();
      expect(failure(await couch('PUT', database))).toEqual([412, 'file_exists']);
      const info = await couch('GET', database);
      expect(info).toMatchObject({ status: 200, body: { db_name: database.slice(1), doc_count: 0 } });
      expect((info.body as { update_seq: unknown }).update_seq).toEqual(expect.any(String));
      expect((await couch('HEAD', database)).status).toBe(200);
      expect(await couch('DELETE', database)).toMatchObject({ status: 200, body: { ok: true } });
      expect(failure(await couch('GET', database))).toEqual([404, 'not_found']);
      expect(failure(await couch('GET', `${database}/x`))).toEqual([404, 'not_found']);
      expect(failure(await couch('DELETE', database))).toEqual([404, 'not_found']);
    });

    it('has a name of lowercase letters, digits and _$()+-/', async () => {
      expect(failure(await couch('PUT', '/Hack'))).toEqual([400, 'illegal_database_name']);
      expect(failure(await couch('PUT', '/_hack'))).toEqual([400, 'illegal_database_name']);
      const slashed = `/${target.prefix}a%2Fb`;
      expect((await couch('PUT', slashed)).status).toBe(201);
      expect((await couch('GET', slashed)).body).toMatchObject({ db_name: `${target.prefix}a/b` });
    });

    it('is made and deleted by administrators only', async () => {
      const database = await newDatabase();
      const user = await target.addAccount('maker', ['office']);
      for (const options of [{}, { as: user }]) {
        const made = await target.couch('PUT', `/${target.prefix}other`, options);
        expect(failure(made)).toEqual([401, 'unauthorized']);
        expect(failure(await target.couch('DELETE', database, options))).toEqual([401, 'unauthorized']);
      }
    });

    it('is closed to all but administrators until its _security says otherwise', async () => {
      const database = await newDatabase();
      const user = await target.addAccount('reader', ['readers']);
      const as = { as: user };
      expect(failure(await target.couch('GET', database))).toEqual([401, 'unauthorized']);
      expect(failure(await target.couch('GET', database, as))).toEqual([403, 'forbidden']);
      const security = { admins: { names: [], roles: [] }, members: { names: [], roles: ['readers'] } };
      expect(await couch('PUT', `${database}/_security`, security)).toMatchObject({ status: 200 });
      expect((await target.couch('GET', `${database}/_security`, as)).body).toEqual(security);
      expect((await target.couch('GET', database, as)).status).toBe(200);
      // CouchDB 3.5 answers 500 "no_majority" here; what counts is that nothing changes.
      const forged = { admins: { names: [user.name], roles: [] }, members: { names: [], roles: [] } };
      const change = await target.couch('PUT', `${database}/_security`, { ...as, body: forged });
      expect(change.status).toBeGreaterThanOrEqual(400);
      expect((await couch('GET', `${database}/_security`)).body).toEqual(security);
      const everything = await target.couch('GET', `${database}/_all_docs`);
      expect(failure(everything)).toEqual([401, 'unauthorized']);
    });
  });

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

    it('tells its revisions and conflicts when asked', async () => {
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

    it('stands for one that is there already or is refused', async () => {
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

    it('S8 _local/epoch is written by nobody from outside, in whatever spelling', async () => {
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

    it('wants JSON, and not more of it than it takes', async () => {
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

    it('tells which revisions are missing', async () => {
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

    it('tells deletions, branches when asked, and chosen documents', async () => {
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

    it('a long poll answers when a change comes, and when the time is over', async () => {
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

    it('a long poll that its client leaves ends by itself', async () => {
      const database = await newDatabase();
      const leaving = new AbortController();
      const polled = fetch(`${target.url}/couch${database}/_changes?feed=longpoll&since=now`, {
        headers: { authorization: `Basic ${btoa(`${target.admin.name}:${target.admin.password}`)}` },
        signal: leaving.signal,
      });
      leaving.abort();
      await expect(polled).rejects.toThrow();
      expect((await couch('GET', database)).status).toBe(200);
    });

    it.each([
      ['feed=continuous', [400, 'bad_request']],
      ['feed=zzz', [400, 'bad_request']],
      ['since=zz', [400, 'bad_request']],
      ['filter=foo', [400, 'bad_request']],
    ])('refuses ?%s', async (query, expected) => {
      const database = await newDatabase();
      expect(failure(await couch('GET', `${database}/_changes?${query}`))).toEqual(expected);
    });
  });
});
