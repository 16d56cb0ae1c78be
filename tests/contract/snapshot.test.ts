import { rm } from 'node:fs/promises';
import PouchDB from 'pouchdb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerDatabase } from '$lib/documents/databases';
import type { SnapshotManifest } from '$lib/documents/register/packed/snapshot-document';
import { createLocalStore } from '$lib/store/local-store';
import { countCards, findCard } from '$lib/store/register';
import { pullDocuments } from '$lib/sync/pull-documents';
import { createCouchServer } from '../../src/lib/remote/couch-server';
import { documentPath, requireOk, type CouchClient } from '../../src/server/couch/client';
import { readEpoch } from '../../src/server/epochs/read-epoch';
import { provision } from '../../src/server/provision/provision';
import { isDue, keepSnapshot, snapshotAge } from '../../src/server/snapshot/keep-snapshot';
import { makeSnapshot } from '../../src/server/snapshot/make-snapshot';
import { otherSnapshots, removeOtherSnapshots } from '../../src/server/snapshot/other-snapshots';
import { aCard, cardNumber } from '../builders';
import { aPairedDatabase, sundayMorning } from '../paired-database';
import { startTestServer, type TestServer } from '../server';
import { startEmbedded, targets, type Target } from './couch-target';

const write = (client: CouchClient, docs: object[]) =>
  requireOk(client, 'POST', `/${registerDatabase}/_bulk_docs`, { docs });
const cards = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    aCard(cardNumber(from + index), { codes: [{ kind: 'barcode', value: `LR${from + index}` }] }),
  );

const snapshotPath = (epoch: string) => documentPath(registerDatabase, `snapshot:${epoch}`);
async function snapshotDocument(client: CouchClient) {
  const document = await requireOk(client, 'GET', snapshotPath(await readEpoch(client, registerDatabase)));
  return document as SnapshotManifest & { _rev: string; _attachments: object };
}
async function removeSnapshot(client: CouchClient): Promise<void> {
  const { epoch, _rev } = await snapshotDocument(client);
  await requireOk(client, 'DELETE', `${snapshotPath(epoch)}?rev=${_rev}`);
}

const fail = (error: unknown) => {
  throw error;
};

describe.each(targets)('a snapshot of a register in $name', ({ start }) => {
  let target: Target;
  beforeAll(async () => {
    target = await start();
    await provision(target.client);
  });
  afterAll(() => target.stop());

  async function aNewDesk() {
    const db = await aPairedDatabase();
    const world = { couchUrl: `${target.url}/couch`, apiUrl: '', now: Date.now };
    const remote = createCouchServer(world, target.admin).database(registerDatabase);
    const pages: number[] = [];
    const counting = {
      ...remote,
      name: registerDatabase,
      // With the tests' prefix it is not one of Tiski's.
      epoch: async () => ({ ok: true as const, value: await readEpoch(target.client, registerDatabase) }),
      async changes(since: string, limit: number) {
        const page = await remote.changes(since, limit);
        if (page.ok) pages.push(page.value.changes.length);
        return page;
      },
    };
    const pull = () =>
      pullDocuments(
        counting,
        createLocalStore(db, () => sundayMorning),
        { sessionEpoch: 'session' },
      );
    return { db, pull, pages };
  }

  it('S18 brings a new desk everything at once, and then what came later', async () => {
    await write(target.client, cards(1, 3_000));
    expect(await makeSnapshot(target.client)).toMatchObject({ kind: 'made', cards: 3_000 });
    const path = `/${registerDatabase}/card:${cardNumber(7)}`;
    const { _rev } = (await requireOk(target.client, 'GET', path)) as { _rev: string };
    const deletion = { _id: `card:${cardNumber(7)}`, _rev, _deleted: true };
    await write(target.client, [deletion, aCard(cardNumber(3_001))]);
    const { db, pull, pages } = await aNewDesk();
    expect((await pull()).ok).toBe(true);
    // The snapshot itself, a deletion and a new card.
    expect(pages).toEqual([3]);
    expect(await countCards(db)).toBe(3_000);
    expect(await findCard(db, { kind: 'number', number: cardNumber(7) })).toBeUndefined();
    expect(await findCard(db, { kind: 'other', value: 'LR2999' })).toMatchObject({
      number: cardNumber(2_999),
    });
    expect(await db.quarantine.count()).toBe(0);
  });

  it('S18 is only made again if it would be different, and has no parts of the former', async () => {
    expect(await makeSnapshot(target.client)).toMatchObject({ kind: 'made', cards: 3_000 });
    expect(await makeSnapshot(target.client)).toEqual({ kind: 'unchanged' });
    const { parts, _attachments } = await snapshotDocument(target.client);
    expect(Object.keys(_attachments).sort()).toEqual(parts.map(({ name }) => name).sort());
  });

  it('S18 is made again if an older server packed it in another format', async () => {
    const document = await snapshotDocument(target.client);
    await requireOk(target.client, 'PUT', snapshotPath(document.epoch), { ...document, format: 1 });
    const { db, pull } = await aNewDesk();
    expect((await pull()).ok).toBe(true);
    expect(await db.packed.count()).toBe(0);
    expect(isDue(await snapshotAge(target.client), 2_000)).toBe(true);
    expect(await makeSnapshot(target.client)).toMatchObject({ kind: 'made', cards: 3_000 });
  });

  it('S18 can’t be written by those who write cards', async () => {
    const { epoch, _rev } = await snapshotDocument(target.client);
    const as = await target.addAccount('clerk', ['office']);
    const path = snapshotPath(epoch);
    expect((await target.couch('GET', path, { as })).status).toBe(200);
    expect((await target.couch('DELETE', `${path}?rev=${_rev}`, { as })).status).toBe(403);
    const forged = { _id: `snapshot:${epoch}`, _rev, type: 'snapshot', v: 1, format: 1, epoch };
    expect((await target.couch('PUT', path, { as, body: forged })).status).toBe(403);
  });

  it('S18 is made by itself, when the register is worth it', async () => {
    await removeSnapshot(target.client);
    const keeping = keepSnapshot(target.client, {}, fail);
    await vi.waitFor(
      async () => expect(await snapshotDocument(target.client)).toMatchObject({ cards: 3_000 }),
      20_000,
    );
    await keeping.stop();
  });
});

