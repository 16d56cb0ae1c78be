import Dexie from 'dexie';
import type { CatalogueRevision } from '$lib/office/lookups/stored-catalogue';
import type { CatalogueDraftsDatabase, CatalogueFact, DraftRow } from './drafts-database';

/** Where older builds kept the catalogue and its drafts: under the name of one of the server's databases. */
const oldName = 'tiski-office';

/** If another tab holds the old database for longer than this, the new one opens without it, ms. */
const patience = 3_000;

interface OldContents {
  /** The version of the database itself, as the browser counts. */
  version: number;
  documents: CatalogueRevision[];
  drafts: DraftRow[];
  facts: CatalogueFact[];
}

/**
 * Copies what an older build kept on this device, then removes it there. Safe to repeat after a crash, and in
 * two tabs at once: a draft that was moved once is not moved again, even if it was sent, discarded or changed
 * since.
 */
export async function moveOldDrafts(db: CatalogueDraftsDatabase): Promise<void> {
  const isOver = new Promise<void>((resolve) => setTimeout(resolve, patience));
  // Whatever fails here, most likely because of a full disk: the old database stays as it was, and the next
  // opening tries again.
  await Promise.race([move(db).catch(() => undefined), isOver]);
}

async function move(db: CatalogueDraftsDatabase): Promise<void> {
  const old = await readOld();
  if (!old) return;
  await take(db, old);
  // Not awaited: another tab may hold the old database open for as long as it likes.
  removeOld(old);
}

/** Undefined if there is none. */
async function readOld(): Promise<OldContents | undefined> {
  const old = new Dexie(oldName);
  try {
    await old.open();
    const has = new Set(old.tables.map(({ name }) => name));
    const rowsOf = <T>(name: string): Promise<T[]> =>
      has.has(name) ? old.table<T>(name).toArray() : Promise.resolve([]);
    const [documents, drafts, facts] = await Promise.all([
      rowsOf<CatalogueRevision>('documents'),
      rowsOf<DraftRow>('drafts'),
      rowsOf<CatalogueFact>('facts'),
    ]);
    return { version: old.backendDB().version, documents, drafts, facts };
  } catch (error) {
    if (error instanceof Dexie.NoSuchDatabaseError) return undefined;
    throw error;
  } finally {
    old.close();
  }
}

/** One transaction, which is on the disk when this resolves. */
function take(db: CatalogueDraftsDatabase, { documents, drafts, facts }: OldContents): Promise<void> {
  return db.transaction('rw', db.documents, db.drafts, db.facts, db.moved, async () => {
    // What the server has sent since is newer.
    if ((await db.documents.count()) === 0) {
      await db.documents.bulkPut(documents);
      await db.facts.bulkPut(facts);
    }
    for (const draft of drafts) {
      const { _id, savedAt } = draft;
      if ((await db.moved.get(_id))?.savedAt === savedAt) continue;
      await db.moved.put({ _id, savedAt });
      // Saved in a tab of an older build and in one of this: as within one build, the later change wins.
      const present = await db.drafts.get(_id);
      if (!present || present.savedAt < savedAt) await db.drafts.put(draft);
    }
  });
}

/**
 * Removes the old database, unless a tab of an older build has saved something there since it was read. The
 * check and the removal are one transaction that nothing can interrupt; once the stores are gone such a tab
 * can't save, and says so.
 */
function removeOld({ version, drafts }: OldContents): void {
  const taken = new Map(drafts.map(({ _id, savedAt }) => [_id, savedAt]));
  // If blocked, it waits until the other tabs have let go; if they never do, the next opening tries again.
  const opening = Dexie.dependencies.indexedDB.open(oldName, version + 1);
  opening.onupgradeneeded = () => {
    const { result: old, transaction } = opening;
    const remove = () => {
      for (const store of [...old.objectStoreNames]) old.deleteObjectStore(store);
    };
    if (!old.objectStoreNames.contains('drafts')) return remove();
    const reading = transaction?.objectStore('drafts').getAll() as IDBRequest<DraftRow[]>;
    reading.onsuccess = () => {
      if (reading.result.every(({ _id, savedAt }) => taken.get(_id) === savedAt)) remove();
      else transaction?.abort();
    };
  };
  opening.onsuccess = () => {
    opening.result.close();
    Dexie.dependencies.indexedDB.deleteDatabase(oldName);
  };
}
