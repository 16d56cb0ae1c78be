import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SnapshotManifest } from '$lib/documents/packed/snapshot-document';
import { registerDatabase } from '$lib/store/database-names';
import { createLocalStore } from '$lib/store/local-store';
import { countCards, findCard } from '$lib/store/register';
import { pullDocuments } from '$lib/sync/pull-documents';
import { createCouchServer } from '../../src/lib/remote/couch-server';
import { documentPath, requireOk } from '../../src/server/couch/client';
import { makeSnapshot } from '../../src/server/snapshot/make-snapshot';
import { aCard, cardNumber } from '../builders';
import { aPairedDatabase, sundayMorning } from '../paired-database';
import { send } from './couch-target';
import { startTestServer, testAdminPassword, type TestServer } from '../server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server.close();
  await rm(server.dataDir, { recursive: true, force: true });
});

const write = (docs: object[]) =>
  requireOk(server.client, 'POST', `/${registerDatabase}/_bulk_docs`, { docs });
const cards = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    aCard(cardNumber(from + index), { codes: [{ kind: 'barcode', value: `LR${from + index}` }] }),
  );

const snapshotPath = (epoch: string) => documentPath(registerDatabase, `snapshot:${epoch}`);
async function snapshotDocument() {
  const epoch = await requireOk(server.client, 'GET', `/${registerDatabase}/_local/epoch`);
  const path = snapshotPath((epoch as { epoch: string }).epoch);
  const document = await requireOk(server.client, 'GET', path);
  return document as SnapshotManifest & { _rev: string; _attachments: object };
}

async function aNewDesk() {
  const db = await aPairedDatabase();
  const account = { name: server.adminName, password: testAdminPassword };
  const world = { couchUrl: `${server.url}/couch`, apiUrl: '', now: Date.now };
  const remote = createCouchServer(world, account).database(registerDatabase);
  const pages: number[] = [];
  const counting = {
    ...remote,
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

describe('a snapshot of a server’s register', () => {
  it('S18 brings a new desk everything at once, and then what came later', async () => {
    await write(cards(1, 3_000));
    expect(await makeSnapshot(server.client)).toMatchObject({ kind: 'made', cards: 3_000 });
    const path = `/${registerDatabase}/card:${cardNumber(7)}`;
    const { _rev } = (await requireOk(server.client, 'GET', path)) as { _rev: string };
    await write([{ _id: `card:${cardNumber(7)}`, _rev, _deleted: true }, aCard(cardNumber(3_001))]);
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

  it('S18 is made again only when it would be another one, and leaves nothing of the former', async () => {
    const before = await snapshotDocument();
    expect(await makeSnapshot(server.client)).toMatchObject({ kind: 'made', cards: 3_000 });
    expect(await makeSnapshot(server.client)).toEqual({ kind: 'unchanged' });
    const after = await snapshotDocument();
    expect(Object.keys(after._attachments)).toEqual(after.parts.map(({ name }) => name));
    for (const { name } of before.parts) {
      const former = `${snapshotPath(after.epoch)}/${name}?rev=${before._rev}`;
      expect((await server.client.request('GET', former)).status).toBe(404);
    }
  });

  it('S18 is written by nobody who writes cards', async () => {
    const { epoch, _rev } = await snapshotDocument();
    const as = { name: 'clerk', password: 'contract-tests-only' };
    const user = { ...as, _id: 'org.couchdb.user:clerk', roles: ['office'], type: 'user' };
    await requireOk(server.client, 'PUT', '/_users/org.couchdb.user%3Aclerk', user);
    const url = `${server.url}/couch${snapshotPath(epoch)}`;
    expect((await send('GET', url, { as })).status).toBe(200);
    expect((await send('DELETE', `${url}?rev=${_rev}`, { as })).status).toBe(403);
    const forged = { _id: `snapshot:${epoch}`, _rev, type: 'snapshot', v: 1, format: 1, epoch };
    expect((await send('PUT', url, { as, body: forged })).status).toBe(403);
  });

  it('S18 is made by itself, when a server starts with a register that is worth it', async () => {
    const { epoch, _rev } = await snapshotDocument();
    await requireOk(server.client, 'DELETE', `${snapshotPath(epoch)}?rev=${_rev}`);
    await server.close();
    server = await startTestServer({ dataDir: server.dataDir });
    await vi.waitFor(async () => expect(await snapshotDocument()).toMatchObject({ cards: 3_000 }), 20_000);
  });
});
