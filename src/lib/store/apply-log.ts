import { canonicalJson } from '$lib/documents/canonical';
import type { LogDocument, VisitDocument } from '$lib/documents/visits/visit-documents';
import type { Instant } from '$lib/domain/time/day';
import { readCatalogue } from './catalogue';
import { noteLink } from './chain';
import type { TiskiDatabase } from './database';
import { logTables, type LogTable } from './log-tables';
import { worthKeeping } from './prune';
import { queueForReview } from './review-queue';
import { readSetting } from './settings';

/**
 * Writes pulled documents of a sector's log, within the caller's transaction. All of them are immutable: what
 * is already here stays as it is, above all this desk's own.
 */
export async function applyLog(
  db: TiskiDatabase,
  database: string,
  documents: readonly LogDocument[],
  { run, now }: { run: number; now: Instant },
): Promise<void> {
  const added = await addUnknown(db, database, documents, now);
  await markMet(db, documents, run);
  await settleSeen(db, documents);
  await continueChain(
    db,
    documents.filter((document) => document.type === 'visit'),
  );
  await queueForReview(db, added, now);
}

/** Adds and returns what the device doesn't have yet. */
async function addUnknown(
  db: TiskiDatabase,
  database: string,
  documents: readonly LogDocument[],
  now: Instant,
): Promise<LogDocument[]> {
  const catalogue = await readCatalogue(db);
  const unknown = (await Promise.all(logTables.map((log) => unknownTo(db, log, documents)))).flat();
  const visits = unknown.filter((document) => document.type === 'visit');
  const others = unknown.filter((document) => document.type !== 'visit');
  // A new desk pulls years of visits: it keeps only those that can still matter to a verdict.
  const kept = [...(await worthKeeping(db, catalogue, visits, now)), ...others];
  for (const { type, table, row } of logTables) {
    const ofType = kept.filter((document) => document.type === type);
    await table(db).bulkAdd(ofType.map((document) => row(database, document)));
  }
  return unknown;
}

/** S8: what the office made is swept if a pull from zero ends without it. */
async function markMet(db: TiskiDatabase, documents: readonly LogDocument[], run: number): Promise<void> {
  for (const { table, keyOf, mayBeOffices } of logTables) {
    const keys = documents.filter((document) => mayBeOffices?.(document)).map(({ _id }) => keyOf(_id));
    if (keys.length > 0) await table(db).where(':id').anyOf(keys).modify({ run });
  }
}

/** Those of one type that the device doesn't have. */
async function unknownTo(
  db: TiskiDatabase,
  { type, table, keyOf }: LogTable,
  documents: readonly LogDocument[],
): Promise<LogDocument[]> {
  const ofType = documents.filter((document) => document.type === type);
  if (ofType.length === 0) return [];
  const known = await table(db).bulkGet(ofType.map(({ _id }) => keyOf(_id)));
  return ofType.filter((_, index) => known[index] === undefined);
}

/** S3: a document that comes back exactly as it was sent is acknowledged, however it got there (S16). */
async function settleSeen(db: TiskiDatabase, seen: readonly LogDocument[]): Promise<void> {
  const rows = await db.outbox.bulkGet(seen.map(({ _id }) => _id));
  const settled = rows.flatMap((row, index) =>
    row && canonicalJson(row.document) === canonicalJson(seen[index]) ? [row.id] : [],
  );
  await db.outbox.bulkDelete(settled);
}

/** A desk that was paired again continues its numbers where its old device stopped. */
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

/** What an administrator deleted on the server, unless it is waiting here to be sent. */
export async function removeLogged(db: TiskiDatabase, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const waiting = await db.outbox.bulkGet([...ids]);
  const gone = ids.filter((_, index) => !waiting[index]);
  for (const { type, table, keyOf } of logTables) {
    await table(db).bulkDelete(gone.filter((id) => id.startsWith(`${type}:`)).map(keyOf));
  }
}
