import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aService } from '../../../../tests/builders';
import { CatalogueDraftsDatabase, readEntries, saveDraft, type DraftRow } from './drafts-database';

Dexie.dependencies.indexedDB = indexedDB;
Dexie.dependencies.IDBKeyRange = IDBKeyRange;

const oldName = 'tiski-office';
const swim = aService('swim');
const gym = aService('gym');
const draftOf = (document: typeof swim, listPrice: number, savedAt: number): DraftRow => ({
  _id: document._id,
  draft: { ...document, listPrice },
  baseRev: '1-a',
  state: 'waiting',
  savedAt,
});

/** The database as older builds left it, and a tab of theirs that keeps it open. */
const openOld = () =>
  new Promise<IDBDatabase>((resolve, reject) => {
    // Dexie's version 1.
    const opening = indexedDB.open(oldName, 10);
    opening.onupgradeneeded = () => {
      const { result: db } = opening;
      db.createObjectStore('documents', { keyPath: '_id' });
      db.createObjectStore('drafts', { keyPath: '_id' }).createIndex('state', 'state');
      db.createObjectStore('facts', { keyPath: 'key' });
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });

const putOld = (db: IDBDatabase, rows: Record<string, readonly object[]>) =>
  new Promise<void>((resolve, reject) => {
    const transaction = db.transaction(Object.keys(rows), 'readwrite');
    for (const [store, each] of Object.entries(rows)) {
      for (const row of each) transaction.objectStore(store).put(row);
    }
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });

async function makeOld(): Promise<IDBDatabase> {
  const old = await openOld();
  await putOld(old, {
    documents: [
      { ...swim, _rev: '1-a' },
      { ...gym, _rev: '1-b' },
    ],
    drafts: [draftOf(swim, 800, 1), draftOf(gym, 500, 2)],
    facts: [{ key: 'synced-at', value: 1_000 }],
  });
  return old;
}

/** Of the office's databases: other tests leave theirs in this store. */
const names = async () =>
  (await indexedDB.databases()).map(({ name = '' }) => name).filter((name) => name.startsWith('tiski-'));
const untilOldIsGone = () => vi.waitFor(async () => expect(await names()).not.toContain(oldName));

const tabs: Dexie[] = [];
function openTab(): CatalogueDraftsDatabase {
  const tab = new CatalogueDraftsDatabase();
  tabs.push(tab);
  return tab;
}
const prices = async (db: CatalogueDraftsDatabase) =>
  Object.fromEntries(
    (await db.drafts.toArray()).map(({ _id, draft }) => [_id, (draft as typeof swim).listPrice]),
  );

beforeEach(async () => {
  await Dexie.delete('tiski-catalogue-drafts');
  await Dexie.delete(oldName);
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const tab of tabs.splice(0)) tab.close();
});

describe('drafts that an older build kept', () => {
  it('are there at once, with the catalogue that they change, and the old database is removed', async () => {
    (await makeOld()).close();
    const db = openTab();
    expect((await readEntries(db)).get(swim._id)).toMatchObject({
      document: { listPrice: 800 },
      rev: '1-a',
      draft: { state: 'waiting', baseRev: '1-a' },
    });
    expect(await db.facts.toArray()).toEqual([{ key: 'synced-at', value: 1_000 }]);
    await untilOldIsGone();
  });

  it('delay nothing on a device that has none', async () => {
    expect(await readEntries(openTab())).toEqual(new Map());
    expect(await names()).toEqual(['tiski-catalogue-drafts']);
  });

  it('are moved only once: what was sent or changed between a crash and the next opening stays so', async () => {
    // A tab that never lets go stands for the crash before the removal.
    const old = await makeOld();
    const before = openTab();
    await before.drafts.delete(gym._id);
    await saveDraft(before, { ...swim, listPrice: 900 }, { baseRev: '1-a', now: 3 });
    before.close();
    const [first, second] = [openTab(), openTab()];
    old.close();
    expect(await prices(first)).toEqual({ [swim._id]: 900 });
    expect(await prices(second)).toEqual({ [swim._id]: 900 });
    await untilOldIsGone();
  });

  it('do not keep a tab from opening while another holds the old database for ever', async () => {
    const old = await makeOld();
    await prices(openTab());
    expect(await prices(openTab())).toEqual({ [swim._id]: 800, [gym._id]: 500 });
    old.close();
    await untilOldIsGone();
  });

  it('are moved once by two tabs that open at the same time', async () => {
    (await makeOld()).close();
    const [first, second] = [openTab(), openTab()];
    const both = await Promise.all([prices(first), prices(second)]);
    expect(both).toEqual(Array(2).fill({ [swim._id]: 800, [gym._id]: 500 }));
    await untilOldIsGone();
    expect(await first.drafts.count()).toBe(2);
  });

  it('that a tab of the older build saves meanwhile are not removed, and are moved at the next opening', async () => {
    const old = await makeOld();
    const db = openTab();
    expect(await prices(db)).toEqual({ [swim._id]: 800, [gym._id]: 500 });
    await putOld(old, { drafts: [draftOf(gym, 550, 4)] });
    old.close();
    db.close();
    await vi.waitFor(async () => {
      const next = openTab();
      expect(await prices(next)).toEqual({ [swim._id]: 800, [gym._id]: 550 });
      next.close();
    });
    await untilOldIsGone();
  });

  it('stay where they are while the disk is full, all of them', async () => {
    (await makeOld()).close();
    const { put } = IDBObjectStore.prototype;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...row) {
      if (this.name === 'drafts' && (row[0] as DraftRow)._id === swim._id) {
        throw new DOMException('The disk is full.', 'QuotaExceededError');
      }
      return put.apply(this, row);
    });
    const full = openTab();
    expect([await full.drafts.count(), await full.documents.count(), await full.moved.count()]).toEqual([
      0, 0, 0,
    ]);
    full.close();
    vi.restoreAllMocks();
    expect(await prices(openTab())).toEqual({ [swim._id]: 800, [gym._id]: 500 });
    await untilOldIsGone();
  });
});
