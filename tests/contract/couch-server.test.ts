import { describe, expect, it } from 'vitest';
import { describeCouchApi } from './couch-api';
import { failure } from './couch-target';

describeCouchApi(({ couch, newDatabase, target }) => {
  describe('server', () => {
    it('welcomes anybody, and says that it is up', async () => {
      const welcome = await target().couch('GET', '/');
      expect(welcome).toMatchObject({ status: 200, body: { couchdb: 'Welcome' } });
      expect(await target().couch('GET', '/_up')).toMatchObject({ status: 200, body: { status: 'ok' } });
    });

    it('lists databases for administrators only', async () => {
      const database = await newDatabase();
      expect((await couch('GET', '/_all_dbs')).body).toContain(database.slice(1));
      expect(failure(await target().couch('GET', '/_all_dbs'))).toEqual([401, 'unauthorized']);
    });

    it('answers 404 for what is not on the list, 405 for another method', async () => {
      const database = await newDatabase();
      for (const path of ['/_nothing', '/Capital', `${database}/_nothing`, `${database}/_changes/queries`]) {
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

    it('says by name what a CouchDB has and this server doesn’t: 501, whoever asks and however', async () => {
      const database = await newDatabase();
      const missing: [path: string, name: string][] = [
        ['/_active_tasks', '_active_tasks'],
        ['/_node/_local/_config', '_node'],
        ['/_replicate', '_replicate'],
        [`${database}/_find`, '_find'],
        [`${database}/_index`, '_index'],
        [`${database}/_local_docs`, '_local_docs'],
        [`${database}/%5flocal_docs`, '_local_docs'],
        [`${database}/_purge`, '_purge'],
        [`${database}/_compact/tiski`, '_compact'],
        [`${database}/_partition/x/_all_docs`, '_partition'],
        [`${database}/_all_docs/queries`, '_all_docs/queries'],
        [`${database}/_design/tiski/_view/x`, '_view'],
        [`${database}/_design/tiski/_update/x/y`, '_update'],
      ];
      for (const [path, name] of missing) {
        for (const options of [{}, { as: target().admin }]) {
          for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
            const body = method === 'POST' || method === 'PUT' ? { body: {} } : {};
            const answer = await target().couch(method, path, { ...options, ...body });
            expect([path, method, ...failure(answer)]).toEqual([path, method, 501, 'not_implemented']);
            expect((answer.body as { reason: string }).reason).toContain(name);
          }
        }
      }
    });

    it('has no `feed=eventsource`, and says so', async () => {
      const database = await newDatabase();
      const answer = await couch('GET', `${database}/_changes?feed=eventsource`);
      expect(failure(answer)).toEqual([400, 'bad_request']);
      expect((answer.body as { reason: string }).reason).toContain('feed');
    });

    it('generates ids for anybody, up to 1,000', async () => {
      const idsOf = async (query: string) =>
        ((await target().couch('GET', `/_uuids${query}`)).body as { uuids: string[] }).uuids;
      expect(await idsOf('')).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
      expect(new Set(await idsOf('?count=1000')).size).toBe(1000);
      expect((await target().couch('GET', '/_uuids?count=1001')).status).toBe(400);
    });

    it('never makes the browser show its own sign-in dialog', async () => {
      const database = await newDatabase();
      for (const options of [{}, { as: { name: 'nobody', password: 'x' } }]) {
        const answer = await target().couch('GET', database, options);
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBeNull();
      }
    });
  });

  describe('database', () => {
    it('is created once, described, and deleted', async () => {
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
      const slashed = `/${target().prefix}a%2Fb`;
      expect((await couch('PUT', slashed)).status).toBe(201);
      expect((await couch('GET', slashed)).body).toMatchObject({ db_name: `${target().prefix}a/b` });
    });

    it('is created and deleted by administrators only', async () => {
      const database = await newDatabase();
      const user = await target().addAccount('maker', ['office']);
      for (const options of [{}, { as: user }]) {
        const made = await target().couch('PUT', `/${target().prefix}other`, options);
        expect(failure(made)).toEqual([401, 'unauthorized']);
        expect(failure(await target().couch('DELETE', database, options))).toEqual([401, 'unauthorized']);
      }
    });

    it('is closed to all but administrators until its _security says otherwise', async () => {
      const database = await newDatabase();
      const user = await target().addAccount('reader', ['readers']);
      const as = { as: user };
      expect(failure(await target().couch('GET', database))).toEqual([401, 'unauthorized']);
      expect(failure(await target().couch('GET', database, as))).toEqual([403, 'forbidden']);
      const security = { admins: { names: [], roles: [] }, members: { names: [], roles: ['readers'] } };
      expect(await couch('PUT', `${database}/_security`, security)).toMatchObject({ status: 200 });
      expect((await target().couch('GET', `${database}/_security`, as)).body).toEqual(security);
      expect((await target().couch('GET', database, as)).status).toBe(200);
      // CouchDB 3.5 answers 500 "no_majority" here; what counts is that nothing changes.
      const forged = { admins: { names: [user.name], roles: [] }, members: { names: [], roles: [] } };
      const change = await target().couch('PUT', `${database}/_security`, { ...as, body: forged });
      expect(change.status).toBeGreaterThanOrEqual(400);
      expect((await couch('GET', `${database}/_security`)).body).toEqual(security);
      const everything = await target().couch('GET', `${database}/_all_docs`);
      expect(failure(everything)).toEqual([401, 'unauthorized']);
    });
  });
});
