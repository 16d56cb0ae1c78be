import Dexie, { type EntityTable } from 'dexie';
import type { CatalogueDocument } from '$lib/documents/catalogue/catalogue-documents';
import { parseDocument } from '$lib/documents/parse-document';
import type { Instant } from '$lib/domain/time/day';

/** A document of the catalogue as the server has it, with CouchDB's revision. */
export interface CatalogueRevision {
  _id: string;
  _rev: string;
  [field: string]: unknown;
}

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

/** What the office's browser keeps: the catalogue and its drafts, no card and no visit. */
export class OfficeDatabase extends Dexie {
  readonly documents!: EntityTable<CatalogueRevision, '_id'>;
  readonly drafts!: EntityTable<DraftRow, '_id'>;
  readonly facts!: EntityTable<{ key: 'synced-at'; value: Instant }, 'key'>;

  constructor(name = 'tiski-office') {
    // A change that was called stored survives a power cut.
    super(name, { chromeTransactionDurability: 'strict' });
    this.version(1).stores({ documents: '&_id', drafts: '&_id, state', facts: '&key' });
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
export function readEntries(db: OfficeDatabase): Promise<Map<string, CatalogueEntry>> {
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

/** The document without its revision; undefined for one that this build can't read. */
export function catalogueDocumentFrom(stored: { _id: string }): CatalogueDocument | undefined {
  const parsed = parseDocument(stored);
  if (!parsed.ok) return undefined;
  switch (parsed.document.type) {
    case 'scheme':
    case 'service':
    case 'venue':
    case 'offering':
    case 'key':
    case 'rescue-key':
    case 'settings':
      return parsed.document;
    default:
      return undefined;
  }
}

/** Keeps a change until the server has it. `baseRev`: the revision that the change began from. */
export async function saveDraft(
  db: OfficeDatabase,
  draft: CatalogueDocument,
  { baseRev, now }: { baseRev: string | undefined; now: Instant },
): Promise<void> {
  const row: DraftRow = { _id: draft._id, draft, state: 'waiting', savedAt: now };
  await db.drafts.put(baseRev === undefined ? row : { ...row, baseRev });
}

export async function discardDraft(db: OfficeDatabase, id: string): Promise<void> {
  await db.drafts.delete(id);
}
