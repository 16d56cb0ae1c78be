import { canonicalJson } from '$lib/documents/canonical';
import { parseDocument, type TiskiDocument, type Unreadable } from '$lib/documents/parse-document';
import type { VisitDocument, VoidDocument } from '$lib/documents/visit-documents';
import type { Instant } from '$lib/domain/day';
import { readCatalogue } from './catalogue';
import { noteLink } from './chain';
import type { CatalogueRow, QuarantineRow, TiskiDatabase } from './database';
import { databaseKind, type DatabaseKind } from './database-names';
import { isWorthKeeping } from './prune';
import { cardRowFromDocument } from './register';
import { readSetting } from './settings';
import { visitRowFromDocument } from './visits';

/** One change as it was pulled. */
export interface PulledChange {
  id: string;
  deleted: boolean;
  document?: unknown;
}

interface Sorted {
  readable: TiskiDocument[];
  deleted: string[];
  unreadable: { id: string; unreadable: Unreadable; document: unknown }[];
}

const typesOf: Record<DatabaseKind, readonly TiskiDocument['type'][]> = {
  register: ['card'],
  catalogue: ['scheme', 'service', 'venue', 'settings'],
  visits: ['visit', 'void'],
};

/** Writes changes to their tables, within the caller's transaction. `run` marks the rows (S8). */
export async function applyChanges(
  db: TiskiDatabase,
  database: string,
  changes: readonly PulledChange[],
  { run, now }: { run: number; now: Instant },
): Promise<void> {
  const kind = databaseKind(database);
  if (!kind) return;
  const sorted = sortChanges(kind, changes);
  // A thousand deletions of nothing would slow a first load.
  if ((await db.quarantine.where('database').equals(database).count()) > 0) {
    await db.quarantine.bulkDelete(changes.map(({ id }): [string, string] => [database, id]));
  }
  await db.quarantine.bulkPut(
    sorted.unreadable.map((entry): QuarantineRow => ({ database, ...entry, at: now })),
  );
  switch (kind) {
    case 'register':
      return applyToRegister(db, sorted, run);
    case 'catalogue':
      return applyToCatalogue(db, sorted, run);
    case 'visits':
      return applyToVisits(db, database, sorted, now);
  }
}

/** S7: what this build understands and what it doesn't; design documents are CouchDB's own matter. */
function sortChanges(kind: DatabaseKind, changes: readonly PulledChange[]): Sorted {
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

/** A desk may write to its sector's database: a card or a service found there is not believed. */
function misplaced(kind: DatabaseKind, id: string, document: TiskiDocument): Unreadable | undefined {
  const invalid = (fault: string): Unreadable => ({ reason: 'invalid', faults: [fault] });
  if (document._id !== id) return invalid(`_id: must be ${id}`);
  if (!typesOf[kind].includes(document.type)) return invalid(`type: ${document.type} has no place here`);
  if (document.type === 'void' && id !== `void:${document.visit}`) return invalid('_id: must name the visit');
  return undefined;
}

async function applyToRegister(db: TiskiDatabase, sorted: Sorted, run: number): Promise<void> {
  const cards = sorted.readable.filter((document) => document.type === 'card');
  const numberOf = (id: string) => id.slice('card:'.length);
  await db.cards.bulkPut(cards.map((document) => cardRowFromDocument(document, run)));
  await db.cards.bulkDelete(sorted.deleted.map(numberOf));
  // The last version that could be read goes on answering, also after a pull from zero.
  const kept = sorted.unreadable.map(({ id }) => numberOf(id));
  if (kept.length > 0) await db.cards.where('number').anyOf(kept).modify({ run });
}

async function applyToCatalogue(db: TiskiDatabase, sorted: Sorted, run: number): Promise<void> {
  const rows = sorted.readable.flatMap((document): CatalogueRow[] => {
    if (document.type === 'card' || document.type === 'visit' || document.type === 'void') return [];
    return [{ _id: document._id, type: document.type, document, run }];
  });
  await db.catalogue.bulkPut(rows);
  await db.catalogue.bulkDelete(sorted.deleted);
  const kept = sorted.unreadable.map(({ id }) => id);
  if (kept.length > 0) await db.catalogue.where('_id').anyOf(kept).modify({ run });
}

async function applyToVisits(
  db: TiskiDatabase,
  database: string,
  sorted: Sorted,
  now: Instant,
): Promise<void> {
  const visits = sorted.readable.filter((document) => document.type === 'visit');
  const voids = sorted.readable.filter((document) => document.type === 'void');
  // Both are immutable: what is here already stays as it is, this desk's own above all.
  const knownVisits = await db.visits.bulkGet(visits.map(({ _id }) => _id));
  const catalogue = await readCatalogue(db);
  await db.visits.bulkAdd(
    visits
      .filter((_, index) => !knownVisits[index])
      .map((document) => visitRowFromDocument(database, document))
      // A new desk pulls years of visits: it keeps those that can matter to a verdict.
      .filter((row) => isWorthKeeping(catalogue, row, now)),
  );
  const knownVoids = await db.voids.bulkGet(voids.map(({ visit }) => visit));
  await db.voids.bulkAdd(
    voids
      .filter((_, index) => !knownVoids[index])
      .map((document) => ({
        visit: document.visit,
        database,
        desk: document.desk,
        at: Date.parse(document.at),
        document,
      })),
  );
  await settleSeen(db, [...visits, ...voids]);
  await continueChain(db, visits);
  await removeVisits(db, sorted.deleted);
}

/** S3: a document that came back as it was sent is acknowledged, however it got there (S16). */
async function settleSeen(db: TiskiDatabase, seen: (VisitDocument | VoidDocument)[]): Promise<void> {
  const rows = await db.outbox.bulkGet(seen.map(({ _id }) => _id));
  const settled = rows.flatMap((row, index) =>
    row && canonicalJson(row.document) === canonicalJson(seen[index]) ? [row.id] : [],
  );
  await db.outbox.bulkDelete(settled);
}

/** A desk that was paired anew goes on with its numbers where its old device stopped. */
async function continueChain(db: TiskiDatabase, visits: VisitDocument[]): Promise<void> {
  const account = (await readSetting(db, 'device'))?.account.name;
  const last = visits
    .filter(({ desk }) => desk === account)
    .reduce<VisitDocument | undefined>(
      (latest, visit) => (latest && latest.number >= visit.number ? latest : visit),
      undefined,
    );
  if (account !== undefined && last) await noteLink(db, account, last);
}

async function removeVisits(db: TiskiDatabase, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const waiting = await db.outbox.bulkGet(ids);
  const gone = ids.filter((_, index) => !waiting[index]);
  await db.visits.bulkDelete(gone);
  await db.voids.bulkDelete(
    gone.filter((id) => id.startsWith('void:')).map((id) => id.slice('void:'.length)),
  );
}
