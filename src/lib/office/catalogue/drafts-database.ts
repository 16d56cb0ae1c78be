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
  /** The revision that it was made from; absent for a new document. */
  baseRev?: string;
  state: 'waiting' | 'conflict' | 'refused';
  /** What somebody else has made of it meanwhile, for a conflict. */
  theirs?: CatalogueRevision;
  /** Why the server would not take it. */
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
  /** Drafts that came from the database of older builds, as they were then: none of them comes twice. */
  readonly moved!: EntityTable<Pick<DraftRow, '_id' | 'savedAt'>, '_id'>;

  constructor(name = 'tiski-catalogue-drafts') {
    // A change that was called stored survives a power cut.
    super(name, { chromeTransactionDurability: 'strict' });
    this.version(1).stores({ documents: '&_id', drafts: '&_id, state', facts: '&key', moved: '&_id' });
    // Every query waits for it. What the handler gets may already query.
    this.on('ready', (opened) => moveOldDrafts(opened as CatalogueDraftsDatabase));
  }
}

/** An entry of the catalogue with what this device has made of it. */
export interface CatalogueEntry {
  document: CatalogueDocument;
  /** The server's revision that is shown or was changed; absent for what the server doesn't have. */
  rev?: string;
  draft?: DraftRow;
}

/** The catalogue as the coordinator sees it: drafts in place of what they change. By `_id`. */
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

/** Keeps a change until the server has it. `baseRev`: the revision that the change began from. */
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
