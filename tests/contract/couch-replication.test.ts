import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PouchDB from 'pouchdb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { targets, type Target } from './couch-target';

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

  it('continues where it stopped, and again changes nothing', async () => {
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