describe.each(targets)('a register that replicates with one in $name', ({ start }) => {
  let here: Target;
  let there: Target;
  beforeAll(async () => {
    [here, there] = [await startEmbedded(), await start()];
    for (const { client } of [here, there]) await provision(client);
  });
  afterAll(async () => {
    await here.stop();
    await there.stop();
  });

  const register = ({ url, admin: { name, password } }: Target) =>
    new PouchDB(`${url}/couch/${registerDatabase}`, {
      auth: { username: name, password },
      skip_setup: true,
    });
  const snapshotsOf = async ({ client }: Target) => {
    const query = 'startkey=%22snapshot:%22&endkey=%22snapshot%3B%22';
    const body = await requireOk(client, 'GET', `/${registerDatabase}/_all_docs?${query}`);
    return (body as { rows: { id: string }[] }).rows.map(({ id }) => id);
  };

  it('S18 has the snapshots of both, of which each keeps its own, and those of others go when somebody says so', async () => {
    await write(here.client, cards(1, 300));
    await makeSnapshot(here.client);
    await PouchDB.replicate(register(here), register(there));
    expect(await makeSnapshot(there.client)).toMatchObject({ kind: 'made', cards: 300 });
    const { _id: own } = await snapshotDocument(there.client);
    const { _id: other, parts } = await snapshotDocument(here.client);
    expect(await snapshotsOf(there)).toEqual([own, other].sort());
    const [found] = await otherSnapshots(there.client);
    expect(found).toMatchObject({ id: other, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) });

    expect(await removeOtherSnapshots(there.client)).toEqual([found]);
    expect(await snapshotsOf(there)).toEqual([own]);
    expect(await removeOtherSnapshots(there.client)).toEqual([]);
  });

  it('S18 replicates the deletion if replication is two-way, and the other server packs again', async () => {
    await PouchDB.replicate(register(there), register(here));
    const { _id: ofThere } = await snapshotDocument(there.client);
    expect(await snapshotsOf(here)).toEqual([ofThere]);
    expect(await makeSnapshot(here.client)).toMatchObject({ kind: 'made', cards: 300 });
    await PouchDB.replicate(register(here), register(there));
    expect(await snapshotsOf(there)).toEqual(await snapshotsOf(here));
    expect(await snapshotsOf(there)).toHaveLength(2);
  });
});

describe('a snapshot of a server that runs', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(async () => {
    await server.close();
    await rm(server.dataDir, { recursive: true, force: true });
  });

  it('S18 is made after a start, and replaces the previous one', async () => {
    await write(server.client, cards(1, 2_000));
    await server.close();
    server = await startTestServer({ dataDir: server.dataDir });
    const made = async () => expect(await snapshotDocument(server.client)).toMatchObject({ cards: 2_000 });
    await vi.waitFor(made, 20_000);
    const { epoch, parts, _rev } = await snapshotDocument(server.client);
    await write(server.client, [aCard(cardNumber(2_001))]);
    await makeSnapshot(server.client);
    for (const { name } of parts) {
      const former = `${snapshotPath(epoch)}/${name}?rev=${_rev}`;
      expect((await server.client.request('GET', former)).status).toBe(404);
    }
  });
});
