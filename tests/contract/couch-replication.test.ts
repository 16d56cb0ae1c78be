import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PouchDB from 'pouchdb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { couchAddress, remoteClient } from '../../src/server/couch/remote-client';
import { basic, couchUrl, removeDocument, send, startEmbedded, targets, type Target } from './couch-target';

const documents = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ _id: `doc ${index}/å`, index, text: 'x'.repeat(index) }));

const idsOf = async (database: PouchDB.Database) =>
  (await database.allDocs()).rows.map(({ id }) => id).sort();

describe.each(targets)('replication with PouchDB over $name', ({ start }) => {
  let target: Target;
  let folder: string;
  let databases = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiski-replica-'));
    target = await start();
  });
  afterAll(async () => {
    await target.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function pair(): Promise<{ local: PouchDB.Database; remote: PouchDB.Database }> {
    databases += 1;
    const path = `/${target.prefix}replica${databases}`;
    expect((await target.couch('PUT', path, { as: target.admin })).status).toBe(201);
    const { name, password } = target.admin;
    return {
      local: new PouchDB(join(folder, String(databases))),
      remote: new PouchDB(`${target.url}/couch${path}`, {
        auth: { username: name, password },
        skip_setup: true,
      }),
    };
  }

  it('both ways, with changes, deletions, branches and attachments', async () => {
    const { local, remote } = await pair();
    await local.bulkDocs(documents(150));
    await remote.bulkDocs([{ _id: 'from there' }]);
    const note = { content_type: 'text/plain', data: Buffer.from('hello').toString('base64') };
    await local.put({ _id: 'noted', _attachments: { 'note.txt': note } });
    await local.remove(await local.get('doc 3/å'));
    await local.bulkDocs([{ _id: 'branched', _rev: '1-aa' } as object, { _id: 'branched', _rev: '1-bb' }], {
      new_edits: false,
    });
    const there = await local.replicate.to(remote, { batch_size: 40 });
    expect(there).toMatchObject({ ok: true, doc_write_failures: 0 });
    await local.replicate.from(remote);
    expect(await idsOf(remote)).toEqual(await idsOf(local));
    expect((await idsOf(local)).length).toBe(152);
    expect(await remote.get('branched', { conflicts: true })).toMatchObject({
      _rev: '1-bb',
      _conflicts: ['1-aa'],
    });
    expect(await remote.get('doc 149/å')).toEqual(await local.get('doc 149/å'));
    const attachment = (await remote.getAttachment('noted', 'note.txt')) as Buffer;
    expect(attachment.toString()).toBe('hello');
    await local.close();
  });

  it('goes on where it stopped, and again changes nothing', async () => {
    const { local, remote } = await pair();
    await remote.bulkDocs(documents(30));
    expect((await local.replicate.from(remote)).docs_written).toBe(30);
    await remote.put({ _id: 'later' });
    expect((await local.replicate.from(remote)).docs_written).toBe(1);
    expect((await local.replicate.from(remote)).docs_read).toBe(0);
    await local.close();
  });

  it('live: a change there arrives here', async () => {
    const { local, remote } = await pair();
    const live = local.replicate.from(remote, { live: true });
    const arrived = new Promise((resolve) => live.on('change', resolve));
    await remote.put({ _id: 'news' });
    await arrived;
    expect(await local.get('news')).toMatchObject({ _id: 'news' });
    const ended = new Promise((resolve) => live.on('complete', resolve));
    live.cancel();
    await ended;
    await local.close();
  });
});

/** A city that moves to a cluster of its own lets that CouchDB fetch everything. */
if (couchUrl !== undefined) {
  const couchdb = new URL(couchUrl);
  describe('a CouchDB replicates with the embedded endpoint', () => {
    const admin = { name: couchdb.username, password: couchdb.password };
    const origin = couchdb.origin;
    let target: Target;

    beforeAll(async () => {
      target = await startEmbedded();
    });
    afterAll(async () => {
      const client = remoteClient(couchAddress(couchdb.href));
      await client.request('DELETE', `/${target.prefix}moved`);
      await removeDocument(client, `/_users/org.couchdb.user:${target.prefix}mover`);
      await target.stop();
    });

    const replicate = (source: object, goal: object, more: object = {}) =>
      send('POST', `${origin}/_replicate`, { as: admin, body: { source, target: goal, ...more } });

    it('pulls from it, pushes to it, and accounts move with their passwords', async () => {
      const name = `${target.prefix}moved`;
      for (const path of [`/${name}`, `/${target.prefix}back`]) {
        expect((await target.couch('PUT', path, { as: target.admin })).status).toBe(201);
      }
      const docs = documents(120);
      await target.couch('POST', `/${name}/_bulk_docs`, { as: target.admin, body: { docs } });
      const here = (path: string) => ({
        url: `${target.url}/couch/${path}`,
        headers: { authorization: basic(target.admin) },
      });
      const there = (path: string) => ({
        url: `${origin}/${path}`,
        headers: { authorization: basic(admin) },
      });
      const pulled = await replicate(here(name), there(name), { create_target: true });
      expect(pulled).toMatchObject({ status: 200, body: { ok: true } });
      const info = await send('GET', `${origin}/${name}`, { as: admin });
      expect(info.body).toMatchObject({ doc_count: 120 });
      const pushed = await replicate(there(name), here(`${target.prefix}back`));
      expect(pulled).toMatchObject({ status: 200 });
      expect(pushed).toMatchObject({ status: 200, body: { ok: true } });
      const back = await target.couch('GET', `/${target.prefix}back`, { as: target.admin });
      expect(back.body).toMatchObject({ doc_count: 120 });

      const mover = await target.addAccount('mover', ['office']);
      const doc_ids = [`org.couchdb.user:${mover.name}`];
      const accounts = await replicate(here('_users'), there('_users'), { doc_ids });
      expect(accounts).toMatchObject({ status: 200, body: { ok: true } });
      const session = await send('GET', `${origin}/_session`, { as: mover });
      expect(session).toMatchObject({
        status: 200,
        body: { userCtx: { name: mover.name, roles: ['office'] } },
      });
    });
  });
}
