import Dexie, { type EntityTable } from 'dexie';
import type { CatalogueDocument } from '$lib/documents/catalogue/catalogue-documents';
import type { Instant } from '$lib/domain/time/day';
import { catalogueDocumentFrom, type CatalogueRevision } from '$lib/office/lookups/stored-catalogue';
import { moveOldDrafts } from './move-old-drafts';

/** A coordinator's change that the server does not have yet. */
export interface DraftRow {
  _id: string;
  /** Without a revision. */
  draft: CatalogueDocument;
  /** The revision that it is based on; absent for a new document. */
  baseRev?: string;
  state: 'waiting' | 'conflict' | 'refused';
  /** In a conflict: somebody else's version of it. */
  theirs?: CatalogueRevision;
  /** Why the server refused it. */
  reason?: string;
  savedAt: Instant;
}

export interface CatalogueFact {
  key: 'synced-at';
  value: Instant;
}

/** What the coordinator's browser keeps: the catalogue and its drafts, no card and no visit. */
export class CatalogueDraftsDatabase extends Dexie {
  readonly documents!: EntityTable<CatalogueRevision, '_id'>;
  readonly drafts!: EntityTable<DraftRow, '_id'>;
  readonly facts!: EntityTable<CatalogueFact, 'key'>;
  /**
   * Drafts that were moved from the older builds' database, as they were then: none of them is moved twice.
   */
  readonly moved!: EntityTable<Pick<DraftRow, '_id' | 'savedAt'>, '_id'>;

  constructor(name = 'tiski-catalogue-drafts') {
    // A change reported as stored survives a power cut.
    super(name, { chromeTransactionDurability: 'strict' });
    this.version(1).stores({ documents: '&_id', drafts: '&_id, state', facts: '&key', moved: '&_id' });
    // Every query waits for this handler, which may already query the database it gets.
    this.on('ready', (opened) => moveOldDrafts(opened as CatalogueDraftsDatabase));
  }
}

/** A catalogue entry, with this device's changes to it. */
export interface CatalogueEntry {
  document: CatalogueDocument;
  /** The server's revision that is shown or was changed; absent if the server doesn't have the entry. */
  rev?: string;
  draft?: DraftRow;
}

/** The catalogue as the coordinator sees it: drafts replace what they change. By `_id`. */
export function readEntries(db: CatalogueDraftsDatabase): Promise<Map<string, CatalogueEntry>> {
  return db.transaction('r', db.documents, db.drafts, async () => {
    const entries = new Map<string, CatalogueEntry>();
    for (const stored of await db.documents.toArray()) {
      const document = catalogueDocumentFrom(stored);
      if (document) entries.set(stored._id, { document, rev: stored._rev });
    }
    for (const draft of await db.drafts.toArray()) {
      const rev = entries.get(draft._id)?.rev;
      entries.set(draft._id, { document: draft.draft, draft, ...(rev !== undefined && { rev }) });
    }
    return entries;
  });
}

/** How many drafts wait to be sent. */
export const countWaitingDrafts = (db: CatalogueDraftsDatabase): Promise<number> =>
  db.drafts.where('state').equals('waiting').count();

/** When the catalogue was last fetched; undefined before the first time. */
export const readSyncedAt = async (db: CatalogueDraftsDatabase): Promise<Instant | undefined> =>
  (await db.facts.get('synced-at'))?.value;

/** Keeps a change until the server has it. `baseRev`: the revision that the change is based on. */
export async function saveDraft(
  db: CatalogueDraftsDatabase,
  draft: CatalogueDocument,
  { baseRev, now }: { baseRev: string | undefined; now: Instant },
): Promise<void> {
  const row: DraftRow = { _id: draft._id, draft, state: 'waiting', savedAt: now };
  await db.drafts.put(baseRev === undefined ? row : { ...row, baseRev });
}

export async function discardDraft(db: CatalogueDraftsDatabase, id: string): Promise<void> {
  await db.drafts.delete(id);
}
