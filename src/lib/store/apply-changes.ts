import { idOf } from '$lib/documents/catalogue/catalogue-documents';
import { deskDatabaseKind, type DeskDatabase } from '$lib/documents/databases';
import {
  isLogDocument,
  parseDocument,
  typesOf,
  type TiskiDocument,
  type Unreadable,
} from '$lib/documents/parse-document';
import type { Instant } from '$lib/domain/time/day';
import type { Change } from '$lib/sync/ports';
import { applyLog, removeLogged } from './apply-log';
import { applyToRegister, unreadCards } from './apply-register';
import type { CatalogueRow, QuarantineRow, TiskiDatabase } from './database';
import { noteRulesChanged } from './review-queue';

export interface Sorted {
  readable: TiskiDocument[];
  deleted: string[];
  unreadable: { id: string; unreadable: Unreadable; document: unknown }[];
}

/** Writes changes to their tables, within the caller's transaction. `run` marks the rows (S8). */
export async function applyChanges(
  db: TiskiDatabase,
  database: string,
  changes: readonly Change[],
  { run, now }: { run: number; now: Instant },
): Promise<void> {
  const kind = deskDatabaseKind(database);
  if (!kind) return;
  const sorted = sortChanges(kind, changes);
  // A thousand deletions of rows that don't exist would slow a first load.
  if ((await db.quarantine.where('database').equals(database).count()) > 0) {
    await db.quarantine.bulkDelete(changes.map(({ id }): [string, string] => [database, id]));
  }
  await db.quarantine.bulkPut(
    sorted.unreadable.map((entry): QuarantineRow => ({ database, ...entry, at: now, run })),
  );
  switch (kind) {
    case 'register':
      return applyToRegister(
        db,
        {
          cards: sorted.readable.filter((document) => document.type === 'card'),
          deleted: sorted.deleted,
          unread: unreadCards(sorted.unreadable),
        },
        run,
      );
    case 'catalogue':
      return applyToCatalogue(db, sorted, run);
    case 'visits':
      await applyLog(db, database, sorted.readable.filter(isLogDocument), { run, now });
      return removeLogged(db, sorted.deleted);
  }
}

/**
 * S7: separates what this build understands from what it doesn't; design documents are CouchDB's own
 * business.
 */
export function sortChanges(kind: DeskDatabase, changes: readonly Change[]): Sorted {
  const sorted: Sorted = { readable: [], deleted: [], unreadable: [] };
  for (const { id, deleted, document } of changes) {
    if (id.startsWith('_design/')) continue;
    if (deleted) {
      sorted.deleted.push(id);
      continue;
    }
    const parsed = parseDocument(document);
    const fault = parsed.ok ? misplaced(kind, id, parsed.document) : parsed.unreadable;
    if (fault) sorted.unreadable.push({ id, unreadable: fault, document });
    else if (parsed.ok) sorted.readable.push(parsed.document);
  }
  return sorted;
}

/** A desk may write to its sector's database, so a card or a service found there is not trusted. */
function misplaced(kind: DeskDatabase, id: string, document: TiskiDocument): Unreadable | undefined {
  const invalid = (fault: string): Unreadable => ({ reason: 'invalid', faults: [fault] });
  if (document._id !== id) return invalid(`_id: must be ${id}`);
  if (!typesOf[kind].includes(document.type)) return invalid(`type: ${document.type} has no place here`);
  if (document.type === 'void' && id !== `void:${document.visit}`) return invalid('_id: must name the visit');
  if (document.type === 'release' && id !== `release:${document.choice}`) {
    return invalid('_id: must name the choice');
  }
  return undefined;
}

async function applyToCatalogue(db: TiskiDatabase, sorted: Sorted, run: number): Promise<void> {
  const rows = sorted.readable.flatMap((document): CatalogueRow[] => {
    if (document.type === 'card' || document.type === 'snapshot' || isLogDocument(document)) return [];
    return [{ _id: document._id, type: document.type, document, run }];
  });
  await db.catalogue.bulkPut(rows);
  await db.catalogue.bulkDelete(sorted.deleted);
  await noteRulesChanged(
    db,
    rows.flatMap(({ document }) => (document.type === 'offering' ? [idOf(document)] : [])),
  );
  const kept = sorted.unreadable.map(({ id }) => id);
  if (kept.length > 0) await db.catalogue.where('_id').anyOf(kept).modify({ run });
}
